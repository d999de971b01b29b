"""The check that an article really contains what was asked, and where: on its own text. The last word on every hit.

Pure. The searchable text is the title and the visible text, each for itself: no phrase spans the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from articles.search.analyze.apostrophes import without_apostrophes
from articles.search.analyze.fold import fold, fold_with_places
from articles.search.analyze.language_tags import language_tags
from articles.search.analyze.lexemes import (
    Segment,
    canonical,
    forms_in,
    pattern,
    segment_texts,
    segments,
    spans_of_words,
    stem_language,
    word_form,
)
from articles.search.query.tree import Tree, evaluate, holds


@dataclass(frozen=True, slots=True)
class Contains(Tree["Property"]):
    """Words to be found in one field of the text; in title or text where `field` is empty."""

    words: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class InFeeds(Tree["Property"]):
    """`share`: the part of all articles that these feeds have, as far as it is known."""

    feed_ids: frozenset[int]
    share: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class InLanguage(Tree["Property"]):
    """`tag` in lower case; zh finds zh-Hant, too."""

    tag: str


@dataclass(frozen=True, slots=True)
class HasMedia(Tree["Property"]):
    kind: str


@dataclass(frozen=True, slots=True)
class Published(Tree["Property"]):
    """From `start` on and before `end`; None leaves that side open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class OfReader(Tree["Property"]):
    """A condition on what the reader who asks did, as the query names it: `is:unread`."""

    field: str
    value: str


Property = Contains | InFeeds | InLanguage | HasMedia | Published | OfReader
Condition: TypeAlias = Tree[Property]


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
    of_reader: frozenset[OfReader] = frozenset()
    _folded: dict[str, str] = field(default_factory=dict)
    _joined: dict[str, str] = field(default_factory=dict)
    _canonical: dict[str, str] = field(default_factory=dict)

    def folded(self, name: str) -> str:
        if name not in self._folded:
            self._folded[name] = fold(getattr(self, name))
        return self._folded[name]

    def joined(self, name: str) -> str:
        """The folded text without apostrophes, of which no segment has one as it is compared."""
        if name not in self._joined:
            self._joined[name] = without_apostrophes(self.folded(name))
        return self._joined[name]

    def canonical(self, name: str) -> str:
        if name not in self._canonical:
            self._canonical[name] = canonical(self.folded(name), self.stems(name))
        return self._canonical[name]

    def stems(self, name: str) -> str:
        """The language of the stems of a field. Names and addresses are not inflected."""
        return _stem_language(self.language) if name in {"title", "text"} else ""


def matches(condition: Condition, text: Text) -> bool:
    """True where the article is what was asked for."""
    return holds(condition, lambda wanted: _has(text, wanted))


def matcher(condition: Condition) -> Callable[[Text], bool]:
    """`matches` with one condition, made once for many texts."""
    return evaluate(condition, _leaf_matcher, every=_every, some=_some, no=_no)


_Matcher = Callable[["Text"], bool]


def _leaf_matcher(wanted: Property) -> _Matcher:
    if isinstance(wanted, Contains) and not wanted.field:
        words = wanted.words
        return lambda text: _occurs(words, text, "title") or _occurs(words, text, "text")
    return lambda text: _has(text, wanted)


def _every(parts: Iterator[_Matcher]) -> _Matcher:
    match tests := tuple(parts):
        case (alone,):
            return alone
        case (first, second):
            return lambda text: first(text) and second(text)
    return lambda text: all(test(text) for test in tests)


def _some(parts: Iterator[_Matcher]) -> _Matcher:
    match tests := tuple(parts):
        case (alone,):
            return alone
        case (first, second):
            return lambda text: first(text) or second(text)
    return lambda text: any(test(text) for test in tests)


def _no(test: _Matcher) -> _Matcher:
    return lambda text: not test(text)


def _has(text: Text, wanted: Property) -> bool:
    match wanted:
        case Contains(words, name):
            return _occurs(words, text, name) if name else _occurs(words, text, "title") or _occurs(words, text, "text")
        case InFeeds(ids):
            return text.feed_id in ids
        case InLanguage(tag):
            return tag in language_tags(text.language)
        case HasMedia(kind):
            return kind in text.media
        case OfReader():
            return wanted in text.of_reader
        case Published():
            return text.published_at is not None and _is_within(text.published_at, wanted)


def _is_within(moment: datetime, wanted: Published) -> bool:
    return (wanted.start is None or wanted.start <= moment) and (wanted.end is None or moment < wanted.end)


def _occurs(words: str, text: Text, name: str) -> bool:
    folded, stems = text.folded(name), text.stems(name)
    phrase = _phrase(words, stems)
    if phrase.is_run:
        return phrase.certain[0] in folded
    for each in phrase.certain:
        if each not in text.joined(name):
            return False
    if phrase.anchor is not None and name not in text._canonical:
        parts = atoms(words)
        anchor = parts[phrase.anchor].text
        # Where an apostrophe is inside it, as in 20'000, no piece of the text is it.
        if text.joined(name).count(anchor) == folded.count(anchor) <= MOST_WINDOWS:
            return _stands_near(phrase.pattern, _windows(folded, parts, phrase.anchor), stems)
    return phrase.pattern in text.canonical(name)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words as they are looked for in a text of one language: the pieces that must stand there letter by letter, the
    number of the longest of them, and the pattern that the text's canonical form must have, unless all is one run."""

    certain: tuple[str, ...]
    anchor: int | None
    is_run: bool
    pattern: str


