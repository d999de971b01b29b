"""Sessions in the database that say why they could not be written. The engine of SESSION_ENGINE."""

from __future__ import annotations

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from feeds.writes import UNWRITABLE


class SessionStore(DatabaseSessions):
    """Django's own, but a database that is busy, full or read-only is not taken for a session that has been ended: that
    would be answered by 400 or 500 instead of 503."""

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError where the session has been ended meanwhile, UNWRITABLE where it can't be written."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, UNWRITABLE):
                raise error.__context__ from None
            raise
