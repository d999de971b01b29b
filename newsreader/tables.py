"""The tables of the database: made, and brought up to date, by one process of this machine at a time."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings


def make_tables() -> None:
    """Run all migrations that have not run yet."""
    with _alone():
        _migrate()


def make_tables_of_a_new_folder() -> None:
    """Make the tables of the embedded database where there are none yet, or wait for who makes them."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        with _alone():
            if not _has_tables(Path(database["NAME"])):
                _migrate()


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.DATA_DIR / "tables.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def _has_tables(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:  # not Django's: most commands of a folder in use need no more
        return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone() is not None
