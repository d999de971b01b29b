"""Postgres' cursor for SQL that is asked word for word again and again. Imported where Postgres is asked alone, as its
driver is slow to load."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

KNOWN_AFTER = 2  # times that a statement was asked; it is prepared with the next


class StandingCursor(Cursor[Any]):
    """Sends values apart from the text, which is prepared once in a connection. With the threshold left to the
    connection psycopg would keep the last hundred texts of all cursors, each with its values written in.

    Closed, which it is once for each time that it is taken, it lets go of what it was told, and is kept for the next:
    to make one takes as long as to ask."""

    is_free = True

    def execute(self, *given: Any, **options: Any) -> StandingCursor:
        self.connection.prepare_threshold = KNOWN_AFTER
        try:
            return super().execute(*given, **options)
        finally:
            self.connection.prepare_threshold = None

    def close(self) -> None:
        self._reset()
        self._tx.set_pgresult(None)
        self.is_free = True


def standing_cursor(own: Any) -> StandingCursor:
    """The cursor that is kept beside the connection of a thread, `own`, where nobody asks by it just now."""
    kept: StandingCursor | None = own.__dict__.get("standing")
    if kept is None or not kept.is_free or kept.connection is not own.connection:
        kept = own.standing = StandingCursor(own.connection)
    kept.is_free = False
    return kept
