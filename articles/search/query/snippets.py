"""The text of a hit as a reader sees it: the place that answers the query, with the matches marked. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from articles.search.analyze.apostrophes import JOINT, SIGN, without_apostrophes
from articles.search.analyze.fold import fold, fold_with_places
from articles.search.analyze.lexemes import Segment, forms_in, stem_language, word_form
from articles.search.query.matching import Condition, Contains, atoms, spans
from articles.search.query.tree import affirmed

LENGTH = 240
BEFORE = 60
# Snippets look for matches in so much text at once, further on in twice as much each time, and no further than MOST.
# Parts overlap on both sides, so that a match across a border is whole in one of them.
PART, LARGEST_PART = 500, 8_000
BORDER = 100
MOST = 120_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    is_match: bool = False


def asked_for(condition: Condition) -> list[Contains]:
    """The words that a hit may contain, without those that it must not."""
    return [wanted for wanted in affirmed(condition) if isinstance(wanted, Contains)]


def marked(text: str, condition: Condition, *, field: str, language: str) -> tuple[Piece, ...]:
    """The whole of a short text, as a title, with the matches marked."""
    return _cut(text, places(text, condition, field=field, language=language), 0, len(text))


def snippet(text: str, condition: Condition, *, language: str) -> tuple[Piece, ...]:
    """About LENGTH characters around the first match of the text; its beginning where there is none."""
    phrases = _phrases(condition, "")
    stems = stem_language(language)
    for offset, near in _parts(text, phrases, stems):
        found = [
            (first + offset, last + offset)
            for first, last in _found(near, phrases, stems)
            if (first or not offset) and (last < len(near) or offset + last == len(text))  # no part of a word
        ]
        if found:
            begin = _break_before(text, max(0, found[0][0] - BEFORE))
            return _cut(text, found, begin, _break_after(text, max(found[0][1], min(len(text), begin + LENGTH))))
    return _cut(text, [], 0, _break_after(text, min(len(text), LENGTH)))


def _parts(text: str, phrases: Sequence[Sequence[Segment]], stems: str) -> Iterator[tuple[int, str]]:
    """The parts of a text in which one of the phrases may stand, each behind its place, in order."""
    start, size, end = 0, PART, min(len(text), MOST) if phrases else 0
    while start < end:
        first = max(0, start - BORDER)
        folded, places = _folded(text[first : start + size + BORDER])
        place = _next_place(folded, phrases, stems, 0)
        while place >= 0:
            here = place if places is None else places[place]
            offset = max(0, first + here - BORDER)
            yield offset, text[offset : offset + PART]
            beyond = here + PART - 2 * BORDER
            beyond = beyond if places is None else bisect_left(places, beyond, hi=len(folded))
            place = _next_place(folded, phrases, stems, beyond)
        start, size = start + size, min(2 * size, LARGEST_PART)


def _folded(text: str) -> tuple[str, list[int] | None]:
    """As fold_with_places, but that letters which melt are told from as many that grow by chance only: the place is
    where somebody will look, and no more."""
    folded = fold(text)
    return (folded, None) if len(folded) == len(text) else fold_with_places(text)


def places(text: str, condition: Condition, *, field: str, language: str) -> list[tuple[int, int]]:
    """The beginning and end of each match in `text`: in order, none overlapping another."""
    # Names and addresses are not inflected.
    stems = stem_language(language) if field in {"", "title"} else ""
    phrases = _phrases(condition, field)
    return _found(text, phrases, stems) if phrases and _next_place(fold(text), phrases, stems, 0) >= 0 else []


@lru_cache(maxsize=256)
def _phrases(condition: Condition, field: str) -> tuple[tuple[Segment, ...], ...]:
    """The phrases asked for in `field`. Words without a field are looked for in the title and the text."""
    fields = {"", field} if field == "title" else {field}
    found = (atoms(words.words) for words in asked_for(condition) if words.field in fields)
    return tuple(phrase for phrase in found if phrase)


def _next_place(folded: str, phrases: Iterable[Sequence[Segment]], stems: str, start: int) -> int:
    """The first place from `start` on around which it is worth the while to look for the phrases, -1 where there is
    none: told by the words that begin as their first segments do."""
    return _first([_next_place_of(_sought(phrase[0], stems), folded, start) for phrase in phrases])


def _first(places: Iterable[int]) -> int:
    return min((place for place in places if place >= 0), default=-1)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A phrase's first segment as it is looked for: the letters that each text with it has, as _beginning gives them;
    what tells that a word from these letters on is it, None for any; the letters of an abbreviation."""

    letters: str
    is_it: Callable[[str], bool] | None
    abbreviated: str


