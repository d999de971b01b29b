"""A feed document and its items as plain values: what articles.export.rss, atom and jsonfeed write. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An enclosure. `length` in bytes, None where nobody knows."""

    url: str
    media_type: str
    length: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The publisher's feed that an item comes from."""

    id: str
    title: str
    url: str = ""
    site_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article on its way out. Addresses absolute, times with a zone, `content_html` ready for a page."""

    id: str
    url: str
    title: str
    source: Source
    published_at: datetime
    updated_at: datetime
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    summary: str = ""
    content_html: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All of a feed document but its items. `links`: the relations of RFC 5005 and where they lead.
    `hub_url`: who tells of changes (WebSub)."""

    id: str
    title: str
    description: str
    home_url: str
    self_url: str
    updated_at: datetime
    is_archive: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    stylesheet_url: str = ""
    hub_url: str = ""
