"""The sign of life of what polls: each tick that was done writes it, so it tells of beat, the broker, a worker and the
database together."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.leases import waits
from feeds.models import Heartbeat

SILENCE = timedelta(minutes=5)  # ten ticks: workers with much to do come to a tick late


def beat(now: datetime) -> None:
    """Note that a tick was done."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"ticked_at": now})


def last() -> datetime | None:
    """The time of the last tick that was done."""
    return Heartbeat.objects.values_list("ticked_at", flat=True).first()


def is_alive(ticked_at: datetime | None, now: datetime) -> bool:
    """True where feeds are being polled. A tick that is yet to come was noted by a clock that was ahead."""
    return ticked_at is not None and now - SILENCE <= ticked_at <= now + waits.SLACK
