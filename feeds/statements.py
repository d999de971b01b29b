"""Queries that pages ask all the time: made into SQL by the ORM once in a process, then asked with other values.

To build a query and to compile it takes the ORM several times as long as the database takes to answer one that looks up
a few rows; to plan it takes Postgres longer than to answer it, so that it does so once in a connection. What is asked
stays written as a query of models.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import DateTimeField, Expression, Field, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col
from django.db.models.sql.subqueries import DeleteQuery, InsertQuery, UpdateQuery

Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)
Change = UpdateQuery | DeleteQuery | InsertQuery
MOST_VALUES = 10_000  # of a list in one query: SQLite takes 32,766 values, as it is built where nobody says otherwise


def standing_cursor() -> CursorWrapper:
    """The cursor for SQL that is asked word for word again and again: Postgres takes its values apart from it, and
    keeps its plan as long as the connection lives; or goes on planning, where it expects plans for the values to be
    the cheaper by more than planning costs."""
    own: Any = connections[DEFAULT_DB_ALIAS]
    # As own.cursor() does it, by half as many calls: a tenth of what it takes to ask.
    own.close_if_health_check_failed()
    own.ensure_connection()
    with own.wrap_database_errors:
        if own.vendor == "postgresql":
            from feeds import postgres_cursor  # its driver is slow to load

            return cast(CursorWrapper, own._prepare_cursor(postgres_cursor.standing_cursor(own)))
        from feeds import sqlite_cursor

        return cast(CursorWrapper, own._prepare_cursor(own.connection.cursor(factory=sqlite_cursor.StandingCursor)))


def array(values: Iterable[object]) -> str:
    """Numbers, truths or moments as Postgres writes an array: its driver takes ten times as long over a list, one by
    one."""
    return f"{{{','.join(map(str, values))}}}"


class Given(Expression):
    """A value that a statement gets each time that it is asked, by name. With `field` where the ORM has to know what
    it is; behind a `pk__in`, as its only element, it stands for a list; with `is_any` for one that Postgres plans for
    unseen: where lists are mostly short it would think that to plan anew for each is the cheaper by more; with `is_set`
    for one that many rows are held against: Postgres hashes it then, and goes through no array for each row."""

    def __init__(
        self, name: str, field: Field[Any, Any] | None = None, *, is_any: bool = False, is_set: bool = False
    ) -> None:
        super().__init__(output_field=field)
        self.name, self.is_any, self.is_set = name, is_any, is_set

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def get_group_by_cols(self) -> list[Any]:
        """None, as of every value."""
        return []


class _Compiled:
    """One query as SQL, cut where its values go, with what turns a database's values into Python's."""

    def __init__(self, query: QuerySet[Any, Any] | Change) -> None:
        compiled = query if isinstance(query, Change) else query.query
        compiler = compiled.get_compiler(using=connection.alias)
        made: Any = compiler.as_sql()
        sql, self._params = made[0] if isinstance(query, InsertQuery) else made
        self._pieces = sql.split("%s")
        self._has_arrays = connection.vendor == "postgresql"  # so that lists of all lengths have one plan
        if self._has_arrays:
            self._take_arrays()
        self._sql = "%s".join(self._pieces)
        columns = [] if compiled is query else [column for column, *_ in compiler.select]
        converted = ((at, column, _converters(column)) for at, column in enumerate(columns))
        self._converted = [(at, column, found) for at, column, found in converted if found]

    def _take_arrays(self) -> None:
        """Have the statement take each list as one array."""
        for at, param in enumerate(self._params):
            if isinstance(param, Given) and self._pieces[at].endswith("IN ("):
                if param.is_set:
                    self._pieces[at] += "SELECT unnest("
                    self._pieces[at + 1] = f"::bigint[]){self._pieces[at + 1]}"
                    continue
                self._pieces[at] = f"{self._pieces[at].removesuffix('IN (')}= ANY("
                if param.is_any:
                    self._pieces[at] += "(SELECT "
                    self._pieces[at + 1] = f"::bigint[])::bigint[]{self._pieces[at + 1]}"

    def bound(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        given = [values[param.name] if isinstance(param, Given) else param for param in self._params]
        if list not in map(type, given):
            return self._sql, given
        if self._has_arrays:
            return self._sql, [array(value) if _is_of_numbers(value) else value for value in given]
        return self._spread(given)

    def _spread(self, given: list[Any]) -> tuple[str, list[Any]]:
        """The statement with a mark for each member of a list, and all of them in one row."""
        marks = (", ".join(["%s"] * len(value)) or "NULL" if isinstance(value, list) else "%s" for value in given)
        sql = "".join(chain.from_iterable(zip(self._pieces, [*marks, ""], strict=True)))
        return sql, list(chain.from_iterable(value if isinstance(value, list) else (value,) for value in given))

    def rows(self, values: dict[str, Any], cursor: CursorWrapper) -> list[Row]:
        with cursor:
            cursor.execute(*self.bound(values))
            return self.converted(cursor.fetchall(), cursor.db)

    def converted(self, rows: list[Row], own: BaseDatabaseWrapper) -> list[Row]:
        """The rows with Python's values. `own`: the connection of this thread."""
        if not self._converted or not rows:
            return rows
        columns = list(zip(*rows, strict=True))
        for at, column, converters in self._converted:
            if _is_bare_time(column, own):
                zone = own.timezone  # as the ORM's converter does it, but for four calls a value
                columns[at] = tuple([value and value.replace(tzinfo=zone) for value in columns[at]])
                continue
            for of in converters:
                convert = of(own)
                columns[at] = tuple([convert(value, column, own) for value in columns[at]])
        return list(zip(*columns, strict=True))


