"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from articles.export.formats.documents import Document, File, Item
from articles.export.formats.markup import plain

MEDIA_TYPE = "application/feed+json"
NEXT = ("next", "prev-archive")


def write(document: Document, items: Iterable[Item]) -> Iterator[str]:
    """The document in pieces, one for each item."""
    head = _dumps(_filled(_feed(document)))
    yield f'{head[:-1]}, "items": ['
    for number, item in enumerate(items):
        yield (",\n" if number else "\n") + _dumps(_filled(_item(item)))
    yield "\n]}\n"


def _dumps(value: dict[str, Any]) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """The same with texts as every format has them."""
    match value:
        case str():
            return plain(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case _:
            return value


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if part not in ("", None, [])}


def _feed(document: Document) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": document.title,
        "home_page_url": document.home_url,
        "feed_url": document.self_url,
        "description": document.description,
        "next_url": next((document.links[relation] for relation in NEXT if relation in document.links), ""),
        "hubs": [{"type": "WebSub", "url": document.hub_url}] if document.hub_url else [],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "date_published": item.published_at.isoformat(),
        "date_modified": item.updated_at.isoformat() if item.updated_at != item.published_at else "",
        "authors": [{"name": item.author}] if item.author else [],
        "tags": list(item.tags),
        "language": item.language,
        "attachments": [_filled(_attachment(file)) for file in item.files],
        # An extension's name begins with an underscore.
        "_source": _filled(
            {"title": item.source.title, "feed_url": item.source.url, "home_page_url": item.source.site_url}
        ),
    } | {"content_html": item.content_html or " "}  # an item must have content, and may have no text


def _attachment(file: File) -> dict[str, Any]:
    return {
        "url": file.url,
        "mime_type": file.mime_type,
        "title": file.title,
        "size_in_bytes": file.length,
        "duration_in_seconds": file.duration,
        "_media": _filled(
            {
                "alt": file.alt,
                "width": file.width,
                "height": file.height,
                "poster_url": file.poster_url,
                "is_player": file.is_player or None,
            }
        )
        or None,
    }
