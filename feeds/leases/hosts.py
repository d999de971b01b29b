"""The requests that hosts bear. A host that has refused one for being asked too often (429) or being overloaded (503)
is left alone for a while, and its pace is learned: how long it wants between two requests. A row for each such host,
so that every process and the next start know; a host that never refused has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from feeds.leases import waits
from feeds.models import Feed, Host

TOO_MANY_REQUESTS = 429
REFUSALS = frozenset({TOO_MANY_REQUESTS, 503})
FIRST_PAUSE = timedelta(minutes=5)
# Not longer for all of a host, whatever Retry-After says: one address alone may be limited.
LONGEST_PAUSE_OF_A_HOST = timedelta(hours=1)
# The first pace that is tried gives each feed of the host its hourly turn, but is no slower than it has to be.
A_ROUND = timedelta(minutes=50)
FIRST_GAP = timedelta(minutes=5)
# Of what has many small files for one document: pictures, older documents, hubs.
FIRST_GAP_OF_OTHERS = timedelta(minutes=1)
LONGEST_GAP = timedelta(hours=1)
# Between feeds of a host that has a pause, but no pace.
SPREAD = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(days=30)
# Of a pace slower than FIRST_GAP: others at this address, browsers among them, may have used up what a host bears.
QUICKER_AFTER = timedelta(days=1)


class Wish(NamedTuple):
    """The wishes of a host: nothing before `free_at`, and `gap` between two requests (0: no pace is known)."""

    name: str
    free_at: datetime
    gap: timedelta

    def is_free(self, now: datetime) -> bool:
        return waits.has_passed(self.free_at, LONGEST_GAP, now)


class Refusal(NamedTuple):
    """An answer by which a host says that it is asked too much. `failed_at`: when the same address failed before, None
    where it did not. Seconds."""

    status: int | None
    retry_after: float | None = None
    failed_at: datetime | None = None


def resting_and_paced(now: datetime) -> tuple[list[str], list[str]]:
    """The hosts of which nothing is asked now, and those that want more time between two requests than others."""
    known = wishes()
    return [name for name, wish in known.items() if not wish.is_free(now)], [n for n, wish in known.items() if wish.gap]


def wishes(names: Iterable[str] | None = None) -> dict[str, Wish]:
    """The wishes of hosts by their names, of all or of those among `names`, that want anything. One query."""
    rows = Host.objects.values_list("name", "free_at", "gap_seconds")
    if names is not None:
        rows = rows.filter(name__in=set(names))
    return {name: Wish(name, free_at, timedelta(seconds=gap)) for name, free_at, gap in rows}


def take_turn(wish: Wish, now: datetime) -> bool:
    """True where the host may be asked now, which then nobody else may before its gap is over."""
    if not wish.gap:
        return wish.is_free(now)
    free = Host.objects.filter(waits.passed("free_at", LONGEST_GAP, now), name=wish.name)
    return bool(free.update(free_at=now + wish.gap))


def refused(name: str, refusal: Refusal, now: datetime, *, feed: Feed | None = None) -> None:
    """Leave a host alone, which has just answered 429 or 503, and learn its pace from a 429. Its feeds that would be
    due meanwhile (but for `feed`, where it was this one that was refused) come one after the other when the pause is
    over; what is due later stays so.

    Nothing happens where the host has served others since it last refused this very address: then that address alone
    is limited.
    """
    others = Feed.objects.filter(host=name, state=Feed.State.ACTIVE)
    others = others.exclude(pk=feed.pk) if feed else others
    if _is_limited_alone(name, refusal, feed):
        return
    with transaction.atomic():
        Host.objects.get_or_create(name=name, defaults={"free_at": now, "refused_at": now})
        host = Host.objects.select_for_update().get(name=name)
        waiting = list(others.order_by("next_check_at").only("next_check_at"))
        gap = timedelta(seconds=host.gap_seconds)
        if refusal.status == TOO_MANY_REQUESTS:
            first = min(A_ROUND / (len(waiting) + 1), FIRST_GAP if feed else FIRST_GAP_OF_OTHERS)
            gap = min(max(2 * gap, first), LONGEST_GAP)
        pause = max(FIRST_PAUSE, 2 * gap, timedelta(seconds=refusal.retry_after or 0))
        host.gap_seconds = round(gap.total_seconds())
        host.free_at = max(host.free_at, now + min(pause, LONGEST_PAUSE_OF_A_HOST))
        host.refused_at = now
        host.save()
        _spread(waiting, host.free_at, gap or SPREAD)


def _is_limited_alone(name: str, refusal: Refusal, feed: Feed | None) -> bool:
    if refusal.failed_at is None:
        return False
    others = Feed.objects.filter(host=name, last_success_at__gt=refusal.failed_at)
    return (others.exclude(pk=feed.pk) if feed else others).exists()


def _spread(feeds: list[Feed], slot: datetime, step: timedelta) -> None:
    """Give those of `feeds` that are due before `slot` one after the other the next slot; nobody comes sooner."""
    moved = []
    for feed in feeds:
        if feed.next_check_at < slot:
            feed.next_check_at = slot
            moved.append(feed)
            slot += step
    Feed.objects.bulk_update(moved, ["next_check_at"], batch_size=200)


def forget(now: datetime) -> int:
    """Forget what hosts want that have not refused for long: they are asked as any other again. Returns how many. A
    slow pace becomes twice as quick for each day without a refusal: else it would never end of a host that refuses at
    times."""
    deleted, _ = Host.objects.filter(refused_at__lt=now - FORGOTTEN_AFTER, free_at__lt=now).delete()
    slow = Host.objects.filter(refused_at__lt=now - QUICKER_AFTER, gap_seconds__gte=2 * FIRST_GAP.total_seconds())
    slow.update(gap_seconds=F("gap_seconds") / 2)
    return deleted
