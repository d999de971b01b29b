"""When a channel sends: soon, or at an hour of its reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from articles.models import Channel
from articles.notices.schedule import LONGEST, LONGEST_WAIT, SETTLED, next_time, wait_after

Pace = Channel.Pace


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_as_it_comes_bounded_by_the_gap():
    now = at(2026, 6, 1, 12, 0)
    assert next_time(Channel(), now) == now + SETTLED
    sent = Channel(gap_minutes=30, sent_at=now - timedelta(minutes=10))
    assert next_time(sent, now) == now + timedelta(minutes=20)
    sent.sent_at = now + timedelta(days=9)  # by a clock that was ahead
    assert next_time(sent, now) == now + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("UTC", at(2026, 6, 1, 6, 59), at(2026, 6, 1, 7, 0)),
        ("UTC", at(2026, 6, 1, 7, 0), at(2026, 6, 2, 7, 0)),
        ("Asia/Shanghai", at(2026, 6, 1, 6, 0), at(2026, 6, 1, 23, 0)),
        ("Europe/Berlin", at(2026, 3, 28, 12, 0), at(2026, 3, 29, 5, 0)),  # the day on which summer time begins
        ("Europe/Berlin", at(2026, 10, 24, 12, 0), at(2026, 10, 25, 6, 0)),  # and ends
    ],
)
def test_once_a_day_at_the_hour_of_the_readers_clock(zone, now, expected):
    assert next_time(Channel(pace=Pace.DAILY, hour=7, zone=zone), now) == expected


def test_an_hour_that_the_clock_leaves_out():
    left_out = Channel(pace=Pace.DAILY, hour=2, zone="Europe/Berlin")
    assert next_time(left_out, at(2026, 3, 28, 12, 0)) == at(2026, 3, 29, 1, 0)


def test_once_a_week_on_its_day():
    weekly = Channel(pace=Pace.WEEKLY, hour=7, weekday=4, zone="UTC")
    monday = at(2026, 6, 1, 12, 0)
    assert next_time(weekly, monday) == at(2026, 6, 5, 7, 0)
    assert next_time(weekly, at(2026, 6, 5, 7, 0)) == at(2026, 6, 12, 7, 0)
    assert next_time(weekly, at(2026, 6, 5, 7, 0)) - at(2026, 6, 5, 7, 0) < LONGEST


def test_failures_wait_longer_up_to_a_limit():
    assert [wait_after(n) for n in (1, 2, 3)] == [timedelta(minutes=n) for n in (1, 2, 4)]
    assert wait_after(10_000) == LONGEST_WAIT
