"""The outages of this machine's own network, told apart from failures of the publishers.

A poll that reached nobody (its host's name not found or leading to this network, no connection, or none that is surely
with the host) says nothing of the feed as long as no other host has been reached since. Such polls count as nobody's
failure, but of a feed that never worked, and are repeated after minutes. When a second host confirms it, there is an
outage: a row, as long as it lasts. Then only a few feeds are tried, until one succeeds.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from feeds.leases import waits
from feeds.models import Feed, Host, Outage

logger = logging.getLogger(__name__)

RETRY = timedelta(minutes=5)
# Where there is no other host to tell: soon after an outage is over, and a host that is away is not bothered.
LONGEST_RETRY_ALONE = timedelta(minutes=15)
PROBES = 5  # feeds that a tick tries in an outage
_THE_ONE = 1


class Blame(Enum):
    """Whose fault it is that a host could not be reached."""

    HOST = auto()  # another one has been reached since
    NETWORK = auto()  # no other has
    UNKNOWN = auto()  # there is no other that could tell


def blame(feed: Feed, now: datetime) -> Blame:
    """Whose fault it is that the host of `feed`, just polled, could not be reached; an outage begins where another host
    confirms that it is the network's."""
    since = min(feed.unreached_since or now, now)
    active = _with_a_host().filter(state=Feed.State.ACTIVE)
    others = active.exclude(host=feed.host)
    if others.filter(last_success_at__gt=since, last_success_at__lte=now + waits.SLACK).exists():
        return Blame.HOST
    # One that has been away since before confirms nothing.
    reached_at = active.exclude(waits.ahead("last_success_at", now)).aggregate(at=Max("last_success_at"))["at"]
    silent = others.filter(unreached_since__isnull=False)
    if reached_at:
        silent = silent.filter(unreached_since__gt=reached_at)
    first = silent.order_by("unreached_since").values_list("unreached_since", flat=True).first()
    if first:
        _begin(max(min(first, since), reached_at) if reached_at else min(first, since))
        return Blame.NETWORK
    could_tell = Q(last_success_at__isnull=False) | Q(last_checked_at=None)
    return Blame.NETWORK if others.filter(could_tell, unreached_since=None).exists() else Blame.UNKNOWN


def is_out(now: datetime) -> bool:
    """True where there is an outage. It ends, and what could not be polled is due, once a feed has been polled well."""
    began_at = out_since()
    if began_at is None:
        return False
    is_believable = began_at <= now + waits.SLACK
    if is_believable and not _with_a_host().filter(last_success_at__gt=began_at).exists():
        return True
    _end(began_at, now)
    return False


def _with_a_host() -> QuerySet[Feed]:
    """Feeds that are asked for somewhere: what comes by mail or from files tells of no host."""
    return Feed.objects.exclude(host="")


def out_since() -> datetime | None:
    """The moment when the outage that lasts began; None while there is none. One row is looked up."""
    return Outage.objects.filter(pk=_THE_ONE).values_list("began_at", flat=True).first()


def _begin(since: datetime) -> None:
    _, is_new = Outage.objects.get_or_create(pk=_THE_ONE, defaults={"began_at": since})
    if is_new:
        logger.warning(
            "No host has been reached since %s: this machine's network seems to be down. No feed that ever worked "
            "counts a failure, and all are polled as soon as one can be.",
            timezone.localtime(since).strftime("%H:%M:%S %Z"),
        )


def _end(began_at: datetime, now: datetime) -> None:
    if not Outage.objects.filter(pk=_THE_ONE).delete()[0]:
        return  # another process was faster
    # Who has failed meanwhile was answered by somebody in between, such as the page on which one signs in to a network;
    # but nobody there asks to be left alone.
    kept = Q(unreached_since__gte=began_at) | Q(failures__gt=0, last_checked_at__gte=began_at)
    refusing = Host.objects.filter(refused_at__gte=began_at).values("name")
    active = Feed.objects.filter(kept, state=Feed.State.ACTIVE)
    due = active.exclude(host__in=refusing).filter(next_check_at__gt=now).update(next_check_at=now)
    logger.warning("The network is back after %s: %d feeds are polled sooner.", str(now - began_at).split(".")[0], due)
