"""The feeds that the options of commands name."""

from __future__ import annotations

from django.core.management.base import CommandError

from feeds.models import Feed, feeds_named

ID_OR_URL = "ID_OR_URL"


def feed_named(name: str) -> Feed:
    """The feed that an operator names, by its id or by its address, its former ones included. Raises CommandError."""
    feed = feeds_named(str(name)).first()
    if feed is None:
        raise CommandError(f"no feed {name!r}: give an id or an address as in `export_opml`", returncode=2)
    return feed


def feed_named_or_none(name: str | None) -> Feed | None:
    """The same of an option that may be left out."""
    return None if name is None else feed_named(name)
