"""From feedparser's dictionaries to ours: for each value the place that tells it best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from feeds.parse import identity
from feeds.parse.bodies import Body, Choice, choose, fuller, has_anything
from feeds.parse.dates import parse_date
from feeds.parse.enclosures import enclosures, image, number
from feeds.parse.media import Element
from feeds.parse.people import byline, named
from feeds.parse.text import (
    MAX_DESCRIPTION,
    MAX_FEED_TITLE,
    MAX_FEED_URL,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    address,
    html_of_fragment,
    html_of_text,
    language,
    line,
    line_of_html,
    line_of_text,
    names,
    storable,
)
from feeds.parse.values import ParsedEntry, ParsedFeed, ParsedSource
from feeds.parse.xml import Document

Raw = dict[str, Any]

# Elements that hold the article; others hold a summary of it, whatever they are called.
CONTENTS = frozenset({"content", "content:encoded", "body", "xhtml:body", "fullitem"})
FULL_TEXT = "fulltext"  # the article as an aggregator has it, mostly without pictures
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
PERIODS = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
VOID_END = re.compile(r"</(?:area|br|col|embed|hr|img|input|source|track|wbr)>")  # HTML reads </br> as another <br>
# No one writes of an element with its attributes, or with what is in it, in a title that is plain text.
WITH_ATTRIBUTE = re.compile(r"<[a-z]++\s[^<>=]*+=[^<>]*+>", re.I)
# In Atom a title without a type is plain text, but those of journals have their words' italics, escaped (OJS).
EMPHASIS = re.compile(r"<(b|em|i|strong|sub|sup)>[^<>]++</\1>", re.I)
ACTIVE = re.compile(r"<(/?)(script|style|iframe|svg|object)\b[^<>]*+>", re.I)
# Plain text has "<3" and "<https://…>" in it.
MARKUP = re.compile(r"</?(?:a|b|br|blockquote|div|em|h[1-6]|i|img|li|ol|p|span|strong|ul)(?=[\s/>])", re.IGNORECASE)
MAX_TTL = 525_600  # minutes: a year
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def feed(document: Document, url: str) -> ParsedFeed:
    """The feed in `document`, which came from `url`."""
    raw = document.feed
    site_url = address(url, _alternate(raw), MAX_FEED_URL)
    is_atom = document.version.startswith("atom")
    # A relative link in RSS has no base by its specification, and is meant for the site.
    base = url if is_atom else site_url or url
    found_language = language(_plain(raw, "language"))
    author = byline(_people(raw)) if is_atom else _author_of_channel(raw)
    entries = [_entry(each, document, url, base, site_url, found_language) for each in document.entries]
    if author:
        entries = [
            entry if entry.author else replace(entry, author=author, is_author_of_feed=not is_atom) for entry in entries
        ]
    return ParsedFeed(
        title=_title(raw, document, MAX_FEED_TITLE),
        site_url=site_url,
        self_url=_link(raw, "self", url),
        description=_description(raw, document),
        language=found_language,
        icon_url=_icon(raw, url),
        hub_url=_link(raw, "hub", url),
        older_url=_link(raw, "prev-archive", url) or _link(raw, "next", url),
        ttl_minutes=_ttl(raw),
        skip_hours=_skip_hours(raw),
        skip_days=_skip_days(raw),
        entries=identity.distinct(entries, site_url),
    )


def _description(raw: Raw, document: Document) -> str:
    texts = (document.expanded(_plain(raw, name)) for name in ("subtitle", "summary", "itunes_subtitle"))
    return next(filter(None, (line_of_html(text, MAX_DESCRIPTION) for text in texts)), "")


def _entry(raw: Raw, document: Document, url: str, base: str, site_url: str, feed_language: str) -> ParsedEntry:
    link = address(base, _plain(raw, "feedburner_origlink")) or address(base, _alternate(raw))
    title = _title(raw, document, MAX_TITLE) or _media_title(raw)
    body, other, is_summary = _bodies(raw, document, title)
    published = parse_date(_plain(raw, "published")) or parse_date(_plain(raw, "created"))
    updated = parse_date(_plain(raw, "updated"))
    files = enclosures(raw, base)
    return ParsedEntry(
        guid=identity.guid_of(line(_plain(raw, "id"), 4 * MAX_TITLE), link, title, body.html),
        url=link,
        title=title,
        author=byline(_people(raw)),
        language=_language(raw, body, feed_language),
        tags=names((*map(_tag, _dicts(raw, "tags")), *_media_tags(raw)), MAX_TAG, MAX_TAGS),
        content_html=body.html,
        other_html=other.html,
        is_summary=is_summary,
        base_url=address(url, body.base) or link or site_url or url,
        image_url=image(raw, base, files),
        published_at=published or updated,
        updated_at=updated,
        enclosures=files,
        source=_source(raw, url) if "source" in raw else None,
    )


def _language(raw: Raw, body: Body, of_feed: str) -> str:
    """The language that the entry's text says, else the entry, else the feed. An empty xml:lang says that it is none
    of those around it (XML 1.0, 2.12)."""
    around = dict.get(raw, "xml_lang")  # of the entry and what it stands in
    if body.language is not None and body.language != (around or ""):
        return language(body.language)
    said = language(_plain(raw, "language"))
    return said or ("" if around == "" else language(around) or of_feed)


def _source(raw: Raw, url: str) -> ParsedSource | None:
    """The source that feeds.parse.entry_source heard of."""
    [source] = _dicts(raw, "source")
    found = address(url, source["url"], MAX_FEED_URL)
    # Atom says whether a title is HTML; in RSS it may be.
    read = line_of_text if source["kind"] in {"text", "xhtml", "text/plain", "application/xhtml+xml"} else line_of_html
    title = read(source["title"], MAX_FEED_TITLE) or found
    site_url = address(url, source["site_url"], MAX_FEED_URL)
    return ParsedSource(title=title, url=found, site_url=site_url) if title else None


def _plain(raw: Raw, key: str) -> str:
    """A text of feedparser's dictionary; empty for what is none. Not through its own `get`, which guesses."""
    value = dict.get(raw, key)
    return value if isinstance(value, str) else ""


