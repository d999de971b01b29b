"""Adding feeds: by address, by a web page's address, by OPML; and OPML out. The only writer of new feeds and categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feeds.http import Client
from feeds.models import Category, Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found and could be read: its address, and enough of it for a preview."""

    url: str
    title: str
    site_url: str = ""
    description: str = ""
    entry_count: int = 0
    newest_titles: tuple[str, ...] = ()
    already_added: Feed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlResult:
    """What became of one outline. `reason` says why it was refused."""

    title: str
    url: str
    outcome: Literal["added", "known", "refused"]
    reason: str = ""


class NothingFound(ValueError):
    """The address leads to no feed. The message tells the operator what was there and what was tried."""


def find(client: Client, address: str) -> list[Candidate]:
    """The feeds at `address`: itself, or those that the web page there names. Raises NothingFound."""
    raise NotImplementedError


def subscribe(
    url: str, *, title: str = "", custom_title: str = "", site_url: str = "", category: Category | None = None
) -> tuple[Feed, bool]:
    """The feed at `url` and whether it is new. It is due at once: the next tick polls it."""
    raise NotImplementedError


def import_opml(document: bytes) -> list[OpmlResult]:
    """Add every feed of an OPML document, with its categories. Raises ValueError where it is no OPML."""
    raise NotImplementedError


def export_opml() -> bytes:
    """All feeds as OPML 2.0, categories as nested outlines, with the attributes they came with."""
    raise NotImplementedError
