"""Moments as pages write them, as HTML takes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)? ?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_OTHER_TIME = re.compile(
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])|-W[0-5][0-9])?|(?:[01][0-9]|2[0-3]):[0-5][0-9]|P[0-9TDHMSW.]{2,20}"
)


def moment_of(value: str) -> str:
    """A `datetime` that HTML takes, from the ISO and mail forms and Unix seconds that pages have; "" for others."""
    value = value.strip()
    try:
        if _MOMENT.fullmatch(value):
            datetime.fromisoformat(value.replace(" ", "T", 1).replace(" ", ""))
            return value.replace(" ", "T", 1).replace(" ", "")
        if _OTHER_TIME.fullmatch(value):
            return value
        if value.isascii() and value.isdecimal() and len(value) in {10, 13}:
            return datetime.fromtimestamp(int(value[:10]), UTC).isoformat()
        if "," in value and len(value) < 50:
            return parsedate_to_datetime(value).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
    return ""