def _dicts(raw: Raw, key: str) -> list[Raw]:
    value = dict.get(raw, key)
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, dict)]


def _detail(raw: Raw, key: str) -> Raw:
    return next(iter(_dicts(raw, f"{key}_detail")), {})


def _title(raw: Raw, document: Document, limit: int) -> str:
    title = document.expanded(_plain(raw, "title"))
    detail = _detail(raw, "title")
    is_html = _plain(detail, "type") in HTML_TYPES or (not detail.get("is_typed", True) and EMPHASIS.search(title))
    # RSS does not say what a title is. Feedparser takes one for HTML where it knows all of its elements.
    if is_html or (not document.version.startswith("atom") and _is_markup(title[:limit])):
        return line_of_html(title, limit)
    return line_of_text(title, limit)


def _is_markup(title: str) -> bool:
    """True of a title with a tag that has attributes, or with an active element from its start to its end."""
    if WITH_ATTRIBUTE.search(title):
        return True
    begun: set[str] = set()
    for end, name in ACTIVE.findall(title):
        if not end:
            begun.add(name.lower())
        elif name.lower() in begun:
            return True
    return False


def _bodies(raw: Raw, document: Document, title: str) -> Choice:
    """The entry's texts. What Media RSS says of a picture or film counts where there is nothing else, and so does a
    summary that repeats the title (Jira's)."""
    details = [*_dicts(raw, "content"), *_dicts(raw, "summary_detail")] or [{"value": _plain(raw, "summary")}]
    contents = _readable((each for each in details if _plain(each, "element") in CONTENTS), document)
    summaries = _readable((each for each in details if _plain(each, "element") not in CONTENTS | {FULL_TEXT}), document)
    if len(summaries) > 1:
        summaries = [each for each in summaries if not title.endswith(line_of_html(each.html, MAX_TITLE))] or summaries
    if not any(has_anything(content.html) for content in contents):
        full = _readable((each for each in details if _plain(each, "element") == FULL_TEXT), document)
        contents += fuller(full, summaries)
    choice = choose(contents, summaries)
    described = "" if has_anything(choice.shown.html) else _described_by_media(raw)
    return choice._replace(shown=Body(described)) if described else choice


def _readable(details: Iterable[Raw], document: Document) -> list[Body]:
    """Those of `details` that are not empty, as HTML, none twice."""
    found: dict[str, Raw] = {}
    for detail in details:
        found.setdefault(document.expanded(_plain(detail, "value")), detail)
    return [
        Body(_html(value, detail), _plain(detail, "base"), _plain(detail, "language"))
        for value, detail in found.items()
        if value.strip()
    ]


def _described_by_media(raw: Raw) -> str:
    """The description of the picture or film in Media RSS, which says whether that is HTML, mostly; plain text has its
    addresses as links, as YouTube shows it."""
    for element in _media(raw, "description"):
        if text := storable(element.text).strip():
            kind = element.get("type").strip().lower()
            is_html = kind in {"html", *HTML_TYPES} or (kind != "plain" and MARKUP.search(text))
            return html_of_fragment(text) if is_html else html_of_text(text, with_links=True)
    return ""


