from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest

from feeds.polls.times.schedule import (
    LATEST,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    QUICKEST,
    SOONEST,
    Limits,
    Wishes,
    after_failure,
    backoff,
    interval,
    next_check,
    typical_gap,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def wait(
    *, gap: timedelta | None = None, silent: timedelta | None = None, limits: Limits | None = None, **wishes: object
) -> timedelta:
    newest = NOW - silent if silent is not None else None
    return interval(gap=gap, newest=newest, now=NOW, wishes=Wishes(**wishes), limits=limits)


def test_the_gap_is_the_mean_time_between_articles():
    assert typical_gap([NOW - n * HOUR for n in range(5)]) == HOUR


def test_two_moments_are_enough_for_a_gap():
    assert typical_gap([NOW, NOW - DAY]) == DAY


def test_one_moment_tells_no_gap():
    assert typical_gap([NOW, NOW]) is None


def test_only_the_newest_articles_tell_the_gap():
    recent = [NOW - n * HOUR for n in range(20)]
    assert typical_gap([*recent, NOW - timedelta(days=900)]) == HOUR


@pytest.mark.parametrize("gap", [None, MINUTE, HOUR, DAY, 30 * DAY])
@pytest.mark.parametrize("silent", [None, -DAY, timedelta(0), DAY, 2 * DAY])
def test_a_feed_that_is_not_silent_is_asked_hourly(gap, silent):
    assert wait(gap=gap, silent=silent) == HOUR


def test_a_busy_feed_is_not_asked_without_pause():
    assert wait(gap=timedelta(seconds=10), silent=timedelta(0)) == SOONEST


def test_a_feed_that_fell_silent_is_asked_less_often():
    assert wait(gap=HOUR, silent=4 * DAY) == 2 * HOUR


@pytest.mark.parametrize("silent", [12 * DAY, 13 * DAY, 4000 * DAY])
def test_even_a_dead_feed_is_asked_a_few_times_a_day(silent):
    assert wait(gap=HOUR, silent=silent) == 6 * HOUR


@pytest.mark.parametrize("gap", [None, MINUTE, 30 * DAY])
@pytest.mark.parametrize("wishes", [{}, {"ttl_minutes": 20}, {"max_age": 60}])
def test_without_validators_a_feed_is_asked_once_a_day(gap, wishes):
    assert wait(gap=gap, silent=HOUR, has_validators=False, **wishes) == DAY


@pytest.mark.parametrize(
    ("gap", "wishes", "expected"),
    [
        (MINUTE, {"ttl_minutes": 20}, 20 * MINUTE),
        (MINUTE, {"max_age": 1200}, 20 * MINUTE),
        (MINUTE, {"ttl_minutes": 1}, QUICKEST),
        (MINUTE, {"max_age": 0.5}, QUICKEST),
        (MINUTE, {"max_age": 0}, HOUR),  # that says nothing
        (MINUTE, {"ttl_minutes": 0}, HOUR),
        (MINUTE, {"ttl_minutes": 20, "max_age": 2400}, 40 * MINUTE),
        (HOUR, {"ttl_minutes": 20}, 30 * MINUTE),
        (2 * HOUR, {"ttl_minutes": 20}, HOUR),
        (DAY, {"ttl_minutes": 20}, HOUR),
        (None, {"ttl_minutes": 20}, HOUR),
    ],
)
def test_a_publisher_can_allow_less_than_an_hour(gap, wishes, expected):
    assert wait(gap=gap, silent=HOUR, **wishes) == expected


@pytest.mark.parametrize(
    ("limits", "gap", "silent", "wishes", "expected"),
    [
        (Limits(shortest=20 * MINUTE), MINUTE, HOUR, {}, 20 * MINUTE),
        (Limits(shortest=20 * MINUTE), DAY, HOUR, {}, HOUR),
        (Limits(shortest=2 * HOUR), MINUTE, HOUR, {"ttl_minutes": 20}, 2 * HOUR),
        (Limits(longest=2 * HOUR), DAY, 40 * DAY, {}, 2 * HOUR),
        (Limits(longest=12 * HOUR), DAY, 400 * DAY, {}, 12 * HOUR),
        (Limits(longest=2 * HOUR), DAY, 40 * DAY, {"ttl_minutes": 300}, 5 * HOUR),
        (Limits(shortest=10 * MINUTE, longest=30 * MINUTE), DAY, 40 * DAY, {}, 30 * MINUTE),
        (Limits(longest=2 * HOUR), DAY, HOUR, {"has_validators": False}, DAY),
    ],
)
def test_an_operator_can_set_the_sites_limits(limits, gap, silent, wishes, expected):
    assert wait(gap=gap, silent=silent, limits=limits, **wishes) == expected


@pytest.mark.parametrize(("promised", "expected"), [(4 * HOUR, 4 * HOUR), (9 * HOUR, 6 * HOUR), (-HOUR, HOUR)])
def test_a_hub_lengthens_the_wait_for_as_long_as_it_has_promised(promised, expected):
    assert wait(gap=HOUR, silent=HOUR, pushed_until=NOW + promised) == expected


@pytest.mark.parametrize("wish", [{"ttl_minutes": 180}, {"max_age": 10800}])
def test_the_publisher_can_lengthen_the_wait(wish):
    assert wait(gap=HOUR, silent=HOUR, **wish) == 3 * HOUR


@pytest.mark.parametrize("wish", [{"ttl_minutes": 10**9}, {"max_age": 1e12}])
def test_the_publisher_cannot_send_us_away_for_more_than_a_day(wish):
    assert wait(gap=HOUR, silent=HOUR, **wish) == LATEST


def test_the_operators_interval_replaces_all_others():
    assert wait(gap=HOUR, silent=50 * HOUR, ttl_minutes=600, check_every_minutes=5) == timedelta(minutes=5)
    assert wait(check_every_minutes=5, has_validators=False) == timedelta(minutes=5)
    assert wait(check_every_minutes=2000) == timedelta(minutes=2000)
    assert wait(check_every_minutes=20_000) == LONGEST_PAUSE
    assert wait(check_every_minutes=0) == HOUR  # that is none


def test_the_operators_interval_cannot_do_what_the_publisher_forbids():
    assert wait(check_every_minutes=5, max_age=1800) == timedelta(minutes=30)
    assert wait(check_every_minutes=5, max_age=1e9) == LATEST


def test_backoff_doubles_up_to_a_day_and_never_ends():
    waits = [backoff(failures) for failures in (1, 2, 3, 10, 1000, 10**9)]
    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), LATEST, LATEST, LATEST]


