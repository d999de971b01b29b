"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from feeds.parse import identity
from feeds.parse.bodies import Body, Choice, choose, has_anything
from feeds.parse.dates import parse_date
from feeds.parse.enclosures import media_type
from feeds.parse.people import byline
from feeds.parse.text import (
    MAX_DESCRIPTION,
    MAX_ENCLOSURE_ALT,
    MAX_ENCLOSURE_TITLE,
    MAX_ENCLOSURES,
    MAX_FEED_TITLE,
    MAX_FEED_URL,
    MAX_MEDIA_TYPE,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    address,
    html_of_text,
    language,
    line,
    line_of_text,
    names,
    storable,
)
from feeds.parse.values import NotAFeed, ParsedEnclosure, ParsedEntry, ParsedFeed, ParsedSource

MAX_ENTRIES = 5_000
Raw = dict[str, Any]


def load(text: str) -> object:
    """The value of a JSON document. Raises NotAFeed."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"This looks like JSON, but can't be read: {line(str(error), 200)}.") from error


def feed(raw: object, *, url: str) -> ParsedFeed:
    """The feed in a JSON document that came from `url`. Raises NotAFeed."""
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list) or not _is_feed(raw):
        raise NotAFeed("This is JSON, but not a JSON Feed.")
    site_url = address(url, raw.get("home_page_url"), MAX_FEED_URL)
    return ParsedFeed(
        title=line_of_text(raw.get("title"), MAX_FEED_TITLE),
        site_url=site_url,
        self_url=address(url, raw.get("feed_url"), MAX_FEED_URL),
        description=line_of_text(raw.get("description"), MAX_DESCRIPTION),
        language=language(raw.get("language")),
        icon_url=address(url, raw.get("icon"), MAX_FEED_URL) or address(url, raw.get("favicon"), MAX_FEED_URL),
        hub_url=next(filter(None, (address(url, hub.get("url"), MAX_FEED_URL) for hub in _objects(raw, "hubs"))), ""),
        older_url=address(url, raw.get("next_url"), MAX_FEED_URL),
        entries=identity.distinct([_entry(each, raw, url, site_url) for each in _newest(raw)], site_url),
    )


def _is_feed(raw: Raw) -> bool:
    names_itself = "jsonfeed.org" in str(raw.get("version", ""))[:200]
    return names_itself or any("content_html" in each or "content_text" in each for each in _objects(raw, "items"))


def _newest(raw: Raw) -> list[Raw]:
    """All items, but of more than MAX_ENTRIES the last ones where they go from old to new, else the first ones."""
    items = list(_objects(raw, "items"))
    if len(items) > MAX_ENTRIES:
        first, last = parse_date(items[0].get("date_published")), parse_date(items[-1].get("date_published"))
        return items[-MAX_ENTRIES:] if first and last and first < last else items[:MAX_ENTRIES]
    return items


def _entry(raw: Raw, feed: Raw, url: str, site_url: str) -> ParsedEntry:
    link = address(url, raw.get("url")) or address(url, raw.get("external_url"))
    title = line_of_text(raw.get("title"), MAX_TITLE)
    body, other, is_summary = _bodies(raw)
    updated = parse_date(raw.get("date_modified"))
    return ParsedEntry(
        guid=identity.guid_of(_identity(raw.get("id")), link, title, body.html),
        url=link,
        title=title,
        author=_author(raw) or _author(feed),
        language=language(raw.get("language")) or language(feed.get("language")),
        tags=names(raw["tags"], MAX_TAG, MAX_TAGS) if isinstance(raw.get("tags"), list) else (),
        content_html=body.html,
        other_html=other.html,
        is_summary=is_summary,
        base_url=link or site_url or url,
        image_url=address(url, raw.get("image")) or address(url, raw.get("banner_image")),
        published_at=parse_date(raw.get("date_published")) or updated,
        updated_at=updated,
        enclosures=tuple(_enclosures(raw, link or url)),
        source=_source(raw, url),
    )


def _source(raw: Raw, url: str) -> ParsedSource | None:
    """The format has no word for it; this is the extension that Newsreader itself writes."""
    source = next(_objects(raw, "_source"), {})
    found = address(url, source.get("feed_url"), MAX_FEED_URL)
    title = line_of_text(source.get("title"), MAX_FEED_TITLE) or found
    site_url = address(url, source.get("home_page_url"), MAX_FEED_URL)
    return ParsedSource(title=title, url=found, site_url=site_url) if title else None


def _objects(raw: Raw, key: str) -> Iterator[Raw]:
    value = raw.get(key)
    return (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


def _identity(value: object) -> str:
    """An id as text: the specification has numbers made text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return line(str(value) if is_number else value, 4 * MAX_TITLE)


def _bodies(raw: Raw) -> Choice:
    markup, *texts = (raw.get(name) for name in ("content_html", "content_text", "summary"))
    html = storable(markup) if isinstance(markup, str) else ""
    text, summary = (
        html_of_text(storable(each), with_links=True) if isinstance(each, str) and each.strip() else ""
        for each in texts
    )
    return choose([Body(html if has_anything(html) or not text else text)], [Body(summary)])


def _author(raw: Raw) -> str:
    """All authors' names: version 1.1 has a list, 1.0 has one."""
    return byline(person.get("name") for person in (*_objects(raw, "authors"), *_objects(raw, "author")))


def _enclosures(raw: Raw, base: str) -> Iterator[ParsedEnclosure]:
    for attachment in list(_objects(raw, "attachments"))[:MAX_ENCLOSURES]:
        size, seconds = attachment.get("size_in_bytes"), attachment.get("duration_in_seconds")
        media = next(_objects(attachment, "_media"), {})  # an extension that Newsreader itself writes
        if found := address(base, attachment.get("url")):
            yield ParsedEnclosure(
                url=found,
                media_type=media_type(line(attachment.get("mime_type"), MAX_MEDIA_TYPE), "", found),
                length=int(size) if isinstance(size, int | float) and 0 < size < 2**63 else None,
                title=line_of_text(attachment.get("title"), MAX_ENCLOSURE_TITLE),
                duration=int(seconds) if isinstance(seconds, int | float) and 0 < seconds < 2**31 else None,
                alt=line_of_text(media.get("alt"), MAX_ENCLOSURE_ALT),
                width=_pixels(media.get("width")),
                height=_pixels(media.get("height")),
                poster_url=address(base, media.get("poster_url")),
                is_player=media.get("is_player") is True,
            )


def _pixels(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 2**31 else None
