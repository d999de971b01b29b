"""The time when a feed is asked next. Pure arithmetic on what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

# Where the publisher says nothing: good readers ask once an hour, and an answer without validators, which is sent
# whole each time, once a day.
SOONEST = timedelta(hours=1)
WITHOUT_VALIDATORS = timedelta(hours=24)
# A publisher who allows less than an hour is taken at his word down to this.
QUICKEST = timedelta(minutes=15)
# What is asked of the publisher, and what he can ask of the reader, ends here.
LATEST = timedelta(hours=24)
# A feed is silent for so many times longer than it waits: one that publishes daily is asked hourly.
SILENCE_PER_WAIT = 48
FIRST_RETRY = timedelta(minutes=5)
FIRST_RETRY_AFTER_ANSWER = timedelta(hours=1)
# Retry-After is the one wish that may exceed a day; without an end to it, it would be a silent farewell.
LONGEST_PAUSE = timedelta(days=7)
# Chance adds up to this part of a wait: feeds that were added together drift apart, and an hourly one is asked about 24
# times a day.
PART_BY_CHANCE = 1 / 60
# What is stored reaches no further: chance and hours that are skipped add less than a tenth.
LONGEST_WAIT = LONGEST_PAUSE * 1.1
# Between polls of a feed whose hub tells of what is new: often enough to find out that it has forgotten to.
WHILE_PUSHED = timedelta(hours=6)
DATES_THAT_TELL_THE_GAP = 20
HOURS_OF_A_WEEK = 7 * 24
# A poll comes some time after it was due.
LATENESS = timedelta(minutes=3)


class Limits(NamedTuple):
    """The operator's wishes for all feeds that have no interval of their own. `shortest`: instead of an hour, or of
    what the publisher allows; None for no such wish. `longest`: for feeds that have been silent for long."""

    shortest: timedelta | None = None
    longest: timedelta = timedelta(hours=6)


class Wishes(NamedTuple):
    """The wishes of operator and publisher. Seconds, except where the name says minutes. `pushed_until`: so long a hub
    has promised to tell what is new. `has_validators`: whether the publisher can be asked for what has changed.
    `skip_hours` (0 to 23) and `skip_days` (0 is Monday), in UTC: when he does not want to be asked (RSS 2.0)."""

    check_every_minutes: int | None = None
    ttl_minutes: int | None = None
    max_age: float | None = None
    retry_after: float | None = None
    pushed_until: datetime | None = None
    has_validators: bool = True
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


def typical_gap(published: Sequence[datetime]) -> timedelta | None:
    """The mean time between the newest articles of a document; None where fewer than two moments are known."""
    moments = sorted(set(published), reverse=True)[:DATES_THAT_TELL_THE_GAP]
    if len(moments) < 2:
        return None
    return (moments[0] - moments[-1]) / (len(moments) - 1)


def interval(
    *, gap: timedelta | None, newest: datetime | None, now: datetime, wishes: Wishes, limits: Limits | None = None
) -> timedelta:
    """The time to wait after a poll that went well.

    An hour, or after a longer silence a forty-eighth of it, up to `limits.longest`. The publisher's ttl (RSS 2.0) and
    Cache-Control can lengthen the wait, up to a day, as does a hub for as long as it has promised to tell of what is
    new; where they are shorter than an hour, a feed that publishes so often is asked twice per typical gap. The
    operator's own interval replaces all of this but Cache-Control.
    """
    limits = limits or Limits()
    fresh = min(_seconds(wishes.max_age), LATEST)
    if wishes.check_every_minutes:
        return max(min(timedelta(minutes=wishes.check_every_minutes), LONGEST_PAUSE), fresh)
    wait = SOONEST if gap is None else min(gap / 2, SOONEST)
    if newest is not None:
        wait = max(wait, (now - newest) / SILENCE_PER_WAIT)
    wait = min(wait, limits.longest)
    asked = max(timedelta(minutes=wishes.ttl_minutes or 0), fresh)
    if wishes.pushed_until:
        asked = max(asked, min(WHILE_PUSHED, wishes.pushed_until - now))
    asked = min(asked, LATEST)
    allowed = max(asked, QUICKEST) if asked else SOONEST
    wait = max(wait, asked, allowed if limits.shortest is None else limits.shortest)
    return wait if wishes.has_validators else max(wait, WITHOUT_VALIDATORS)


def backoff(failures: int, *, first: timedelta = FIRST_RETRY) -> timedelta:
    """The time to wait after `failures` failures in a row: doubling from `first`, capped at a day, without an end."""
    doubled: int = 2 ** min(failures - 1, 16)
    return min(first * doubled, LATEST)


def after_failure(
    failures: int, *, wishes: Wishes, is_answered: bool, is_refused: bool = False, random: Random | None = None
) -> timedelta:
    """The time to wait after a poll that failed, the last of `failures` in a row. `is_answered`: a server has answered,
    and would have to answer again; else nobody is bothered by a quick retry. `is_refused`: it is asked too much. After
    the second time chance makes the wait up to twice as long: what one server refuses at once must not come back at
    once."""
    wait = backoff(failures, first=FIRST_RETRY_AFTER_ANSWER if is_answered else FIRST_RETRY)
    if is_refused and failures > 1:
        wait = min(wait, LATEST / 2) * (1 + (random or _random).random())
    return max(wait, min(_seconds(wishes.max_age), LATEST))


def next_check(*, now: datetime, wait: timedelta, wishes: Wishes, random: Random | None = None) -> datetime:
    """The moment of the next poll: never before Retry-After (RFC 9110, 10.2.3) is over, nor at an hour or on a day that
    the publisher skips, and a little later by chance."""
    wait = max(wait, _seconds(wishes.retry_after))
    chance = (random or _random).random()
    return min(_not_skipped(now + wait * (1 + chance * PART_BY_CHANCE), wishes, chance), now + LONGEST_WAIT)


def _not_skipped(moment: datetime, wishes: Wishes, chance: float) -> datetime:
    """`moment`, or the first minutes of the next hour that is not skipped; `moment` where all are, which can't be
    meant."""
    if not (wishes.skip_hours or wishes.skip_days):
        return moment
    later = moment
    for _ in range(HOURS_OF_A_WEEK + 1):
        if not any(_is_skipped(each, wishes) for each in (later, later + LATENESS)):
            return later
        later = later.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1, minutes=10 * chance)
    return moment


def _is_skipped(moment: datetime, wishes: Wishes) -> bool:
    utc = moment.astimezone(UTC)
    return utc.hour in wishes.skip_hours or utc.weekday() in wishes.skip_days


def _seconds(value: float | None) -> timedelta:
    return timedelta(seconds=min(value or 0, LONGEST_PAUSE.total_seconds()))


_random = Random()  # noqa: S311 - spreads load, guards nothing
