"""Malformed XML to well-formed XML, in one pass over the text and in time that grows with its length alone.

Feeds are written by string templates: a bare "&", HTML in the middle, an element that never ends, a declaration that
is missing. What can be read is kept as a reader would have meant it. A document type and what it declares are never
obeyed, so that no entity grows and none is fetched; the names that HTML knows stand for their characters.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from html.entities import html5
from itertools import islice
from xml.sax.saxutils import quoteattr

# What may start a feed. Whatever comes before it (warnings of a script, a document type) is no part of it.
ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:rss|feed|rdf|channel)(?=[\s/>])", re.IGNORECASE)

# Possessive, and no part reaches past the next "<": no input makes this scan the same characters over and over.
TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*+)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
LOOSE_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*+)((?:\s[^<>]*+)?)>")  # with a quotation mark that has no partner
# With a "<" inside of quotation marks. It may look far in vain, so that it is tried only so often.
QUOTING_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*+)(\s(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
LONGEST_TAG, PATIENCE = 5_000, 1_000
STRAY = re.compile(r"<+(?=<)")  # all of a run but the last, which may begin something
# Not from within a name: one without "=" would be gone through again from each of its characters.
ATTRIBUTE = re.compile(r"(?<![\w.:-])([A-Za-z_][\w.:-]*+)\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)")
# In text whose every "&" is escaped already: what was a reference nevertheless.
REFERENCE = re.compile(r"&amp;(?:#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6})(?:;|(?![0-9A-Za-z]))|([A-Za-z][A-Za-z0-9]{1,31});)")
NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
XML_NAMES = frozenset({"lt", "gt", "amp", "quot", "apos"})

VOID = frozenset({"br", "hr", "img", "input", "meta", "wbr", "col", "embed", "area"})  # HTML's, that never end
ENTRIES = frozenset({"item", "entry"})  # never inside each other, nor in anything but these
AROUND_ENTRIES = frozenset({"rss", "channel", "feed", "rdf:rdf"})
UNREAD = (("<!--", "-->"), ("<?", ">"), ("<!", ">"))
MAX_DEPTH = 500  # as feeds.parse.xml takes
MAX_ATTRIBUTES = 200  # of an element, declarations of prefixes among them
# Tags, comments and the like. A feed has some thousands; what comes after so many of them is left out.
MAX_MARKUP = 150_000

PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


class Repaired(str):
    """Well-formed XML. `is_cut_off`: the document ended, or was left off, inside of its root."""

    is_cut_off = False


def repair(text: str, root: re.Pattern[str] = ROOT) -> Repaired:
    """The document in `text` as well-formed XML, from where `root` is found, up to MAX_MARKUP; empty where it isn't."""
    text = NO_CHARACTER.sub("", text)
    start = root.search(text)
    return _Repair().run(text, start.start()) if start else Repaired()


