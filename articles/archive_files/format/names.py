"""Names of files and folders that every file system, archive and git host takes. Pure.

Letters, digits and "-" in lower case, composed (NFC), short in bytes: nothing that Windows reserves, no dot in front,
no two names that differ by case alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

MAX_FOLDER_BYTES = 60
MAX_TITLE_BYTES = 90
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z")
_TAKEN = {"articles", "images"}  # the older form's, for importers; the pictures'
_ARTICLE_FILE = re.compile(r"\d{4}-\d{2}-\d{2}(?:-.+)?-[0-9a-f]{12}\.md")


def slug(text: str, max_bytes: int) -> str:
    """The letters and digits of `text`, "-" for what is between them; empty where it has none."""
    text = unicodedata.normalize("NFC", text[: 4 * max_bytes].lower())
    words = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text).split()
    return _cut("-".join(words), max_bytes).strip("-")


def _cut(text: str, max_bytes: int) -> str:
    """The start of `text`; no letter loses its accents."""
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return text
    head = encoded[:max_bytes].decode("utf-8", "ignore")
    last = len(head)
    while last and unicodedata.combining(text[last]):
        last -= 1
    return head[:last]


def folder_names(sources: Mapping[int, tuple[str, str]]) -> dict[int, str]:
    """A folder for each source, by its key. Given are name and feed address, which tells apart what is called alike."""
    names = {key: slug(name, MAX_FOLDER_BYTES) or "feed" for key, (name, _url) in sources.items()}
    shared = _twice(name.casefold() for name in names.values())
    return {
        key: f"{name}-{_digest(sources[key][1])[:8]}"
        if name.casefold() in shared or _RESERVED.match(name) or name in _TAKEN
        else name
        for key, name in names.items()
    }


def _twice(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def month_name(moment: datetime) -> str:
    """The month in UTC, as 2026-01: another time zone of the site moves no file."""
    return day_name(moment)[:7]


def day_name(moment: datetime) -> str:
    """The day in UTC, as 2026-01-31."""
    return moment.astimezone(UTC).date().isoformat()


def article_name(moment: datetime, title: str, guid: str) -> str:
    """The name of an article's file: its day, its title, and a hash of its guid."""
    parts = (day_name(moment), slug(title, MAX_TITLE_BYTES), _digest(guid)[:12])
    return "-".join(filter(None, parts)) + ".md"


def is_article_name(name: str) -> bool:
    """True where `article_name` may have made it."""
    return _ARTICLE_FILE.fullmatch(name) is not None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
