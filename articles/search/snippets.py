"""What a reader sees of a hit: the place in the text that answers the query, with the matches marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from articles.search.analyze import stem_language
from articles.search.matching import Condition, Contains, Every, Neither, Some, atoms, spans

LENGTH = 240
BEFORE = 60
# Snippets look for matches in so much text at once, and no further than in so many pieces.
PIECE = 1500
MOST_PIECES = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    is_match: bool = False


def asked_for(condition: Condition) -> list[Contains]:
    """The words that a hit may contain, without those that it must not."""
    match condition:
        case Contains():
            return [condition]
        case Neither(Neither(part)):
            return asked_for(part)
        case Every(parts) | Some(parts):
            return [words for part in parts for words in asked_for(part)]
        case _:
            return []


def marked(text: str, condition: Condition, *, field: str, language: str) -> tuple[Piece, ...]:
    """The whole of a short text, as a title, with the matches marked."""
    return _cut(text, _found(text, condition, field, language), 0, len(text))


def snippet(text: str, condition: Condition, *, language: str) -> tuple[Piece, ...]:
    """About LENGTH characters around the first match of the text; its beginning where there is none."""
    for start in range(0, min(len(text), PIECE * MOST_PIECES), PIECE):
        # A little more on both sides, so that a match across the border is whole in one of the pieces.
        offset = max(0, start - 100)
        found = _found(text[offset : start + PIECE + 100], condition, "", language)
        if found:
            shifted = [(first + offset, last + offset) for first, last in found]
            begin = _break_before(text, max(0, shifted[0][0] - BEFORE))
            return _cut(text, shifted, begin, _break_after(text, min(len(text), begin + LENGTH)))
    return _cut(text, [], 0, _break_after(text, min(len(text), LENGTH)))


def places(text: str, condition: Condition, *, field: str, language: str) -> list[tuple[int, int]]:
    """Where the matches stand in `text`: in order, none overlapping another."""
    return _found(text, condition, field, language)


def _found(text: str, condition: Condition, field: str, language: str) -> list[tuple[int, int]]:
    phrases = [atoms(words.words) for words in asked_for(condition) if words.field in {"", field}]
    return list(_merged(sorted(spans(text, phrases, stem_language(language)))))


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
    """The start of the line or word at `place`, if it is near."""
    for near in range(place, max(-1, place - 20), -1):
        if near == 0 or text[near - 1] in "\n ，。！？；、":
            return near
    return place


def _break_after(text: str, place: int) -> int:
    for near in range(place, max(0, place - 20), -1):
        if near == len(text) or text[near] in "\n ，。！？；、":
            return near
    return place
