"""The end of a test with transactions of its own, as Django has it, with less work: to ask which tables have rows and to delete
those takes some milliseconds, to truncate ninety tables and to write what they hold from the first takes Postgres a
second. Nor is Postgres' connection made anew: its process would read what it has to know of every table once more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection
from django.test import TransactionTestCase

from feeds.statements import standing_cursor

HELD_FROM_THE_FIRST = ("django_content_type", "auth_permission")
# What DISCARD ALL does but for what is prepared, of which psycopg keeps its own list.
RESET = (
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
    " DISCARD TEMP; DISCARD SEQUENCES"
)
Rows = list[list[Any]]


@contextmanager
def quick_flush() -> Iterator[None]:
    """Let tests with transactions of their own end so. What tables hold from the first stays where it is as it was."""
    as_it_was: Rows = []
    kept: object = None  # the connection that was there at the end of the test before

    def flush(_test: TransactionTestCase) -> None:
        nonlocal as_it_was
        is_same = _rows() == as_it_was
        while tables := _filled().difference(HELD_FROM_THE_FIRST if is_same else ()):
            with suppress(IntegrityError):  # a request of a page that is closed by now has written meanwhile
                connection.ops.execute_sql_flush([f'DELETE FROM "{table}"' for table in tables])
        if not is_same:
            emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
            as_it_was = _rows()

    def stay_connected(_test: TransactionTestCase) -> bool:
        nonlocal kept
        if connection.vendor != "postgresql":
            return True
        if connection.connection is not kept or not make_as_new():
            connection.close()
            connection.connect()
            kept = connection.connection
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        patch.setattr(TransactionTestCase, "_should_reload_connections", stay_connected)
        yield


def make_as_new() -> bool:
    """True where the next test finds Postgres' connection as it finds a new one; False where it needs a new one."""
    own: Any = connection
    is_at_rest = own.connection and not own.connection.closed and own.connection.info.transaction_status.name == "IDLE"
    if not is_at_rest or own.in_atomic_block or own.errors_occurred or not own.get_autocommit():
        return False
    with own.cursor() as cursor:
        cursor.execute(RESET)
    own.init_connection_state()
    own.run_on_commit.clear()
    return True


@cache
def _ask_which_are_filled() -> str:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)


def _filled() -> set[str]:
    """The tables that have rows."""
    with standing_cursor() as cursor:  # to plan it takes Postgres longer than to answer
        cursor.execute(_ask_which_are_filled())
        return {table for (table,) in cursor.fetchall()}


def _rows() -> Rows:
    with connection.cursor() as cursor:
        rows: Rows = []
        for table in HELD_FROM_THE_FIRST:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
            rows.append(cursor.fetchall())
        return rows
