"""Articles that are one, and such as are not, stored in feeds."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from articles.folding import Verdict, compare, telling
from articles.folding.groups import grouped
from articles.models import Article, StoryMember
from articles.stories import fold
from feeds.models import Feed
from tests.articles.folding.stories import article as told
from tests.factories import FIRST_DAY, make_article


def text_of(number: int, *, edition: int = 0) -> tuple[str, str]:
    """The title and the text of event `number`. The first editions are the same article; the fourth and those after it
    share about three quarters of it with the first, less with each other."""
    title, text = told(random.Random(number), "en")
    lines = text.split("\n")
    other = told(random.Random(f"{number} {edition}"), "en")[1].split("\n")
    if edition >= 3:
        lines = lines[: len(lines) * 7 // 8] + other[: max(1, len(lines) // 8)]
    elif edition:
        lines[-1] += f" {told(random.Random(edition), 'en')[0]}"
    return title, "\n".join(lines)


def tell(feed: Feed, number: int, *, edition: int = 0, at: datetime = FIRST_DAY, **fields: Any) -> Article:
    """An article of `feed` on event `number`, which waits to be compared."""
    title, text = text_of(number, edition=edition)
    columns = {"title": title, "content_text": text, "content_html": f"<p>{text}</p>", "published_at": at}
    article = make_article(feed, **columns | fields)
    fold.want([article])
    return article


def fold_all() -> None:
    sum(fold.fold_some())


def stories() -> list[list[str]]:
    """The guids of the stories there are, in their order."""
    found: dict[int, list[str]] = {}
    rows = StoryMember.objects.order_by("story", "number").select_related("article")
    for row in rows:
        assert row.feed_id == row.article.feed_id
        found.setdefault(row.story, []).append(row.article.guid)
    assert all(story == min(rows, key=_number(story)).pk for story in found)
    return sorted(found.values())


def _number(story: int) -> Any:
    return lambda row: (row.story != story, row.number)


def expected_stories(articles: Iterable[Article] | None = None) -> list[list[str]]:
    """The same, of a comparison of each with each."""
    rows = list(Article.objects.order_by("published_at", "feed_id", "guid") if articles is None else articles)
    tellings = {row.guid: telling(row.title, row.content_text, row.url, row.published_at) for row in rows}
    same: dict[str, set[str]] = {row.guid: set() for row in rows}
    for one, other in combinations(tellings, 2):
        if compare(tellings[one], tellings[other]) is Verdict.SAME:
            same[one].add(other)
            same[other].add(one)
    return sorted(group for group in grouped([row.guid for row in rows], same) if len(group) > 1)


def after(**span: float) -> datetime:
    return FIRST_DAY + timedelta(**span)


def one_story(*articles: Article) -> None:
    """Have these articles be one, the first of them the first."""
    StoryMember.objects.bulk_create(
        StoryMember(article=article, story=articles[0].pk, number=number, feed_id=article.feed_id)
        for number, article in enumerate(articles)
    )
