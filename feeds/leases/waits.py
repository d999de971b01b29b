"""Stored times that something waits for. One rule for all of them: a time further away than the longest wait that
anybody stores was written by a clock that was ahead, and has passed. So such a clock, once it is right again, silences
nothing for longer than that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

# Clocks of two machines, and the time between reading the clock and writing a row.
SLACK = timedelta(minutes=5)


def passed(column: str, longest: timedelta, now: datetime) -> Q:
    """The condition that the wait in `column`, of at most `longest`, is over."""
    return Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + longest + SLACK})


def has_passed(moment: datetime, longest: timedelta, now: datetime) -> bool:
    """The same of a row that is read already."""
    return moment <= now or moment > now + longest + SLACK


def ahead(column: str, now: datetime) -> Q:
    """The condition that what happened at the time in `column` has yet to happen, so that all that was reckoned from it
    is wrong, too."""
    return Q(**{f"{column}__gt": now + SLACK})


def free(lease: timedelta, now: datetime) -> Q:
    """The condition that nobody holds the lease of a row."""
    return Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + lease + SLACK)


def held(lease: timedelta, now: datetime) -> Q:
    """The condition that somebody does."""
    return Q(leased_until__gte=now, leased_until__lte=now + lease + SLACK)
