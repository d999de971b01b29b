"""OPML 2.0 (http://opml.org/spec2.opml), read and written. Pure.

Outlines with an address are feeds, others are categories. An outline's `text` is what its owner calls it and its
`title` what the publisher does, or what its owner does, too: many readers write one name into both, or into one of them
alone. Whose name that is only the feed itself can tell. What else an outline says is kept as it is and
written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from feeds.parse import charset
from feeds.parse.text import line_of_text, storable
from feeds.parse.xml_repair import repair

MAX_DEPTH = 20  # what lies deeper is put into the last category that does not
MAX_NAME = 200
SETTINGS = frozenset({"tt-rss-prefs", "tt-rss-labels", "tt-rss-filters"})  # Tiny Tiny RSS's: no categories
MAX_OUTLINES = 20_000
MAX_CATEGORIES = 2_000
MAX_ATTRIBUTES = 50  # of those that are kept as they are, in each outline
MAX_VALUE = 2_000  # characters of one of them
ROOT = re.compile(r"<opml(?=[\s>])", re.IGNORECASE)
OURS = "urn:newsreader:opml"  # what an attribute has to be in that OPML does not know
IMPORTANCE = f"{{{OURS}}}importance"
NAMES = {"https://freshrss.org/opml": "frss", OURS: "newsreader"}  # prefixes that other readers write, and ours

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutline:
    """A feed, or what was meant as one: `url` is as it was written, and empty where there was none. `custom_title` is
    empty where it may be the publisher's; `importance` as a list of ours says it, else empty. `attributes` are those
    that this module knows no meaning of."""

    url: str
    title: str = ""
    custom_title: str = ""
    site_url: str = ""
    path: Path = ()
    importance: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opml:
    """`feeds` in the document's order; `categories` by path, each after those that it is inside of, with its
    attributes."""

    feeds: tuple[FeedOutline, ...] = ()
    categories: Mapping[Path, Mapping[str, str]] = field(default_factory=dict)


class NotOpml(ValueError):
    """The document is no OPML. The message tells the operator what is wrong with it."""


def read(document: bytes) -> Opml:
    """Feeds and categories of an OPML document of any encoding, well-formed or nearly. Raises NotOpml."""
    text = charset.decode(document).lstrip("\ufeff \t\r\n")
    root = ROOT.search(text)
    if root is None:
        raise NotOpml("This is not OPML: there is no <opml> element in it.")
    if "<!ENTITY" in text[: root.start()].upper():
        raise NotOpml("This document declares entities of its own, which is refused.")
    if (
        text.count("<", root.start()) > 2 * MAX_OUTLINES + 1000
    ):  # each is opened and closed; before a tree is made of them
        raise NotOpml(f"This OPML has more than {MAX_OUTLINES} outlines, the limit.")
    categories: dict[Path, dict[str, str]] = {}
    feeds = tuple(_walk(_tree(text, root.start()), categories))
    return Opml(feeds=feeds, categories=categories)


def _tree(text: str, start: int) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for candidate in (text[start:], None):
        xml = repair(text, ROOT) if candidate is None else candidate
        try:
            return etree.fromstring(xml.encode("utf-8", "replace"), parser)
        except etree.XMLSyntaxError as error:
            line = error.lineno or 1
    raise NotOpml(f"This OPML can't be read: it is broken, or nested too deeply, in line {line}.")


def _walk(root: etree._Element, categories: dict[Path, dict[str, str]]) -> Iterator[FeedOutline]:
    """Every feed below `root`, filling `categories` on the way; without recursion, since depth is the document's."""
    waiting: list[tuple[etree._Element, Path]] = [(child, ()) for child in reversed(_outlines(_body(root)))]
    while waiting:
        element, path = waiting.pop()
        attributes = {str(name): storable(str(value)) for name, value in element.attrib.items()}
        known = {name.lower(): value.strip() for name, value in attributes.items()}
        children = _outlines(element)
        if not path and not {known.get("text"), known.get("title")}.isdisjoint(SETTINGS):
            continue
        if _is_feed(known, has_children=bool(children)):
            yield _feed(known, attributes, path)
        else:
            path = _inside(path, known, attributes, categories)
        waiting.extend((child, path) for child in reversed(children))


def _inside(
    path: Path, known: Mapping[str, str], attributes: Mapping[str, str], categories: dict[Path, dict[str, str]]
) -> Path:
    """The path of what is in a category, which becomes one of `categories`: its own, or the one that it is in where it
    has no name or lies too deep."""
    name = line_of_text(known.get("text") or known.get("title"), MAX_NAME)
    if not name or len(path) >= MAX_DEPTH:
        return path
    path = (*path, name)
    rest = _rest(attributes, {"text", "title"} if known.get("title", name) == name else {"text"})
    categories[path] = {**rest, **categories.get(path, {})}
    if len(categories) > MAX_CATEGORIES:
        raise NotOpml(f"This OPML has more than {MAX_CATEGORIES} categories, the limit.")
    return path


def _body(root: etree._Element) -> etree._Element:
    return next((child for child in root if _name(child) == "body"), root)


def _outlines(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if _name(child) == "outline"]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _is_feed(known: Mapping[str, str], *, has_children: bool) -> bool:
    """True where an outline stands for a feed, if only for one whose address was forgotten."""
    return "xmlurl" in known or (not has_children and not {"url", "htmlurl", "type"}.isdisjoint(known))


def _feed(known: Mapping[str, str], attributes: Mapping[str, str], path: Path) -> FeedOutline:
    text, title = (line_of_text(known.get(name), 500) for name in ("text", "title"))
    kind = known.get("type", "rss").lower()
    url = known.get("xmlurl", "") or (known.get("url", "") if kind in {"rss", "atom", "feed"} else "")
    meaning = {"text", "title", "xmlurl", "htmlurl", IMPORTANCE} | ({"type"} if kind == "rss" else set())
    return FeedOutline(
        url=url,
        title=title or text,
        custom_title=text if title not in {"", text} else "",
        site_url=known.get("htmlurl", ""),
        path=path or _path_in(known.get("category", "")),
        importance=known.get(IMPORTANCE, "").lower(),
        attributes=_rest(attributes, meaning | (set() if known.get("xmlurl") else {"url"})),
    )


def _path_in(attribute: str) -> Path:
    """The first path of a `category`, as outlines have it that are in none."""
    names = [line_of_text(part, MAX_NAME) for part in attribute.partition(",")[0].split("/")]
    return tuple(filter(None, names[: MAX_DEPTH + 1]))


def _rest(attributes: Mapping[str, str], meaning: set[str]) -> dict[str, str]:
    unknown = (
        (name, value)
        for name, value in attributes.items()
        if name.lower() not in meaning and len(name) <= MAX_NAME and len(value) <= MAX_VALUE
    )
    return dict(islice(unknown, MAX_ATTRIBUTES))


def write(opml: Opml, *, title: str, created: str = "") -> bytes:
    """An OPML 2.0 document. `created` is a date as RFC 822 has it."""
    spaces = {uri for attributes in _all_attributes(opml) for uri in _namespaces(attributes)}
    spaces |= {OURS} if any(feed.importance for feed in opml.feeds) else set()
    prefixes = {NAMES.get(uri, f"x{number}"): uri for number, uri in enumerate(sorted(spaces))}
    root = etree.Element("opml", {"version": "2.0"}, nsmap=prefixes)
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = storable(title)
    if created:
        etree.SubElement(head, "dateCreated").text = created
    elements: dict[Path, etree._Element] = {(): etree.SubElement(root, "body")}
    for path in sorted({*opml.categories, *(feed.path for feed in opml.feeds)}):
        _category(elements, path, opml.categories)
    for feed in opml.feeds:
        _outline(elements[feed.path], _values(feed), feed.attributes)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _values(feed: FeedOutline) -> dict[str, str]:
    """The attributes that this module knows a meaning of."""
    name = feed.custom_title or feed.title or feed.url
    values = {
        "text": name,
        "title": feed.title or name,
        "type": "rss",
        "xmlUrl": feed.url,
        "htmlUrl": feed.site_url,
        IMPORTANCE: feed.importance,
    }
    return {key: value for key, value in values.items() if value}


def _category(
    elements: dict[Path, etree._Element], path: Path, categories: Mapping[Path, Mapping[str, str]]
) -> etree._Element:
    if path not in elements:
        parent = _category(elements, path[:-1], categories)
        elements[path] = _outline(parent, {"text": path[-1], "title": path[-1]}, categories.get(path, {}))
    return elements[path]


def _outline(parent: etree._Element, values: Mapping[str, str], attributes: Mapping[str, str]) -> etree._Element:
    element = etree.SubElement(parent, "outline")
    for name, value in {**values, **attributes}.items():
        element.set(name, storable(value))
    return element


def _all_attributes(opml: Opml) -> Iterable[Mapping[str, str]]:
    return [*(feed.attributes for feed in opml.feeds), *opml.categories.values()]


def _namespaces(attributes: Iterable[str]) -> Iterator[str]:
    return (name[1:].partition("}")[0] for name in attributes if name.startswith("{"))
