"""The locks that tell whether a lease can still be anybody's. On SQLite all who poll run on one machine, and each has
the lock of a file beside the database, shared with the others, for as long as it lives; so who gets it alone knows that
the rest are dead.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

_lock_of_worker: IO[str] | None = None


@contextmanager
def holding() -> Iterator[None]:
    """Inside, this process may hold leases of polls."""
    path = _path(connection)
    if path is None:
        yield
        return
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def begin_work(release: Callable[[], int]) -> int:
    """Have this process hold leases until it ends, as a worker does. Returns of how many rows `release` ended the
    leases: it is called where no other process can hold any. Does nothing the second time, nor on Postgres, where a
    worker may run anywhere."""
    global _lock_of_worker
    path = _path(connection)
    if path is None or _lock_of_worker is not None:
        return 0
    _lock_of_worker = path.open("w")
    released = 0
    try:
        fcntl.flock(_lock_of_worker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        logger.debug("another process polls: leases of one that was killed end by themselves")
    else:
        released = release()
    fcntl.flock(_lock_of_worker, fcntl.LOCK_SH)
    return released


def _path(database: BaseDatabaseWrapper) -> Path | None:
    if database.vendor != "sqlite" or database.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite's alone
        return None
    return Path(f"{database.settings_dict['NAME']}-polls")
