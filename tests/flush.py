"""The end of a test with transactions of its own, as Django has it, with less work: to ask which tables have rows and to delete
those takes some milliseconds, to truncate ninety tables and to write what they hold from the first takes Postgres a
second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

HELD_FROM_THE_FIRST = ("django_content_type", "auth_permission")
Rows = list[list[Any]]


@contextmanager
def quick_flush() -> Iterator[None]:
    """Let tests with transactions of their own end so. What tables hold from the first stays where it is as it was."""
    as_it_was: dict[str, Rows] = {}

    def flush(test: TransactionTestCase) -> None:
        for alias in test._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
            connection = connections[alias]
            is_same = _rows(connection) == as_it_was.get(alias)
            while tables := _filled(connection).difference(HELD_FROM_THE_FIRST if is_same else ()):
                with suppress(IntegrityError):  # a request of a page that is closed by now has written meanwhile
                    connection.ops.execute_sql_flush([f'DELETE FROM "{table}"' for table in tables])
            if not is_same:
                emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)
                as_it_was[alias] = _rows(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


def _filled(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables that have rows."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {table for (table,) in cursor.fetchall()}


def _rows(connection: BaseDatabaseWrapper) -> Rows:
    with connection.cursor() as cursor:
        rows: Rows = []
        for table in HELD_FROM_THE_FIRST:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
            rows.append(cursor.fetchall())
        return rows
