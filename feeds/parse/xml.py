"""Feedparser, driven by expat: what it knows of the dialects of RSS, Atom and RDF, without what it costs.

`feedparser.parse` opens names and addresses, reads dates (feeds.parse.dates knows more of them), looks at every element
whether anybody wants it or not, and where a document is malformed falls back to a parser that takes quadratic time.
So expat's events come here first: elements that nobody reads are left out, everything is bounded, and feedparser's
handlers see only the rest. Half the time of `feedparser.parse` on a well-formed document.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat
from xml.sax.saxutils import escape

from feeds.parse.dialects import Dialects
from feeds.parse.entry_source import SEPARATOR, SourceEvents
from feeds.parse.media import MediaEvents

MAX_ENTRIES = 5_000
MAX_ELEMENTS = 100_000  # that feedparser sees; the rest is left out
MAX_SEEN = 500_000  # elements in all; what comes after them is not looked at
MAX_DEPTH = 500  # feeds.parse.xml_repair flattens what is deeper
MAX_CHILDREN = 500  # of an entry or the channel, bodies not counted
MAX_ATTRIBUTES = 50
MAX_TAGS = 100  # feedparser compares each with all before
SHORT = 8_000  # characters, of everything that is no body

ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
ENTRIES = frozenset({"item", "entry"})
BODIES = frozenset(
    {
        "description",
        "summary",
        "content",
        "content:encoded",
        "body",
        "xhtml:body",
        "fullitem",
        "fulltext",
        "abstract",
        "info",
    }
    | {"dc:description", "itunes:summary", "title", "subtitle", "tagline"}
)
# Their children go with them.
IGNORED = frozenset({"textinput", "contributor", "rights", "copyright", "cloud", "generator", "comments"})
WANTED = frozenset(
    {"dc:creator", "dc:author", "dc:date", "dc:subject", "dc:language", "dc:title", "dc:description"}
    | {"dcterms:created", "dcterms:issued", "dcterms:modified", "content:encoded", "xhtml:body"}
    | {"itunes:author", "itunes:image", "itunes:summary", "itunes:keywords", "itunes:title", "itunes:duration"}
    | {"itunes:subtitle", "itunes:link", "googleplay:author"}
    | {
        "feedburner:origlink",
        "feedburner:origenclosurelink",
        "sy:updateperiod",
        "sy:updatefrequency",
        "rdf:rdf",
        "rdf:li",
    }
)
FULL_TEXTS = frozenset({"full-text", "fulltext"})  # in the namespaces of aggregators that publishers send texts to
SPELLED = {"rdf:rdf": "rdf:RDF"}  # the one name of feedparser's that has capitals
# By which some name an entry's picture, as RSS does a channel's.
PICTURES = frozenset({"image", "img", "thumbnail", "fullimage", "storyimage"})
TAGS = frozenset({"category", "keywords", "tag", "dc:subject"})

# Stands for a long text on its way through feedparser, which would rewrite it character by character: half of all
# time for Chinese. No XML document can hold the character.
MARK = re.compile("\x01([0-9]+)\x01")
LONG = 200

ENTRY_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
DATE = re.compile(rb"<(?:\w+:)?(?:pubDate|published|issued|date|updated|modified)(?:\s[^<>]*)?>([^<>]{6,60})<")


class Broken(ValueError):
    """The document is not well-formed, nests deeper than MAX_DEPTH, or declares a document type."""


class Document(NamedTuple):
    """`feed` and `entries` hold feedparser's dictionaries, where marks stand for long texts: see `expanded`. `version`
    is its name of the dialect, `root` the name of the outermost element."""

    root: str
    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    texts: list[str]

    def expanded(self, value: str) -> str:
        """`value` with the texts that marks in it stand for."""
        return MARK.sub(lambda mark: self.texts[int(mark[1])], value) if "\x01" in value else value


class _Finished(Exception):
    """Enough has been read."""


def read(body: bytes, *, url: str, tolerant: bool = False) -> Document:
    """The content of a UTF-8 document; of a long one, the entries that `window` names.

    Raises Broken where it is not well-formed, or, where `tolerant`, returns what comes before that place. What follows
    the root is ignored, and nothing is read of a document with another root than a feed's.
    """
    events = _Events(url, window(body))
    parser = expat.ParserCreate("utf-8", SEPARATOR)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
    except _Finished:
        pass
    except expat.ExpatError as error:
        if not tolerant:
            raise Broken(str(error)) from error
    dialects = events.dialects
    return Document(events.root, dialects.version, dialects.feeddata, dialects.entries, events.texts)


def _refuse(*_: object) -> None:
    raise Broken("declares a document type")


def window(body: bytes) -> range:
    """The entries to keep, by place: the newest MAX_ENTRIES, which are the first ones of a document, or the last of one
    that clearly goes from old to new."""
    if body.count(b"item") + body.count(b"entry") > MAX_ENTRIES:  # a quick look, at end tags too
        starts = [match.start() for match in ENTRY_START.finditer(body)]
        if len(starts) > MAX_ENTRIES and 0 < _dated(body, starts[:1]) < _dated(body, starts[-1:]):
            return range(len(starts) - MAX_ENTRIES, len(starts))
    return range(MAX_ENTRIES)


def _dated(body: bytes, start: list[int]) -> float:
    """Seconds since 1970 of the first date after `start`; 0 where there is none."""
    from feeds.parse.dates import parse_date

    found = DATE.search(body, start[0], start[0] + 100_000) if start else None
    date = parse_date(found[1].decode("utf-8", "replace")) if found else None
    return date.timestamp() if date else 0


class _Events:
    """Expat's events, those that are wanted handed on to feedparser."""

    def __init__(self, url: str, keep: range) -> None:
        self.url = url
        self.keep = keep
        self.dialects = Dialects("", None, "utf-8")
        self.names: dict[str, str] = {}  # expat's name of an element to feedparser's, empty where nobody wants it
        self.attribute_names: dict[str, str] = {}
        self.root = ""
        self.root_namespace = ""
        self.depth = 0
        self.skipped = 0  # how deep inside something that nobody wants
        self.markup = 0  # how deep inside the markup of content
        self.entry = -1
        self.elements = self.seen = 0
        self.children = self.tags = 0
        self.room = SHORT
        self.texts: list[str] = []
        self.listener: SourceEvents | MediaEvents | None = None  # to what is skipped by feedparser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.seen += 1
        if self.depth > MAX_DEPTH:
            raise Broken("nests too deep")
        if self.seen > MAX_SEEN:
            raise _Finished
        if self.skipped:
            self.skipped += 1
            if self.listener:
                self.listener.start(name, attributes)
        elif self.dialects.incontent:
            self._start_markup(name, attributes)
        else:
            self._start_element(name, attributes)

    def _start_markup(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element of HTML. Feedparser would take its `source`, `summary` or `title` for the end of the
        format's own."""
        if self.elements >= MAX_ELEMENTS:
            self.skipped = 1
            return
        self.elements += 1
        self.markup += 1
        self.dialects.start_markup(_local(name), self._named(attributes) if attributes else [])

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element of the format's own."""
        dialects = self.dialects
        tag = self.names.get(name)
        if tag is None:
            tag = self.names[name] = self._name(name)
        if self.elements >= MAX_ELEMENTS or not self._is_wanted(tag):
            self.skipped = 1
            if dialects.inentry and self.children <= MAX_CHILDREN:
                self._listen(tag, name, attributes)
            return
        self.elements += 1
        pairs = self._attributes(attributes)
        self.room = 1 << 30 if tag in BODIES else SHORT
        dialects.element = tag
        dialects.unknown_starttag(tag or _local(name), pairs)
        if tag in ENTRIES:
            dialects.entries[-1]["xml_lang"] = "" if ("xml:lang", "") in pairs else dialects.lang

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            if self.listener:
                self.listener.end()
                self.listener = self.listener if self.skipped else None
        elif self.markup:
            self.markup -= 1
            self.dialects.end_markup(_local(name))
        else:
            # Where an entry began inside of this element, feedparser looks in that one for what the start left.
            with suppress(KeyError):
                self.dialects.unknown_endtag(self.names[name] or _local(name))
        if not self.depth:
            raise _Finished

    def text(self, text: str) -> None:
        if self.skipped:
            if self.listener:
                self.listener.text(text)
            return
        if self.room <= 0:
            return
        text = text[: self.room]
        self.room -= len(text)
        kind = self.dialects.contentparams.get("type")
        # Of plain text feedparser wants to know whether it looks like HTML.
        if len(text) < LONG or not self.dialects.incontent or kind not in {"text/html", "application/xhtml+xml"}:
            self.dialects.handle_data(text)
            return
        self.texts.append(_repaired(escape(text) if kind == "application/xhtml+xml" else text))
        self.dialects.handle_data(f"\x01{len(self.texts) - 1}\x01")

    def _listen(self, tag: str, name: str, attributes: dict[str, str]) -> None:
        """Have heard what feedparser would mistake: an entry's source, Media RSS, and what is said of its picture,
        which feedparser takes for the entry's own title and description."""
        entry = self.dialects.entries[-1]
        if tag == "source":
            self.listener = SourceEvents(attributes)
            entry["source"] = self.listener.said
        elif tag.startswith("media:"):
            self.listener = MediaEvents(name, attributes)
            entry.setdefault("media", []).append(self.listener.element)
        elif tag in PICTURES:
            self.listener = MediaEvents(name, attributes)
            entry.setdefault("pictures", []).append(self.listener.element)

    def _is_wanted(self, tag: str) -> bool:
        if tag in ENTRIES:
            return self._is_entry_wanted()
        self.children += 1
        if self.children > MAX_CHILDREN or tag == "source" or tag.startswith("media:"):
            return False
        if tag in PICTURES and self.dialects.inentry:
            return False
        if tag in TAGS:
            self.tags += 1
            return self.tags <= MAX_TAGS
        # Around entries an unknown element may wrap known ones.
        return bool(tag) and (not self.dialects.inentry or ":" in tag or hasattr(self.dialects, f"_start_{tag}"))

    def _is_entry_wanted(self) -> bool:
        self.entry += 1
        self.tags = self.children = 0
        if self.entry >= self.keep.stop:
            raise _Finished
        if self.entry < self.keep.start:
            self.seen = 0  # what is left out before them takes nothing from the newest
        return self.entry in self.keep

    def _name(self, name: str) -> str:
        """Feedparser's name of what expat calls an element; empty where nobody wants it."""
        namespace, local, prefix = _parts(name)
        if not self.root:
            self._begin(local, namespace)
        known = self._known_prefix(namespace)
        if known is None:
            known = "" if namespace == self.root_namespace or not (namespace or prefix) else "unknown"
        tag = f"{known}:{local.lower()}" if known else local.lower()
        if local.lower() in FULL_TEXTS or (tag == "unknown:content" and "turbo.yandex." in namespace):
            return "fulltext"
        if tag in IGNORED or (known not in {"", "xhtml", "media"} and tag not in WANTED):
            return ""
        return SPELLED.get(tag, tag)

    def _known_prefix(self, namespace: str) -> str | None:
        """Feedparser's prefix of a namespace, however it is spelled; None of one that it does not know."""
        lower = namespace.lower()
        if lower not in self.dialects._matchnamespaces:  # some write the same name with https
            lower = lower.replace("https://", "http://", 1)
        if lower.startswith("http://www.google.com/schemas/play-podcasts/"):
            return "googleplay"
        return "" if "backend.userland.com/rss" in lower else self.dialects._matchnamespaces.get(lower)

    def _begin(self, root: str, namespace: str) -> None:
        self.root, self.root_namespace = root, namespace
        if root.lower() not in ROOTS:
            raise _Finished
        self.dialects.track_namespace(None, namespace)

    def _attributes(self, attributes: dict[str, str]) -> list[tuple[str, str]]:
        """Those of an element of the format's own: no longer than any address is. An empty `href` is left out, which
        feedparser would resolve to the document's base."""
        pairs = self._named(attributes)
        return [(key, value) for key, value in pairs if len(value) <= SHORT and (key != "href" or value.strip())]

    def _named(self, attributes: dict[str, str]) -> list[tuple[str, str]]:
        """With feedparser's names; xml:base absolute."""
        pairs = []
        for name, value in list(attributes.items())[:MAX_ATTRIBUTES]:
            key = self.attribute_names.get(name)
            if key is None:
                key = self.attribute_names[name] = self._attribute_name(name)
            if key == "xml:base":
                value = absolute(self.dialects.baseuri or self.url, value)
            if key:
                pairs.append((key, value))
        return pairs

    def _attribute_name(self, name: str) -> str:
        namespace, local, prefix = _parts(name)
        prefix = self.dialects._matchnamespaces.get(namespace.lower(), prefix)
        # A plain `base` means something only in HTML, but feedparser would believe it.
        return "" if name == "base" else f"{prefix}:{local}".lower() if prefix else local.lower()


def _repaired(text: str) -> str:
    """`text`, or what it was before somebody took its UTF-8 for ISO 8859-1."""
    try:
        return text if text.isascii() else text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def _parts(name: str) -> tuple[str, str, str]:
    """Namespace, local name, prefix, of what expat calls an element or attribute."""
    parts = name.split(SEPARATOR)
    return ("", name, "") if len(parts) == 1 else (parts[0], parts[1], parts[2] if len(parts) > 2 else "")


def _local(name: str) -> str:
    return _parts(name)[1].lower()


def absolute(base: str, address: str) -> str:
    """`address` relative to `base`; empty where that gives no address."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""
