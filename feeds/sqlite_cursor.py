"""SQLite's cursor for SQL that is asked word for word again and again. Imported where SQLite is asked alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX, SQLiteCursorWrapper


class StandingCursor(SQLiteCursorWrapper):
    """Writes the places for values in a text as SQLite has them once, and not each time that it is asked, as Django
    does: with the long texts of a page a twentieth of its time."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        return _converted(query) if param_names is None else str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=256)
def _converted(query: str) -> str:
    return str(FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))
