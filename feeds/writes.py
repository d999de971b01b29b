"""Writes that a page can do without, or that its reader would rather hear about than wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

# What a database that is away, busy, full or read-only comes to. InternalError is Postgres' of a read-only one.
UNWRITABLE = (OperationalError, InterfaceError, InternalError)
SECONDS = 2.0


@contextmanager
def soon(seconds: float = SECONDS) -> Iterator[None]:
    """Inside, a statement waits no longer than `seconds` for somebody else's lock. Raises UNWRITABLE."""
    if connection.vendor == "sqlite":
        usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
        _wait_for_locks(seconds)
        try:
            yield
        finally:
            _wait_for_locks(usual)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{round(seconds * 1000)}ms"])
        yield


def _wait_for_locks(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
