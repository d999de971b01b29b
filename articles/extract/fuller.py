"""The test whether a page's text may stand in the place of what a feed gave: never less than that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from articles.extract.labels import is_call
from articles.extract.teaser import without_call
from articles.folding.story import grams_of, letters_of, size_of
from articles.search.analyze.fold import fold

# Letters, a wide one for two:
ABSTRACT = 600  # what somebody may have written about an article instead of taking it from there
ARTICLE = 600  # a page's text that is one
SENTENCE = 24  # what would be missed, and is more than "Photo: the port."
_LINE = 40  # more than a byline
_TIMES = 3  # as long as a summary
_NAMED = 0.5  # of the title's letters in runs of four, or two where they are wide
_HELD = 0.7  # of a sentence's runs of letters, so that a word may be another
_RUN, _WIDE_RUN = 10, 4  # letters
# Bylines, tags and calls that a page need not have: letters, and shares of a text; the larger of a long one's.
_SURPLUS, _OF_SHORT, _OF_LONG = 60, 0.2, 0.05
_LONGEST_CALL = 200  # characters
# Of Hindi, Urdu, Burmese, Khmer and Amharic. Thai and Lao have a blank where a sentence ends, or a part of one.
_OTHER_STOPS = "\u0964\u0965\u06d4\u061f\u104b\u17d5\u1362"
_ENDS = re.compile(  # of folded text
    rf"(?<=[.!?])[\"'”’»)\]]{{0,3}}\s+|(?<=[。!?{_OTHER_STOPS}])[”'’」』）)]{{0,3}}|\n"
    r"|(?<=[\u0e00-\u0eff])[^\S\n]+(?=[\u0e00-\u0eff])"
)
_PROSE = re.compile(rf"[.!?。{_OTHER_STOPS}][\"'”’»」』)\]]{{0,3}}\s*$|[\u0e00-\u0eff]{{2}}\W{{0,9}}$")
_LONGEST_PIECE = 160  # characters of what has no end: of more, a sentence could be missing unnoticed
_PIECE = re.compile(rf".{{{_LONGEST_PIECE // 2},{_LONGEST_PIECE}}}(?=\s|$)|.{{1,{_LONGEST_PIECE}}}")
_ADDRESS = re.compile(r"https?://\S+")
_FIRST_ELSEWHERE = re.compile(
    r"(?:the|this) (?:post|article|story|entry)\b.{0,200}\b(?:first appeared|appeared first|(?:first|originally)"
    r" (?:published|appeared|posted))"
    r"|der beitrag .{0,200} erschien zuerst|cet article .{0,200} est apparu|l'article .{0,200} est apparu"
    r"|la entrada .{0,200} (?:se public|aparec)|(?:本文|原文)(?:首发|链接|地址|出处|来源)|转载(?:请|自)|submitted by "
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a feed's text, and its place there. `is_prose`: it ends as sentences do, unlike a byline."""

    letters: str
    size: int
    line: int
    place: int
    is_prose: bool


@dataclass(slots=True)
class _Text:
    """The letters of a text that sentences are looked up in."""

    letters: str
    _runs: dict[int, frozenset[str]] = field(default_factory=dict)

    def has(self, sentence: str) -> bool:
        """True where the letters of a sentence are here, but for a word. All of a text is only searched for what is
        short, and has no run that is not here: sentences by the thousand, each searched for in a book, take minutes."""
        length = _RUN if sentence.isascii() else _WIDE_RUN
        if len(sentence) < length:
            return sentence in self.letters
        if length not in self._runs:
            self._runs[length] = grams_of(self.letters, length)
        runs = grams_of(sentence, length)
        if len(sentence) <= 2 * length:
            return runs <= self._runs[length] and sentence in self.letters
        return len(runs & self._runs[length]) >= _HELD * len(runs)

    def lacking(self, sentences: Iterable[_Sentence]) -> list[_Sentence]:
        return [each for each in sentences if not self.has(each.letters)]


def is_fuller(title: str, of_feed: str, of_page: str, described: str = "") -> bool:
    """True where a page's visible text may stand in the place of the feed's: it is longer, and has all sentences of
    that; or what it lacks is what the page says in short about the article (`described`); or the feed's text is
    nothing but a summary, of which the page has no sentence. Of a summary the page has to be an article, three times as
    long, that the title fits."""
    held, given = letters_of(fold(of_page)), letters_of(fold(of_feed))
    size, least = size_of(held), size_of(given)
    if size <= least:
        return False
    page, said = _Text(held), _Text(letters_of(fold(title)))
    sentences = said.lacking(_sentences(fold(without_call(of_feed, title))))
    missing = page.lacking(sentences)
    if _are_surplus(missing, least):
        return True
    if size < max(ARTICLE, _TIMES * least) or not _fits(said.letters, held):
        return False
    short = _Text(letters_of(fold(described)))
    return _are_surplus(short.lacking(missing), least) or _is_abstract(sentences, missing, least)


def _are_surplus(missing: list[_Sentence], size: int) -> bool:
    """True where nobody would miss those sentences of a text with `size` letters."""
    most = max(min(_SURPLUS, _OF_SHORT * size), _OF_LONG * size)
    if sum(each.size for each in missing) > most:
        return False
    run, last = 0, -1
    for each in (each for each in missing if each.is_prose):
        run = (run if each.place == last + 1 else 0) + each.size
        last = each.place
        if run >= SENTENCE:
            return False
    return True


def _is_abstract(sentences: list[_Sentence], missing: list[_Sentence], size: int) -> bool:
    """True where a text is one short paragraph, and none of its sentences stands in the page."""
    if size > ABSTRACT or len({each.line for each in sentences if each.size >= _LINE}) > 1:
        return False
    return not any(each.size >= SENTENCE and each not in missing for each in sentences)


def _sentences(folded: str) -> Iterator[_Sentence]:
    lines = _ADDRESS.sub("", folded).splitlines()
    while lines and _is_no_text(lines[-1]):
        lines.pop()
    place = 0
    for number, line in enumerate(lines):
        places = [0, *(found.end() for found in _ENDS.finditer(line)), len(line)]
        for start, end in pairwise(places):
            is_long = end - start > 2 * _LONGEST_PIECE
            for part in _PIECE.findall(line[start:end]) if is_long else [line[start:end]]:
                if letters := letters_of(part):
                    yield _Sentence(letters, size_of(letters), number, place, is_long or bool(_PROSE.search(part)))
                    place += 1


def _is_no_text(line: str) -> bool:
    """True for a last line that asks for something, or says where the text stood first."""
    return len(line) <= _LONGEST_CALL and (is_call(line) or bool(_FIRST_ELSEWHERE.match(line)) or not line.strip())


def _fits(title: str, text: str) -> bool:
    """True where the words of a title are those of a text."""
    runs = grams_of(title, 4 if title.isascii() else 2)
    return bool(runs) and sum(run in text for run in runs) >= _NAMED * len(runs)
