"""The benchmark of comparing measures the same archive each time."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.models import Article, Likeness, StoryMember, Tombstone, WaitingArticle
from benchmarks import folding, generated
from tests.articles.stories.telling import fold_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_it_stores_is_gone_afterwards() -> None:
    generated.fill(40)
    fold_all()
    before = _all()

    told = folding._arrivals(1)

    assert told["ms_with"]["mean"] > 0
    assert _all() == before


def _all() -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, hour, article_id FROM articles_storykey ORDER BY 1, 2, 3")
        keys = cursor.fetchall()
    models = (Article, Likeness, StoryMember, Tombstone, WaitingArticle)
    return [keys, *(sorted(model.objects.values_list("pk", flat=True)) for model in models)]
