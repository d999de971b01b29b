"""The places of the files that commands write and read."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection


def place_of(path: Path) -> Path:
    """The path of the file that one which is written is put in the place of: where a link leads. Raises CommandError
    where something else than a file stands there, which would be gone then, as a device would, or the database."""
    if path.is_dir():
        raise CommandError(f"{str(path)!r} is a folder: give the name of a file", returncode=2)
    if path.exists() and not path.is_file():
        raise CommandError(f"{str(path)!r} is no plain file: give the name of one", returncode=2)
    if path.exists() and connection.vendor == "sqlite" and _is_database(path):
        raise CommandError(f"{str(path)!r} is the database itself: give another name", returncode=2)
    return Path(os.path.realpath(path))


def _is_database(path: Path) -> bool:
    database = str(connection.settings_dict["NAME"])
    return any(Path(name).exists() and path.samefile(name) for name in (database, f"{database}-wal", f"{database}-shm"))
