"""A feed document's bytes to plain values. Knows nothing of the database, of Django or of the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEnclosure:
    """A file that an entry carries. `length` in bytes, as the publisher says."""

    url: str
    media_type: str = ""
    length: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as the publisher sent it: HTML unsanitized, addresses absolute where one stands alone, dates UTC.

    `guid` is the identity within the feed, unique within one document: the publisher's guid, else the link, else a
    hash of title and content. `aliases` are other identities under which an earlier poll or an import may have
    stored the same entry. `base_url` is what relative addresses inside `content_html` are relative to.
    """

    guid: str
    aliases: tuple[str, ...] = ()
    url: str = ""
    title: str = ""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    content_html: str = ""
    base_url: str = ""
    image_url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    enclosures: tuple[ParsedEnclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document. Entries in the document's order. `ttl_minutes`: how long the publisher asks to wait."""

    title: str = ""
    site_url: str = ""
    self_url: str = ""
    description: str = ""
    language: str = ""
    icon_url: str = ""
    hub_url: str = ""
    ttl_minutes: int | None = None
    entries: tuple[ParsedEntry, ...] = ()


class NotAFeed(ValueError):
    """The document is no feed that can be read. The message tells the operator what came instead."""


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in `body`, which was fetched from `url`. Raises NotAFeed; never anything else, whatever the bytes."""
    raise NotImplementedError
