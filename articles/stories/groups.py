"""The stories that likenesses make: who belongs to which, in which place.

A story is what its articles are, whichever came in first: they stand in the order of publication, what came in as news
before what came in as history, and each belongs to the first that it is the same as.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from articles.folding.groups import grouped
from articles.kept_counts.rows import put_all_out_of_date
from articles.models import Article, HistoryRange
from articles.stories.carried_marks import carry
from articles.stories.models import FoldingProgress, Likeness, StoryMember

LARGEST = 2_000  # articles that hang together; beyond, no more are looked for

Place = tuple[bool, datetime, int, str]
"""Came in as history, published_at, feed, guid: nothing that depends on when it came in."""


def regroup(ids: Iterable[int]) -> None:
    """Put the stories together that these articles, and all that hang together with them, belong to. The caller holds
    the row of progress."""
    same = _hanging_together(set(ids))
    order, feeds = _order(same.keys())
    before = {row.pk: row for row in StoryMember.objects.filter(pk__in=same)}
    after = {
        pk: StoryMember(article_id=pk, story=story[0], number=number, feed_id=feeds[pk])
        for story in grouped(order, same)
        if len(story) > 1
        for number, pk in enumerate(story)
    }
    gone = before.keys() - after.keys()
    changed = [row for pk, row in sorted(after.items()) if _place(before.get(pk)) != _place(row)]
    if not gone and not changed:
        return
    StoryMember.objects.filter(pk__in=gone).delete()
    StoryMember.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["story", "number", "feed_id"],
    )
    new = after.keys() - before.keys()
    carry({after[pk].story for pk in new}, new)
    # Afterwards: readers who mark something hold rows of theirs, and wait for these.
    transaction.on_commit(put_all_out_of_date)


@transaction.atomic
def without(ids: Collection[int]) -> set[int]:
    """Those that `ids`, which are about to be deleted, are the same as: for `regroup` afterwards, in the same
    transaction. Waits until nobody compares."""
    list(FoldingProgress.objects.select_for_update())
    alike = Likeness.objects.filter(article__in=ids, is_same=True).exclude(other__in=ids)
    return set(alike.values_list("other", flat=True))


def _place(row: StoryMember | None) -> tuple[int, int, int] | None:
    return (row.story, row.number, row.feed_id) if row else None


def _hanging_together(ids: set[int]) -> dict[int, set[int]]:
    """With whom each of them is the same, and each of those, and so on."""
    same: dict[int, set[int]] = defaultdict(set)
    new = ids
    while new and len(same) < LARGEST:
        for pk in new:
            same[pk]  # also who is the same as nobody
        for pk, other in Likeness.objects.filter(article__in=new, is_same=True).values_list("article", "other"):
            same[pk].add(other)
        new = {other for pk in new for other in same[pk]} - same.keys()
    return same


def _order(ids: Iterable[int]) -> tuple[list[int], dict[int, int]]:
    """The articles in the order of a story, and the feed of each."""
    history = HistoryRange.objects.filter(feed=OuterRef("feed"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
    rows = Article.objects.filter(pk__in=ids).annotate(is_old=Exists(history)).order_by()
    places: dict[int, Place] = {
        pk: (is_old, at, feed, guid)
        for pk, is_old, at, feed, guid in rows.values_list("pk", "is_old", "published_at", "feed_id", "guid")
    }
    return sorted(places, key=places.__getitem__), {pk: place[2] for pk, place in places.items()}
