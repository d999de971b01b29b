"""The sign of life of what polls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.leases.waits import SLACK
from feeds.models import Heartbeat
from feeds.polls import heartbeat

NOW = datetime(2026, 5, 31, 20, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("before", "alive"),
    [
        (timedelta(0), True),
        (heartbeat.SILENCE, True), (heartbeat.SILENCE + MOMENT, False),
        (-SLACK, True), (-SLACK - MOMENT, False),
    ],
)  # fmt: skip
def test_feeds_are_being_polled_for_some_minutes_after_each_tick(before, alive):
    assert heartbeat.is_alive(NOW - before, NOW) is alive


def test_where_nothing_ever_ticked_nothing_is_polled():
    assert heartbeat.is_alive(None, NOW) is False


@pytest.mark.django_db
def test_the_last_tick_is_the_one_that_is_kept():
    assert heartbeat.last() is None
    for moment in (NOW, NOW + heartbeat.SILENCE):
        heartbeat.beat(moment)
    assert heartbeat.last() == NOW + heartbeat.SILENCE
    assert Heartbeat.objects.count() == 1
