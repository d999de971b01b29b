"""Whether an article really contains what was asked, and where: judged on its own text. The last word on every hit.

Pure. The searchable text is the title and the visible text, each for itself: no phrase spans the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from articles.search.analyze import Segment, canonical_of, pattern, segments, stem_language, word_lexeme
from articles.search.fold import fold


@dataclass(frozen=True, slots=True)
class Contains:
    """Words to be found in one field of the text; in title or text where `field` is empty."""

    words: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class InFeeds:
    feed_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class InLanguage:
    """`tag` in lower case; zh finds zh-Hant, too."""

    tag: str


@dataclass(frozen=True, slots=True)
class HasMedia:
    kind: str


@dataclass(frozen=True, slots=True)
class Published:
    """From `start` on and before `end`; None leaves that side open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Neither:
    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """All of `parts`; with none of them: every article."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of `parts`; with none of them: no article."""

    parts: tuple[Condition, ...] = ()


Condition = Contains | InFeeds | InLanguage | HasMedia | Published | Neither | Every | Some


@dataclass(slots=True, kw_only=True)
class Text:
    """An article as it is matched; `language` as BCP 47. What is derived is made when it is first asked for."""

    title: str
    text: str
    author: str = ""
    url: str = ""
    language: str = ""
    feed_id: int = 0
    published_at: datetime | None = None
    media: frozenset[str] = frozenset()
    _folded: dict[str, str] = field(default_factory=dict)
    _canonical: dict[str, str] = field(default_factory=dict)

    def folded(self, name: str) -> str:
        if name not in self._folded:
            self._folded[name] = fold(getattr(self, name))
        return self._folded[name]

    def canonical(self, name: str) -> str:
        if name not in self._canonical:
            self._canonical[name] = canonical_of(segments(getattr(self, name)), self.stems(name))
        return self._canonical[name]

    def stems(self, name: str) -> str:
        """The language of the stems of a field. Names and addresses are not inflected."""
        return stem_language(self.language) if name in {"title", "text"} else ""


def matches(condition: Condition, text: Text) -> bool:
    """Whether the article is what was asked for."""
    match condition:
        case Contains(words, name):
            return any(_occurs(atoms(words), text, place) for place in ([name] if name else ["title", "text"]))
        case InFeeds(ids):
            return text.feed_id in ids
        case InLanguage(tag):
            return f"{text.language.lower()}-".startswith(f"{tag}-")
        case HasMedia(kind):
            return kind in text.media
        case Published(start, end):
            moment = text.published_at
            return moment is not None and (start is None or start <= moment) and (end is None or moment < end)
        case Neither(part):
            return not matches(part, text)
        case Every(parts):
            return all(matches(part, text) for part in parts)
        case Some(parts):
            return any(matches(part, text) for part in parts)


def _occurs(parts: Sequence[Segment], text: Text, name: str) -> bool:
    # A run of the query can only stand inside a run of the text: the folded text tells at once, and alone.
    if not all(part.text in text.folded(name) for part in parts if part.is_run):
        return False
    return (len(parts) == 1 and parts[0].is_run) or pattern(parts, text.stems(name)) in text.canonical(name)


@lru_cache(maxsize=1024)
def atoms(words: str) -> tuple[Segment, ...]:
    """The segments of a query's words; empty where there is nothing but punctuation, which asks for nothing."""
    return tuple(segments(words))


def spans(text: str, asked: Sequence[Sequence[Segment]], language: str) -> Iterator[tuple[int, int]]:
    """Where in `text` one of the phrases stands, in order; they may touch and overlap. `language` as stem_language
    gives it. A run may begin and end inside a run, a word counts whole."""
    parts = segments(text)
    forms = [part.text if part.is_run else word_lexeme(part.text, language) for part in parts]
    for phrase in asked:
        wanted = [part.text if part.is_run else word_lexeme(part.text, language) for part in phrase]
        yield from _spans_of(phrase, wanted, parts, forms)


def _spans_of(
    phrase: Sequence[Segment], wanted: list[str], parts: list[Segment], forms: list[str]
) -> Iterator[tuple[int, int]]:
    if len(phrase) == 1 and phrase[0].is_run:
        for part in parts:
            if part.is_run:
                yield from (
                    (part.at(place), part.at(place + len(wanted[0]))) for place in _places(part.text, wanted[0])
                )
        return
    for first in range(len(parts) - len(phrase) + 1) if phrase else ():
        if _stands_at(first, phrase, wanted, parts, forms):
            last = parts[first + len(phrase) - 1]
            start, end = parts[first].start, last.end
            if phrase[0].is_run:
                start = parts[first].at(len(parts[first].text) - len(wanted[0]))
            if phrase[-1].is_run:
                end = last.at(len(wanted[-1]))
            yield start, end


def _stands_at(
    first: int, phrase: Sequence[Segment], wanted: list[str], parts: list[Segment], forms: list[str]
) -> bool:
    last = len(phrase) - 1
    for number, part in enumerate(phrase):
        form = forms[first + number]
        if part.is_run != parts[first + number].is_run:
            return False
        if form == wanted[number]:
            continue
        inside = part.is_run and (
            (number == 0 and form.endswith(wanted[0])) or (number == last and form.startswith(wanted[last]))
        )
        if not inside:
            return False
    return True


def _places(text: str, piece: str) -> Iterator[int]:
    place = text.find(piece)
    while place >= 0:
        yield place
        place = text.find(piece, place + len(piece))
