"""The feeds and icons that a web page names. Pure: the page is read and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree

from feeds.parse import charset
from feeds.parse.text import MAX_FEED_URL, address, line

MAX_PAGE = 2**21  # characters of a page that are looked at; its links stand near the start
MAX_LINKS = 50
MAX_OPEN = 512  # open elements, of which libxml2 looks through all for some tags: what follows is not read
CHUNK = 8192  # bytes
MAX_TEXT = 1000  # characters of a link's text

TYPES = frozenset(
    f"{kind}{name}"
    for kind in ("application/", "text/")
    for name in ("rss+xml", "atom+xml", "rdf+xml", "feed+json", "rss", "atom", "x.atom+xml", "x-atom+xml", "xml")
)
FEED_PATH = re.compile(
    r"/(?:feeds?|rss2?|atom|rdf|index)\.(?:xml|rss|rdf|atom|json)$|/(?:feeds?|rss2?|atom)/?$|\.(?:rss|atom|rdf)$"
    r"|/(?=[^/]*(?:feed|rss|atom))[^/]*\.xml$",
    re.IGNORECASE,
)
FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type)=(?:rss2?|atom|rdf|feed)\b", re.IGNORECASE)
COMMENTS = re.compile(r"comment|kommentar|comentario|commentaire|评论|評論|コメント", re.IGNORECASE)
SHARP, USUAL, UNFIT = 48, 16, 100_000  # pixels of an icon: for any screen, where none are named, no icon at all
_WIDTH = re.compile(r"(\d{1,4})x\d", re.ASCII)
BESIDE_THE_PAGE = ("feed", "rss.xml", "atom.xml", "index.xml")
AT_THE_ROOT = ("feed", "rss.xml", "atom.xml", "index.xml", "rss", "feed.xml", "feed.json", "?feed=rss2")


@dataclass(frozen=True, slots=True)
class Link:
    """A feed that a page names. `title` as the page gives it."""

    url: str
    title: str = ""


def links(body: bytes, *, url: str, content_type: str = "") -> list[Link]:
    """The feeds that the page in `body`, fetched from `url`, names: those of its link elements, or where it has none
    those that its ordinary links look like. Feeds of comments come last. Never raises."""
    page = _page(charset.decode(body, content_type)[:MAX_PAGE])
    if page is None:
        return []
    base = _base(page, url)
    found = _distinct(_declared(page, base)) or _distinct(_linked(page, base))
    return sorted(found, key=_is_for_comments)


def icons(body: bytes, *, url: str, content_type: str = "") -> list[str]:
    """The icons that the page in `body`, fetched from `url`, names (HTML, "Link type icon"), the one that suits a line
    of text best first. Never raises."""
    page = _page(charset.decode(body, content_type)[:MAX_PAGE])
    if page is None:
        return []
    base = _base(page, url)
    named = sorted((_fitness(element), address(base, element.get("href"))) for element in _named(page, "link"))
    return list(dict.fromkeys(icon for fitness, icon in named if icon and fitness < UNFIT))


def _fitness(element: _Element) -> int:
    """The less the better: the smallest icon that is sharp enough, else the largest of the others."""
    relations = (element.get("rel") or "").lower().split()
    if "icon" not in relations:
        return UNFIT - 1 if "apple-touch-icon" in relations else UNFIT
    sizes = (element.get("sizes") or "").lower()
    if sizes == "any":
        return SHARP
    width = int(found[1]) if (found := _WIDTH.match(sizes)) else USUAL
    return width if width >= SHARP else UNFIT - 2 - width


def common_paths(url: str) -> list[str]:
    """The addresses at which sites keep their feed without saying so: beside the page and at the root."""
    beside = [urljoin(url if url.endswith("/") else f"{url}/", path) for path in BESIDE_THE_PAGE]
    at_root = [urljoin(url, f"/{path}") for path in AT_THE_ROOT]
    return list(dict.fromkeys([*(beside if urlsplit(url).path.strip("/") else []), *at_root]))


class _Element:
    """A link, a base or an anchor, with as much of an anchor's text as a title takes."""

    __slots__ = ("attributes", "tag", "text")

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text = ""

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class _Page:
    """lxml's target: the elements that name something. A tree would have all of them, and libxml2 takes quadratic time
    to hang the attributes of one tag into it (40,000: 6.6 s)."""

    def __init__(self) -> None:
        self.elements: list[_Element] = []
        self.depth = 0
        self._anchor: _Element | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if tag in {"link", "base", "a"}:
            self.elements.append(_Element(tag, attributes))
            if tag == "a":
                self._anchor = self.elements[-1]

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "a":
            self._anchor = None

    def data(self, text: str) -> None:
        if self._anchor is not None and len(self._anchor.text) < MAX_TEXT:
            self._anchor.text += text[:MAX_TEXT]

    def close(self) -> None:
        """Nothing is left to do."""


def _page(text: str) -> list[_Element] | None:
    data, page = text.encode("utf-8", "replace"), _Page()
    parser = etree.HTMLParser(target=cast(Any, page), encoding="utf-8", no_network=True, remove_comments=True)
    try:
        for start in range(0, len(data), CHUNK):
            parser.feed(data[start : start + CHUNK])
            if page.depth > MAX_OPEN:
                return page.elements
        parser.close()
    except (etree.LxmlError, ValueError):  # nothing in it that could be HTML
        return None
    return page.elements


def _named(page: Sequence[_Element], tag: str) -> Iterator[_Element]:
    return (element for element in page if element.tag == tag)


def _base(page: Sequence[_Element], url: str) -> str:
    return next((found for each in _named(page, "base") if (found := address(url, each.get("href")))), url)


def _declared(page: Sequence[_Element], base: str) -> Iterator[Link]:
    for element in _named(page, "link"):
        relations = (element.get("rel") or "").lower().split()
        media_type = (element.get("type") or "").lower().partition(";")[0].strip()
        href = element.get("href") or ""
        is_other_form = "alternate" in relations and "stylesheet" not in relations
        if "feed" in relations or (is_other_form and _is_of_feed(media_type, href)):
            yield Link(address(base, href, MAX_FEED_URL), line(element.get("title"), 200))


def _is_of_feed(media_type: str, href: str) -> bool:
    """True for the types of feeds. Of plain JSON only what calls itself a feed: WordPress names its whole API like
    that."""
    return media_type in TYPES or (media_type == "application/json" and "feed" in href.lower())


def _linked(page: Sequence[_Element], base: str) -> Iterator[Link]:
    for element in _named(page, "a"):
        url = address(base, element.get("href"), MAX_FEED_URL)
        parts = urlsplit(url)
        if FEED_PATH.search(parts.path) or FEED_QUERY.search(parts.query):
            yield Link(url, line(element.get("title") or element.text, 200))


def _distinct(found: Iterator[Link]) -> list[Link]:
    by_url: dict[str, Link] = {}
    for each in found:
        if each.url:
            by_url.setdefault(each.url.partition("#")[0], each)
        if len(by_url) == MAX_LINKS:
            break
    return list(by_url.values())


def _is_for_comments(link: Link) -> bool:
    return bool(COMMENTS.search(urlsplit(link.url).path) or COMMENTS.search(link.title))
