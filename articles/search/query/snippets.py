"""The text of a hit as a reader sees it: the place that answers the query, with the matches marked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from articles.search.analyze.apostrophes import JOINT
from articles.search.analyze.fold import fold
from articles.search.analyze.lexemes import Segment, stem_language, word_form
from articles.search.query.matching import Condition, Contains, atoms, spans
from articles.search.query.tree import affirmed

LENGTH = 240
BEFORE = 60
# Snippets look for matches in so much text at once, and no further than in so many pieces. Most of a long text has
# none: where nearly all of it is ASCII, which is folded at once, that is told of so many pieces together.
PIECE = 500
MOST_PIECES = 240
TOGETHER = 8
BORDER = 100


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
    for offset, near in _pieces(text, phrases, stems):
        found = [(first + offset, last + offset) for first, last in _found(near, phrases, stems)]
        if found:
            begin = _break_before(text, max(0, found[0][0] - BEFORE))
            return _cut(text, found, begin, _break_after(text, max(found[0][1], min(len(text), begin + LENGTH))))
    return _cut(text, [], 0, _break_after(text, min(len(text), LENGTH)))


def _pieces(text: str, phrases: Sequence[Sequence[Segment]], stems: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text in which one of the phrases may stand, each behind its place. They overlap, so that a match
    across a border is whole in one of them."""
    end = min(len(text), PIECE * MOST_PIECES) if phrases else 0
    for first in range(0, end, PIECE * TOGETHER):
        last = min(end, first + PIECE * TOGETHER)
        together = text[max(0, first - BORDER) : last + BORDER]
        if _is_nearly_ascii(together) and not _may_stand(fold(together), phrases, stems):
            continue
        for start in range(first, last, PIECE):
            offset = max(0, start - BORDER)
            near = text[offset : start + PIECE + BORDER]
            if _may_stand(fold(near), phrases, stems):
                yield offset, near


def _is_nearly_ascii(text: str) -> bool:
    return len(text.encode(errors="replace")) < 1.1 * len(text)


def places(text: str, condition: Condition, *, field: str, language: str) -> list[tuple[int, int]]:
    """The beginning and end of each match in `text`: in order, none overlapping another."""
    # Names and addresses are not inflected.
    stems = stem_language(language) if field in {"", "title"} else ""
    phrases = _phrases(condition, field)
    return _found(text, phrases, stems) if _may_stand(fold(text), phrases, stems) else []


def _phrases(condition: Condition, field: str) -> list[tuple[Segment, ...]]:
    """The phrases asked for in `field`. Words without a field are looked for in the title and the text."""
    fields = {"", field} if field == "title" else {field}
    return [atoms(words.words) for words in asked_for(condition) if words.field in fields]


def _may_stand(folded: str, phrases: Iterable[Sequence[Segment]], stems: str) -> bool:
    """True where it is worth the while to look for the phrases: told by the words that begin as their first segments
    do. What stands at an apostrophe is left to who looks."""
    joined = _without_apostrophes(folded)
    for part in (phrase[0] for phrase in phrases if phrase):
        beginning = _beginning(part, stems)
        if beginning in joined and (not beginning or not part.text.isalpha() or part.is_run):
            return True
        if beginning in joined and _is_near(folded, beginning, word_form(part.text, stems), stems):
            return True
    return False


def _is_near(folded: str, beginning: str, wanted: str, stems: str) -> bool:
    """True where a word that begins so has the form `wanted`, or may have it for all that is seen at once."""
    place = folded.find(beginning)
    while place >= 0:
        word = cast(re.Match[str], _WORD.match(folded, place))
        if word_form(word[0], stems) == wanted or not _is_all(word[0], folded[word.end() : word.end() + 1]):
            return True
        place = folded.find(beginning, place + 1)
    apostrophes = (found.start() for found in _APOSTROPHE.finditer(folded))
    return any(beginning in _without_apostrophes(folded[max(0, at - NEAR) : at + NEAR]) for at in apostrophes)


def _without_apostrophes(text: str) -> str:
    """The same as str.translate would, which looks at every character."""
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "")
    return text


def _is_all(word: str, following: str) -> bool:
    """True where these letters are a word by themselves: no digit among them, none of a run, no mark behind them."""
    return len(word) < LONGEST and word.isalpha() and max(word) < FIRST_OF_RUNS and not _joins(following or " ")


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
_APOSTROPHES = "'\u2019\u02bc"
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
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
