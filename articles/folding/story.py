"""The parts of an article that are compared: its letters and digits, without case, accents and the difference between
Traditional and Simplified Chinese, and the numbers of its title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from articles.search.analyze.fold import fold

GRAM = 5  # letters
MAX_LETTERS = 200_000  # of a text; the rest is not looked at
_OTHERS = re.compile(r"[\W_]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
# Which part of a series: "第三期", "(二)", "(上)", "part ii".
_COUNTED = re.compile(r"第([一二三四五六七八九十]{1,3})|\(([一二三四五六七八九十]{1,3}|[上中下])[篇集部]?\)")
_ROMAN = re.compile(r"\b(?:part|chapter|teil|partie|parte|vol|volume|season) ([ivx]{1,5})\b")
_BRACKETED = re.compile(r"[【\[(〔「《](.{1,20}?)[】\])〕」》]")
_NAMED = re.compile(r"(\S.{0,11}?)\s?[|:]\s?")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`title` and `text`: their folded letters and digits. `label`: what a series of a publisher begins its titles
    with, and `topic` the rest of the title. `numbers`: those in the title; `text_numbers`: those near the beginning of
    the text. `size`: the letters of the text, a wide one for two."""

    title: str
    text: str
    label: str
    topic: str
    numbers: tuple[str, ...]
    text_numbers: tuple[str, ...]
    grams: frozenset[str]
    size: int

    @property
    def title_size(self) -> int:
        """The letters of the title, a wide one for two."""
        return size_of(self.title)


def story(title: str, text: str) -> Story:
    """The parts of an article that are compared. `text`: what a reader sees of it."""
    folded_title = fold(" ".join(title.split()))
    folded = fold(text[:MAX_LETTERS])
    found = _BRACKETED.match(folded_title) or _NAMED.match(folded_title)
    letters = letters_of(folded)
    return Story(
        title=letters_of(folded_title),
        text=letters,
        label=letters_of(found[1]) if found else "",
        topic=letters_of(folded_title[found.end() :] if found else folded_title),
        numbers=(*_numbers(folded_title), *_parts(folded_title)),
        text_numbers=_numbers(folded[:2000]),
        grams=grams_of(letters),
        size=size_of(letters),
    )


def letters_of(folded: str) -> str:
    """The letters and digits of a folded text."""
    return _OTHERS.sub("", folded)


def grams_of(letters: str, length: int = GRAM) -> frozenset[str]:
    """All runs of `length` letters; the text itself where it is shorter."""
    if len(letters) <= length:
        return frozenset((letters,)) if letters else frozenset()
    return frozenset([letters[start : start + length] for start in range(len(letters) - length + 1)])


def size_of(letters: str) -> int:
    """The number of letters, a wide one for two: a syllable, or a word."""
    return len(letters) if letters.isascii() else len(letters) + sum(map(len, _WIDE.findall(letters)))


def _numbers(folded: str) -> tuple[str, ...]:
    plain = _THOUSANDS.sub("", folded)
    return tuple(found.lstrip("0") or "0" for found in _NUMBER.findall(plain))


def _parts(title: str) -> tuple[str, ...]:
    counted = (first or second for first, second in _COUNTED.findall(title))
    return (*map(_counted, counted), *_ROMAN.findall(title))


def _counted(signs: str) -> str:
    """The digits of a number up to 99 in Chinese; other signs as they are."""
    if any(sign not in _DIGITS and sign != "十" for sign in signs):
        return signs
    tens, ten, ones = signs.rpartition("十")
    if not ten:
        return str(_DIGITS[signs]) if len(signs) == 1 else signs
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))