@lru_cache(maxsize=1024)
def _sought(part: Segment, stems: str) -> _Sought:
    letters, form, wanted = _beginning(part, stems), forms_in(stems), word_form(part.text, stems)
    is_any = part.is_run or not part.text.isalpha()
    return _Sought(
        letters,
        None if is_any else lambda word: form(word) == wanted,
        "" if part.is_run else ".".join(letters),  # U.S.
    )


def _next_place_of(sought: _Sought, folded: str, start: int) -> int:
    """The same of one segment. What stands at an apostrophe is left to who looks."""
    letters, abbreviated = sought.letters, sought.abbreviated
    if not letters:
        return start if start < len(folded) else -1
    place = folded.find(letters, start)
    if place >= 0 and sought.is_it:
        place = _next_word(letters, sought.is_it, folded, place)
    if abbreviated:
        place = _first((place, folded.find(abbreviated, start)))
    if SIGN not in folded or letters not in without_apostrophes(folded):
        return place
    return _place_with_apostrophe(letters, folded, start, place)


def _place_with_apostrophe(letters: str, folded: str, start: int, place: int) -> int:
    """The first place from `start` on around an apostrophe that may be in a word which begins so; `place` where that
    comes first."""
    for apostrophe in _APOSTROPHE.finditer(folded, start):
        near = max(0, apostrophe.start() - NEAR)
        if 0 <= place <= near:
            break
        if letters in without_apostrophes(folded[near : apostrophe.end() + NEAR]):
            return max(start, near)
    return place


def _next_word(letters: str, is_it: Callable[[str], bool], folded: str, place: int) -> int:
    """The first place, from the letters at `place` on, of a word that is the one, or may be it for all that is seen at
    once; -1 for none."""
    while place >= 0 and (match := _WORD.match(folded, place)):
        word, end = match[0], match.end()
        if is_it(word) or not _is_all(word, folded[end : end + 1]):
            return place
        place = folded.find(letters, end if word.isascii() else place + 1)
    return place


def _is_all(word: str, following: str) -> bool:
    """True where these letters are a word by themselves: no digit among them, none of a run, no mark behind them."""
    is_word = word.isalpha() and len(word) < LONGEST and (word.isascii() or max(word) < FIRST_OF_RUNS)
    return is_word and not (following and _joins(following))


def _beginning(part: Segment, stems: str) -> str:
    """The part of the segment, from its beginning on, that every text with it has, apostrophes aside; may be empty.
    Most languages change words at their end; those that do not, at any. What an elision left may be gone."""
    if part.is_run:
        return part.text
    return "" if stems in _CHANGED_AT_THE_BEGINNING or JOINT in part.text else part.text[:2]


NEAR = 30  # characters around an apostrophe: what a word with one has
LONGEST = 60  # characters of a word that are looked at
FIRST_OF_RUNS = "\u0e00"  # of the scripts without spaces
_WORD = re.compile(rf"[^\W_]{{0,{LONGEST}}}")
_APOSTROPHE = re.compile(SIGN)
_CHANGED_AT_THE_BEGINNING = {"ar", "ga", "id", "yi"}


def _found(text: str, phrases: Sequence[Sequence[Segment]], stems: str) -> list[tuple[int, int]]:
    return list(_merged(sorted(_whole(text, *span) for span in spans(text, phrases, stems))))


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with all of the characters that are drawn as one with its first and its last."""
    while start > 0 and (_joins(text[start]) or text[start - 1] == JOINER):
        start -= 1
    while end < len(text) and (_joins(text[end]) or text[end - 1] == JOINER):
        end += 1
    return start, end


JOINER = "\u200d"


def _joins(character: str) -> bool:
    """True where it is drawn as one with the character before it."""
    return character > "\u02ff" and (
        character == JOINER
        or unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _merged(found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for start, end in found:
        if current and start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _cut(text: str, found: list[tuple[int, int]], begin: int, end: int) -> tuple[Piece, ...]:
    pieces = [Piece("… ")] if begin else []
    place = begin
    for start, stop in found:
        if begin <= start and stop <= end:
            pieces += [Piece(text[place:start]), Piece(text[start:stop], is_match=True)]
            place = stop
    pieces.append(Piece(text[place:end]))
    if end < len(text):
        pieces.append(Piece(" …"))
    return tuple(piece for piece in pieces if piece.text)


def _break_before(text: str, place: int) -> int:
    """The start of the line or word at `place`, if it is near; never inside a character."""
    for near in range(place, max(-1, place - 20), -1):
        if near == 0 or text[near - 1] in "\n ，。！？；、":
            return near
    return _whole(text, place, place)[0]


def _break_after(text: str, place: int) -> int:
    for near in range(place, max(0, place - 20), -1):
        if near == len(text) or text[near] in "\n ，。！？；、":
            return near
    return _whole(text, place, place)[1]
