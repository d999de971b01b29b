"""The story of articles of which one is deleted."""

from __future__ import annotations

import pytest

from articles.ingest.store import delete_articles
from tests.articles.stories.telling import after, expected_stories, fold_all, stories, tell
from tests.factories import make_feed

pytestmark = pytest.mark.django_db


def test_those_that_are_left_are_a_story_at_once_for_as_long_as_they_are_two() -> None:
    articles = [tell(make_feed(), 1, edition=edition, at=after(hours=edition)) for edition in range(3)]
    fold_all()
    for number, article in enumerate(articles):
        assert stories() == expected_stories()
        assert [len(story) for story in stories()] == [3 - number][: 2 - number]
        delete_articles([article.pk])
