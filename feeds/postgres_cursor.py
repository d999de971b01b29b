"""Postgres' cursor for SQL that is asked word for word again and again. Imported where Postgres is asked alone, as its
driver is slow to load."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

KNOWN_AFTER = 2  # times that a statement was asked; it is prepared with the next


class StandingCursor(Cursor[Any]):
    """Sends values apart from the text, which is prepared once in a connection. With the threshold left to the
    connection psycopg would keep the last hundred texts of all cursors, each with its values written in."""

    def execute(self, *given: Any, **options: Any) -> StandingCursor:
        self.connection.prepare_threshold = KNOWN_AFTER
        try:
            return super().execute(*given, **options)
        finally:
            self.connection.prepare_threshold = None
