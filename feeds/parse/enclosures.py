"""The files that come along with an entry: RSS's and Atom's enclosures and what Media RSS says, each of them once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from feeds.parse.embeds import YOUTUBE_FILM, YOUTUBE_PAGE
from feeds.parse.media import Element
from feeds.parse.media_types import VAGUE, kind_of, same_picture, type_of_address
from feeds.parse.text import (
    MAX_ENCLOSURE_ALT,
    MAX_ENCLOSURE_TITLE,
    MAX_ENCLOSURES,
    MAX_MEDIA_TYPE,
    address,
    line,
    line_of_html,
    line_of_text,
)
from feeds.parse.values import ParsedEnclosure

Raw = dict[str, Any]

FLASH = "application/x-shockwave-flash"
FILM_ADDRESS = re.compile(rf"https?://{YOUTUBE_FILM}(?=[?&/#]|$)")
FACE = re.compile(r"https?://(?:[\w-]+\.)?gravatar\.com/", re.IGNORECASE)  # the author, not what the entry is about
FILES = frozenset({"content", "peerlink"})  # Media RSS's elements that name one
PLAYED = frozenset({"film", "player"})
SAID_BY_EITHER = ("title", "alt", "poster_url", "width", "height", "duration")
UNPLAYED = frozenset({"video/x-flv", "video/x-ms-wmv", "video/x-ms-asf", "video/3gpp", "audio/x-ms-wma", FLASH})
MAX_SIZE = 100_000  # pixels
MAX_SECONDS = 10_000_000


def enclosures(raw: Raw, base: str) -> tuple[ParsedEnclosure, ...]:
    """The files of an entry of feedparser's, addresses relative to `base`. Where several are one medium in several
    forms, the best of them."""
    found: dict[str, ParsedEnclosure] = {}
    seconds = _seconds(_text(dict.get(raw, "itunes_duration")))
    for file in (*_attached(raw, base, seconds), *_media(dict.get(raw, "media", ()), base)):
        key = same_picture(file.url) if file.kind == "picture" else file.url.partition("://")[2]
        if key in found:
            found[key] = _joined(found[key], file)
        elif len(found) < MAX_ENCLOSURES:
            found[key] = file
    return tuple(found.values())


def image(raw: Raw, base: str, files: Iterable[ParsedEnclosure]) -> str:
    """The picture that stands for an entry: the widest that Media RSS names, else iTunes' image or one that an element
    of the feed's own names, else an enclosure."""
    media: Sequence[Element] = dict.get(raw, "media", ())  # feedparser's own `get` guesses, which takes time
    media_rss = (_address(picture, base) for picture in _pictures(media, base))
    others = (_image_said(each, base) for each in dict.get(raw, "pictures", ()))
    said = (_no_face(media_rss), _image_of_itunes(raw, base), _no_face(others))
    return _first(said) or _first(file.url for file in files if file.kind == "picture")


def _no_face(addresses: Iterable[str]) -> str:
    return _first(found for found in addresses if not FACE.match(found))


def _pictures(media: Iterable[Element], base: str) -> list[Element]:
    contents = (element for root in media for element in root.all("content") if _is_picture(element, base))
    thumbnails = (element for root in media for element in root.all("thumbnail"))
    return [*_widest_first(contents), *_widest_first(thumbnails)]


def _image_of_itunes(raw: Raw, base: str) -> str:
    value = dict.get(raw, "image")
    return _first(address(base, each.get("href")) for each in (value if isinstance(value, list) else [value]) if each)


def _image_said(element: Element, base: str) -> str:
    """The address in an entry's `image`: inside of it as in a channel's, in an attribute, or its text."""
    texts = (*(each.text for each in element.named("url")), *map(element.get, ("url", "href", "src")), element.text)
    return _first(address(base, text) for text in texts if text.lstrip().startswith(("http", "/")))


def _widest_first(elements: Iterable[Element]) -> list[Element]:
    return sorted(elements, key=_width, reverse=True)


def _first(texts: Iterable[str]) -> str:
    """The first text that is not empty, if there is one."""
    return next(filter(None, texts), "")


