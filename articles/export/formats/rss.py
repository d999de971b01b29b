"""RSS 2.0 (https://www.rssboard.org/rss-specification), with the modules that say what it has no element for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import format_datetime

from articles.export.formats.documents import Document, Item
from articles.export.formats.markup import element, opening, paging
from articles.export.formats.media import NAMESPACE, media

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:fh="http://purl.org/syndication/history/1.0" '
    f"{NAMESPACE}"
)


def write(document: Document, items: Iterable[Item]) -> Iterator[str]:
    """The document in pieces, one for each item."""
    yield f'{opening(document)}<rss version="2.0" {NAMESPACES}>\n<channel>\n' + "\n".join(_channel(document))
    for item in items:
        yield "\n<item>\n" + "\n".join(_item(item)) + "\n</item>"
    yield "\n</channel>\n</rss>\n"


def _channel(document: Document) -> Iterator[str]:
    yield element("title", document.title)
    yield element("link", document.home_url)
    yield element("description", document.description)
    yield element("lastBuildDate", format_datetime(document.updated_at))
    yield element("generator", "Newsreader")
    yield element("atom:link", rel="self", type=MEDIA_TYPE, href=document.self_url)
    yield from paging(document, link="atom:link")


def _item(item: Item) -> Iterator[str]:
    yield element("title", item.title)
    yield element("link", item.url)
    yield element("guid", item.id, isPermaLink="false")
    yield element("pubDate", format_datetime(item.published_at))
    if item.updated_at != item.published_at:
        yield element("atom:updated", item.updated_at.isoformat())
    if item.author:
        yield element("dc:creator", item.author)  # RSS' own author is an e-mail address
    if item.language:
        yield element("dc:language", item.language)
    yield from (element("category", tag) for tag in item.tags)
    if item.source.url:
        yield element("source", item.source.title, url=item.source.url)
    yield element("description", item.summary)
    yield element("content:encoded", item.content_html)
    yield from _files(item)


def _files(item: Item) -> Iterator[str]:
    """An RSS item has one enclosure, and it says its length; what is more goes by Atom's links, and what can be seen or
    heard, and pages that play it, by Media RSS."""
    for number, file in enumerate(file for file in item.files if not file.is_player):
        length = "" if file.length is None else str(file.length)
        if number == 0:
            yield element("enclosure", url=file.url, length=length or "0", type=file.mime_type)
        else:
            yield element(
                "atom:link", rel="enclosure", href=file.url, length=length, type=file.mime_type, title=file.title
            )
    yield from media(item)
