"""Writes that a page can do without, or that its reader would rather hear about than wait for."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

# What a database that is away, busy, full or read-only comes to. InternalError is Postgres' of a read-only one.
UNWRITABLE = (OperationalError, InterfaceError, InternalError)
SECONDS = 2.0
# SQLite looks every tenth of a second at most whether the lock that it waits for is free.
PAUSE = 0.12
WRONG_STATEMENT = 1  # sqlite3.SQLITE_ERROR, to Django an OperationalError, as are a database's own faults
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def is_of_machine(error: BaseException | None) -> bool:
    """True where database or disk is at fault and not the program: UNWRITABLE, a file of SQLite's that is damaged, for
    which Django has no more than the class that all of a database's errors are of, or a disk that takes nothing."""
    if isinstance(error, OSError):
        return error.errno in FULL
    if getattr(error and error.__cause__, "sqlite_errorcode", None) == WRONG_STATEMENT:
        return False
    return isinstance(error, UNWRITABLE) or type(error) is DatabaseError


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


@contextmanager
def both_or_neither(cursor: CursorWrapper) -> Iterator[None]:
    """Inside, statements of SQLite's that are one transaction, where none is open. Django's own would be a twentieth of
    a poll that finds nothing. What waits for the end of a transaction (`on_commit`) is not told of this one."""
    cursor.execute("BEGIN IMMEDIATE")
    try:
        yield
        cursor.execute("COMMIT")
    except BaseException:
        if cursor.connection.in_transaction:  # a full disk ends it by itself
            cursor.execute("ROLLBACK")
        raise


def _wait_for_locks(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def let_others_write() -> None:
    """Between two transactions of work that goes on in the background: on SQLite, where there is one writer at a time,
    waits until whoever waits has looked. Nobody would get in where one transaction follows upon the other."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(PAUSE)
