"""Text to its folded form, in which texts and queries are compared: NFKC, lower case, no accents, Simplified Han.

Folding is free of context, character by character after composition, so that a word folds alike alone and in a text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Latin and Greek letters lose every mark; Cyrillic keeps those that make another letter (й, ї), as readers do.
_FOLDED_SCRIPTS = ("LATIN", "GREEK")
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th", "ŋ": "n",
    "ĸ": "k", "ŧ": "t", "ς": "σ", "ё": "е", "ѐ": "е", "ѝ": "и",
    # Arabic: alef with hamza or madda, and alef maqsura, are written without distinction
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي",
}  # fmt: skip
# Marks that come and go in writing: accents left over, stress, Hebrew points, Arabic vowels and tatweel; and what
# is never seen: soft hyphen, joiners, direction marks, variation selectors.
_DROPPED_RANGES = (
    (0x300, 0x370), (0x591, 0x5BE), (0x5BF, 0x5C0), (0x5C1, 0x5C3), (0x5C4, 0x5C6), (0x5C7, 0x5C8), (0x610, 0x61B),
    (0x64B, 0x660), (0x670, 0x671), (0x640, 0x641), (0xAD, 0xAE), (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2065),
    (0xFEFF, 0xFF00), (0xFE00, 0xFE10),
)  # fmt: skip
_DROPPED = frozenset(chr(code) for start, end in _DROPPED_RANGES for code in range(start, end))
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
# Where characters have another form than themselves; Hangul syllables and plain Han letters have none.
_VARIED = ((0x80, 0x3400), (0xA000, 0xAC00), (0xD7A4, 0x11A00), (0x1D000, 0x1D800), (0x1EE00, 0x1F270))
# Half-width voicing marks compose with the kana before them; surrogates stand for nothing.
_LEFT_TO_NFKC = {*range(0xD800, 0xE000), 0xFF9E, 0xFF9F}
_JAMO = ((0x1100, 0x1200), (0x3131, 0x318F), (0xA960, 0xA980), (0xD7B0, 0xD7FC), (0xFFA0, 0xFFDD))
# So many different characters are replaced one by one sooner than the whole text is translated.
_FEW = 24


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """What `fold` puts for a lower-case character: its NFKC form, without marks, and Simplified for Traditional Han.

    The latter is OpenCC's dictionary asked for one character at a time, so that no phrase rule can make a text and a
    shorter query differ.
    """
    folded = {}
    for code in _codes(_VARIED):
        plain = _plain(chr(code))
        if plain != chr(code):
            folded[chr(code)] = plain
    return simplified() | folded | dict.fromkeys(_DROPPED, "")


def _codes(ranges: Iterable[tuple[int, int]]) -> Iterable[int]:
    return (code for start, end in ranges for code in range(start, end) if code not in _LEFT_TO_NFKC)


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """The Simplified form of each Traditional Han character that has one."""
    from opencc import OpenCC

    han = [chr(code) for start, end in _HAN for code in range(start, end)]
    converted = OpenCC("t2s").convert("\n".join(han)).split("\n")
    pairs = {old: new for old, new in zip(han, converted, strict=True) if old != new and len(new) == 1}
    return {old: pairs.get(new, new) for old, new in pairs.items()}


def _plain(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character).lower()
    return "".join(simplified().get(part, _without_marks(part)) for part in composed if part not in _DROPPED)


def _without_marks(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    if parts != character and unicodedata.name(parts[0], "").startswith(_FOLDED_SCRIPTS):
        return _LETTERS.get(parts[0], parts[0])
    return _LETTERS.get(character, character)


@lru_cache(maxsize=1)
def _translation() -> dict[int, str]:
    return {ord(old): new for old, new in table().items()}


def fold(text: str) -> str:
    """`text` as it is compared."""
    if text.isascii():
        return text.lower()
    folded = _folded_by_characters(unicodedata.normalize("NFC", text))
    for _ in range(4):  # what folding brought together may compose in its turn
        if unicodedata.is_normalized("NFKC", folded):
            break
        folded = _folded_by_characters(unicodedata.normalize("NFKC", folded))
    return folded


def _folded_by_characters(text: str) -> str:
    text = text.lower()
    found = table().keys() & set(text)
    if len(found) > _FEW:
        return text.translate(_translation())
    for character in found:
        text = text.replace(character, table()[character])
    return text


# --- and where it came from -------------------------------------------------------------------------------------


def fold_with_places(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters, and its end, the place in `text` it comes from; None where the
    places are the same. What melts together comes from one place."""
    if text.isascii() or not (clusters := list(_clusters(text))):
        return fold(text), None
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for start, end in [*clusters, (len(text), len(text))]:
        pieces.append(fold(text[done:start]))
        places += range(done, start)
        pieces.append(fold(text[start:end]))
        places += [start] * len(pieces[-1])
        done = end
    return "".join(pieces), [*places, len(text)]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where characters do not fold to one each: those that give several or none, and those that melt with others."""
    following, uneven = _uneven()
    odd = uneven.intersection(text)
    end = 0
    for number in [number for number, character in enumerate(text) if character in odd] if odd else ():
        if number < end:
            continue
        start = number - 1 if text[number] in following and number > end else number
        end = number + 1
        while end < len(text) and text[end] in following:
            end += 1
        yield start, end


@lru_cache(maxsize=1)
def _uneven() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that may melt with the one before them, or vanish; and these with those that fold to several."""
    following = {chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))}
    for code in range(0xC0, 0x12000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            following.add(chr(int(parts[1], 16)))
    following.update(chr(code) for start, end in _JAMO for code in range(start, end))
    following |= _DROPPED | {"\uff9e", "\uff9f"}
    several = {chr(code) for code in _codes(_VARIED) if len(_plain(chr(code))) > 1}
    return frozenset(following), frozenset(following | several)
