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

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

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
    {"description", "summary", "content", "content:encoded", "body", "xhtml:body", "fullitem", "abstract", "info"}
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
TAGS = frozenset({"category", "keywords", "dc:subject"})

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


class _Parameters(FeedParserDict):  # type: ignore[misc]
    """Feedparser's parameters of the content that it is in: strings, of which a plain copy is deep enough."""

    def __deepcopy__(self, _: object) -> FeedParserDict:
        return FeedParserDict(self)


class _Dialects(StrictFeedParser):  # type: ignore[misc]
    """Feedparser's handlers, without what is done elsewhere: dates stay text, and a guid is what the publisher says."""

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}
    resolve_relative_uris = sanitize_html = False
    contentparams: Any
    infeed: Any

    element = ""  # the name of the one that began last

    def push_content(self, *args: Any) -> None:
        super().push_content(*args)
        self.contentparams = _Parameters(self.contentparams, element=self.element)

    def _end_published(self) -> None:
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    def _end_hour(self) -> None:
        self.feeddata.setdefault("skiphours_told", []).append(self.pop("hour"))

    def _end_day(self) -> None:
        self.feeddata.setdefault("skipdays_told", []).append(self.pop("day"))

    def start_markup(self, tag: str, attributes: list[tuple[str, str]]) -> None:
        """An element of HTML that stands unescaped in content."""
        self.contentparams["type"] = "application/xhtml+xml"
        self.handle_data(f"<{tag}{self.strattrs(attributes)}>", escape=0)

    def end_markup(self, tag: str) -> None:
        self.handle_data(f"</{tag}>", escape=0)

    def _start_author(self, attributes: dict[str, str]) -> None:
        super()._start_author(attributes)
        self._get_context()["authors"][-1]["element"] = self.element

    def _end_author(self) -> None:
        """Each author's text stays that author's; feedparser keeps the last, cut at what it takes for an address."""
        text = self.pop("author")
        self.inauthor = 0
        people = self._get_context().get("authors")
        if text and people and people[-1].keys() <= {"element"}:
            people[-1]["name"] = text

    def _sync_author_detail(self, key: str = "author") -> None:
        pass

    _end_dc_title = StrictFeedParser._end_media_title  # gives way to the entry's own title, also when it comes first

    def _start_itunes_subtitle(self, attributes: dict[str, str]) -> None:
        """Apart from the description, which it is a part of."""
        self.push_content("itunes_subtitle", attributes, "text/plain", 1)

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_itunes_link(self, attributes: dict[str, str]) -> None:
        """The element by which the first podcasts named their picture."""
        self._start_itunes_image(attributes if attributes.get("rel") == "image" else {})

    def _end_itunes_link(self) -> None:
        self.pop("itunes_image")

    def _start_image(self, attributes: dict[str, str]) -> None:
        """RSS 1.0 has the feed's image beside its channel."""
        self._is_in_feed = self.infeed
        self.infeed = self.infeed or not self.inentry
        super()._start_image(attributes)

    def _end_image(self) -> None:
        super()._end_image()
        self.infeed = self._is_in_feed

    _is_in_feed = 0
    _start_managingeditor = _start_itunes_author = _start_googleplay_author = _start_dc_author = _start_author
    _start_dc_creator = _start_author
    _end_itunes_author = _end_googleplay_author = _end_dc_author = _end_dc_creator = _end_author
    _end_managingeditor = _end_author
    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated


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
        self.dialects = _Dialects("", None, "utf-8")
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
            return
        tag = self.names.get(name)
        if tag is None:
            tag = self.names[name] = self._name(name)
        in_content = self.dialects.incontent
        if self.elements >= MAX_ELEMENTS or (not in_content and not self._is_wanted(tag)):
            self.skipped = 1
            if self.dialects.inentry and not in_content and self.children <= MAX_CHILDREN:
                self._listen(tag, name, attributes)
            return
        self.elements += 1
        pairs = self._attributes(attributes, is_markup=bool(in_content)) if attributes else []
        if in_content:
            # Feedparser would take an HTML `source`, `summary` or `title` for the end of the format's own.
            self.markup += 1
            self.dialects.start_markup(_local(name), pairs)
        else:
            self.room = 1 << 30 if tag in BODIES else SHORT
            self.dialects.element = tag
            self.dialects.unknown_starttag(tag or _local(name), pairs)
            if tag in ENTRIES:
                self.dialects.entries[-1]["xml_lang"] = "" if ("xml:lang", "") in pairs else self.dialects.lang

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
        """Have heard what feedparser would mistake: an entry's source, and Media RSS."""
        entry = self.dialects.entries[-1]
        if tag == "source":
            self.listener = SourceEvents(attributes)
            entry["source"] = self.listener.said
        elif tag.startswith("media:"):
            self.listener = MediaEvents(name, attributes)
            entry.setdefault("media", []).append(self.listener.element)

    def _is_wanted(self, tag: str) -> bool:
        if tag in ENTRIES:
            self.entry += 1
            self.tags = self.children = 0
            if self.entry >= self.keep.stop:
                raise _Finished
            if self.entry < self.keep.start:
                self.seen = 0  # what is left out before them takes nothing from the newest
            return self.entry in self.keep
        self.children += 1
        if self.children > MAX_CHILDREN:
            return False
        if tag == "source" or tag.startswith("media:"):
            return False
        if tag in TAGS:
            self.tags += 1
            return self.tags <= MAX_TAGS
        # Around entries an unknown element may wrap known ones.
        return bool(tag) and (not self.dialects.inentry or ":" in tag or hasattr(self.dialects, f"_start_{tag}"))

    def _name(self, name: str) -> str:
        namespace, local, prefix = _parts(name)
        if not self.root:
            self._begin(local, namespace)
        lower = namespace.lower()
        if lower not in self.dialects._matchnamespaces:  # some write the same name with https
            lower = lower.replace("https://", "http://", 1)
        known = "" if "backend.userland.com/rss" in lower else self.dialects._matchnamespaces.get(lower)
        if lower.startswith("http://www.google.com/schemas/play-podcasts/"):
            known = "googleplay"
        if known is None:
            known = "" if namespace == self.root_namespace or (not namespace and not prefix) else "unknown"
        tag = f"{known}:{local.lower()}" if known else local.lower()
        if tag in IGNORED or (known not in {"", "xhtml", "media"} and tag not in WANTED):
            return ""
        return "rdf:RDF" if tag == "rdf:rdf" else tag

    def _begin(self, root: str, namespace: str) -> None:
        self.root, self.root_namespace = root, namespace
        if root.lower() not in ROOTS:
            raise _Finished
        self.dialects.track_namespace(None, namespace)

    def _attributes(self, attributes: dict[str, str], *, is_markup: bool) -> list[tuple[str, str]]:
        """With feedparser's names, and as text no longer than any address is; xml:base absolute."""
        pairs = []
        for name, value in list(attributes.items())[:MAX_ATTRIBUTES]:
            key = self.attribute_names.get(name)
            if key is None:
                key = self.attribute_names[name] = self._attribute_name(name)
            if key == "href" and not is_markup and not value.strip():
                continue  # feedparser would resolve it to the document's base
            if key == "xml:base":
                value = absolute(self.dialects.baseuri or self.url, value)
            if key and (is_markup or len(value) <= SHORT):
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
