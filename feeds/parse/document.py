"""A feed document's bytes to plain values. Knows nothing of the database, of Django or of the network.

Bytes become text (`charset`), well-formed text is read as it is, other text after `xml_repair`, both by what
feedparser knows of the dialects (`xml`, which is imported only when there is something to parse: a poll that finds
nothing new must not pay for it). JSON Feed has `jsonfeed`.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from feeds.parse.values import NotAFeed, ParsedEnclosure, ParsedEntry, ParsedFeed, ParsedSource

if TYPE_CHECKING:
    from feeds.parse.unchanged_entries import Cut
    from feeds.parse.xml import Document

__all__ = ["NotAFeed", "ParsedEnclosure", "ParsedEntry", "ParsedFeed", "ParsedSource", "parse"]

logger = logging.getLogger(__name__)

FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
HTML_START = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])", re.IGNORECASE)
HTML_ELEMENT = re.compile(r"<(?:html|head|body|meta|div)[\s>]", re.IGNORECASE)
DOCTYPE = re.compile(r"<!doctype[^<>]{0,1000}>", re.IGNORECASE)
PROLOGUE = re.compile(r"\s*+(?:<\?[^>]*+>\s*+|<!--.{0,2000}?-->\s*+)*+", re.DOTALL)
HTML_TITLE = re.compile(r"<title[^<>]{0,1000}>([^<]{0,1000})", re.IGNORECASE)
FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]{0,50})")
MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or sound"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"ID3", "a sound file"),
)
GZIP = b"\x1f\x8b\x08"
MAX_UNPACKED = 20 * 2**20
BINARY = re.compile(rb"\0\0\0[^<\n\r]")  # what comes after such a start otherwise is UTF-32


def parse(body: bytes, *, url: str, content_type: str = "", seen: bytes = b"") -> ParsedFeed:
    """The feed in `body`, which was fetched from `url`. Raises NotAFeed; never anything else, whatever the bytes.

    RSS 0.9x to 2.0, Atom 0.3 and 1.0, RDF (RSS 0.90 and 1.0), JSON Feed 1.0 and 1.1, sitemaps of news. Nothing is
    fetched or opened, no entity is expanded, and of a document with more than 5,000 entries the newest ones are read.
    With `seen`, the last document's ParsedFeed.seen, entries that were in that one are left out where that is safe: see
    ParsedFeed.left_out.
    """
    try:
        return _parse(body, url, content_type, seen)
    except NotAFeed:
        raise
    except Exception as error:  # a fault of ours, or of feedparser, on a document that nobody foresaw
        logger.exception("The document from %r can't be read", url[:200])
        raise NotAFeed(f"Newsreader failed on this feed: {type(error).__name__}") from error


def _parse(body: bytes, url: str, content_type: str, seen: bytes) -> ParsedFeed:
    if body.startswith(GZIP):
        body, content_type = _unpacked(body), ""
    if not body.strip():
        raise NotAFeed("The document is empty.")
    for magic, name in MAGIC:
        if body.startswith(magic):
            raise NotAFeed(f"This is {name}, not a feed.")
    if BINARY.match(body):
        raise NotAFeed("This is a film or other binary file, not a feed.")
    from feeds.parse import charset

    text = charset.decode(body, content_type).lstrip("\ufeff").lstrip()
    if text[:1] in {"{", "["}:
        from feeds.parse import jsonfeed, rss_json

        document = jsonfeed.load(text)
        xml = rss_json.as_xml(document)
        found = _repaired(xml, url) if xml else None
        return found or jsonfeed.feed(document, url=url)
    return _parse_xml(text, url, content_type, seen)


def _unpacked(body: bytes) -> bytes:
    """A feed that is kept as a gzip file. Bounded as what a server packs for the way is. Raises NotAFeed."""
    from feeds.http.content_encoding import UndecodableError, decoder

    unpacked, stream = bytearray(), decoder(["gzip"])
    try:
        for piece in stream.pieces(body):
            unpacked += piece
            if len(unpacked) > MAX_UNPACKED:
                raise NotAFeed("This is compressed data that unfolds to more than 20 MiB.")
        stream.finish()
    except UndecodableError as error:
        raise NotAFeed("This is compressed data, not a feed.") from error
    return bytes(unpacked)


def _parse_xml(text: str, url: str, content_type: str, seen: bytes) -> ParsedFeed:
    if _root(text) in SITEMAP_ROOTS:
        from feeds.parse import sitemap

        return sitemap.feed(text, url=url)
    from feeds.parse.unchanged_entries import cut, remembered

    document = cut(text)
    if document and seen and (changed := _changed_part(document, url, seen)):
        return changed
    parsed = None if _is_page(text) else _well_formed(text, url) or _repaired(text, url)
    if parsed is None:
        raise NotAFeed(_what_came(text, content_type))
    return replace(parsed, seen=remembered(document, parsed.entries)) if document else parsed


def _changed_part(document: Cut, url: str, seen: bytes) -> ParsedFeed | None:
    """The feed with the entries alone that `seen` does not remember; None where all of it has to be read."""
    from feeds.parse.unchanged_entries import remembered, unseen

    rest = unseen(document, seen)
    parsed = _well_formed(rest.text, url) if rest else None
    now_seen = remembered(document, parsed.entries, seen) if parsed else b""
    return replace(parsed, left_out=rest.dates, seen=now_seen) if rest and parsed and now_seen else None


def _well_formed(text: str, url: str) -> ParsedFeed | None:
    from feeds.parse import xml

    try:
        return _feed(xml.read(text.encode("utf-8", "replace"), url=url), url)
    except xml.Broken:
        return None


def _repaired(text: str, url: str) -> ParsedFeed | None:
    from feeds.parse import xml
    from feeds.parse.xml_repair import repair

    repaired = repair(text)
    document = xml.read(repaired.encode("utf-8", "replace"), url=url, tolerant=True) if repaired else None
    parsed = _feed(document, url) if document else None
    return replace(parsed, is_cut_off=repaired.is_cut_off) if parsed else None


def _feed(document: Document, url: str) -> ParsedFeed | None:
    if document.root.lower() not in FEED_ROOTS:
        return None
    from feeds.parse import from_feedparser

    return from_feedparser.feed(document, url)


def _is_page(text: str) -> bool:
    """True where a web page begins. Some templates write its document type before a feed."""
    return bool(HTML_START.match(text, _after_prologue(text, 0))) and _root(text) not in FEED_ROOTS


def _after_prologue(text: str, start: int) -> int:
    prologue = PROLOGUE.match(text, start)
    return prologue.end() if prologue else start


def _root(text: str) -> str:
    """The local name of the first element, in lower case; empty where text comes before any."""
    start = _after_prologue(text, 0)
    if doctype := DOCTYPE.match(text, start):
        start = _after_prologue(text, doctype.end())
    element = FIRST_ELEMENT.match(text, start)
    return element[1].rpartition(":")[2].lower() if element else ""


def _what_came(text: str, content_type: str) -> str:
    """A sentence for the operator about a document that is no feed."""
    from feeds.parse.text import line, line_of_html

    head = text[:200_000]
    if _root(head) == "opml":
        return "This is an OPML list of feeds, not a feed: import it as OPML."
    if _is_page(text) or "text/html" in content_type.lower() or HTML_ELEMENT.search(head):
        title = HTML_TITLE.search(head)
        name = line_of_html(title[1], 100) if title else ""
        return f"This is a web page titled “{name}”, not a feed." if name else "This is a web page, not a feed."
    element = FIRST_ELEMENT.search(head)
    if head.startswith("<") and element:
        return f"This is an XML document (<{line(element[1], 50)}>), not a feed."
    return f"This is text that starts with “{line(head, 60)}”, not a feed."
