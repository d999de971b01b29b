"""Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from articles.export.formats.documents import Document, Item
from articles.export.formats.markup import element, opening, paging
from articles.export.formats.media import NAMESPACE, media

MEDIA_TYPE = "application/atom+xml"
NAMESPACES = f'xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" {NAMESPACE}'


def write(document: Document, items: Iterable[Item]) -> Iterator[str]:
    """The document in pieces, one for each item."""
    yield f"{opening(document)}<feed {NAMESPACES}>\n" + "\n".join(_feed(document))
    for item in items:
        yield "\n<entry>\n" + "\n".join(_entry(item)) + "\n</entry>"
    yield "\n</feed>\n"


def _feed(document: Document) -> Iterator[str]:
    yield element("id", document.id)
    yield element("title", document.title)
    yield element("subtitle", document.description)
    yield element("updated", document.updated_at.isoformat())
    yield element("generator", "Newsreader")
    yield element("link", rel="self", type=MEDIA_TYPE, href=document.self_url)
    yield element("link", rel="alternate", type="text/html", href=document.home_url)
    yield from paging(document, link="link")


def _entry(item: Item) -> Iterator[str]:
    yield element("id", item.id)
    yield element("title", item.title, xml_lang=item.language)
    yield element("link", rel="alternate", href=item.url)
    yield element("published", item.published_at.isoformat())
    yield element("updated", item.updated_at.isoformat())
    if item.author:
        yield _person(item.author)
    yield from (element("category", term=tag) for tag in item.tags)
    yield from _source(item)
    if item.summary:
        yield element("summary", item.summary, xml_lang=item.language)
    yield element("content", item.content_html, type="html", xml_lang=item.language)
    for file in item.files:
        length = "" if file.length is None else str(file.length)
        if not file.is_player:
            yield element("link", rel="enclosure", href=file.url, type=file.mime_type, length=length, title=file.title)
    yield from media(item)


def _source(item: Item) -> Iterator[str]:
    """An entry without an author needs a source that has one (RFC 4287, 4.1.2)."""
    source = item.source
    yield "<source>"
    yield element("id", source.id)
    yield element("title", source.title)
    yield element("updated", item.updated_at.isoformat())
    if source.url:
        yield element("link", rel="self", href=source.url)
    if source.site_url:
        yield element("link", rel="alternate", href=source.site_url)
    if not item.author:
        yield _person(source.title)
    yield "</source>"


def _person(name: str) -> str:
    return f"<author>{element('name', name)}</author>"
