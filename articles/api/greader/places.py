"""The place where the next page of a stream begins, as digits: apps drop a continuation that is none. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Key = tuple[datetime, int]
FIRST = datetime(1, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ID_DIGITS = 19  # of 64 bits
MOST_DIGITS = 18 + ID_DIGITS


class BadPlace(ValueError):
    """The continuation is none of ours."""


def written(key: Key) -> str:
    """The place of what comes after the article at `key`, in either direction."""
    return f"{(key[0] - FIRST) // MICROSECOND}{key[1]:0{ID_DIGITS}d}"


def read(text: str) -> Key | None:
    """The place that `text` is; None for no text. Raises BadPlace."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and ID_DIGITS < len(text) <= MOST_DIGITS):
        raise BadPlace(text[:100])
    try:
        key = FIRST + int(text[:-ID_DIGITS]) * MICROSECOND, int(text[-ID_DIGITS:])
    except OverflowError as error:
        raise BadPlace(text) from error
    if written(key) != text or key[1] >= 2**63:
        raise BadPlace(text)
    return key