class Statement:
    """`make` gives a query with values_list() in which Given stands for the values; what it takes says what the query
    looks like, and it is made once for each."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any] | Change]) -> None:
        self._make = make
        self._compiled: dict[Row, _Compiled] = {}

    def sql(self, *shape: Hashable, **values: Any) -> tuple[str, list[Any]]:
        """The SQL with its parameters, to stand inside another."""
        return self._of(shape).bound(values)

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows that are there now. A list among the values may be empty: nothing is in it."""
        return self._of(shape).rows(values, standing_cursor())

    def change(self, *shape: Hashable, **values: Any) -> int:
        """The number of rows changed or removed, where `make` gives what `changing`, `merging` or `removing` does."""
        with standing_cursor() as cursor:
            cursor.execute(*self._of(shape).bound(values))
            return int(cursor.rowcount)

    def objects(self, model: type[M], columns: Sequence[str], *shape: Hashable, **values: Any) -> list[M]:
        """The rows as objects of `model`. `columns`: what the query asks for, as `columns_of` gives it."""
        return [loaded(model, DEFAULT_DB_ALIAS, columns, row) for row in self.rows(*shape, **values)]

    def column(self, *shape: Hashable, **values: Any) -> list[Any]:
        """The only column of the rows."""
        return [value for (value,) in self.rows(*shape, **values)]

    def _of(self, shape: Row) -> _Compiled:
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = _Compiled(self._make(*shape))
        return compiled


def fetched(query: QuerySet[Any, Any]) -> list[Row]:
    """The rows of a query with values_list() that is asked once, without the calls that the ORM makes for each of
    thousands."""
    try:
        return _Compiled(query).rows({}, connection.cursor())
    except EmptyResultSet:
        return []


def parts(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, in lists that are short enough for a query."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), MOST_VALUES):
        yield ordered[start : start + MOST_VALUES]


def loaded(model: type[M], alias: str, columns: Sequence[str], row: Row) -> M:
    """The object that Model.from_db makes of these columns' values, without the forty calls that it takes for it: no
    model here has an `__init__` of its own, and nobody listens to what Django says before and after one."""
    made = model.__new__(model)
    made._state = state = ModelState()
    state.adding, state.db = False, alias
    made.__dict__.update(zip(columns, row, strict=True))
    return made


Part = tuple[str, type[Model], tuple[str, ...]]
"""A model's object in a row with others: the way there, the model, its columns."""


def columns_in(parts: Iterable[Part]) -> list[str]:
    """The names by which a query asks for all of these, behind each other."""
    return [way + name for way, _model, columns in parts for name in columns]


def joined(parts: Iterable[Part], row: Row) -> list[Any]:
    """The objects whose columns stand behind each other in a row, None for one that is not there."""
    found, start = list[Any](), 0
    for _way, model, columns in parts:
        values = row[start : start + len(columns)]
        is_there = values[columns.index(model._meta.pk.attname)] is not None
        found.append(loaded(model, DEFAULT_DB_ALIAS, columns, values) if is_there else None)
        start += len(columns)
    return found


def changing(rows: QuerySet[Any, Any], **values: Any) -> UpdateQuery:
    """An update of one table's rows, for a statement: as QuerySet.update() would do it at once."""
    query = cast(UpdateQuery, rows.query.chain(UpdateQuery))
    query.add_update_values(values)
    return query


def merging(row: Model, *, unique: Sequence[str], changed: Sequence[str]) -> InsertQuery:
    """An insertion of one row for a statement, which has Given for the values of its fields: where there is one with
    the same in the fields that are `unique` together, those that are `changed` get the new values instead."""
    meta = type(row)._meta
    query = InsertQuery(
        type(row),
        on_conflict=OnConflict.UPDATE,
        update_fields=list(map(meta.get_field, changed)),
        unique_fields=list(map(meta.get_field, unique)),
    )
    query.insert_values([field for field in meta.concrete_fields if not field.primary_key], [row])
    return query


def removing(rows: QuerySet[Any, Any]) -> DeleteQuery:
    """A deletion of one table's rows, for a statement: of those that nothing else refers to."""
    return cast(DeleteQuery, rows.query.chain(DeleteQuery))


def all_columns(model: type[Model], *, but: Collection[str] = ()) -> tuple[str, ...]:
    """All columns in the order in which Model.from_db takes their values, without some that are deferred."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in but)


def columns_of(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    """The columns of those names in that order; others are deferred."""
    wanted, known = set(names), all_columns(model)
    assert wanted.issubset(known), wanted.difference(known)
    return tuple(name for name in known if name in wanted)


def _is_of_numbers(value: Any) -> bool:
    return isinstance(value, list) and (not value or isinstance(value[0], int))


def _is_bare_time(column: Any, own: BaseDatabaseWrapper) -> bool:
    """True for times that come without their zone: those of SQLite's columns, which its driver makes into times."""
    return own.vendor == "sqlite" and isinstance(column, Col) and type(column.output_field) is DateTimeField


def _converters(column: Any) -> list[Callable[[BaseDatabaseWrapper], Callable[..., Any]]]:
    """As the ORM finds them, each by what takes it from the connection that is asked: to keep one of a connection's own
    would keep that open, with its cache, when its thread has ended."""
    own: Any = connection
    found = [*own.ops.get_db_converters(column), *column.get_db_converters(own)]
    return [_taken_from(convert, own) for convert in found]


def _taken_from(convert: Any, own: Any) -> Callable[[BaseDatabaseWrapper], Callable[..., Any]]:
    if getattr(convert, "__self__", None) is own.ops:
        return attrgetter(f"ops.{convert.__name__}")
    return lambda _own: cast(Callable[..., Any], convert)