def number(text: str) -> int | None:
    """A whole number that is written in ASCII digits; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def media_type(said: str, medium: str, url: str) -> str:
    """The media type of a file: what is said of it, else Media RSS's medium as a wildcard ("image/*"), else what its
    address tells."""
    said, medium = line(said, MAX_MEDIA_TYPE).lower(), medium.strip().lower()
    if "/" not in said:  # "jpg", "false": no type, but it may be a medium
        said, medium = "", medium or said
    if said not in VAGUE:
        return said
    return f"{medium}/*" if medium in {"image", "audio", "video"} else type_of_address(url) or said


# --- RSS and Atom -----------------------------------------------------------------------------------------------


def _attached(raw: Raw, base: str, seconds: int | None) -> Iterator[ParsedEnclosure]:
    links = [link for link in dict.get(raw, "links", ()) if _is_enclosure(link)]
    contents = [content for content in dict.get(raw, "content", ()) if "src" in content and not _is_text(content)]
    if not links and not contents:
        return
    # FeedBurner names the file that its own address only led to; it has one for each entry.
    original = address(base, _text(dict.get(raw, "feedburner_origenclosurelink"))) if len(links) == 1 else ""
    for link in links:
        if url := original or address(base, link.get("href") or link.get("url")):
            yield _enclosure(link, url, seconds)
    for content in contents:  # Atom's text that is none, but a file elsewhere (RFC 4287, 4.1.3.2)
        if url := address(_text(content.get("base")) or base, content["src"]):
            yield _enclosure(content, url, seconds)


def _is_text(content: Raw) -> bool:
    return _text(content.get("type")).startswith(("text/", "application/xhtml"))


def _enclosure(link: Raw, url: str, seconds: int | None) -> ParsedEnclosure:
    page = _page_of_film(url)
    kind = "text/html" if page else media_type(_text(link.get("type")), "", url)
    return ParsedEnclosure(
        url=page or url,
        media_type=kind,
        length=number(_text(link.get("length"))) or None,
        title=line_of_text(link.get("title"), MAX_ENCLOSURE_TITLE),
        duration=seconds if page or kind_of(kind, url) in {"sound", "film"} else None,
        is_player=bool(page),
    )


def _page_of_film(url: str) -> str:
    """YouTube's page of the film, whatever address of the film `url` is; empty for any other."""
    found = FILM_ADDRESS.match(url)
    return YOUTUBE_PAGE.format(found[1]) if found else ""


def _is_enclosure(link: Raw) -> bool:
    return _text(dict.get(link, "rel")).strip().rpartition("/")[2] == "enclosure"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# --- Media RSS --------------------------------------------------------------------------------------------------


def _media(elements: Sequence[Element], base: str) -> Iterator[ParsedEnclosure]:
    """Files in the document's order; of a group one of each kind, and of a film its picture as the poster alone."""
    entry = _said_of_all(elements)
    alone = [content for content in elements if content.name in FILES]
    # What is said of the entry's media as a whole is said of its only one.
    around = (entry,) if len(alone) == 1 else ()
    for element in elements:
        if element.name == "group":
            yield from _of_group(element, entry, base)
        elif element.name in FILES:
            yield from _file(element, around, base)
    if not any(file.kind in PLAYED for each in alone for file in _file(each, (), base)):
        yield from _players(entry, (), base)


def _said_of_all(elements: Iterable[Element]) -> Element:
    """An element with those that stand beside files and are said of each of them: only so many that they may be looked
    through for each."""
    said = (element for element in elements if element.name in {"title", "description", "thumbnail", "player"})
    return Element("", {}, children=list(islice(said, 20)))


def _of_group(group: Element, entry: Element, base: str) -> Iterator[ParsedEnclosure]:
    around = _said_of_all(group.children), entry
    files = _best_of_each_kind(group, around, base)
    if files.keys().isdisjoint(PLAYED):
        files |= {file.kind: file for file in _players(around[0], (entry,), base)}
    if files.keys().isdisjoint(PLAYED):
        yield from files.values()
        return
    picture = files.pop("picture", None)
    for file in files.values():
        wants_poster = picture and file.kind in PLAYED and not file.poster_url
        yield replace(file, poster_url=picture.url) if picture and wants_poster else file


def _best_of_each_kind(group: Element, around: tuple[Element, ...], base: str) -> dict[str, ParsedEnclosure]:
    best: dict[str, tuple[tuple[int, ...], ParsedEnclosure]] = {}
    for element in group.children:
        for file in _file(element, around, base):
            rank = _rank(element, file)
            if file.kind not in best or rank > best[file.kind][0]:
                best[file.kind] = rank, file
    return {kind: file for kind, (_, file) in best.items()}


