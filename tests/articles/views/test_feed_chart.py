"""The chart of a feed's last days."""

from __future__ import annotations

from datetime import date, timedelta

from articles.views.feed_chart import DEPTH, LINE, chart_of
from feeds.polls.days import Day

FIRST = date(2026, 5, 2)


def test_the_most_is_as_high_as_the_chart_and_little_is_seen():
    days = [Day(FIRST, 24, 0, 1000), Day(FIRST + timedelta(1), 24, 1, 1), Day(FIRST + timedelta(2)), Day(FIRST, 2, 2)]
    chart = chart_of(days)
    assert chart
    assert [(bar.y, bar.height, bar.failed_height) for bar in chart.bars] == [
        (0, LINE, 0),
        (LINE - 1, 1, 1),
        (LINE, 0, 0),
        (LINE, 0, DEPTH),
    ]
    assert (chart.articles, chart.checks, chart.failed) == (1001, 50, 3)
    assert len(chart.days) == 3


def test_nothing_is_drawn_of_nothing():
    assert chart_of([Day(FIRST)] * 30) is None
