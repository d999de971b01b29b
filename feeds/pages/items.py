"""An item of a page or of a JSON document, of whatever kind, to an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.pages import php_dates
from feeds.parse import identity
from feeds.parse.dates import parse_date
from feeds.parse.text import MAX_AUTHOR, MAX_TAG, MAX_TAGS, MAX_TITLE, address, line, line_of_text, names, storable
from feeds.parse.values import ParsedEntry

MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The parts of one item that a recipe found, as they stand there. `dates`: where its date may be, the likeliest
    first."""

    title: str = ""
    link: str = ""
    dates: tuple[str, ...] = ()
    content_html: str = ""
    author: str = ""
    picture: str = ""
    tags: tuple[str, ...] = ()
    guid: str = ""


def entry_of(item: Item, *, base_url: str, date_format: str = "") -> ParsedEntry | None:
    """The entry; None where there is nothing that a reader could see or follow."""
    link = address(base_url, item.link)
    title = line_of_text(item.title, MAX_TITLE)
    content = storable(item.content_html)
    if not (title or link or content.strip()):
        return None
    return ParsedEntry(
        guid=identity.guid_of(line(item.guid, 4 * MAX_TITLE), link, title, content),
        url=link,
        title=title,
        author=line_of_text(item.author, MAX_AUTHOR),
        tags=names(item.tags, MAX_TAG, MAX_TAGS),
        content_html=content,
        base_url=base_url,
        image_url=address(base_url, item.picture),
        published_at=_date(item.dates, date_format),
    )


def _date(dates: tuple[str, ...], form: str) -> datetime | None:
    for text in dates:
        said = " ".join(text.split())
        if found := (php_dates.parsed(said, form) if form else None) or parse_date(said):
            return found
    return None
