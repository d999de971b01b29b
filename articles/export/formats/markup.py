"""XML as text, for documents that are written piece by piece. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from articles.export.formats.documents import Document

# What XML 1.0 has no place for (section 2.2, Char), not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """`text` without the characters that no XML document, and no UTF-8, can hold."""
    return _NOT_XML.sub("", text)


def element(name: str, text: str = "", /, **attributes: str) -> str:
    """An element that holds text. Attributes without a value are left out; `xml_lang` stands for `xml:lang`."""
    # A bare carriage return would be read back as a line feed.
    return holding(name, escape(plain(text), {"\r": "&#13;"}), **attributes)


def holding(name: str, inside: str, /, **attributes: str) -> str:
    """An element that holds others, which are written already."""
    written = "".join(
        f" {key.replace('_', ':')}={quoteattr(plain(value))}" for key, value in attributes.items() if value
    )
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def opening(document: Document) -> str:
    """The XML declaration, and the style that lets a browser show the document as a page."""
    style = f'<?xml-stylesheet type="text/css" href={quoteattr(document.stylesheet_url)}?>\n'
    return '<?xml version="1.0" encoding="utf-8"?>\n' + (style if document.stylesheet_url else "")


def paging(document: Document, *, link: str) -> Iterator[str]:
    """The elements that RFC 5005 asks of an archive or a page: the mark, and the links to the others; and the hub.
    `link`: the element's name."""
    if document.is_archive:
        yield "<fh:archive/>"
    for relation, url in document.links.items():
        yield element(link, rel=relation, href=url)
    if document.hub_url:
        yield element(link, rel="hub", href=document.hub_url)
