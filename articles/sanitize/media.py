"""Pictures, films and sound: the address that a lazy page hides, sizes, and what is no picture at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from articles.sanitize.addresses import absolute, image_address, is_ornament, is_pixel, srcset
from articles.sanitize.read import Node

# Where pages that load their images late keep the address, the surest first.
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-lazy",
    "data-lazyload",
    "data-echo",
    "data-url",
    "data-image",
    "data-hi-res-src",
    "data-croporisrc",
    "data-backsrc",
    "data-ks-lazyload",
    "data-real-src",
    "data-litespeed-src",
    "data-cfsrc",
    "data-ezsrc",
    "data-flickity-lazyload",
    "zoomfile",
    "file",
    "real_src",
    "_src",
)
_LAZY_SET = ("data-srcset", "data-lazy-srcset", "data-original-srcset", "data-litespeed-srcset")
_LAZY_NAMES = frozenset(_LAZY) | frozenset(_LAZY_SET)
_LOOKS_LIKE_ADDRESS = re.compile(
    r"(?:https?:)?//|\.{0,2}/[^\s{}]+$|[^\s{}:]+\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.I
)
_LENGTH = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]+)?(?:px)?\s*", re.I)
_TINY_STYLE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!)", re.I)
_QUERY = re.compile(r"[\w\s().:,/%+*<>=-]{1,300}")  # a media query or a sizes list
_TYPE = re.compile(r"(?:image|video|audio)/[\w.+-]+(?:;\s*codecs=[\w\s.,\"']+)?", re.I)
_FACE = re.compile(r"(?:^|[\s_-])(?:emoji|wp-smiley|smiley|emoticon)(?:$|[\s_-])", re.I)
_PLAIN_CLASS = re.compile(r"(?:^|[\s_-])(?:avatar|icon|logo|emoji|gravatar|profile)(?:$|[\s_-])", re.I)
_MIN_WIDTH, _MIN_HEIGHT = 100, 60  # of what stands for the article in a list


class Media:
    """Makes safe media elements, and remembers the first picture that can stand for the article."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.image_url = ""
        self.poster = ""
        self.seen: set[str] = set()
        self.shown_by_noscript: set[str] = set()

    def img(self, node: Node, *, fallback: bool = False) -> Node | str | None:
        """An `img` to show; for an emoji its character; None for a pixel or where there is no address. `fallback`: it
        is the `noscript` twin of a picture that may already be there."""
        attrs = node.attrs
        alt = " ".join(attrs.get("alt", "").split())
        if alt and len(alt) <= 8 and not alt.isascii() and _FACE.search(attrs.get("class", "")):
            return alt
        source, candidates = self._addresses(attrs)
        width, height = _length(attrs.get("width")), _length(attrs.get("height"))
        if (
            not source
            or is_pixel(source)
            or min(width or 9, height or 9) <= 2
            or _TINY_STYLE.search(attrs.get("style", ""))
        ):
            return None
        if source in (self.seen if fallback else self.shown_by_noscript):
            return None
        (self.shown_by_noscript if fallback else self.seen).add(source)
        self._consider(source, attrs, width, height)
        kept = {"src": source}
        if candidates:
            kept["srcset"] = candidates
            if _QUERY.fullmatch(attrs.get("sizes", "")):
                kept["sizes"] = attrs["sizes"]
        kept["alt"] = alt
        if title := attrs.get("title", "").strip():
            kept["title"] = title
        return Node("img", kept | _size(width, height))

    def _addresses(self, attrs: Mapping[str, str]) -> tuple[str, str]:
        plain = _LAZY_NAMES.isdisjoint(attrs)
        names = () if plain else _LAZY
        source = next((found for name in names if (found := self._lazy_address(attrs.get(name, "")))), "")
        sets = () if plain else _LAZY_SET
        candidates = next((found for name in sets if name in attrs and (found := srcset(attrs[name], self.base))), "")
        # Beside what is lazy, `src` holds the place only.
        source = source or _largest(candidates) or image_address(attrs.get("src", ""), self.base)
        candidates = candidates or srcset(attrs.get("srcset", ""), self.base)
        if not source or (candidates and is_pixel(source)):
            source = _largest(candidates)
        return source, candidates

    def _lazy_address(self, value: str) -> str:
        return image_address(value, self.base) if value and _LOOKS_LIKE_ADDRESS.match(value.strip()) else ""

    def _consider(self, source: str, attrs: Mapping[str, str], width: int, height: int) -> None:
        if self.image_url or (width and width < _MIN_WIDTH) or (height and height < _MIN_HEIGHT):
            return
        if not is_ornament(source) and not _PLAIN_CLASS.search(attrs.get("class", "")):
            self.image_url = source

    def picture(self, node: Node, *, fallback: bool = False) -> Node | str | None:
        """A `picture` with its sources and an `img`; just the `img` where no source is of use."""
        elements = [child for child in node.children if isinstance(child, Node)]
        sources = [made for child in elements if child.tag == "source" and (made := self._image_source(child))]
        image = next((child for child in elements if child.tag == "img"), None)
        shown = self.img(image, fallback=fallback) if image else None
        if shown is None and sources:  # the address may be only in the sources
            first = _largest(sources[0].attrs["srcset"])
            shown = self.img(Node("img", {**(image.attrs if image else {}), "src": first}), fallback=fallback)
        if not sources or not isinstance(shown, Node):
            return shown
        return Node("picture", {}, [*sources, shown])

    def _image_source(self, node: Node) -> Node | None:
        attrs = node.attrs
        names = (*_LAZY_SET, "srcset", *_LAZY, "src")
        candidates = next((found for name in names if name in attrs and (found := srcset(attrs[name], self.base))), "")
        if not candidates:
            return None
        return Node("source", {"srcset": candidates} | _checked(attrs, media=_QUERY, sizes=_QUERY, type=_TYPE))

    def player(self, node: Node) -> Node | None:
        """An `audio` or `video` with controls; None where nothing can be played."""
        attrs = node.attrs
        kept = {"src": source} if (source := self._played(attrs)) else {}
        elements = [child for child in node.children if isinstance(child, Node)]
        inside = [made for child in elements if (made := self._inside(child))]
        if not kept and not any(child.tag == "source" for child in inside):
            return None
        kept |= {"controls": "controls", "preload": "none"}
        if node.tag == "video":
            poster = image_address(attrs.get("poster", "") or attrs.get("data-poster", ""), self.base)
            kept |= {"poster": poster} if poster else {}
            self.poster = self.poster or poster
            kept |= _size(_length(attrs.get("width")), _length(attrs.get("height")))
        return Node(node.tag, kept, list[str | Node](inside))

    def _played(self, attrs: Mapping[str, str]) -> str:
        return absolute(attrs.get("src", ""), self.base) or absolute(attrs.get("data-src", ""), self.base)

    def _inside(self, node: Node) -> Node | None:
        if node.tag not in {"source", "track"} or not (source := self._played(node.attrs)):
            return None
        if node.tag == "source":
            return Node("source", {"src": source} | _checked(node.attrs, media=_QUERY, type=_TYPE))
        kept = _checked(node.attrs, kind=re.compile("[a-z]{1,20}"), srclang=re.compile(r"[\w-]{1,35}"))
        return Node("track", {"src": source} | kept | _checked(node.attrs, label=re.compile(r"[^<>]{1,100}")))


def _checked(attrs: Mapping[str, str], **patterns: re.Pattern[str]) -> dict[str, str]:
    return {name: attrs[name] for name, pattern in patterns.items() if name in attrs and pattern.fullmatch(attrs[name])}


def _length(value: str | None) -> int:
    """Pixels; 0 where `value` says none."""
    found = _LENGTH.fullmatch(value) if value else None
    # Explicit zero is as small as one.
    return max(int(found[1]), 1) if found else 0


def _size(width: int, height: int) -> dict[str, str]:
    return ({"width": str(width)} if width else {}) | ({"height": str(height)} if height else {})


def _largest(candidates: str) -> str:
    """The address of the largest candidate of a srcset that addresses.srcset made."""
    best, largest = "", -1.0
    for candidate in candidates.split(", ") if candidates else ():
        address, _, descriptor = candidate.partition(" ")
        try:
            size = float(descriptor[:-1] or 1)
        except ValueError:
            size = 0.0
        if size > largest:
            best, largest = address, size
    return best
