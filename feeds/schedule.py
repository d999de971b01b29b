"""When a feed is asked next. Pure arithmetic on what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

SOONEST = timedelta(minutes=15)
LATEST = timedelta(hours=24)
FIRST_RETRY = timedelta(minutes=5)
# Retry-After is the one wish that may exceed a day; without an end to it, it would be a silent farewell.
LONGEST_PAUSE = timedelta(days=7)
# What is stored reaches no further: chance adds up to a tenth (see `next_check`).
LONGEST_WAIT = LONGEST_PAUSE * 1.1
# Between polls of a feed whose hub tells of what is new: often enough to find out that it has forgotten to.
WHILE_PUSHED = timedelta(hours=6)
DATES_THAT_TELL_THE_GAP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What operator and publisher ask for. Seconds, except where the name says minutes. `pushed_until`: so long a hub
    has promised to tell what is new."""

    check_every_minutes: int | None = None
    ttl_minutes: int | None = None
    max_age: float | None = None
    retry_after: float | None = None
    pushed_until: datetime | None = None


def typical_gap(published: Sequence[datetime]) -> timedelta | None:
    """The mean time between the newest articles of a document; None where fewer than two moments are known."""
    moments = sorted(set(published), reverse=True)[:DATES_THAT_TELL_THE_GAP]
    if len(moments) < 2:
        return None
    return (moments[0] - moments[-1]) / (len(moments) - 1)


def interval(*, gap: timedelta | None, newest: datetime | None, now: datetime, wishes: Wishes) -> timedelta:
    """How long to wait after a poll that went well.

    Half the typical gap finds an article within that time of its publication, on average a quarter. A feed that has
    been silent for much longer than its gap is asked less and less: after a tenth of its silence. The publisher's
    ttl (RSS 2.0) and Cache-Control can only lengthen the wait, as does a hub, for as long as it has promised to tell of
    what is new; the operator's own interval replaces all of this.
    """
    if wishes.check_every_minutes:
        return min(timedelta(minutes=wishes.check_every_minutes), LONGEST_PAUSE)
    wait = gap / 2 if gap is not None else timedelta(hours=1)
    if newest is not None:
        wait = max(wait, (now - newest) / 10)
    asked = max(timedelta(minutes=wishes.ttl_minutes or 0), _seconds(wishes.max_age))
    if wishes.pushed_until:
        asked = max(asked, min(WHILE_PUSHED, wishes.pushed_until - now))
    return min(max(wait, asked, SOONEST), LATEST)


def backoff(failures: int) -> timedelta:
    """How long to wait after `failures` failures in a row: doubling, capped at a day, without an end."""
    doubled: int = 2 ** min(failures - 1, 16)
    return min(FIRST_RETRY * doubled, LATEST)


def next_check(*, now: datetime, wait: timedelta, wishes: Wishes, random: Random | None = None) -> datetime:
    """The moment of the next poll: never before Retry-After (RFC 9110, 10.2.3) is over, with up to a tenth of the wait
    added by chance so that feeds that were added together drift apart."""
    wait = max(wait, min(_seconds(wishes.retry_after), LONGEST_PAUSE))
    return now + wait * (1 + (random or _random).random() / 10)


def _seconds(value: float | None) -> timedelta:
    return timedelta(seconds=min(max(value or 0, 0), LONGEST_PAUSE.total_seconds()))


_random = Random()  # noqa: S311 - spreads load, guards nothing