@lru_cache(maxsize=4096)
def _phrase(words: str, language: str) -> _Phrase:
    parts = atoms(words)
    certain = [number for number, part in enumerate(parts) if _stands_as_it_is(part)]
    return _Phrase(
        certain=tuple(parts[number].text for number in certain),
        anchor=max(certain, key=lambda number: len(parts[number].text), default=None),
        is_run=len(parts) == 1 and parts[0].is_run,
        pattern=pattern(parts, language),
    )


_stem_language = lru_cache(maxsize=256)(stem_language)


def _stands_near(wanted: str, windows: Iterator[str], language: str) -> bool:
    return any(wanted in canonical(near, language) for near in windows)


def _stands_as_it_is(part: Segment) -> bool:
    """True where a text that has the segment has its very letters, but for apostrophes: true of runs, and of words that
    have no stem."""
    return part.is_run or (part.text.isascii() and not part.text.isalpha())


# A phrase is looked for around its rarest piece only, unless that stands there more often.
MOST_WINDOWS = 6
WINDOW = 100
# No segment reaches across one of these, so that a text may be cut there.
_BREAK = re.compile(r'[\s,;:!?()\[\]{}<>"|/\u3001\u3002\u300a-\u3011\u201c\u201d]')


def _windows(folded: str, parts: Sequence[Segment], anchor: int) -> Iterator[str]:
    """The surroundings of each place of the anchor, with as many segments on both sides as the phrase has."""
    wanted = parts[anchor].text
    for place in _places(folded, wanted):
        begin = _reach(folded[:place], anchor, backwards=True)
        yield folded[begin : place + _reach(folded[place:], len(parts) - anchor, backwards=False)]


def _reach(folded: str, segments_needed: int, *, backwards: bool) -> int:
    """The place in `folded` that a window reaches to from its end, or its beginning: so that the window has more
    segments than needed and ends at a break."""
    size = WINDOW
    while size < len(folded):
        cuts = [
            match.start()
            for match in _BREAK.finditer(
                folded, len(folded) - size if backwards else 0, size if not backwards else len(folded)
            )
        ]
        if cuts:
            cut = cuts[0] if backwards else cuts[-1]
            near = folded[cut:] if backwards else folded[:cut]
            if len(segment_texts(near)) > segments_needed:
                return cut
        size *= 2
    return 0 if backwards else len(folded)


@lru_cache(maxsize=1024)
def atoms(words: str) -> tuple[Segment, ...]:
    """The segments of a query's words; empty where there is nothing but punctuation, which asks for nothing."""
    return tuple(segments(words))


def spans(text: str, asked: Sequence[Sequence[Segment]], language: str) -> Iterator[tuple[int, int]]:
    """The spans of `text` in which one of the phrases stands, in no order; they may touch and overlap.
    `language` as stem_language gives it. A run may begin and end inside a run, a word counts whole."""
    runs = [phrase[0].text for phrase in asked if _is_run(phrase)]
    phrases = [phrase for phrase in asked if phrase and not _is_run(phrase)]
    if runs:
        yield from _spans_of_runs(runs, text)
    if phrases:
        yield from _spans_of_phrases(phrases, text, language)


def _is_run(phrase: Sequence[Segment]) -> bool:
    return len(phrase) == 1 and phrase[0].is_run


def _spans_of_phrases(phrases: Sequence[Sequence[Segment]], text: str, language: str) -> Iterator[tuple[int, int]]:
    if all(len(phrase) == 1 for phrase in phrases):
        yield from spans_of_words(text, {word_form(phrase[0].text, language) for phrase in phrases}, language)
        return
    parts = segments(text)
    form = forms_in(language)
    forms = [part.text if part.is_run else form(part.text) for part in parts]
    for phrase in phrases:
        yield from _spans_of(phrase, [_form(part, language) for part in phrase], parts, forms)


def _spans_of_runs(runs: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    folded, places = fold_with_places(text)
    for run in runs:
        for place in _places(folded, run):
            end = place + len(run)
            yield (place, end) if places is None else (places[place], places[end])


def _form(part: Segment, language: str) -> str:
    return part.text if part.is_run else word_form(part.text, language)


def _spans_of(
    phrase: Sequence[Segment], wanted: list[str], parts: list[Segment], forms: list[str]
) -> Iterator[tuple[int, int]]:
    firsts: Iterable[int] = range(len(parts) - len(phrase) + 1)
    if not phrase[0].is_run:  # a word, which stands nowhere but where its form does
        firsts = [first for first in firsts if forms[first] == wanted[0]]
    for first in firsts:
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
        place = text.find(piece, place + 1)
