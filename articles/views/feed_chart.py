"""The last days of a feed as a chart: new articles stand on a line, and what part of the checks failed hangs below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.polls.days import Day

STEP, BAR = 10, 8  # units of the drawing, from a day to the next and of its bar
LINE, DEPTH = 60, 20  # above and below the line


@dataclass(frozen=True, slots=True)
class Bar:
    """The place and the heights of one day's bars. A height of 0 is none."""

    x: int
    y: int
    height: int
    failed_height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars that the template draws, and the numbers that say the same."""

    bars: Sequence[Bar]
    days: Sequence[Day]  # on which something was asked or came
    articles: int
    checks: int
    failed: int
    width: int
    line: int = LINE
    height: int = LINE + DEPTH
    bar: int = BAR


def chart_of(days: Sequence[Day]) -> Chart | None:
    """The chart; None where nothing was asked in all that time."""
    told = [day for day in days if day.checks or day.articles]
    if not told:
        return None
    most = max(1, *(day.articles for day in days))
    return Chart(
        bars=[_bar(number, day, most) for number, day in enumerate(days)],
        days=told[::-1],
        articles=sum(day.articles for day in days),
        checks=sum(day.checks for day in days),
        failed=sum(day.failed for day in days),
        width=STEP * len(days),
    )


def _bar(number: int, day: Day, most: int) -> Bar:
    """A day with little is still seen."""
    height = _part(day.articles, most, LINE)
    return Bar(STEP * number, LINE - height, height, _part(day.failed, day.checks, DEPTH))


def _part(some: int, most: int, size: int) -> int:
    return max(1, size * some // most) if some and most else 0