def _html(value: str, detail: Raw) -> str:
    value = storable(value)
    if _plain(detail, "type") == "application/xhtml+xml":
        return VOID_END.sub("", value)
    return html_of_text(value) if _plain(detail, "type") == "text/plain" else html_of_fragment(value)


def _alternate(raw: Raw) -> str:
    """The page that an entry or feed is about: its first alternate link that is a page, else any, else a permalink."""
    links = [link for link in _dicts(raw, "links") if _plain(link, "href") and _rel(link) == "alternate"]
    pages = [link for link in links if _plain(link, "type") in {*HTML_TYPES, ""}]
    permalink = _plain(raw, "link")  # feedparser takes any guid that doesn't deny it for one
    found = next((_plain(link, "href") for link in (pages or links)), "")
    return found or (permalink if permalink.startswith(("http://", "https://")) else "")


def _rel(link: Raw) -> str:
    return _plain(link, "rel").strip().rpartition("/")[2]


def _link(raw: Raw, rel: str, url: str) -> str:
    links = (address(url, _plain(link, "href"), MAX_FEED_URL) for link in _dicts(raw, "links") if _rel(link) == rel)
    return next((link for link in links if link), "")


def _icon(raw: Raw, url: str) -> str:
    images = [_plain(image, "href") for image in _dicts(raw, "image")]
    found = (address(url, each, MAX_FEED_URL) for each in (_plain(raw, "icon"), *images, _plain(raw, "logo")))
    return next(filter(None, found), "")


def _ttl(raw: Raw) -> int | None:
    """Minutes, of RSS 2.0's ttl or the syndication module's updatePeriod and updateFrequency."""
    minutes = number(_plain(raw, "ttl"))
    period = PERIODS.get(_plain(raw, "sy_updateperiod").strip().lower())
    if not minutes and period:
        minutes = period // max(number(_plain(raw, "sy_updatefrequency")) or 1, 1)
    return min(minutes, MAX_TTL) if minutes else None


def _skip_hours(raw: Raw) -> frozenset[int]:
    """RSS 2.0's skipHours; midnight is 0, or 24 as in RSS 0.91. All of them can't be meant."""
    told = [number(each) for each in raw.get("skiphours_told", ()) if isinstance(each, str)]
    hours = frozenset(hour % 24 for hour in told if hour is not None and hour <= 24)
    return hours if len(hours) < 24 else frozenset()


def _skip_days(raw: Raw) -> frozenset[int]:
    """RSS 2.0's skipDays. All of them can't be meant."""
    told = {each.strip().lower() for each in raw.get("skipdays_told", ()) if isinstance(each, str)}
    days = frozenset(day for day, name in enumerate(DAYS) if name in told)
    return days if len(days) < len(DAYS) else frozenset()


def _people(raw: Raw) -> list[str]:
    return [_plain(person, "name") or _plain(person, "email") for person in _dicts(raw, "authors")]


def _author_of_channel(raw: Raw) -> str:
    """The author of a channel of RSS: whom the directories of podcasts are told of, else its editor."""
    for elements in (("itunes:author",), ("googleplay:author",), ()):
        people = [each for each in _dicts(raw, "authors") if not elements or _plain(each, "element") in elements]
        if name := named(_plain(person, "name") for person in people):
            return name
    return ""


def _tag(tag: Raw) -> str:
    return _plain(tag, "label") or _plain(tag, "term")


def _media(raw: Raw, name: str) -> Iterator[Element]:
    """The elements of Media RSS with that name, first those that tell of the entry, then those of a single file."""
    roots = dict.get(raw, "media")
    if not roots:  # as in nearly all feeds
        return iter(())
    found = [element for root in roots for element in root.all(name)]
    of_entry = {id(each) for root in roots for each in (root, *root.children) if root.name != "content"}
    return iter(sorted(found, key=lambda element: id(element) not in of_entry))


def _media_title(raw: Raw) -> str:
    return next(filter(None, (line_of_text(each.text, MAX_TITLE) for each in _media(raw, "title"))), "")


def _media_tags(raw: Raw) -> Iterator[str]:
    """The categories' labels; of one without a label the parts of its path ("music/jazz"). And the keywords."""
    for category in _media(raw, "category"):
        yield from [category.get("label")] if category.get("label") else category.text.split("/", MAX_TAGS)
    for keywords in _media(raw, "keywords"):
        yield from keywords.text.split(",", MAX_TAGS)
