"""Lexemes for neighbours: two segments that stand side by side in a text. Pure.

An index without positions can't tell a phrase from its words scattered over a text. These lexemes nearly can: each
stands for the pair, as a number of 16 bits, and for the pair's place in the text modulo four. A text with a phrase
holds the lexemes of all its pairs at places in a row; of other texts, few do by chance, and the recheck finds them out.
There are never more than 262,144 different ones, so that they cost the index little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

PLACES = 4
# Characters that every back end takes as they are: no quotes, backslashes, blanks or capital letters.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz!#$%&()*+,-./:;<=>?@[]^_`{|}"
# No word begins with a tilde.
_FIRST = [f"~{digit}" for digit in _DIGITS]
_OTHERS = [one + other for one in _DIGITS for other in _DIGITS]


def of_text(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The lexemes of a text of which each segment has a form in `before`, for the one that follows it, and one in
    `after`, for the one that it follows."""
    numbers = _numbers(zip(before, after[1:], strict=False))
    return set[str]().union(*(_lexemes(place, numbers[place::PLACES]) for place in range(PLACES)))


def of_phrase(before: Sequence[str], after: Sequence[str]) -> list[list[str]]:
    """The lexemes of a phrase, of the same forms: one list for each place at which it may begin, and a text with the
    phrase holds all of one of the lists."""
    numbers = _numbers(zip(before, after[1:], strict=False))
    return [[_lexemes(first + place, [number])[0] for place, number in enumerate(numbers)] for first in range(PLACES)]


def is_of_neighbours(lexeme: str) -> bool:
    return lexeme[:1] == "~"


def _numbers(pairs: Iterable[tuple[str, str]]) -> list[int]:
    """A number for each pair. All are one text on the way, as a call for each takes longer: no segment has a line end
    in it, and most of the time of indexing a text of words goes here."""
    joined = "\n".join(map(" ".join, pairs))
    return list(map(crc32, joined.encode().split(b"\n"))) if joined else []


def _lexemes(place: int, numbers: Sequence[int]) -> list[str]:
    """The lexemes of the pairs with these numbers at such places."""
    first = _FIRST[place % PLACES * 16 :]
    return [first[number >> 12 & 15] + _OTHERS[number & 4095] for number in numbers]
