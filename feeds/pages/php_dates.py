"""Dates in a form that is given as PHP's DateTime::createFromFormat has it, which FreshRSS keeps with its feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

LETTERS = {
    "d": "%d", "j": "%d", "m": "%m", "n": "%m", "M": "%b", "F": "%B", "Y": "%Y", "y": "%y", "H": "%H", "G": "%H",
    "h": "%I", "g": "%I", "i": "%M", "s": "%S", "A": "%p", "a": "%p", "D": "%a", "l": "%A", "u": "%f", "v": "%f",
    "O": "%z", "P": "%z", "p": "%z", "T": "%Z", "e": "%Z", "!": "", "|": "", "%": "%%",
}  # fmt: skip


def parsed(text: str, form: str) -> datetime | None:
    """The date in `text`, UTC where it says no zone; None where it has not that form."""
    if form == "U":
        return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() and len(text) < 12 else None
    try:
        date = datetime.strptime(text, _as_python(form))  # noqa: DTZ007 - many such dates have no zone
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError, re.error):  # strptime's word of a letter that comes twice
        return None


def _as_python(form: str) -> str:
    parts, is_plain = [], False
    for letter in form:
        if letter == "\\" and not is_plain:
            is_plain = True
            continue
        parts.append(letter if is_plain else LETTERS.get(letter, letter))
        is_plain = False
    return "".join(parts)