@pytest.mark.parametrize(
    ("failures", "is_answered", "max_age", "expected"),
    [
        (1, True, None, HOUR),
        (2, True, None, 2 * HOUR),
        (5, True, None, 16 * HOUR),
        (6, True, None, LATEST),
        (1, False, None, 5 * MINUTE),
        (3, False, None, 20 * MINUTE),
        (1, True, 7200, 2 * HOUR),
        (1, True, 60, HOUR),
        (1, True, 1e9, LATEST),
    ],
)
def test_whoever_answered_is_not_asked_again_at_once(failures, is_answered, max_age, expected):
    assert after_failure(failures, wishes=Wishes(max_age=max_age), is_answered=is_answered) == expected


@pytest.mark.parametrize(("failures", "least"), [(2, 2 * HOUR), (3, 4 * HOUR), (6, LATEST / 2)])
def test_what_is_asked_too_much_again_waits_up_to_twice_as_long_by_chance(failures, least):
    waits = [
        after_failure(failures, wishes=Wishes(), is_answered=True, is_refused=True, random=Random(seed))
        for seed in range(50)
    ]
    assert least <= min(waits) < 1.2 * least
    assert 1.8 * least < max(waits) <= 2 * least
    assert after_failure(1, wishes=Wishes(), is_answered=True, is_refused=True) == HOUR


def checked(at: datetime, wait: timedelta = HOUR, *, hours=(), days=(), **wishes: object) -> datetime:
    """The next check without chance; `at` is a moment of the week that begins on Monday, 4 May."""
    told = Wishes(skip_hours=frozenset(hours), skip_days=frozenset(days), **wishes)
    return next_check(now=at, wait=wait, wishes=told, random=NoChance())


class NoChance(Random):
    def random(self) -> float:
        return 0.0


MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "hours", "days", "expected"),
    [
        (MONDAY + 9 * HOUR, [11], [], MONDAY + 10 * HOUR),
        (MONDAY + 9 * HOUR, [10], [], MONDAY + 11 * HOUR),
        (MONDAY + 9.5 * HOUR, [10], [], MONDAY + 11 * HOUR),
        (MONDAY + 21.5 * HOUR, [22, 23, 0, 1], [], MONDAY + 26 * HOUR),
        (MONDAY + 20.96 * HOUR, [22], [], MONDAY + 23 * HOUR),  # it would come late, into the hour that is skipped
        (MONDAY + 4 * DAY + 23.5 * HOUR, [], [5, 6], MONDAY + 7 * DAY),
        (MONDAY + 6.98 * DAY, [0], [6], MONDAY + 7 * DAY + HOUR),
        (MONDAY + 9 * HOUR, [10], [1, 2, 3, 4, 5, 6], MONDAY + 11 * HOUR),
        (MONDAY + 23 * HOUR, [], [1, 2, 3, 4, 5, 6], MONDAY + 7 * DAY),
    ],
)
def test_hours_and_days_that_the_publisher_skips_are_skipped(at, hours, days, expected):
    assert checked(at, hours=hours, days=days) == expected


def test_hours_that_are_skipped_are_those_of_utc():
    there = timezone(5 * HOUR)
    assert checked((MONDAY + 9 * HOUR).astimezone(there), hours=[10]) == MONDAY + 11 * HOUR
    assert checked((MONDAY + 22 * HOUR).astimezone(there), days=[1]) == MONDAY + 23 * HOUR


def test_hours_that_are_skipped_bind_the_operator_and_retries_too():
    assert checked(MONDAY, 5 * MINUTE, hours=[0], check_every_minutes=5) == MONDAY + HOUR


def test_whoever_skips_all_hours_cannot_mean_it():
    assert checked(MONDAY, hours=range(24)) == MONDAY + HOUR
    assert checked(MONDAY, days=range(7)) == MONDAY + HOUR


def test_no_check_is_further_away_than_what_is_believed():
    when = checked(MONDAY, 7 * DAY, days=[0, 1, 2, 3, 4, 5])
    assert when == MONDAY + LONGEST_WAIT


def test_feeds_that_skip_the_same_hours_do_not_all_come_when_they_end():
    moments = {
        next_check(now=MONDAY, wait=HOUR, wishes=Wishes(skip_hours=frozenset(range(1, 6))), random=Random(seed))
        for seed in range(50)
    }
    assert len(moments) == 50
    assert MONDAY + 6 * HOUR <= min(moments) <= max(moments) <= MONDAY + 6 * HOUR + 10 * MINUTE


def test_retry_after_is_honoured():
    when = next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=7200))
    assert when >= NOW + 2 * HOUR


def test_retry_after_does_not_shorten_the_wait():
    assert next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=1)) >= NOW + HOUR


def test_retry_after_cannot_say_farewell():
    when = next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=1e15))
    assert when <= NOW + LONGEST_PAUSE * 1.1


def test_chance_spreads_feeds_over_a_minute_of_an_hour():
    moments = {next_check(now=NOW, wait=HOUR, wishes=Wishes(), random=Random(seed)) for seed in range(50)}
    assert len(moments) == 50
    assert NOW + HOUR <= min(moments) <= max(moments) <= NOW + 61 * MINUTE


def test_what_the_publisher_asks_for_is_more_than_the_operators_shortest_interval():
    shortest = Limits(shortest=2 * HOUR)
    assert wait(gap=DAY, silent=HOUR, limits=shortest, ttl_minutes=180) == 3 * HOUR
    assert wait(gap=DAY, silent=HOUR, limits=shortest, ttl_minutes=60) == 2 * HOUR


def test_the_only_hour_of_a_week_that_is_not_skipped_is_found_from_its_own_end_on():
    told = Wishes(skip_hours=frozenset(range(24)) - {5}, skip_days=frozenset(range(1, 7)))
    end_of_the_hour = MONDAY.replace(hour=5, minute=58)
    found = next_check(now=end_of_the_hour, wait=timedelta(0), wishes=told, random=Random(1))
    assert timedelta(0) <= found - (MONDAY + 7 * DAY).replace(hour=5) < 10 * MINUTE