class _Repair:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[str] = []
        self.counts: Counter[str] = Counter()  # how often each name is in `open`
        self.prefixes: set[str] = set()
        self.declared: dict[str, str] = {}  # what the document itself says of its prefixes, wherever
        self.root_end = 0
        self.patience = PATIENCE

    def run(self, text: str, position: int) -> Repaired:
        for _ in range(MAX_MARKUP):
            if position >= len(text) or not (self.open or not self.out):
                break
            start = text.find("<", position)
            if start < 0:
                start = len(text)
            self.out.append(_escaped(text[position:start]))
            position = self.markup(text, start) if start < len(text) else start
        is_cut_off = bool(self.open)
        self.close(0)
        repaired = Repaired(self._with_declarations())
        repaired.is_cut_off = is_cut_off
        return repaired

    def markup(self, text: str, start: int) -> int:
        """Take in what starts with the "<" at `start`; returns where it ends."""
        if text.startswith("<![CDATA[", start):
            end = text.find("]]>", start)
            end = len(text) if end < 0 else end
            self.out.append(html.escape(text[start + 9 : end], quote=False))
            return end + 3
        for opening, closing in UNREAD:
            if text.startswith(opening, start):
                end = text.find(closing, start)
                return len(text) if end < 0 else end + len(closing)
        tag = TAG.match(text, start) or LOOSE_TAG.match(text, start) or self.quoting_tag(text, start)
        if not tag:
            return self.stray(text, start)
        (self.end_tag if tag[1] else self.start_tag)(tag[2], tag[3])
        return tag.end()

    def stray(self, text: str, start: int) -> int:
        """Take in the "<" that begin nothing; returns where they end."""
        run = STRAY.match(text, start)
        length = len(run[0]) if run else 1
        self.out.append("&lt;" * length)
        return start + length

    def quoting_tag(self, text: str, start: int) -> re.Match[str] | None:
        if self.patience == 0:
            return None
        tag = QUOTING_TAG.match(text, start, start + LONGEST_TAG)
        self.patience -= tag is None
        return tag

    def start_tag(self, name: str, attributes: str) -> None:
        key = name.lower()
        if key in ENTRIES:
            depth = len(self.open)
            while depth > 1 and self.open[depth - 1].lower() not in AROUND_ENTRIES:
                depth -= 1
            self.close(depth)
        if len(self.open) >= MAX_DEPTH:
            return
        name = self._known(name)
        self.out.append(f"<{name}{self._attributes(attributes)}")
        if not self.root_end:
            self.root_end = len(self.out)
        if key in VOID or attributes.endswith("/"):
            self.out.append("/>")
        else:
            self.out.append(">")
            self.open.append(name)
            self.counts[key] += 1

    def end_tag(self, name: str, _: str) -> None:
        key = name.lower()
        if not self.counts[key]:
            return
        depth = len(self.open) - 1
        while self.open[depth].lower() != key:
            depth -= 1
        self.close(depth)

    def close(self, depth: int) -> None:
        """End all elements that are open from `depth` on, the innermost first."""
        while len(self.open) > depth:
            name = self.open.pop()
            self.counts[name.lower()] -= 1
            self.out.append(f"</{name}>")

    def _known(self, name: str) -> str:
        """`name` with its prefix noted, and with no more than one."""
        prefix, _, local = name.partition(":")
        local = local.replace(":", "_").lstrip("0123456789.-")
        if not local or prefix.lower() == "xmlns":
            return prefix
        if prefix != "xml":
            self.prefixes.add(prefix)
        return f"{prefix}:{local}"

    def _attributes(self, attributes: str) -> str:
        values: dict[str, str] = {}
        for match in islice(ATTRIBUTE.finditer(attributes), MAX_ATTRIBUTES):
            name, value = match.groups()
            if name.lower().startswith("xmlns"):
                # Prefixes are all declared on the root, so that none is declared twice or to nothing.
                if name == "xmlns":
                    values[name] = value
                elif len(value) > 2:
                    self.declared.setdefault(name[6:], value)
                continue
            values.setdefault(self._known(name), value)
        return "".join(f" {name}={_quoted(value)}" for name, value in values.items())

    def _with_declarations(self) -> str:
        for prefix in self.prefixes:
            self.declared.setdefault(prefix, PREFIXES.get(prefix.lower(), f"urn:prefix:{prefix}"))
        used = sorted(self.prefixes)
        self.out.insert(self.root_end, "".join(f" xmlns:{p}={_quoted(self.declared[p])}" for p in used))
        return "".join(self.out)


def _quoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        value = value[1:-1]
    return quoteattr(html.unescape(value))


def _escaped(text: str) -> str:
    if "&" in text:
        text = REFERENCE.sub(_reference, text.replace("&", "&amp;"))
    return text.replace("]]>", "]]&gt;")


def _reference(match: re.Match[str]) -> str:
    number, name = match[1], match[2]
    if number:
        return html.escape(NO_CHARACTER.sub("", html.unescape(f"&#{number};")).replace("\ufffd", ""))
    if name in XML_NAMES:
        return f"&{name};"
    character = html5.get(f"{name};")
    return html.escape(character) if character else match[0]
