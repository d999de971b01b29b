"""The times at which a channel sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from articles.notices.models import Channel

# What one poll brings goes into one message, and what is the same has been found by then.
SETTLED = timedelta(minutes=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)  # after a failure
LONGEST = timedelta(days=8)  # that is ever stored: a week, and an hour of summer time
OFF_AFTER = timedelta(days=3)  # of failures


def next_time(channel: Channel, now: datetime) -> datetime:
    """The time for what has just begun to wait."""
    if channel.pace == Channel.Pace.AT_ONCE:
        gap = timedelta(minutes=channel.gap_minutes)
        after = min(channel.sent_at + gap, now + gap) if channel.sent_at else now
        return max(now + SETTLED, after)
    return _next_hour(channel, now)


def _next_hour(channel: Channel, now: datetime) -> datetime:
    """The next time that the clock shows the hour in the reader's zone, on the weekday where it is once a week. Where
    the clock leaves that hour out, it is an hour later; of an hour that comes twice, the first."""
    zone = ZoneInfo(channel.zone)
    day = now.astimezone(zone).date()
    while True:
        found = datetime(day.year, day.month, day.day, channel.hour, tzinfo=zone).astimezone(UTC)
        is_day = channel.pace == Channel.Pace.DAILY or day.weekday() == channel.weekday
        if is_day and found > now:
            return found
        day += timedelta(days=1)


def wait_after(failures: int) -> timedelta:
    """The time to wait after so many failures in a row: twice as long each time."""
    return min(FIRST_WAIT * int(2 ** min(failures - 1, 10)), LONGEST_WAIT)
