"""Marks matches in an article's sanitized HTML. Pure: adds `mark` elements around text, and touches nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import accumulate, chain

from articles.sanitize.vocabulary import BLOCKS, VOID

# So many characters of text are looked through, and so many matches marked: a page stays light, however long it is.
MOST_TEXT = 200_000
MOST_MATCHES = 1_000

# The gate of articles.sanitize wrote every tag: attribute values stand in double quotes, and text has no bare `<`.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*+)(?:[^<>"]++|"[^"]*+")*+>')
_CHARACTER = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|.", re.S)
# What articles.sanitize.text leaves out of the searchable text or says in other words, and what articles.display.media
# puts something else for.
_UNREAD = {"rt", "rp", "audio", "video", "picture", "math"}
# Elements that hold other elements only: a browser would move a `mark` out of them.
_NO_PLACE_FOR_TEXT = {"table", "thead", "tbody", "tfoot", "tr", "colgroup", "ul", "ol", "dl"}

Places = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Highlighted:
    """`count` matches are marked: each begins with `<mark class="match" id="match-N">` and goes on, where tags divide
    it, with `<mark class="match">`."""

    html: str
    count: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text that no tag divides: where it stands in the HTML, and in the text that is searched. A line end is none of
    the HTML's."""

    begin: int
    end: int
    place: int
    text: str


Opening = Callable[[int, bool], str]
"""The tag that opens a part of a match, by the match's number among those found; True for its first part."""


def highlight(
    html: str, find: Callable[[str], Places], *, first: int = 1, opening: Opening | None = None
) -> Highlighted:
    """`html` with the matches marked, numbered from `first`, or as `opening` says. `find` says where they stand in the
    visible text, in order, none overlapping another. That text has a line end where a block or a line ends, and nothing
    for a tag."""
    stretches = list(_stretches(html))
    found = find("".join(stretch.text for stretch in stretches))[:MOST_MATCHES]
    out: list[str] = []
    copied = passed = count = 0
    begun = -1  # the last match of which a part is marked
    for stretch in stretches:
        while passed < len(found) and found[passed][1] <= stretch.place:
            passed += 1
        if passed == len(found) or stretch.begin == stretch.end:
            continue
        raw = _places_in_html(html, stretch)
        for match, start, end in _inside(stretch, found, passed):
            is_first = match > begun
            count += is_first
            mark = opening(match, is_first) if opening else _opening(first + count - 1, is_first)
            begun = match
            out += [html[copied : raw[start]], mark, html[raw[start] : raw[end]], "</mark>"]
            copied = raw[end]
    return Highlighted("".join([*out, html[copied:]]), count)


def _opening(number: int, is_first: bool) -> str:
    return f'<mark class="match" id="match-{number}">' if is_first else '<mark class="match">'


def _inside(stretch: _Stretch, found: Places, number: int) -> Iterator[tuple[int, int, int]]:
    """The parts of the matches from `number` on that stand in the stretch: the match, and its part of the text."""
    size = len(stretch.text)
    while number < len(found) and found[number][0] < stretch.place + size:
        start, end = (min(max(place - stretch.place, 0), size) for place in found[number])
        if not stretch.text[start:end].isspace():
            yield number, start, end
        number += 1


def _places_in_html(html: str, stretch: _Stretch) -> range | list[int]:
    """For each character of the stretch, and its end, where it stands in the HTML; an entity is never divided."""
    if stretch.end - stretch.begin == len(stretch.text):
        return range(stretch.begin, stretch.end + 1)
    pieces = _CHARACTER.findall(html, stretch.begin, stretch.end)
    begins = accumulate(map(len, pieces), initial=stretch.begin)
    return [
        *chain.from_iterable([at] * len(unescape(piece)) for piece, at in zip(pieces, begins, strict=False)),
        stretch.end,
    ]


def _stretches(html: str) -> Iterator[_Stretch]:
    """The visible text of `html`, up to about MOST_TEXT characters, as articles.sanitize.text sees it."""
    open_tags: list[str] = []
    unread = place = last = 0
    for begin, end, tag in _tags(html):
        if last < begin and not unread and _NO_PLACE_FOR_TEXT.isdisjoint(open_tags[-1:]):
            yield (stretch := _stretch(html, last, begin, place))
            place += len(stretch.text)
        if tag is None or place >= MOST_TEXT:
            return
        last, name = end, tag[2]
        if name in BLOCKS or name == "br":
            yield _Stretch(last, last, place, "\n")
            place += 1
        unread += _inside_unread(tag, open_tags)


def _inside_unread(tag: re.Match[str], open_tags: list[str]) -> int:
    """1 where an element begins of which nothing is read, -1 where one ends. What is open is kept in `open_tags`."""
    if tag[1]:
        return -(bool(open_tags) and open_tags.pop() in _UNREAD)
    if tag[2] in VOID:
        return 0
    open_tags.append(tag[2])
    return tag[2] in _UNREAD


def _tags(html: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """The start and the end of each tag, and its match; the end of the HTML last."""
    yield from ((tag.start(), tag.end(), tag) for tag in _TAG.finditer(html))
    yield len(html), len(html), None


def _stretch(html: str, begin: int, end: int, place: int) -> _Stretch:
    limit = begin + MOST_TEXT
    if end > limit:  # not within an entity
        entity = html.rfind("&", limit - 40, limit)
        end = entity if entity > begin else limit
    return _Stretch(begin, end, place, _text(html, begin, end))


def _text(html: str, begin: int, end: int) -> str:
    if html.find("&", begin, end) < 0:
        return html[begin:end]
    return "".join(map(unescape, _CHARACTER.findall(html, begin, end)))
