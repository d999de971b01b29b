"""The last key that a table gave out. It may be of a row that was deleted since, and must not be given out again: a
reader's "all read up to here" would hold a new article for an old one."""

from __future__ import annotations

from django.db import connection
from django.db.models import AutoField

from newsreader.backup.parts import Model


def last_key(model: Model) -> int:
    """0 where the table counts no keys, or gave out none yet."""
    key = model._meta.pk
    if not isinstance(key, AutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', key.column])
            (sequence,) = cursor.fetchone() or (None,)
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    return found[0] if found else 0


def go_on_after(model: Model, key: int) -> None:
    """Give out keys beyond `key`, and beyond all that the table has."""
    if not isinstance(model._meta.pk, AutoField):
        return
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            last = f'SELECT greatest(max("{column}"), %s) AS last FROM "{table}"'  # noqa: S608
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), greatest(last, 1), last > 0) FROM ({last}) AS given",  # noqa: S608
                [f'"{table}"', column, key],
            )
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            last = f'SELECT %s, max(ifnull(max("{column}"), 0), %s) FROM "{table}"'  # noqa: S608
            cursor.execute(f"INSERT INTO sqlite_sequence (name, seq) {last}", [table, key])
