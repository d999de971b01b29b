"""A condition whose words are looked for in the title."""

from __future__ import annotations

import pytest

from articles.search.query.in_title import in_title
from articles.search.query.matching import Condition, Contains, InLanguage
from articles.search.query.tree import And, Not, Or

SEA, SHIP = Contains("sea"), Contains("ship")
SEA_THERE, SHIP_THERE = Contains("sea", "title"), Contains("ship", "title")
ANN, ENGLISH = Contains("ann", "author"), InLanguage("en")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (SEA, SEA_THERE),
        (SEA_THERE, None),  # it is asked for there already
        (ANN, None),
        (ENGLISH, None),
        (Not(SEA), None),
        (And((SEA, SHIP)), And((SEA_THERE, SHIP_THERE))),
        (And((SEA, ANN, ENGLISH)), And((SEA_THERE, ANN, ENGLISH))),
        (And((SEA, Not(SHIP))), And((SEA_THERE, Not(SHIP)))),
        (And((ANN, ENGLISH)), None),
        (Or((SEA, SHIP)), Or((SEA_THERE, SHIP_THERE))),
        (Or((SEA, ANN)), Or((SEA_THERE,))),
        (Or((ANN, ENGLISH)), None),
        (Or((And((SEA, ANN)), And((ANN, ENGLISH)))), Or((And((SEA_THERE, ANN)),))),
        (And((Or((SEA, ANN)), ENGLISH)), And((Or((SEA_THERE,)), ENGLISH))),
    ],
)
def test_words_of_no_field_are_looked_for_in_the_title(condition: Condition, expected: Condition | None) -> None:
    assert in_title(condition) == expected
