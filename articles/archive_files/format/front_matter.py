"""The front matter of an article file: its values as the file writes them, and as an article has them. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from articles.archive_files.format import picture_links
from articles.archive_files.format.json_values import enclosures_of, origin_of
from articles.archive_files.format.picture_links import PictureLink
from feeds.parse import text as plain
from feeds.parse.dates import parse_date
from feeds.parse.identity import guid_of
from feeds.parse.values import ParsedEnclosure, ParsedSource

MAX_FRONT_MATTER = 12 * 1024 * 1024  # a hundred enclosures with long addresses fit, and all notes that one may write
MAX_SOURCE, MAX_GUID = 200, 600  # as in articles.models
CATEGORY_SEPARATOR = " / "

_FENCE = re.compile(r"---[ \t]*\r?\n")
_END_FENCE = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?$")
_LISTS = frozenset({"tags", "categories"})
_KEYS = frozenset(
    (
        *("layout", "title", "date", "author", "from", "tags", "categories"),
        # Newsreader's own
        *("guid", "feed", "category", "updated", "language", "base", "image", "enclosures", "images", "source"),
        *("labels", "notes"),
    )
)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The raw values by key, and what follows. No front matter: no values, and the text."""
    start = _FENCE.match(text)
    end = start and _END_FENCE.search(text, start.end(), start.end() + MAX_FRONT_MATTER)
    if not (start and end):
        return {}, text
    fields = _fields(text[start.end() : end.start()])
    return (fields, text[end.end() :].lstrip()) if _KEYS & fields.keys() else ({}, text)


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    key = ""
    for line in block.splitlines():
        match = _FIELD.match(line.rstrip())
        if match and (match[1] in _KEYS or not _is_open(fields.get(key, []))):
            key = match[1]
            fields.setdefault(key, [match[2] or ""])
        elif key and line.strip():
            fields[key].append(_continued(line.lstrip()))
    return {name: "".join(parts).strip(" \t," if name in _LISTS else "") for name, parts in fields.items()}


def _continued(line: str) -> str:
    """A line of a value that began above: an item of a list, or more of its text."""
    return f", {line[2:]}" if line.startswith("- ") else f" {line.rstrip()}"


def _is_open(parts: Sequence[str]) -> bool:
    """A quoted value that goes on in the next line."""
    first = next((part.strip() for part in parts[:2] if part.strip()), "")
    return first.startswith('"') and (first == '"' == parts[-1].strip() or not parts[-1].rstrip().endswith('"'))


class Fields:
    """The values of the front matter."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self.is_ours = "guid" in raw

    def has(self, key: str) -> bool:
        return self.is_ours and key in self._raw

    def value(self, key: str) -> str:
        raw = self._raw.get(key, "").strip()
        if self.is_ours and raw.startswith('"'):
            try:
                return str(json.loads(raw))
            except ValueError:
                pass
        return _unquoted(raw)

    def items(self, key: str) -> tuple[str, ...]:
        """A list's items."""
        raw = self._raw.get(key, "")
        if self.is_ours and isinstance(listed := self._json(key), list):
            return tuple(plain.line(item, plain.MAX_TAG) for item in listed if isinstance(item, str))
        items = (_unquoted(item) for item in _without_brackets(raw).split(","))
        return plain.names(items, plain.MAX_TAG, plain.MAX_TAGS)

    def _json(self, key: str) -> Any:
        """The value as JSON; None where it is none."""
        with suppress(ValueError, RecursionError):
            return json.loads(self._raw.get(key, ""))
        return None

    def moment(self, key: str) -> datetime | None:
        value = self.value(key)
        if self.is_ours:
            with suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(value)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return parse_date(value)

    def category(self) -> tuple[str, ...]:
        listed = self._json("category")
        names = listed if isinstance(listed, list) else self.value("category").split(CATEGORY_SEPARATOR)
        return tuple(filter(None, (plain.line(name, plain.MAX_TAG) for name in names)))

    def enclosures(self) -> tuple[ParsedEnclosure, ...]:
        return enclosures_of(self._json("enclosures")) if self.is_ours else ()

    def pictures(self) -> tuple[PictureLink, ...]:
        return picture_links.links_of(self._json("images")) if self.is_ours else ()

    def image(self, pictures: Sequence[PictureLink]) -> str:
        """The lead picture's address, also where its file stands in its place."""
        value = self.value("image")
        return next((link.url for link in picture_links.beside(pictures) if link.file == value), value)

    def origin(self) -> ParsedSource | None:
        return origin_of(self._json("source")) if self.is_ours else None

    def title(self) -> str:
        # Older archives wrote what the feed had, references and all.
        clean = plain.line if self.is_ours else plain.line_of_text
        return clean(self.value("title"), plain.MAX_TITLE)

    def guid(self) -> str:
        guid = plain.line(self.value("guid"), MAX_GUID + 1)
        return guid if len(guid) <= MAX_GUID else guid_of(guid, "", "", "")

    def source(self) -> str:
        """The source that `tags` names. It is one source, even where its name has a comma."""
        if self.is_ours:
            return source_name("".join(self.items("tags")[:1]))
        return source_name(_unquoted(_without_brackets(self._raw.get("tags", ""))))


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) >= 2 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('\\"', '"')
    if len(raw) >= 2 and raw[0] == raw[-1] == "'":
        return raw[1:-1].replace("''", "'")
    return raw


def _without_brackets(raw: str) -> str:
    raw = raw.strip()
    return raw[1:-1].strip() if raw.startswith("[") and raw.endswith("]") else raw


def source_name(raw: str) -> str:
    """One form of a name that a Mac's file system spells its own way."""
    return plain.line(unicodedata.normalize("NFC", raw), MAX_SOURCE)
