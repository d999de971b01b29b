"""The entries of a document that stood in the last one, too, character by character: those need no parsing.

Most documents that have changed have one entry more and nineteen as they were. Entries are told apart by their tags
alone, without reading any XML; where that could go wrong (tags inside CDATA or one another) nothing is left out, and
what is left of the document still has to be well-formed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from feeds.parse.values import ParsedEntry

# What was parsed otherwise before is parsed again when this changes. In every digest.
VERSION = b"3"
MAX_ENTRIES = 500  # of a longer document nothing is remembered: 10 KB on the feed's row are enough

START = re.compile(r"<(item|entry)[\s>]")
# What a document says of its own time differs when nothing else does.
OWN_TIME = re.compile(r"(?<=<)(lastBuildDate|pubDate|updated|modified|dc:date)\b[^<]*")
ROW = struct.Struct(">8s8sI")  # digests of an entry and of its guid, its date in seconds since 1970 or 0


class Cut(NamedTuple):
    """A document, cut at its entries. `around` has one text more than `entries`; `frame` is a digest of it."""

    around: list[str]
    entries: list[str]
    digests: list[bytes]
    frame: bytes


class Rest(NamedTuple):
    """A document without the entries that were in the last one, and the dates of those."""

    text: str
    dates: tuple[datetime | None, ...]


def cut(text: str) -> Cut | None:
    """`text`, cut at its entries; None where they can't be told apart."""
    starts = list(START.finditer(text))
    if not starts or len(starts) > MAX_ENTRIES or len({start[1] for start in starts}) > 1:
        return None
    end_tag = f"</{starts[0][1]}>"
    around, entries, place = [], [], 0
    for start in starts:
        end = text.find(end_tag, start.end()) + len(end_tag)
        if start.start() < place or end < start.end():
            return None
        around.append(text[place : start.start()])
        entries.append(text[start.start() : end])
        place = end
    around.append(text[place:])
    return None if any(end_tag in each for each in around) else _with_digests(around, entries)


def _with_digests(around: list[str], entries: list[str]) -> Cut:
    frame = OWN_TIME.sub(r"\1", "".join(each.strip() for each in around))
    return Cut(around, entries, [_digest(entry) for entry in entries], _digest(frame))


def unseen(document: Cut, seen: bytes) -> Rest | None:
    """The part of the document that `seen` doesn't remember; None where all of it has to be read, as something beside
    the entries has changed, or most of them have."""
    if not seen.startswith(document.frame):
        return None
    rows = _rows(seen)
    known = [digest in rows for digest in document.digests]
    if 2 * sum(known) < len(known):
        return None
    left = ["" if is_known else entry for entry, is_known in zip(document.entries, known, strict=True)]
    text = "".join(chain.from_iterable(zip(document.around, [*left, ""], strict=True)))
    return Rest(text, tuple(_date(rows[digest][1]) for digest in document.digests if digest in rows))


def remembered(document: Cut, entries: Sequence[ParsedEntry], seen: bytes = b"") -> bytes:
    """The bytes to keep of the document for the next one. `entries`: all of it but for those that `seen` remembers.
    Empty where they are not as many as there should be, and where two share a guid: only together can those be told
    apart."""
    rows = _rows(seen)
    new = [digest for digest in document.digests if digest not in rows]
    if len(new) != len(entries) or any(_shares_its_guid(entry) for entry in entries):
        return b""
    found = [(_digest(entry.guid), _seconds(entry.published_at)) for entry in entries]
    rows |= zip(new, found, strict=True)
    kept = [ROW.pack(digest, *rows[digest]) for digest in document.digests]
    is_shared = len({rows[digest][0] for digest in document.digests}) < len(set(document.digests))
    return b"" if is_shared else document.frame + b"".join(kept)


def _rows(seen: bytes) -> dict[bytes, tuple[bytes, int]]:
    return {digest: (guid, seconds) for digest, guid, seconds in ROW.iter_unpack(seen[8:])}


def _shares_its_guid(entry: ParsedEntry) -> bool:
    return any(entry.guid.startswith(f"{alias}#") for alias in entry.aliases)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, salt=VERSION).digest()


def _date(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _seconds(date: datetime | None) -> int:
    """Seconds since 1970; 0 for no date and for one that four bytes don't hold."""
    seconds = int(date.timestamp()) if date else 0
    return seconds if 0 < seconds < 1 << 32 else 0
