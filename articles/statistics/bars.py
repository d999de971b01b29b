"""Two series as bars side by side, in the units of a drawing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEIGHT = 60  # units of the drawing
BELOW = 16  # for what stands under the line
STEP, BAR = 12, 5  # from a pair to the next, and of one bar


@dataclass(frozen=True, slots=True)
class Bar:
    """The place of one bar. A height of 0 is none."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of both series, drawn against the same scale."""

    first: list[Bar]
    second: list[Bar]
    width: int
    signs: list[tuple[int, str]]  # below the line: where one begins, and what it says
    line: int = HEIGHT
    below: int = HEIGHT + BELOW - 4  # the foot of letters under the line
    height: int = HEIGHT + BELOW
    bar: int = BAR


def bars_of(pairs: Iterable[tuple[int, int]], signs: Mapping[int, str]) -> Bars:
    """Each pair of numbers as two bars; the greatest of all fills the height, and the least is still seen. `signs`:
    what stands below a pair, by its place."""
    told = list(pairs)
    most = max((number for pair in told for number in pair), default=0)
    first, second = (
        [_bar(STEP * place + BAR * series, pair[series], most) for place, pair in enumerate(told)] for series in (0, 1)
    )
    return Bars(first, second, STEP * len(told), [(STEP * place, text) for place, text in signs.items()])


def _bar(x: int, number: int, most: int) -> Bar:
    height = max(1, HEIGHT * number // most) if number else 0
    return Bar(x, HEIGHT - height, height)