def _rank(element: Element, file: ParsedEnclosure) -> tuple[int, ...]:
    is_playable = file.media_type not in UNPLAYED
    is_default = element.get("isdefault").strip().lower() == "true"
    if file.kind == "picture":
        return (file.width or 0, file.height or 0, file.length or 0)
    bits = number(element.get("bitrate").partition(".")[0]) or 0
    return (is_playable, is_default, file.width or 0, file.height or 0, bits, file.length or 0)


def _players(around: Element, further: tuple[Element, ...], base: str) -> Iterator[ParsedEnclosure]:
    for player in around.named("player")[:1]:
        if url := _address(player, base):
            yield _described(player, url, "text/html", (around, *further), base, is_player=True)


def _file(element: Element, around: tuple[Element, ...], base: str) -> Iterator[ParsedEnclosure]:
    """The file of a `content` or `peerLink`, or the page that plays it; nothing for another element. What the element
    does not say of itself those `around` it do, the nearest first."""
    if element.name not in FILES:
        return
    url = _address(element, base)
    size = _width(element), _size(element.get("height")) or 0
    if FACE.match(url) or size == (1, 1):
        return
    kind = media_type(element.get("type"), element.get("medium"), url)
    if not kind and url and any(size):
        kind = "image/*"  # as The Guardian writes it: a size and nothing else
    if player := _player_of(element, url, kind, base):
        yield _described(element, player, "text/html", around, base, is_player=True)
    elif url:
        yield _described(element, url, kind, around, base)


def _player_of(element: Element, url: str, kind: str, base: str) -> str:
    """The page that plays what has this address and media type; empty where that is better played from here."""
    if page := _page_of_film(url):
        return page
    is_unplayable = not url or kind == FLASH or kind_of(kind, url) == "other"
    return next((_address(each, base) for each in element.named("player")), "") if is_unplayable else ""


def _described(
    element: Element, url: str, kind: str, around: tuple[Element, ...], base: str, is_player: bool = False
) -> ParsedEnclosure:
    places = (element, *around)
    is_picture = kind_of(kind, url, is_player=is_player) == "picture"
    titles = [each.text for place in places[:2] for each in place.named("title")]
    return ParsedEnclosure(
        url=url,
        media_type=kind,
        length=number(element.get("filesize")) or None,
        title=_first(line_of_text(text, MAX_ENCLOSURE_TITLE) for text in titles),
        alt=_description(places) if is_picture else "",
        width=_size(element.get("width")),
        height=_size(element.get("height")),
        duration=_seconds(element.get("duration")),
        poster_url="" if is_picture else _poster(places, base),
        is_player=is_player,
    )


def _description(places: Iterable[Element]) -> str:
    return _first(_line(each, MAX_ENCLOSURE_ALT) for place in places for each in place.named("description"))


def _poster(places: Iterable[Element], base: str) -> str:
    return _first(_address(each, base) for place in places for each in _widest_first(place.named("thumbnail")))


def _line(element: Element, limit: int) -> str:
    read = line_of_html if element.get("type").strip().lower() in {"html", "text/html"} else line_of_text
    return read(element.text, limit)


def _joined(first: ParsedEnclosure, second: ParsedEnclosure) -> ParsedEnclosure:
    """One file of two that are the same: the larger of two pictures, and what either says."""
    if first.kind == "picture" and (second.width or 0) > (first.width or 0) > 0:
        first, second = second, first
    return replace(
        first,
        media_type=first.media_type if first.media_type not in VAGUE else second.media_type,
        length=first.length or (second.length if first.url == second.url else None),
        **{name: getattr(first, name) or getattr(second, name) for name in SAID_BY_EITHER},
    )


def _address(element: Element, base: str) -> str:
    # Some write a thumbnail's address as its text.
    return address(base, element.get("url") or element.get("href") or element.text.strip())


def _is_picture(element: Element, base: str) -> bool:
    return any(file.kind == "picture" for file in _file(element, (), base))


def _width(element: Element) -> int:
    return _size(element.get("width")) or 0


def _size(text: str) -> int | None:
    found = number(text.strip().removesuffix("px"))
    return found if found and found <= MAX_SIZE else None


def _seconds(text: str) -> int | None:
    """Seconds of "95", "95.2" or "01:35" (hours, minutes and seconds, the last ones at least)."""
    parts = [number(part) for part in text.strip().partition(".")[0].split(":")]
    if not 1 <= len(parts) <= 3 or None in parts:
        return None
    total = 0
    for part in parts:
        total = total * 60 + (part or 0)
    return total if 0 < total <= MAX_SECONDS else None
