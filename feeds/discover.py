"""Which feeds and icons a web page names. Pure: it reads the page and fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from feeds import charset
from feeds.text import MAX_FEED_URL, address, line

MAX_PAGE = 2**21  # characters of a page that are looked at; its links stand near the start
MAX_LINKS = 50

TYPES = frozenset(
    f"{kind}{name}"
    for kind in ("application/", "text/")
    for name in ("rss+xml", "atom+xml", "rdf+xml", "feed+json", "rss", "atom", "x.atom+xml", "x-atom+xml", "xml")
)
FEED_PATH = re.compile(
    r"/(?:feeds?|rss2?|atom|rdf|index)\.(?:xml|rss|rdf|atom|json)$|/(?:feeds?|rss2?|atom)/?$|\.(?:rss|atom|rdf)$"
    r"|/[^/]*(?:feed|rss|atom)[^/]*\.xml$",
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
    named = sorted((_fitness(element), address(base, element.get("href"))) for element in page.iter("link"))
    return list(dict.fromkeys(icon for fitness, icon in named if icon and fitness < UNFIT))


def _fitness(element: etree._Element) -> int:
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
    """Where sites keep their feed without saying so: beside the page and at the root."""
    beside = [urljoin(url if url.endswith("/") else f"{url}/", path) for path in BESIDE_THE_PAGE]
    at_root = [urljoin(url, f"/{path}") for path in AT_THE_ROOT]
    return list(dict.fromkeys([*(beside if urlsplit(url).path.strip("/") else []), *at_root]))


def _page(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):  # nothing in it that could be HTML
        return None


def _base(page: etree._Element, url: str) -> str:
    return next((found for each in page.iter("base") if (found := address(url, each.get("href")))), url)


def _declared(page: etree._Element, base: str) -> Iterator[Link]:
    for element in page.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        media_type = (element.get("type") or "").lower().partition(";")[0].strip()
        href = element.get("href") or ""
        # Of plain JSON only what calls itself a feed: WordPress names its whole API like that.
        is_feed_type = media_type in TYPES or (media_type == "application/json" and "feed" in href.lower())
        if "feed" in relations or ("alternate" in relations and "stylesheet" not in relations and is_feed_type):
            yield Link(address(base, href, MAX_FEED_URL), line(element.get("title"), 200))


def _linked(page: etree._Element, base: str) -> Iterator[Link]:
    for element in page.iter("a"):
        url = address(base, element.get("href"), MAX_FEED_URL)
        parts = urlsplit(url)
        if FEED_PATH.search(parts.path) or FEED_QUERY.search(parts.query):
            yield Link(url, line(element.get("title") or "".join(map(str, element.itertext()))[:1000], 200))


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
