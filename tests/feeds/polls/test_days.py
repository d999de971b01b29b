"""The last days of a feed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from feeds.models import Poll
from feeds.polls.days import DAYS, Day, last_days
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 31, 20, tzinfo=UTC)


def poll(feed, before: timedelta, outcome: str = "updated", new: int = 0) -> None:
    Poll.objects.create(feed=feed, started_at=NOW - before, outcome=outcome, duration_ms=5, new_articles=new)


def test_each_day_has_its_checks_failures_and_articles():
    feed = make_feed()
    for outcome, new in (("updated", 3), ("unchanged", 0), ("failed", 0), ("gone", 0), ("pushed", 2)):
        poll(feed, timedelta(hours=1), outcome, new)
    poll(feed, timedelta(days=2), "updated", 1)
    poll(feed, timedelta(days=29, hours=20), "failed")  # at midnight, with which the first day begins
    poll(feed, timedelta(days=29, hours=20, seconds=1), "failed")
    poll(make_feed(), timedelta(hours=1))
    days = last_days(feed, NOW)
    assert len(days) == DAYS
    assert days[-1] == Day(date(2026, 5, 31), checks=4, failed=2, articles=5)
    assert days[-2] == Day(date(2026, 5, 30))
    assert days[-3] == Day(date(2026, 5, 29), checks=1, articles=1)
    assert days[0] == Day(date(2026, 5, 2), checks=1, failed=1)
    assert sum(day.checks for day in days) == 6


def test_days_are_those_of_the_readers_calendar():
    feed = make_feed()
    poll(feed, timedelta(0))
    with timezone.override("Asia/Shanghai"):
        assert last_days(feed, NOW)[-1] == Day(date(2026, 6, 1), checks=1)
