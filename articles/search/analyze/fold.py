"""Text to its folded form, in which texts and queries are compared: NFKC, lower case, no accents, Simplified Han,
the digits of every script as 0 to 9, one apostrophe.

Folding is free of context, character by character after composition, so that a word folds alike alone and in a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from articles.search.analyze.memory import remembering

# Latin and Greek letters lose every mark; Cyrillic keeps those that make another letter (й, ї), as readers do.
_FOLDED_SCRIPTS = ("LATIN", "GREEK")
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "þ": "th", "ŋ": "n",
    "ĸ": "k", "ŧ": "t", "ς": "σ", "ё": "е", "ѐ": "е", "ѝ": "и",
    # Arabic: alef with hamza or madda, and alef maqsura, are written without distinction
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي",
    # What stands for an apostrophe: other quotes (UAX 29), accents and primes as keyboards have them, the okina, the
    # saltillo, the Armenian apostrophe, the Hebrew geresh.
    **dict.fromkeys("`\u00b4\u02b9\u02bb\u02bc\u02bd\u055a\u05f3\u1ffd\u2018\u2019\u201b\u2032\ua78b\ua78c\uff40", "'"),
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
_FIRST_PLANE = 0x10000
# Half-width voicing marks compose with the kana before them; surrogates stand for nothing.
_LEFT_TO_NFKC = {*range(0xD800, 0xE000), 0xFF9E, 0xFF9F}
# Vowel signs that are no combining characters to Unicode and yet compose with the letter before them.
_COMPOSING = frozenset(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u0fb5\u0fb7\u102e\u1b35"
    "\uff9e\uff9f\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
)
_JAMO = ((0x1100, 0x1200), (0x3131, 0x318F), (0xA960, 0xA980), (0xD7B0, 0xD7FC), (0xFFA0, 0xFFDD))
# So many different characters are replaced one by one sooner than the whole text is translated.
_FEW = 24


@dataclass(frozen=True, slots=True)
class _Characters:
    """The characters met so far, and what they fold to. Each is looked up when it is first met: most of Unicode never
    is, and a command starts at once."""

    known: set[str] = field(default_factory=set)
    # What is put for those that are not themselves; the same as str.translate takes it.
    folded: dict[str, str] = field(default_factory=dict)
    translation: dict[int, str] = field(default_factory=dict)
    # Those that may melt with the one before them, or vanish; and these with those that fold to several.
    following: set[str] = field(default_factory=set)
    uneven: set[str] = field(default_factory=set)

    def learn(self, characters: set[str]) -> None:
        for character in characters - self.known:
            folded = folded_character(character)
            if folded != character:
                self.folded[character] = self.translation[ord(character)] = folded
            if follows(character):
                self.following.add(character)
            if follows(character) or len(folded) != 1:
                self.uneven.add(character)
            self.known.add(character)  # last: another thread may read meanwhile


_CHARACTERS = _Characters()


def folded_character(character: str) -> str:
    """The folded form of a lower-case character: NFKC, without marks, and Simplified for Traditional Han."""
    if character in _DROPPED:
        return ""
    if character in _LETTERS:  # to NFKC the acute accent is a space
        return _LETTERS[character]
    plain = _plain(character) if _is_in(_VARIED, character) and ord(character) not in _LEFT_TO_NFKC else character
    return simplified(character) if plain == character else plain


def _is_in(ranges: Iterable[tuple[int, int]], character: str) -> bool:
    return any(start <= ord(character) < end for start, end in ranges)


@cache
def simplified(character: str) -> str:
    """The Simplified form of a Traditional Han character; any other as it is.

    By OpenCC's dictionary, asked for one character at a time, so that no phrase rule can make a text and a shorter
    query differ.
    """
    if not _is_in(_HAN, character):
        return character
    for _ in range(2):  # some become one that has a Simplified form in its turn
        converted = _dictionary().convert(character)
        character = converted if len(converted) == 1 else character
    return character


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _may_change() -> re.Pattern[str]:
    """Finds the characters that may fold to something else, so that in a text the others need not be looked at: any
    beyond the first plane, where `re` is slow to tell many apart."""
    ranges = [(chr(start), chr(min(end, _FIRST_PLANE) - 1)) for start, end in _VARIED if start < _FIRST_PLANE]
    han = [chr(code) for start, end in _HAN for code in range(start, end) if code < _FIRST_PLANE]
    converted = _dictionary().convert("\n".join(han)).split("\n")
    traditional = "".join(one for one, other in zip(han, converted, strict=True) if one != other)
    return re.compile(f"[{''.join(map('-'.join, ranges))}{traditional}\U00010000-\U0010ffff]")


def _plain(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character).lower()
    parts = (part for part in composed if part not in _DROPPED)
    return "".join(simplified(part) if _is_in(_HAN, part) else _without_marks(part) for part in parts)


def _without_marks(character: str) -> str:
    digit = unicodedata.decimal(character, None)  # of any script: 2021 is ٢٠٢١ and २०२१
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFD", character)
    if parts != character and unicodedata.name(parts[0], "").startswith(_FOLDED_SCRIPTS):
        return _LETTERS.get(parts[0], parts[0])
    return _LETTERS.get(character, character)


def follows(character: str) -> bool:
    """True where it may melt with the one before it, or vanish."""
    return (
        unicodedata.combining(character) != 0
        or character in _DROPPED
        or character in _COMPOSING
        or _is_in(_JAMO, character)
    )


def fold(text: str) -> str:
    """`text` as it is compared."""
    if text.isascii():
        return _lower(text)
    return _folded(text)


# What is indexed is compared with other articles next, by the same form. Twenty megabytes at most.
@remembering(128)
def _folded(text: str) -> str:
    folded = _folded_by_characters(unicodedata.normalize("NFC", text))
    for _ in range(4):  # what folding brought together may compose in its turn
        if unicodedata.is_normalized("NFKC", folded):
            break
        folded = _folded_by_characters(unicodedata.normalize("NFKC", folded))
    return folded


def _met(text: str) -> set[str]:
    """The characters of a text that may fold to something else, looked up."""
    characters = set(_may_change().findall(text))
    _CHARACTERS.learn(characters)
    return characters


def _lower(text: str) -> str:
    """In lower case, and the one other sign of ASCII that folds."""
    return text.lower().replace("`", "'")


def _folded_by_characters(text: str) -> str:
    text = _lower(text)
    changed = _CHARACTERS.folded.keys() & _met(text)
    if len(changed) > _FEW:
        return text.translate(_CHARACTERS.translation)
    for character in changed:
        text = text.replace(character, _CHARACTERS.folded[character])
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
    """The spans of characters that do not fold to one each: those that give several or none, or melt with others."""
    odd = _CHARACTERS.uneven & _met(text)
    following = _CHARACTERS.following
    end = 0
    for number in [number for number, character in enumerate(text) if character in odd] if odd else ():
        if number < end:
            continue
        start = number - 1 if text[number] in following and number > end else number
        end = number + 1
        while end < len(text) and text[end] in following:
            end += 1
        yield start, end
