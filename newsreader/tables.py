"""The tables of the database: made, and brought up to date, by one process of this machine at a time."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def make_tables() -> None:
    """Run all migrations that have not run yet. Raises ImproperlyConfigured."""
    with _alone():
        _refuse_emptied(settings.DATABASES["default"])
        _migrate()


def make_tables_of_a_new_folder() -> None:
    """Make the tables of the embedded database where there are none yet, or wait for who makes them."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        with _alone():
            _refuse_emptied(database)
            if not _has_tables(Path(database["NAME"])):
                _migrate()


def _refuse_emptied(database: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured where the file of the database is there with nothing in it: a disk has lost it, and a
    new one would hide that. One that is to be made is not there at all."""
    path = Path(database["NAME"])
    if "sqlite" in database["ENGINE"] and path.is_file() and not path.stat().st_size:
        raise ImproperlyConfigured(
            f"the database {path} is an empty file and has lost what was in it: put it back from a backup "
            "(docs/backup.md), or delete the file for a new beginning"
        )


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
