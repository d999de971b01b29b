"""Text to the lexemes that the index holds, and to the canonical form in which a hit is rechecked. Pure and versioned.

A text is a row of segments: a *word* (letters and digits of a script with spaces, stemmed by the article's language),
or a *run* of a script without spaces (Han, kana, hangul; Thai and its relatives). A word is one lexeme. A run is
indexed by its characters and its pairs of neighbours, so that any piece of it is found.

The canonical form is the segments with a blank on each side. A query's words must meet whole words there, its runs may
begin and end anywhere in a run. Han and Latin that touch ("G20峰会") are two segments, with a space or without one.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from operator import add
from typing import Any, NamedTuple

from articles.search.analyze import pair_lexemes
from articles.search.analyze.apostrophes import JOINT, SIGN, plain
from articles.search.analyze.fold import fold, fold_with_places
from articles.search.analyze.memory import remembering

# Raise it with every change of what is below: the index is then made anew in the background.
RULES = 6
LONGEST_WORD = 40

# Scripts that put no space between words. Hangul does, but its endings are glued on: pieces must be found there, too.
_RUN = (
    "\u0e00-\u0eff", "\u0f00-\u0fff", "\u1000-\u109f", "\u1780-\u17ff", "\u1100-\u11ff", "\u3005-\u3007",
    "\u3031-\u3035", "\u303b", "\u3041-\u3096", "\u309d-\u309f", "\u30a1-\u30fa", "\u30fc-\u30ff", "\u3105-\u312f",
    "\u3130-\u318f", "\u31a0-\u31bf", "\u31f0-\u31ff", "\u3400-\u4dbf", "\u4e00-\u9fff",
    "\ua960-\ua97f", "\uac00-\ud7ff", "\uf900-\ufaff", "\U00020000-\U000323af",
)  # fmt: skip
_EMOJI = ("\u2600-\u27bf", "\u2b00-\u2bff", "\U0001f1e6-\U0001f1ff", "\U0001f300-\U0001faff")


def _class(characters: Iterable[str]) -> str:
    """A character class in the form that `re` is quickest with: ASCII first, and no negation."""
    ranges: list[list[int]] = []
    for code in map(ord, characters):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


# Where there may be letters beside those of runs: the rest of Unicode is Han, hangul and private.
_ALPHABETS = ((0x80, 0x3400), (0xA000, 0xAC00), (0xF900, 0x20000))
_ASCII, _COMMON, _FIRST_PLANE, _UNICODE = 0x80, 0x590, 0x10000, 0x110000


class _Patterns:
    """The patterns that find segments in texts whose letters, beside those of runs, are below `limit`: the fewer there
    are, the quicker they are made and read. Each is compiled when it is first asked for."""

    def __init__(self, limit: int) -> None:
        wide = limit if limit == _ASCII else max(limit, _FIRST_PLANE)
        # A class must not be empty, so that each has its first range.
        self._emoji, self._run = (
            "".join([ranges[0], *(range_ for range_ in ranges[1:] if ord(range_[0]) < wide)])
            for ranges in (_EMOJI, _RUN)
        )
        letters = (map(chr, range(start, min(end, limit))) for start, end in _ALPHABETS)
        self._known = "".join([*string.ascii_lowercase, *string.digits, *chain.from_iterable(letters)])
        # Every letter and digit, the short way: where it is seldom asked for.
        self._any = rf"[^\W_{self._emoji}{self._run}]"

    @cached_property
    def runs(self) -> re.Pattern[str]:
        return re.compile(f"[{self._run}]+")

    @cached_property
    def pieces(self) -> re.Pattern[str]:
        return re.compile(f"[{self._run}]+|{self._other}")

    @cached_property
    def segments(self) -> re.Pattern[str]:
        return re.compile(f"(?P<run>[{self._run}]+)|{self._other}")

    @cached_property
    def apostrophe(self) -> re.Pattern[str]:
        # The apostrophe first, as it is seldom there; then what must stand before it. Between digits it divides numbers
        # (5'10, 51′24), unless it groups one's digits (20'000).
        return re.compile(
            rf"{SIGN}(?:(?<={self._any}.)|(?<=[{self._marks}].))(?={self._any})(?!(?<=\d.)\d(?!\d\d(?!\d)))"
        )

    @cached_property
    def _marks(self) -> str:
        """The vowel signs of Indic scripts are marks, no letters."""
        marks = (character for character in self._known if unicodedata.category(character) in {"Mn", "Mc"})
        return _class(self.runs.sub("", "".join(marks)) or JOINT)

    @cached_property
    def _other(self) -> str:
        words = re.findall(self._any, self._known)
        word, letter = _class(words), _class(filter(str.isalpha, words))
        return (
            rf"(?<!{self._any})(?:[{letter}]\.)+(?:[{letter}]\.|[{letter}](?![{word}{self._marks}]))"  # U.S., U.S
            rf"|[{word}][{word}{JOINT}{self._marks}]*(?:(?:\+\+|#)(?!{self._any}))?"  # words, C++, C#
            rf"|[{self._emoji}]"
        )


@cache
def _patterns(limit: int) -> _Patterns:
    return _Patterns(limit)


def _patterns_for(text: str) -> _Patterns:
    if text.isascii():
        return _patterns(_ASCII)
    if not _RARE.search(text):
        return _patterns(_COMMON)
    return _patterns(_UNICODE if _BEYOND_FIRST_PLANE.search(text) else _FIRST_PLANE)


# All but the letters below _COMMON, the usual runs, and what has neither letters nor marks: punctuation, money.
_RARE = re.compile(
    "[\u0590-\u1fff\u2070-\u209f\u20d0-\u2fff\u3021-\u3040\u3097-\u309c\u30fb\u3100-\u33ff\u4dc0-\u4dff\ua000-\uabff"
    "\ud7a4-\U0010ffff]"
)
_BEYOND_FIRST_PLANE = re.compile("[\U00010000-\U0010ffff]")


class Segment(NamedTuple):
    """A word or a run of the folded text, and where in the text as given it stands; `places` where a run's characters
    don't stand one by one."""

    text: str
    is_run: bool
    start: int
    end: int
    places: tuple[int, ...] | None = None

    def at(self, number: int) -> int:
        """The place, in the text as given, of the segment's character `number`."""
        return self.start + number if self.places is None else self.places[number]


