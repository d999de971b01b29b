"""The place where a page of a list begins, as a short text for addresses. Pure."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FORMAT = struct.Struct(">?qq")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
IDS = range(-(2**62), 2**62)  # a step further and back than any that there is


class BadCursor(ValueError):
    """The cursor in the address is none of ours."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The page of what is newer, or older, than this place in the list: see articles.querysets.Key."""

    key: tuple[datetime, int]
    newer: bool = False

    def __str__(self) -> str:
        published_at, pk = self.key
        packed = FORMAT.pack(self.newer, (published_at - EPOCH) // MICROSECOND, pk)
        return urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def read(text: str) -> Cursor | None:
    """The cursor that `text` is; None for no text. Raises BadCursor, also for text that merely decodes to a cursor."""
    if not text:
        return None
    try:
        newer, microseconds, pk = FORMAT.unpack(urlsafe_b64decode(f"{text}="))
        cursor = Cursor((EPOCH + timedelta(microseconds=microseconds), pk), newer)
    except (ValueError, OverflowError, struct.error) as error:
        raise BadCursor("not a cursor") from error
    if str(cursor) != text or pk not in IDS:
        raise BadCursor("not a cursor")
    return cursor
