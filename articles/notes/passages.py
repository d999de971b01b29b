"""The places of marked passages in a text, by their own words and those around them. Pure.

Blanks make no difference: a browser, an editor and the text that is searched here have other ones. Nor does whether
Chinese is shown in Simplified or Traditional characters, which a reader chooses and chooses otherwise later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from articles.search.analyze.fold import simplified

MOST_LOOKED_AT = 500  # places of the same words
# What becomes of characters that stand for several words, or have a form of their own in Taiwan or Hong Kong, when a
# text is converted: a character at a time nobody can tell.
_EITHER = str.maketrans("著瞭衞敍覆像藉甦彷揹枱鍊俱", "着了卫叙复象借苏仿背台链具")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words, and what stood before and after them when they were marked."""

    words: str
    before: str = ""
    after: str = ""


def places(text: str, passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    """The places of passages in `text`: start, end, and the number of the passage, in the order of the text. What is
    not there any more is left out, and what begins inside another."""
    at = [place for place, sign in enumerate(text) if not sign.isspace()]
    bare = _bare(text)
    found = []
    for number, passage in enumerate(passages):
        words = _bare(passage.words)
        starts = list(_starts(bare, words))
        if starts:
            start = max(starts, key=lambda start: (_fit(bare, start, words, passage), -start))
            found.append((at[start], at[start + len(words) - 1] + 1, number))
    apart: list[tuple[int, int, int]] = []
    for start, end, number in sorted(found):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, number))
    return apart


def _starts(bare: str, words: str) -> Iterable[int]:
    start = bare.find(words) if words else -1
    for _ in range(MOST_LOOKED_AT):
        if start < 0:
            return
        yield start
        start = bare.find(words, start + 1)


def _fit(bare: str, start: int, words: str, passage: Passage) -> int:
    """The number of characters around the words that are as they were."""
    before, after = _bare(passage.before), _bare(passage.after)
    near, end = bare[max(0, start - len(before)) : start], start + len(words)
    return _alike(near[::-1], before[::-1]) + _alike(bare[end : end + len(after)], after)


def _alike(one: str, other: str) -> int:
    """The number of characters from the beginning on that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _bare(text: str) -> str:
    """The text as it is compared, a character for each that is no blank."""
    bare = "".join(text.split())
    if bare.isascii():
        return bare
    return bare.translate({ord(sign): simplified(sign) for sign in set(bare)}).translate(_EITHER)