@lru_cache(maxsize=1)
def version() -> str:
    """Names the analyzer's rules and tables: an index made under another name is made anew."""
    import opencc
    import Stemmer

    tables = f"{unicodedata.unidata_version} {opencc.__version__} {Stemmer.version()}"
    return f"{RULES}-{blake2b(tables.encode(), digest_size=4).hexdigest()}"


def segments(text: str) -> list[Segment]:
    """The segments of `text` in order; words as written, not stemmed."""
    folded, places = fold_with_places(text)
    patterns = _patterns_for(folded)
    found = [_segment(match) for match in patterns.segments.finditer(patterns.apostrophe.sub(JOINT, folded))]
    if places is None:
        return found
    return [
        Segment(part.text, part.is_run, places[part.start], places[part.end], tuple(places[part.start : part.end + 1]))
        for part in found
    ]


def _segment(match: re.Match[str]) -> Segment:
    text, is_run = match[0], match.lastgroup == "run"
    return Segment(text if is_run or "." not in text else text.replace(".", ""), is_run, *match.span())


# --- languages and stems ----------------------------------------------------------------------------------------

_ALGORITHMS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def stem_language(tag: str) -> str:
    """The language whose stems are used for an article in `tag` (BCP 47): "" where there are none. Texts in scripts
    without spaces, and of unknown language, have their Latin words stemmed as English ones."""
    primary = tag.lower().replace("_", "-").partition("-")[0]
    if primary in _ALGORITHMS:
        return primary
    return "en" if primary in {"", "zh", "ja", "ko", "th", "lo", "km", "my", "und", "yue"} else ""


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(_ALGORITHMS[language], 0)


def stem(word: str, language: str) -> str:
    """The stem of a folded word in a language that `stem_language` gave."""
    if not language or not (word.isalpha() or _is_spelt_with_signs(word)):
        return word
    return str(_stemmer(language).stemWord(word)) or word


def _is_spelt_with_signs(word: str) -> bool:
    """True where it is letters and vowel signs, as words of Hindi and Tamil are: to Unicode the signs are marks."""
    return not word.isascii() and all(part.isalpha() or unicodedata.category(part)[0] == "M" for part in word)


def word_form(word: str, language: str) -> str:
    """The form in which a word is compared: no dots of an abbreviation, no possessive, the stem."""
    return forms_in(language)(word)


