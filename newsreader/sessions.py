"""Sessions in the database that say why they could not be written. The engine of SESSION_ENGINE."""

from __future__ import annotations

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import DateTimeField
from django.utils import timezone

from feeds.statements import Given, Statement, columns_of
from feeds.writes import UNWRITABLE

_COLUMNS = columns_of(Session, ("session_key", "session_data", "expire_date"))
_RUNNING = Statement(
    lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now", DateTimeField())).values_list(
        *_COLUMNS
    )
)


class SessionStore(DatabaseSessions):
    """Django's own, but a database that is busy, full or read-only is not taken for a session that has been ended: that
    would be answered by 400 or 500 instead of 503."""

    def _get_session_from_db(self) -> Session | None:
        """As Django's own, which every page of a reader's asks, by a statement that is made once."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        for row in _RUNNING.objects(Session, _COLUMNS, key=self.session_key, now=now):
            return row
        self._session_key = None
        return None

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError where the session has been ended meanwhile, UNWRITABLE where it can't be written."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, UNWRITABLE):
                raise error.__context__ from None
            raise
