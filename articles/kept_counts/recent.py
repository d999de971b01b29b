"""Articles that came in, changed, or were put back to unread lately: by what they are, numbers move."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles.kept_counts.models import KeptCounts, RecentArticle
from articles.saved_searches.models import SavedSearch
from feeds.statements import Statement

if TYPE_CHECKING:  # articles.models asks for this room
    from articles.models import Article

KEPT = timedelta(days=3)
LONGEST = timedelta(days=2)  # that somebody may be away: what is noted is forgotten some time after it
# Longer than a transaction that notes something takes until others see it.
OVERLAP = timedelta(minutes=10)
_ANY = Statement(lambda: SavedSearch.objects.order_by().values_list("pk")[:1])


def note(articles: Iterable[Article]) -> None:
    """Note articles in the transaction that stores them. One query where nobody keeps a search."""
    note_ids([article.pk for article in articles])


def note_ids(ids: Collection[int]) -> None:
    """The same, of their ids."""
    if ids and _ANY.rows():
        now = timezone.now()
        RecentArticle.objects.bulk_create(
            [RecentArticle(article_id=pk, at=now) for pk in sorted(set(ids))],
            update_conflicts=True,
            unique_fields=["article"],
            update_fields=["at"],
        )
        transaction.on_commit(partial(_put_out_of_date_since, now))


def _put_out_of_date_since(moment: datetime) -> None:
    """Says that the numbers that were counted since may be others: whoever counted then did not see what is noted."""
    KeptCounts.objects.filter(is_stale=False, counted_at__gte=moment).update(is_stale=True)


def since(moment: datetime, most: int) -> set[int] | None:
    """The ids of those that were noted since `moment`, and some from before; None where they are not known any longer,
    or more than `most`."""
    if moment < timezone.now() - LONGEST:
        return None
    rows = RecentArticle.objects.filter(at__gt=moment - OVERLAP).order_by("-at").values_list("pk", flat=True)
    found = set(rows[: most + 1])
    return found if len(found) <= most else None


def prune(now: datetime) -> int:
    """Forget what is no longer recent. Returns how many."""
    return RecentArticle.objects.filter(at__lt=now - KEPT).delete()[0]
