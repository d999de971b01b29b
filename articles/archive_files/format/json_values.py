"""The JSON objects in the front matter of Newsreader's own files. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.parse import text as plain
from feeds.parse.values import ParsedEnclosure, ParsedSource


def enclosures_of(listed: object) -> tuple[ParsedEnclosure, ...]:
    """The enclosures; what has no address is none."""
    files = [_enclosure(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return tuple(file for file in files[: plain.MAX_ENCLOSURES] if file.url)


def _enclosure(item: Mapping[str, Any]) -> ParsedEnclosure:
    return ParsedEnclosure(
        url=plain.address("", item.get("url")),
        media_type=plain.line(item.get("type"), plain.MAX_MEDIA_TYPE),
        length=_number(item.get("length"), 2**63),
        title=plain.line(item.get("title"), plain.MAX_ENCLOSURE_TITLE),
        alt=plain.line(item.get("alt"), plain.MAX_ENCLOSURE_ALT),
        **{name: _number(item.get(name), 2**31) for name in ("width", "height", "duration")},
        poster_url=plain.address("", item.get("poster")),
        is_player=item.get("player") is True,
    )


def _number(value: object, limit: int) -> int | None:
    return value if type(value) is int and 0 <= value < limit else None


def origin_of(said: object) -> ParsedSource | None:
    """The feed that a mirrored article was published in; None without a title."""
    if not isinstance(said, dict) or not (title := plain.line(said.get("title"), plain.MAX_FEED_TITLE)):
        return None
    url, site_url = (plain.address("", said.get(name), plain.MAX_FEED_URL) for name in ("url", "site_url"))
    return ParsedSource(title=title, url=url, site_url=site_url)
