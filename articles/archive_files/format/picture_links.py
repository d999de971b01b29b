"""A publisher's HTML whose pictures lead to files beside it, and the way back to the letter. Pure.

What was replaced stands in the file's front matter, a record for each picture in the order of the HTML:

    images: [{"url": "https://…/a.jpg", "file": "../../../images/ab/abcd….jpg", "was": [["src", "data-src='/a.jpg'"]]}]

`url` is where the picture was fetched; `was` says of each attribute what it is called now and what stood there. Each
has a number of its own after the file's name, `…jpg#1`, so that it is found again; no program that shows files minds.
The record of a lead picture that stands in the front matter alone, as `image`, has nothing in `was`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FOLDER = "images"
MOST = 1_000  # pictures of an article
_MAX_MARKUP = 20_000  # characters of a tag, or of a picture with its sources
_MAX_RECORDS = 400_000  # characters, so that the front matter stays within its limit
_FILE = re.compile(rf"(?:\.\./){{1,8}}{FOLDER}/([0-9a-f]{{2}}/([0-9a-f]{{64}})\.[a-z0-9]{{2,5}})")
_NAMES, _NAMES_OF_FILMS = ("src", "srcset"), ("poster",)
_REPLACED = re.compile(rf'(?:src|srcset|poster)="{_FILE.pattern}#[0-9]{{1,5}}"')

_START = re.compile(r"<(picture|img|image|amp-img|amp-anim|video)(?=[\s/>])", re.IGNORECASE)
_FILM = re.compile(r"<video\b", re.IGNORECASE)
_PICTURE_END = re.compile(r"</picture\s*+>", re.IGNORECASE)
_TAG = re.compile(r"""<[a-z][\w-]*+(?:[^<>"']|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<=[\s"'/])([a-z][\w:-]*+)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'<>`=]++)""", re.IGNORECASE)
# Where publishers put what a script moves to `src` later.
_LAZY = re.compile(r"(?:data-|lazy|real|file)[\w-]*", re.IGNORECASE)
_LAZY_POSTER = re.compile(r"data-poster", re.IGNORECASE)
_WEB = re.compile(r"""["']?\s*(?:https?:)?//|["']?[^\s"']+\.(?:jpe?g|png|gif|webp|avif)\b""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A picture of an article. `url`: its publisher's address; `file`: the file, relative to the article's; `was`: the
    attributes that lead to it, by what they are called now and what stood there."""

    url: str
    file: str
    was: tuple[tuple[str, str], ...]

    @property
    def stored_name(self) -> str:
        """The file's path below the folder of pictures; empty where it is none of ours."""
        found = _FILE.fullmatch(self.file)
        return found[1] if found else ""

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        found = _FILE.fullmatch(self.file)
        return found[2] if found else ""

    def as_json(self) -> dict[str, Any]:
        return {"url": self.url, "file": self.file, "was": [list(pair) for pair in self.was]}


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The markup of one picture: a tag, or all of a `picture`. A `video`'s tag has its poster."""

    start: int
    text: str


def chunks(html: str) -> list[str]:
    """The markup of each picture in `html`, in order. Text in a script may look so, too."""
    return [chunk.text for chunk in _chunks(html)]


def _chunks(html: str) -> Iterator[_Chunk]:
    place = 0
    for _ in range(MOST):
        start = _START.search(html, place)
        if not start:
            return
        text = _markup(html, start)
        place = start.start() + max(len(text), 1)
        if text:
            yield _Chunk(start.start(), text)


def _markup(html: str, start: re.Match[str]) -> str:
    limit = start.start() + _MAX_MARKUP
    is_picture = start[1].lower() == "picture"
    found = _PICTURE_END.search(html, start.end(), limit) if is_picture else _TAG.match(html, start.start(), limit)
    return html[start.start() : found.end()] if found else ""


def is_film(chunk: str) -> bool:
    """True where the markup is that of a film, which has its picture as a poster."""
    return _FILM.match(chunk) is not None


def linked(html: str, pictures: Mapping[str, tuple[str, str]]) -> tuple[str, tuple[PictureLink, ...]]:
    """`html` that leads to files, and what was replaced. `pictures`: the address and the file by the markup of
    `chunks`. Where the way back would not be exact, `html` as it is."""
    out: list[str] = []
    links: list[PictureLink] = []
    place = number = 0
    for chunk in _chunks(html):
        attributes = list(_attributes(chunk)) if chunk.text in pictures else []
        if not attributes:
            continue
        url, file = pictures[chunk.text]
        for name, start, old in attributes:
            number += 1
            out += [html[place:start], _attribute(name, file, number)]
            place = start + len(old)
        links.append(PictureLink(url, file, tuple((name, old) for name, _start, old in attributes)))
    made = "".join([*out, html[place:]])
    size = sum(len(link.url) + len(link.file) + sum(len(old) for _, old in link.was) for link in links)
    return (made, tuple(links)) if size < _MAX_RECORDS and restored(made, links) == html else (html, ())


def _attribute(name: str, file: str, number: int) -> str:
    return f'{name}="{file}#{number}"'


def _attributes(chunk: _Chunk) -> Iterator[tuple[str, int, str]]:
    """The attributes to replace, each as its new name, its place and its text: all that a browser would load; in a tag
    where that is nothing, what a script would have it load."""
    for tag in _TAG.finditer(chunk.text):
        names, lazy = (_NAMES_OF_FILMS, _LAZY_POSTER) if is_film(tag[0]) else (_NAMES, _LAZY)
        shown = [attribute for attribute in _ATTRIBUTE.finditer(tag[0]) if attribute[1].lower() in names]
        if not shown and _START.match(tag[0]):
            shown = _moved_by_script(tag[0], lazy)[:1]
        for attribute in shown:
            name = attribute[1].lower()
            yield (name if name in names else names[0]), chunk.start + tag.start() + attribute.start(), attribute[0]


def _moved_by_script(tag: str, lazy: re.Pattern[str]) -> list[re.Match[str]]:
    return [found for found in _ATTRIBUTE.finditer(tag) if lazy.fullmatch(found[1]) and _WEB.match(found[2])]


def restored(html: str, links: Sequence[PictureLink]) -> str:
    """`html` with the publisher's own attributes."""
    old: dict[str, str] = {}
    for link in links:
        for name, text in link.was:
            old[_attribute(name, link.file, len(old) + 1)] = text
    return _REPLACED.sub(lambda found: old.get(found[0], found[0]), html) if old else html


def beside(links: Sequence[PictureLink]) -> list[PictureLink]:
    """Pictures that no text leads to: the lead picture, and what came along."""
    return [link for link in links if not link.was]


def links_of(listed: object) -> tuple[PictureLink, ...]:
    """The records of a front matter. One that is none of ours makes all of them nothing: numbers run through."""
    items = listed if isinstance(listed, list) else []
    links = [_link(item) for item in items[: MOST + 1]]
    return tuple(link for link in links if link) if all(links) else ()


def _link(item: Any) -> PictureLink | None:
    match item:
        case {"url": str(url), "file": str(file), "was": list(was)} if _FILE.fullmatch(file):
            pairs = [_pair(pair) for pair in was]
            return PictureLink(url, file, tuple(pair for pair in pairs if pair)) if all(pairs) else None
    return None


def _pair(listed: Any) -> tuple[str, str] | None:
    match listed:
        case [str(name), str(old)] if name in (*_NAMES, *_NAMES_OF_FILMS):
            return name, old
    return None
