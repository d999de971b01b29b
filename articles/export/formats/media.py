"""Media RSS (https://www.rssboard.org/media-rss): what enclosures can't say of the files of an item. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from articles.export.formats.documents import File, Item
from articles.export.formats.markup import element, holding

NAMESPACE = 'xmlns:media="http://search.yahoo.com/mrss/"'
_MEDIUM = {"picture": "image", "sound": "audio", "film": "video", "player": "video"}


def media(item: Item) -> Iterator[str]:
    """The pictures, sounds, films and players of the item."""
    yield from (_content(file) for file in item.files if file.kind in _MEDIUM)


def _content(file: File) -> str:
    described = [
        element("media:title", file.title) if file.title else "",
        element("media:description", file.alt, type="plain") if file.alt else "",
        element("media:thumbnail", url=file.poster_url) if file.poster_url else "",
        element("media:player", url=file.url) if file.is_player else "",
    ]
    attributes = {"medium": _MEDIUM[file.kind]}
    if not file.is_player:
        sizes = {"fileSize": file.length, "duration": file.duration, "width": file.width, "height": file.height}
        attributes |= {"url": file.url, "type": "" if file.is_of_unknown_type else file.media_type}
        attributes |= {name: str(size) for name, size in sizes.items() if size}
    return holding("media:content", "".join(described), **attributes)
