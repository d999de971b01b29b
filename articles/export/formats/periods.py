"""The stretches of time that archive documents are cut by (RFC 5005, section 4): closed months; in the month that still
runs, closed days; in the day that still runs, hours. Pure, in UTC: an address means the same to every reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TEXT = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:T\d{2})?)?", re.ASCII)
_FORMATS = {7: "%Y-%m", 10: "%Y-%m-%d", 13: "%Y-%m-%dT%H"}


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a day or an hour, under the name that addresses give it: 2026-10, 2026-11-21, 2026-11-22T09."""

    name: str
    start: datetime
    end: datetime

    def has(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def is_closed(self, now: datetime) -> bool:
        return self.end <= now


def period_named(name: str) -> Period | None:
    """The period of that name; None where there is none."""
    if not _TEXT.fullmatch(name):
        return None
    try:
        start = datetime.strptime(name, _FORMATS[len(name)]).replace(tzinfo=UTC)
        return Period(name, start, _end(start, len(name)))
    except (ValueError, OverflowError):  # the thirteenth month; the last month that datetime has
        return None


def _end(start: datetime, length: int) -> datetime:
    if length == 7:
        return (start + timedelta(days=31)).replace(day=1)
    return start + (timedelta(days=1) if length == 10 else timedelta(hours=1))


def period_of(moment: datetime, now: datetime) -> Period:
    """The longest closed period that holds `moment`; its hour, which may be open, where none does."""
    moment = moment.astimezone(UTC)
    names = (moment.strftime(form).rjust(length, "0") for length, form in _FORMATS.items())
    periods = [period for name in names if (period := period_named(name))]
    return next((period for period in periods if period.is_closed(now)), periods[-1])
