"""The content of a feed document, as plain values: what `document` and `jsonfeed` make, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.parse.media_types import Kind, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEnclosure:
    """A file that an entry carries, or, where `is_player`, a page that plays one. `media_type` may be a wildcard
    ("image/*"). `length` in bytes, `width` and `height` in pixels, `duration` in seconds, as the publisher says. `alt`
    describes a picture to those who don't see it; `poster_url` is the still picture of a film."""

    url: str
    media_type: str = ""
    length: int | None = None
    title: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    duration: int | None = None
    poster_url: str = ""
    is_player: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.media_type, self.url, is_player=self.is_player)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """The feed that an entry of an aggregated feed first stood in. `title` is never empty."""

    title: str
    url: str = ""
    site_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as the publisher sent it: HTML unsanitized, addresses absolute where one stands alone, dates UTC.

    `guid` is the identity within the feed, unique within one document: the publisher's guid, else the link, else a
    hash of title and content. Where several entries of the document share one guid, each has the guid, "#" and a
    short hash of its link (of title and content where the links are the same too).

    `aliases` are other identities under which an earlier poll or an import may have stored the same entry, in order of
    preference: the guid's other form (the one with the hash of the link for an entry whose guid is its own, the
    publisher's plain guid for one that shares it), then the link. To find an entry's row: by `guid`; then by each
    alias, unless another entry of the document claims that row. A plain guid names the right row only where the
    stored address is the entry's too.

    `is_author_of_feed`: nobody but the feed says who the author is, and not in Atom, which means each entry by that.

    `published_at` may lie in the future, as the publisher says. `base_url` is what relative addresses inside
    `content_html` are relative to. `other_html` is the entry's other text, where it has one that says something else:
    its summary, or, where `is_summary`, so that its summary is the content here, what it has for a content. `image_url`
    is the picture that the publisher names for the entry. `source` is None for an entry that is the feed's own.
    """

    guid: str
    aliases: tuple[str, ...] = ()
    url: str = ""
    title: str = ""
    author: str = ""
    is_author_of_feed: bool = False
    language: str = ""
    tags: tuple[str, ...] = ()
    content_html: str = ""
    other_html: str = ""
    is_summary: bool = False
    base_url: str = ""
    image_url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    enclosures: tuple[ParsedEnclosure, ...] = ()
    source: ParsedSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document. Entries in the document's order, at most 5,000, which of a longer document are the newest.
    `ttl_minutes`: how long the publisher asks to wait; `skip_hours` (0 to 23) and `skip_days` (0 is Monday): when, in
    UTC, he does not want to be asked (RSS 2.0). `older_url`: the next older document, in an archive or on a
    further page (RFC 5005; JSON Feed's next_url).

    `is_cut_off`: the document ends before its root does, so that something is missing.

    `left_out`: the dates of entries that are as they were in the last document and so were not read; None where all
    were. `seen`: what feeds.parse.unchanged_entries keeps of the document."""

    title: str = ""
    site_url: str = ""
    self_url: str = ""
    description: str = ""
    language: str = ""
    icon_url: str = ""
    hub_url: str = ""
    older_url: str = ""
    ttl_minutes: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    entries: tuple[ParsedEntry, ...] = ()
    is_cut_off: bool = False
    left_out: tuple[datetime | None, ...] | None = None
    seen: bytes = b""


class NotAFeed(ValueError):
    """The document is no feed that can be read. The message tells the operator what came instead."""
