"""Days in words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils import dateformat
from django.utils.translation import get_language


def written_day(day: date, form: str) -> str:
    """The day in the reader's language, in one of Django's formats. A list has many, the next list the same."""
    return _written(day, form, get_language())


@lru_cache(maxsize=4096)
def _written(day: date, form: str, language: str | None) -> str:
    return dateformat.format(day, form)
