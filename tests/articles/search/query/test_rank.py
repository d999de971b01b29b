"""Of two hits the better one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from articles.search.query.matching import Contains, Text
from articles.search.query.rank import score

NOW = datetime(2026, 2, 1, tzinfo=UTC)
SEA, SHIP = Contains("sea"), Contains("ship")


def points(text: str, *words: Contains, title: str = "", days: float = 0) -> float:
    return score(Text(title=title, text=text, published_at=NOW - timedelta(days=days)), words, now=NOW)


def at(**places: int) -> str:
    """A text with words at their places, and dots elsewhere."""
    text = ["."] * 800
    for word, place in places.items():
        text[place : place + len(word) + 2] = f" {word} "
    return "".join(text)[1:]


@pytest.mark.parametrize(
    ("better", "other"),
    [
        (at(sea=0, ship=400), at(sea=0)),  # both words, however far apart, before one
        (at(sea=300, ship=310), at(sea=0, ship=700)),  # close to each other before early
        (at(sea=0), at(sea=1)),
        (at(sea=10), at(sea=100)),
    ],
)
def test_both_words_close_to_each_other_and_early_are_better(better: str, other: str) -> None:
    assert points(better, SEA, SHIP) > points(other, SEA, SHIP)


def test_what_is_half_a_year_old_is_half_as_fresh_and_what_is_yet_to_come_no_fresher_than_what_is_new() -> None:
    assert points("", days=180) == pytest.approx(points("") / 2)
    assert points("", days=-400) == points("")
    assert score(Text(title="", text=""), [], now=NOW) == 0


def test_a_title_that_is_what_was_asked_for_is_better_than_a_longer_one() -> None:
    alone, longer, elsewhere = (points("", SEA, title=title) for title in ("Sea", "The sea and all that is in it", ""))
    assert alone > longer > elsewhere
