"""Text to its folded form, in which texts and queries are compared: NFKC, lower case, no accents, Simplified Han.

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
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
# Half-width voicing marks compose with the kana before them; surrogates stand for nothing.
_LEFT_TO_NFKC = {*range(0xD800, 0xE000), 0xFF9E, 0xFF9F}


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """What `fold` puts for a lower-case character: its NFKC form, without marks, and Simplified for Traditional Han.

    The latter is OpenCC's dictionary asked for one character at a time, so that no phrase rule can make a text and a
    shorter query differ.
    """
    folded = {}
    # Hangul syllables and plain Han letters are their own NFKC
    for code in (*range(0x80, 0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0x10000), *range(0x1D400, 0x1D800)):
        if code not in _LEFT_TO_NFKC:
            plain = _plain(chr(code))
            if plain != chr(code):
                folded[chr(code)] = plain
    return simplified() | folded | {chr(code): "" for start, end in _DROPPED for code in range(start, end)}


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """The Simplified form of each Traditional Han character that has one."""
    from opencc import OpenCC

    han = [chr(code) for start, end in _HAN for code in range(start, end)]
    converted = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {old: new for old, new in zip(han, converted, strict=True) if old != new and len(new) == 1}


def _plain(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character).lower()
    return "".join(simplified().get(part, _without_marks(part)) for part in composed)


def _without_marks(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    if parts != character and unicodedata.name(parts[0], "").startswith(_FOLDED_SCRIPTS):
        return parts[0]
    return _LETTERS.get(character, character)


@lru_cache(maxsize=1)
def _translation() -> dict[int, str]:
    return {ord(old): new for old, new in table().items()}


@lru_cache(maxsize=1)
def _uneven() -> frozenset[str]:
    """Characters that fold to more than one, or to none."""
    return frozenset(old for old, new in table().items() if len(new) != 1)


def fold(text: str) -> str:
    """`text` as it is compared."""
    folded = _folded_by_characters(text)
    if folded.isascii() or unicodedata.is_normalized("NFKC", folded):
        return folded
    return _folded_by_characters(unicodedata.normalize("NFKC", text))


def _folded_by_characters(text: str) -> str:
    text = text.lower()
    # Translating costs a look-up a character; texts that hold none of the table's need none.
    return text if text.isascii() or table().keys().isdisjoint(set(text)) else text.translate(_translation())


def fold_with_places(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters, and its end, the place in `text` it comes from; None where the
    places are the same."""
    folded = _folded_by_characters(text)
    if len(folded) == len(text) and unicodedata.is_normalized("NFKC", folded) and _uneven().isdisjoint(text.lower()):
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
    "|.[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u3099\u309a\uff9e\uff9f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*",
    re.DOTALL,
)
