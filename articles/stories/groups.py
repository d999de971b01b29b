"""The stories that likenesses make: who belongs to which, in which place.

A story is what its articles are, whichever came in first: they stand in the order of publication, what came in as news
before what came in as history, and each belongs to the first that it is the same as.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from articles.folding.groups import grouped
from articles.kept_counts.rows import put_all_out_of_date
from articles.models import Article, ArticleState, HistoryRange
from articles.stories.carried_marks import carry
from articles.stories.models import FoldingProgress, Likeness, StoryMember
from feeds.insertion import insert
from feeds.statements import Given, Row, Statement, parts

LARGEST = 2_000  # articles that hang together; beyond, no more are looked for
_SAME = Statement(
    lambda: (
        Likeness.objects.filter(article__pk__in=[Given("ids")], is_same=True).order_by().values_list("article", "other")
    )
)
_HISTORY = HistoryRange.objects.filter(feed=OuterRef("feed"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
_MEMBER = StoryMember.objects.filter(article=OuterRef("pk")).annotate(of_feed=F("feed_id"))
_STARRED = ArticleState.objects.filter(article=OuterRef("pk"), starred_at__isnull=False, starred_by_rule=False)
_PLACE = ("story", "number", "of_feed")
_PLACES = Statement(
    lambda: (
        Article.objects.filter(pk__in=[Given("ids", is_any=True)])
        .annotate(
            is_old=Exists(_HISTORY),
            has_star=Exists(_STARRED),
            **{name: Subquery(_MEMBER.values(name)) for name in _PLACE},
        )
        .order_by()
        .values_list("pk", "is_old", "published_at", "feed_id", "guid", "has_star", *_PLACE)
    )
)
_PUT = """ ON CONFLICT (article_id) DO UPDATE SET story = excluded.story, number = excluded.number,
    feed_id = excluded.feed_id"""

Place = tuple[bool, datetime, int, str]
"""Came in as history, published_at, feed, guid: nothing that depends on when it came in."""


def regroup(ids: Iterable[int]) -> None:
    """Put the stories together that these articles, and all that hang together with them, belong to. The caller holds
    the row of progress."""
    same = _hanging_together(set(ids))
    rows = [row for some in parts(same) for row in _PLACES.rows(ids=some)]
    before = {pk: tuple(place) for pk, _, _, _, _, _, *place in rows if place[0] is not None}
    after = _members(rows, same)
    gone = before.keys() - after.keys()
    changed = [row for pk, row in sorted(after.items()) if before.get(pk) != (row.story, row.number, row.feed_id)]
    if not gone and not changed:
        return
    if gone:
        StoryMember.objects.filter(pk__in=gone).delete()
    insert(changed, on_conflict=_PUT)
    _carry_marks(rows, after, after.keys() - before.keys())
    # Afterwards: readers who mark something hold rows of theirs, and wait for these.
    transaction.on_commit(put_all_out_of_date)


def _members(rows: Iterable[Row], same: Mapping[int, set[int]]) -> dict[int, StoryMember]:
    """The places in stories that belong to these articles, but for those that are alone in theirs."""
    ordered = sorted(rows, key=_order)
    feeds = {pk: feed for pk, _, _, feed, *_ in ordered}
    return {
        pk: StoryMember(article_id=pk, story=story[0], number=number, feed_id=feeds[pk])
        for story in grouped(list(feeds), same)
        if len(story) > 1
        for number, pk in enumerate(story)
    }


def _carry_marks(rows: Iterable[Row], members: Mapping[int, StoryMember], new: Collection[int]) -> None:
    grown = {members[pk].story for pk in new}
    starred = {pk for pk, _, _, _, _, is_starred, *_ in rows if is_starred}
    carry((row for row in members.values() if row.story in grown), new, starred)


@transaction.atomic
def without(ids: Collection[int]) -> set[int]:
    """Those that `ids`, which are about to be deleted, are the same as: for `regroup` afterwards, in the same
    transaction. Waits until nobody compares."""
    list(FoldingProgress.objects.select_for_update())
    alike = Likeness.objects.filter(article__in=ids, is_same=True).exclude(other__in=ids)
    return set(alike.values_list("other", flat=True))


def _hanging_together(ids: set[int]) -> dict[int, set[int]]:
    """With whom each of them is the same, and each of those, and so on."""
    same: dict[int, set[int]] = defaultdict(set)
    new = ids
    while new and len(same) < LARGEST:
        for pk in new:
            same[pk]  # also who is the same as nobody
        for pk, other in (pair for some in parts(new) for pair in _SAME.rows(ids=some)):
            same[pk].add(other)
        new = {other for pk in new for other in same[pk]} - same.keys()
    return same


def _order(row: Row) -> Place:
    """The place of an article in a story, to sort by."""
    _, is_old, at, feed, guid, *_ = row
    return is_old, at, feed, guid
