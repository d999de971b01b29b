"""New rows of one table in one statement, as bulk_create stores them, for what a poll stores by the thousand.

The ORM asks of each value of each row what it is and how the database takes it, which costs several times as much as to
send it; and what it sends to Postgres it first packs into arrays, in which Python escapes a text a second time. Here
that is found out once for a model. Nobody listens to what Django says before and after a row is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, BooleanField, CharField, DateTimeField, Field, ForeignKey, IntegerField, Model
from django.db.models import TextField as Text

from feeds.statements import array, standing_cursor

M = TypeVar("M", bound=Model)

IGNORED = " ON CONFLICT DO NOTHING"
# Values of these fields are what the driver takes, where they have the type that the model says.
_AS_THEY_ARE = (CharField, Text, IntegerField, BooleanField, ForeignKey)
# Types of columns whose values an array of Postgres' takes as Python writes them.
_PLAIN = {"bigint", "integer", "smallint", "boolean", "timestamp with time zone"}


@dataclass(frozen=True, slots=True)
class _Table:
    """A model, as it is stored: how values are taken from an object, and which of them have to be changed."""

    head: str
    row: str
    fields: tuple[Field[Any, Any], ...]
    values: Callable[[Any], tuple[Any, ...]]
    # Fields that work their value out when a row is stored; places of values that the database takes otherwise.
    made: tuple[Field[Any, Any], ...]
    changed: tuple[int, ...]
    numbered: str  # the column of the number that the database gives, if it gives one
    # The types of columns, where Postgres takes each as one array: so the statement is the same for any number of rows.
    types: tuple[str, ...]


def insert(objects: Sequence[M], *, on_conflict: str = "") -> Sequence[M]:
    """The `objects`, all of one model, stored. Those whose key the database gives have it, unless there is something to
    do `on_conflict`, as SQL that both databases understand. No value is left to the database. Raises IntegrityError."""
    if not objects:
        return objects
    own = connections[DEFAULT_DB_ALIAS]
    table = _table(type(objects[0]), own.vendor)
    at_once = max(1, (own.features.max_query_params or 30_000) // len(table.fields))
    returned = f' RETURNING "{table.numbered}"' if table.numbered and not on_conflict else ""
    # One row is what most polls bring: a statement that is asked again and again.
    with standing_cursor() if table.types or len(objects) == 1 else own.cursor() as cursor:
        for start in range(0, len(objects), at_once):
            some = objects[start : start + at_once]
            rows, values = _given(table, [_values(table, each, own) for each in some])
            cursor.execute(f"{table.head}{rows}{on_conflict}{returned}", values)
            numbers = [number for (number,) in cursor.fetchall()] if returned else []
            _note(some, numbers)
    return objects


@cache
def _table(model: type[Model], vendor: str) -> _Table:
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
    key = model._meta.pk
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return _Table(
        head=f'INSERT INTO "{model._meta.db_table}" ({columns}) ',
        row=f"({', '.join(['%s'] * len(fields))})",
        fields=tuple(fields),
        values=attrgetter(*(field.attname for field in fields), fields[0].attname),  # two at least make a tuple
        made=tuple(field for field in fields if _is_made(field)),
        changed=tuple(at for at, field in enumerate(fields) if not _is_taken(field, vendor)),
        numbered=str(key.column) if isinstance(key, AutoField) else "",
        types=_array_types(fields, vendor),
    )


def _is_made(field: Field[Any, Any]) -> bool:
    if isinstance(field, DateTimeField):
        return bool(field.auto_now or field.auto_now_add)
    return type(field).pre_save is not Field.pre_save


def _is_taken(field: Field[Any, Any], vendor: str) -> bool:
    """True where the driver takes the field's values as they are."""
    if isinstance(field, DateTimeField):
        return vendor == "postgresql"
    return isinstance(field, _AS_THEY_ARE)


def _array_types(fields: Sequence[Field[Any, Any]], vendor: str) -> tuple[str, ...]:
    """The types of these columns; none where one has values that an array does not take as they are."""
    if vendor != "postgresql":
        return ()
    types = tuple(str(field.db_type(connections[DEFAULT_DB_ALIAS])) for field in fields)
    return types if _PLAIN.issuperset(types) and not any(field.null for field in fields) else ()


def _given(table: _Table, rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """The rows, as they stand in the statement, with its values."""
    if table.types:
        arrays = ", ".join(f"%s::{name}[]" for name in table.types)
        return f"SELECT * FROM unnest({arrays})", [array(column) for column in zip(*rows, strict=True)]  # noqa: S608
    return f"VALUES {', '.join([table.row] * len(rows))}", list(chain.from_iterable(rows))


def _values(table: _Table, stored: Model, own: BaseDatabaseWrapper) -> list[Any]:
    for field in table.made:
        field.pre_save(stored, True)
    values = list(table.values(stored)[:-1])
    for at in table.changed:
        values[at] = table.fields[at].get_db_prep_save(values[at], own)
    return values


def _note(stored: Sequence[Model], numbers: Sequence[int]) -> None:
    for each, number in zip(stored, numbers, strict=False):
        each.pk = number
    for each in stored:
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS
