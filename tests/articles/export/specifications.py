"""What the specifications of RSS 2.0, Atom and JSON Feed 1.1 ask of a document, as checks that name each fault."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
_RNG = Path(__file__).with_name("atom.rng")


def is_address(text: object, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    return isinstance(text, str) and urlsplit(text).scheme in schemes and not re.search(r"\s", text)


# --- Atom -------------------------------------------------------------------------------------------------------


def atom_faults(document: bytes) -> list[str]:
    """Of an Atom feed: its grammar, and the rules of RFC 4287, section 4, that no grammar can state."""
    tree = etree.fromstring(document)
    schema = etree.RelaxNG(etree.parse(_RNG))
    faults = [] if schema.validate(tree) else [str(error) for error in schema.error_log]
    return [*faults, *_atom_rules(tree)]


def _atom_rules(feed: etree._Element) -> Iterator[str]:
    entries = feed.findall(f"{ATOM}entry")
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in entries)
    yield from (f"two entries are {key}" for key, n in ids.items() if n > 1)
    for element in (feed, *entries):
        if not is_address(element.findtext(f"{ATOM}id"), ("http", "https", "urn", "tag")):
            yield "an id is no IRI"
        alternates = Counter((link.get("type"), link.get("hreflang")) for link in _links(element, "alternate"))
        yield from (f"{n} alternate links of one kind" for n in alternates.values() if n > 1)
    for entry in entries:
        if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
            yield "an entry has neither content nor an alternate"
        authors = (entry, entry.find(f"{ATOM}source"), feed)
        if not any(place is not None and place.findtext(f"{ATOM}author/{ATOM}name") for place in authors):
            yield "an entry has no author"


def _links(element: etree._Element, relation: str) -> list[etree._Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == relation]


# --- RSS --------------------------------------------------------------------------------------------------------

_CHANNEL = {
    "title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate",
    "category", "generator", "docs", "cloud", "ttl", "image", "textInput", "skipHours", "skipDays", "item",
}  # fmt: skip
_ITEM = {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}
_OFTEN = {"category", "item"}


def rss_faults(document: bytes) -> list[str]:
    """Of an RSS feed, by https://www.rssboard.org/rss-specification and its profile on enclosures."""
    rss = etree.fromstring(document)
    channels = rss.findall("channel")
    if (rss.tag, rss.get("version"), len(channels), len(rss)) != ("rss", "2.0", 1, 1):
        return ["no rss with one channel"]
    return [*_rss_channel(channels[0]), *(fault for item in channels[0].findall("item") for fault in _rss_item(item))]


def _rss_channel(channel: etree._Element) -> Iterator[str]:
    yield from _rss_names(channel, _CHANNEL)
    yield from (f"the channel has no {name}" for name in ("title", "link", "description") if not channel.findtext(name))
    if not is_address(channel.findtext("link")):
        yield "the channel's link is none"
    yield from _rss_date(channel, "lastBuildDate")
    guids = Counter(item.findtext("guid") for item in channel.findall("item"))
    yield from (f"two items are {guid}" for guid, n in guids.items() if n > 1)


def _rss_item(item: etree._Element) -> Iterator[str]:
    yield from _rss_names(item, _ITEM)
    if item.find("title") is None and item.find("description") is None:
        yield "an item has neither title nor description"
    if item.find("link") is not None and not is_address(item.findtext("link")):
        yield "an item's link is none"
    guid = item.find("guid")
    if guid is None or not guid.text or (guid.get("isPermaLink") != "false" and not is_address(guid.text)):
        yield "an item's guid is neither an address nor marked as none"
    yield from _rss_date(item, "pubDate")
    for source in item.findall("source"):
        if not is_address(source.get("url")):
            yield "a source without address"
    for file in item.findall("enclosure"):
        is_whole = re.fullmatch("[0-9]+", file.get("length", "")) and "/" in file.get("type", "")
        if not is_whole or not is_address(file.get("url")):
            yield "an enclosure lacks url, length or type"


def _rss_names(element: etree._Element, known: set[str]) -> Iterator[str]:
    names = Counter(child.tag for child in element.iterchildren(etree.Element) if not str(child.tag).startswith("{"))
    yield from (f"RSS has no {name} there" for name in names if name not in known)
    yield from (f"{name} stands there {n} times" for name, n in names.items() if n > 1 and name not in _OFTEN)


def _rss_date(element: etree._Element, name: str) -> Iterator[str]:
    text = element.findtext(name)
    try:
        if text is not None and parsedate_to_datetime(text).tzinfo is None:
            yield f"{name} has no zone"
    except ValueError:
        yield f"{name} is no date of RFC 822"


# --- JSON Feed --------------------------------------------------------------------------------------------------

Shape = dict[str, Any]
_TEXT, _URL, _DATE, _NUMBER, _FLAG = "text", "address", "date", "number", "flag"
_AUTHOR: Shape = {"name": _TEXT, "url": _URL, "avatar": _URL}
_FILE: Shape = {
    "url!": _URL,
    "mime_type!": _TEXT,
    "title": _TEXT,
    "size_in_bytes": _NUMBER,
    "duration_in_seconds": _NUMBER,
}
_JSON_ITEM: Shape = {
    "id!": _TEXT, "url": _URL, "external_url": _URL, "title": _TEXT, "content_html": _TEXT, "content_text": _TEXT,
    "summary": _TEXT, "image": _URL, "banner_image": _URL, "date_published": _DATE, "date_modified": _DATE,
    "authors": [_AUTHOR], "tags": [_TEXT], "language": _TEXT, "attachments": [_FILE],
}  # fmt: skip
_JSON_FEED: Shape = {
    "version!": _TEXT, "title!": _TEXT, "home_page_url": _URL, "feed_url": _URL, "description": _TEXT,
    "user_comment": _TEXT, "next_url": _URL, "icon": _URL, "favicon": _URL, "authors": [_AUTHOR], "language": _TEXT,
    "expired": _FLAG, "hubs": [{"type!": _TEXT, "url!": _URL}], "items!": [_JSON_ITEM],
}  # fmt: skip


def json_faults(document: bytes) -> list[str]:
    """Of a JSON feed, by https://www.jsonfeed.org/version/1.1/. `!` in a shape: must be there."""
    feed = json.loads(document)
    return [*_shape_faults(feed, _JSON_FEED, "feed"), *_json_rules(feed)]


def _json_rules(feed: dict[str, Any]) -> Iterator[str]:
    if feed["version"] != "https://jsonfeed.org/version/1.1":
        yield "another version"
    if "next_url" in feed and feed["next_url"] == feed.get("feed_url"):
        yield "the next page is this one"
    ids = Counter(item["id"] for item in feed["items"])
    yield from (f"two items are {key}" for key, n in ids.items() if n > 1)
    for item in feed["items"]:
        if "content_html" not in item and "content_text" not in item:
            yield "an item without content"
        yield from ("an author without anything" for author in item.get("authors", []) if not author)


def _shape_faults(value: Any, shape: Any, place: str) -> Iterator[str]:
    if isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for part in value:
            yield from _shape_faults(part, shape[0], place)
    elif isinstance(shape, dict):
        yield from _object_faults(value, shape, place)
    elif not _is(value, shape):
        yield f"{place} is no {shape}: {value!r}"


def _object_faults(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    known = {name.rstrip("!"): inner for name, inner in shape.items()}
    yield from (f"{place} has no {name[:-1]}" for name in shape if name.endswith("!") and name[:-1] not in value)
    for name, part in value.items():
        if name in known:
            yield from _shape_faults(part, known[name], f"{place}.{name}")
        elif not re.fullmatch(r"_[A-Za-z]\w*", name):
            yield f"JSON Feed has no {place}.{name}"


def _is(value: Any, kind: str) -> bool:
    if kind == _NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if kind == _FLAG:
        return isinstance(value, bool)
    if not isinstance(value, str) or not value:
        return False
    if kind == _DATE:
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None and bool(
            datetime.fromisoformat(value)
        )
    return is_address(value) if kind == _URL else True


FAULTS = {"rss.xml": rss_faults, "atom.xml": atom_faults, "feed.json": json_faults}
