"""A feed document and its items as plain values: what articles.export.formats.rss, atom and jsonfeed write. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feeds.parse.media_types import Kind, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An enclosure, or, where `is_player`, the page that plays one. `length` in bytes, `width` and `height` in pixels,
    `duration` in seconds, None where nobody knows. `alt` describes a picture; `poster_url` is the still of a film."""

    url: str
    media_type: str
    length: int | None = None
    title: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    duration: int | None = None
    poster_url: str = ""
    is_player: bool = False

    @property
    def is_of_unknown_type(self) -> bool:
        """Nobody says more than what kind it is ("image/*")."""
        return self.media_type.endswith("/*")

    @property
    def mime_type(self) -> str:
        """For formats that demand one."""
        return "application/octet-stream" if self.is_of_unknown_type else self.media_type

    @property
    def kind(self) -> Kind:
        return kind_of(self.media_type, self.url, is_player=self.is_player)


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
