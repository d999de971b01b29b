from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from feeds.schedule import LATEST, LONGEST_PAUSE, SOONEST, Wishes, backoff, interval, next_check, typical_gap

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def wait(*, gap: timedelta | None = None, silent: timedelta | None = None, **wishes: float | int) -> timedelta:
    newest = NOW - silent if silent is not None else None
    return interval(gap=gap, newest=newest, now=NOW, wishes=Wishes(**wishes))


def test_the_gap_is_the_mean_time_between_articles():
    assert typical_gap([NOW - n * HOUR for n in range(5)]) == HOUR


def test_one_moment_tells_no_gap():
    assert typical_gap([NOW, NOW]) is None


def test_only_the_newest_articles_tell_the_gap():
    recent = [NOW - n * HOUR for n in range(20)]
    assert typical_gap([*recent, NOW - timedelta(days=900)]) == HOUR


def test_a_feed_is_asked_twice_per_gap():
    assert wait(gap=4 * HOUR, silent=HOUR) == 2 * HOUR


def test_a_busy_feed_is_not_asked_without_pause():
    assert wait(gap=timedelta(seconds=10), silent=timedelta(0)) == SOONEST


def test_a_feed_that_fell_silent_is_asked_less_often():
    assert wait(gap=HOUR, silent=50 * HOUR) == 5 * HOUR


def test_even_a_dead_feed_is_asked_daily():
    assert wait(gap=HOUR, silent=timedelta(days=4000)) == LATEST


@pytest.mark.parametrize("wish", [{"ttl_minutes": 180}, {"max_age": 10800}])
def test_the_publisher_can_lengthen_the_wait(wish):
    assert wait(gap=HOUR, silent=HOUR, **wish) == 3 * HOUR


@pytest.mark.parametrize("wish", [{"ttl_minutes": 10**9}, {"max_age": 1e12}])
def test_the_publisher_cannot_send_us_away_for_more_than_a_day(wish):
    assert wait(gap=HOUR, silent=HOUR, **wish) == LATEST


def test_the_operators_interval_replaces_all_others():
    assert wait(gap=HOUR, silent=50 * HOUR, ttl_minutes=600, check_every_minutes=5) == timedelta(minutes=5)


def test_backoff_doubles_up_to_a_day_and_never_ends():
    waits = [backoff(failures) for failures in (1, 2, 3, 10, 1000, 10**9)]
    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), LATEST, LATEST, LATEST]


def test_retry_after_is_honoured():
    when = next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=7200))
    assert when >= NOW + 2 * HOUR


def test_retry_after_does_not_shorten_the_wait():
    assert next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=1)) >= NOW + HOUR


def test_retry_after_cannot_say_farewell():
    when = next_check(now=NOW, wait=HOUR, wishes=Wishes(retry_after=1e15))
    assert when <= NOW + LONGEST_PAUSE * 1.1


def test_jitter_spreads_feeds_within_a_tenth_of_the_wait():
    moments = {next_check(now=NOW, wait=HOUR, wishes=Wishes(), random=Random(seed)) for seed in range(50)}
    assert len(moments) == 50
    assert NOW + HOUR <= min(moments) <= max(moments) <= NOW + 1.1 * HOUR
