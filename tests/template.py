"""Things that are slow to make, made once in a run: the worker that needs one first makes it, the others copy it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.creation import BaseDatabaseCreation

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"of-{os.getpid()}")


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / f"run-{RUN}" / name


def migrated_file(connection: BaseDatabaseWrapper) -> Path:
    """The copy that is made of the tests' database when its migrations have run; of Postgres a file that tells its name."""
    return _path(f"{connection.vendor}-{connection.alias}")


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The file or folder of that name that `make` made, in this worker or another, and that nobody may change."""
    path = _path(name)
    path.parent.mkdir(exist_ok=True)
    with path.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(path)
    return path


@contextmanager
def migrated_once() -> Iterator[None]:
    """Let the database of a worker's tests be a copy of the first worker's, as it was when its migrations had run."""
    create = BaseDatabaseCreation.create_test_db

    def create_by_copying(self: Any, *arguments: Any, **options: Any) -> str:
        made: list[str] = []

        def first(path: Path) -> None:
            made.append(create(self, *arguments, **options))
            COPIES[self.connection.vendor](self.connection, path)

        path = once(migrated_file(self.connection).name, first)
        if made:
            return made[0]
        with pytest.MonkeyPatch.context() as patch:
            if self.connection.vendor == "postgresql":
                patch.setitem(self.connection.settings_dict["TEST"], "TEMPLATE", path.read_text())
            else:
                emptied = self._create_test_db

                def filled(*arguments: Any, **options: Any) -> str:
                    name = emptied(*arguments, **options)
                    return str(shutil.copyfile(path, name))

                patch.setattr(self, "_create_test_db", filled)
            return str(create(self, *arguments, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "create_test_db", create_by_copying)
        yield


def _copy_sqlite(connection: BaseDatabaseWrapper, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)


def _copy_postgres(connection: BaseDatabaseWrapper, path: Path) -> None:
    """A database that is told of in the file. It goes with the server."""
    name = f"migrated_{RUN}"
    connection.close()  # or it could not be a template
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    path.write_text(name)


COPIES = {"sqlite": _copy_sqlite, "postgresql": _copy_postgres}
