"""RSS 2.0's skipHours and skipDays, from the document to plain values."""

from __future__ import annotations

import pytest

from feeds.parse import ParsedFeed, parse
from tests.documents import rss


def parsed(extra: str) -> ParsedFeed:
    return parse(rss([], extra=extra).encode(), url="https://feed.example/")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("<hour>0</hour><hour> 7 </hour><hour>23</hour>", {0, 7, 23}),
        ("<hour>24</hour><hour>25</hour><hour>-1</hour><hour>x</hour><hour></hour>", {0}),
        ("", set()),
        ("".join(f"<hour>{hour}</hour>" for hour in range(24)), set()),
        ("".join(f"<hour>{hour}</hour>" for hour in range(23)), set(range(23))),
    ],
)
def test_hours_are_read(hours, expected):
    assert parsed(f"<skipHours>{hours}</skipHours>").skip_hours == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("<day>Monday</day><day> sunday</day><day>Holiday</day>", {0, 6}),
        (
            "".join(f"<day>{day}</day>" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
            set(range(5)),
        ),
        ("".join(f"<day>{day}day</day>" for day in ["Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"]), set()),
    ],
)
def test_days_are_read(days, expected):
    assert parsed(f"<skipDays>{days}</skipDays>").skip_days == expected


def test_what_an_item_says_is_not_meant():
    document = rss(["<item><title>x</title><hour>3</hour><day>Monday</day></item>"]).encode()
    feed = parse(document, url="https://feed.example/")
    assert (feed.skip_hours, feed.skip_days) == (frozenset(), frozenset())
