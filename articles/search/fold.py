"""Text to its folded form, in which texts and queries are compared: NFKC, lower case, accents, Traditional to Simplified.

Folding is free of context, character by character after NFKC, so that a word folds alike alone and inside a text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Latin and Greek letters lose every mark; Cyrillic keeps those that make another letter (й, ї), as readers do.
_FOLDED_SCRIPTS = ("LATIN", "GREEK")
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th", "ŋ": "n",
    "ĸ": "k", "ŧ": "t", "ς": "σ", "ё": "е", "ѐ": "е", "ѝ": "и",
    # Arabic: alef with hamza or madda, alef maqsura and teh marbuta are written without distinction
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه",
}  # fmt: skip
# Marks that come and go in writing: accents left over, stress, Hebrew points, Arabic vowels and tatweel; and what
# is never seen: soft hyphen, joiners, direction marks, variation selectors.
_DROPPED = (
    (0x300, 0x370), (0x591, 0x5C8), (0x610, 0x61B), (0x64B, 0x660), (0x670, 0x671), (0x640, 0x641), (0xAD, 0xAE),
    (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2065), (0xFEFF, 0xFF00), (0xFE00, 0xFE10),
)  # fmt: skip
_HAN_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """What `fold` puts for a character: lower-case letters without marks, Simplified for Traditional Han, "" for marks.

    The latter is OpenCC's dictionary asked for one character at a time, so no phrase rule can make a text and a shorter
    query differ.
    """
    from opencc import OpenCC

    han = [chr(code) for start, end in _HAN_RANGES for code in range(start, end)]
    simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
    folded = {old: new for old, new in zip(han, simplified, strict=True) if old != new and len(new) == 1}
    for code in (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000)):
        character = chr(code)
        if unicodedata.name(character, "").startswith(_FOLDED_SCRIPTS):
            plain = "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))
            if plain != character:
                folded[character] = plain
    folded |= {chr(code): "" for start, end in _DROPPED for code in range(start, end)}
    return folded | _LETTERS


@lru_cache(maxsize=1)
def _translation() -> dict[int, str]:
    return {ord(old): new for old, new in table().items()}


@lru_cache(maxsize=1)
def _uneven() -> frozenset[str]:
    """Characters that fold to more than one, or to none."""
    return frozenset(old for old, new in table().items() if len(new) != 1)


def fold(text: str) -> str:
    """`text` as it is compared."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    # Translating costs a look-up a character; most texts hold none of the table's.
    return text if table().keys().isdisjoint(set(text)) else text.translate(_translation())


def fold_with_places(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters, and its end, the place in `text` it comes from; None where the
    places are the same."""
    folded = fold(text)
    even = len(folded) == len(text) and unicodedata.is_normalized("NFKC", text)
    if even and _uneven().isdisjoint(set(text.lower())):
        return folded, None
    pieces, places = [], []
    for match in _CLUSTER.finditer(text):
        piece = fold(match[0])
        pieces.append(piece)
        places += [match.start()] * len(piece)
    return "".join(pieces), [*places, len(text)]


# A character with what NFKC may compose with it: marks, Hangul jamo, half-width kana voicing.
_CLUSTER = re.compile(
    "[\u1100-\u115f\ua960-\ua97f][\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
    "|.[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u3099\u309a\uff9e\uff9f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*",
    re.DOTALL,
)
