"""What hosts bear. One that has refused a request for being asked too often (429) or being overloaded (503) is left
alone for a while, and its pace is learned: how long it wants between two requests. A row for each such host, so that
every process and the next start know; a host that never refused has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from feeds.models import Feed, Host
from feeds.polls import waits

TOO_MANY_REQUESTS = 429
REFUSALS = frozenset({TOO_MANY_REQUESTS, 503})
FIRST_PAUSE = timedelta(minutes=5)
# Not longer for all of a host, whatever Retry-After says: one address alone may be limited.
LONGEST_PAUSE_OF_A_HOST = timedelta(hours=1)
# The first pace that is tried gives each feed of the host its hourly turn, but is no slower than it has to be.
A_ROUND = timedelta(minutes=50)
FIRST_GAP = timedelta(minutes=5)
LONGEST_GAP = timedelta(hours=1)
# Between feeds of a host that has a pause, but no pace.
SPREAD = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(days=30)


def resting(now: datetime) -> QuerySet[Host]:
    """Hosts of which nothing is asked now."""
    return Host.objects.exclude(waits.passed("free_at", LONGEST_GAP, now))


def resting_and_paced(now: datetime) -> tuple[list[str], list[str]]:
    """The hosts of which nothing is asked now, and those that want more time between two requests than others."""
    rows = Host.objects.values_list("name", "free_at", "gap_seconds")
    resting = [name for name, free_at, _ in rows if not waits.has_passed(free_at, LONGEST_GAP, now)]
    return resting, [name for name, _, gap in rows if gap]


def with_pace(names: Iterable[str] | None = None) -> dict[str, timedelta]:
    """The pace of hosts that have one, or of those among `names`: how long they are left alone after a request."""
    rows = Host.objects.filter(gap_seconds__gt=0).values_list("name", "gap_seconds")
    if names is not None:
        rows = rows.filter(name__in=set(names))
    return {name: timedelta(seconds=gap) for name, gap in rows}


def asked(name: str, gap: timedelta, now: datetime) -> None:
    """A request has been answered: the host is free again after its gap."""
    Host.objects.filter(name=name, free_at__lt=now + gap).update(free_at=now + gap)


def refused(feed: Feed, *, status: int | None, retry_after: float | None, now: datetime) -> None:
    """Leave the host of `feed` alone, which has just answered 429 or 503, and learn its pace from a 429. Its other
    feeds that would be due meanwhile come one after the other when the pause is over; what is due later stays so.

    Nothing happens where the host has served others since it last refused this very feed: then that feed's address
    alone is limited.
    """
    if _is_limited_alone(feed):
        return
    with transaction.atomic():
        begin = {"free_at": now, "refused_at": now}
        Host.objects.get_or_create(name=feed.host, defaults=begin)
        host = Host.objects.select_for_update().get(name=feed.host)
        others = Feed.objects.filter(host=feed.host, state=Feed.State.ACTIVE).exclude(pk=feed.pk)
        waiting = list(others.order_by("next_check_at").only("next_check_at"))
        gap = timedelta(seconds=host.gap_seconds)
        if status == TOO_MANY_REQUESTS:
            gap = min(max(2 * gap, min(A_ROUND / (len(waiting) + 1), FIRST_GAP)), LONGEST_GAP)
        pause = max(
            FIRST_PAUSE, 2 * gap, timedelta(seconds=min(retry_after or 0, LONGEST_PAUSE_OF_A_HOST.total_seconds()))
        )
        host.gap_seconds = round(gap.total_seconds())
        host.free_at = max(host.free_at, now + min(pause, LONGEST_PAUSE_OF_A_HOST))
        host.refused_at = now
        host.save()
        _spread(waiting, host.free_at, gap or SPREAD)


def _is_limited_alone(feed: Feed) -> bool:
    others = Feed.objects.filter(host=feed.host, last_success_at__gt=feed.last_checked_at or feed.added_at)
    return feed.failures > 0 and others.exclude(pk=feed.pk).exists()


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
    """Forget what hosts want that have not refused for long: they are asked as any other again. Returns how many."""
    deleted, _ = Host.objects.filter(refused_at__lt=now - FORGOTTEN_AFTER, free_at__lt=now).delete()
    return deleted