@cache
def forms_in(language: str) -> Callable[[str], str]:
    """word_form in such a language. It remembers: the same words come again and again, and to be asked for one value,
    not for two, makes that twice as quick."""
    return lru_cache(maxsize=32768)(lambda word: stem(plain(word.replace(".", ""), language), language))


def spans_of_words(text: str, forms: Collection[str], language: str) -> list[tuple[int, int]]:
    """The places of the words of `text`, in order, that have one of these forms; `language` as stem_language tells."""
    folded, places = fold_with_places(text)
    patterns, form = _patterns_for(folded), forms_in(language)
    matches = patterns.segments.finditer(patterns.apostrophe.sub(JOINT, folded))
    found = [match.span() for match in matches if match.lastgroup != "run" and form(match[0]) in forms]
    return found if places is None else [(places[start], places[end]) for start, end in found]


# --- what the index holds ---------------------------------------------------------------------------------------


def grams(run: str) -> list[str]:
    """The grams that a run is looked for by: its pairs of neighbours, or its only character."""
    return list(dict.fromkeys(map(add, run, run[1:]))) or [run]


# Three megabytes, of the longest texts fifteen.
@remembering(64)
def pieces(text: str, language: str, *, neighbours: bool = False) -> tuple[frozenset[str], frozenset[str]]:
    """The lexemes of a text's words, on request with those of its neighbours (see pair_lexemes), and its runs;
    `language` as stem_language gives it."""
    if not text:
        return frozenset(), frozenset()
    folded = fold(text)
    patterns = _patterns_for(folded)
    parts = patterns.pieces.findall(patterns.apostrophe.sub(JOINT, folded))
    runs = _runs(folded, patterns)
    form = forms_in(language)
    found = [part if part in runs else form(part)[:LONGEST_WORD] for part in parts]
    words = set(found) - runs
    if neighbours:
        before = [part[-1] if part in runs else part for part in found]
        after = [part[0] if part in runs else part for part in found]
        words |= pair_lexemes.of_text(before, after)
    return frozenset(words), frozenset(runs)


def _runs(folded: str, patterns: _Patterns) -> set[str]:
    """The runs among the segments of a folded text."""
    return set() if folded.isascii() else set(patterns.runs.findall(folded))


def run_lexemes(runs: Iterable[str]) -> set[str]:
    """The lexemes of runs: their characters, and their pairs of neighbours."""
    text = " ".join(runs)
    found = {pair for pair in set(map(add, text, text[1:])) if " " not in pair}
    found.update(text)
    found.discard(" ")
    return found


def is_run(lexeme: str) -> bool:
    """True where a lexeme is one of a run."""
    return _patterns_for(lexeme).runs.fullmatch(lexeme) is not None


def lexemes(text: str, language: str) -> frozenset[str]:
    """The lexemes of a text's words and runs."""
    words, runs = pieces(text, language)
    return words | run_lexemes(runs)


def phrase_lexemes(parts: Sequence[Segment], language: str) -> list[list[str]]:
    """The lexemes of the neighbours in a phrase: a text with the phrase holds all of one of the lists."""
    words = {part.text: word_lexeme(part.text, language) for part in parts if not part.is_run}
    before = [part.text[-1] if part.is_run else words[part.text] for part in parts]
    after = [part.text[0] if part.is_run else words[part.text] for part in parts]
    return pair_lexemes.of_phrase(before, after)


def word_lexeme(word: str, language: str) -> str:
    """The lexeme of one word. Very long ones are cut: the recheck tells them apart."""
    return word_form(word, language)[:LONGEST_WORD]


def canonical(folded: str, language: str) -> str:
    """The form in which a hit is rechecked, of a folded text: segments between blanks, words stemmed."""
    patterns = _patterns_for(folded)
    runs, form = _runs(folded, patterns), forms_in(language)
    compared = (part if part in runs else form(part) for part in segment_texts(folded))
    return f" {' '.join(compared)} "


def segment_texts(folded: str) -> list[str]:
    """The segments of a folded text as they stand there."""
    patterns = _patterns_for(folded)
    return patterns.pieces.findall(patterns.apostrophe.sub(JOINT, folded))


def pattern(parts: Sequence[Segment], language: str) -> str:
    """The plain text that a query of these segments must find in the canonical form; empty for no segments."""
    if not parts:
        return ""
    text = f" {' '.join(part.text if part.is_run else word_form(part.text, language) for part in parts)} "
    if parts[0].is_run:
        text = text[1:]
    return text[:-1] if parts[-1].is_run else text
