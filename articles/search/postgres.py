"""Search on Postgres: a side table of lexemes without positions, under GIN; and a choice of plan that is ours.

Left to itself the planner walks the date index for rare words, and reads the whole table for nothing. So what it
believes of a query's frequency decides here: common words are found by walking from the newest article on, a bounded
way; all else through GIN, fenced by a materialised CTE.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction

from articles.search.backend import (
    HOLDING,
    BadPlace,
    Hit,
    Holding,
    IndexDocument,
    SearchTimeout,
    arrival_id,
    arrival_place,
)
from articles.search.query.postgres_rows import COLUMNS, condition, packed
from articles.search.query.tree import EVERYTHING, NOTHING, evaluate
from feeds.statements import standing_cursor

if TYPE_CHECKING:
    from articles.search.query.plan import Expression, Lexeme, Plan

# What it costs, in microseconds, to look at an article on a walk (its lexemes are unpacked), and to take one from GIN.
WALKED, TAKEN = 10.0, 2.5
# A walk goes so many times further than it should have to, and never beyond that many articles.
PATIENCE, LONGEST_WALK = 3, 20_000
# By arrival no index knows the dates and feeds of a plan: for each article that a walk looks at it passes over so many
# others at most, whose lexemes nobody reads.
PASSED_OVER = 30
TIME_LIMIT_MS = 3000
# While much is indexed, GIN gathers so much before it sorts it into its lists, which we tell it to: what it sorts in by
# itself leaves pages behind that are used again only after the next VACUUM.
GATHERED = "64MB"
CANCELED = "57014"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
MATCH = "articles_search_vector(lexemes) @@ %s::tsquery"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Span:
    """WHERE conditions beside the lexemes, those of the `place` apart, and the order of the walk."""

    place: str
    place_parameters: tuple[Any, ...]
    conditions: tuple[str, ...]
    of_conditions: tuple[Any, ...]
    order: str
    by_arrival: bool

    @property
    def parameters(self) -> tuple[Any, ...]:
        return (*self.place_parameters, *self.of_conditions)

    def where(self, *more: str) -> str:
        return _where(*more, self.place, *self.conditions)

    def walked(self, columns: Sequence[str], length: int) -> tuple[str, list[Any]]:
        """A query of the columns of the next `length` articles, and its parameters."""
        chosen, order = ", ".join(columns), f"ORDER BY {self.order} LIMIT %s"
        if not (self.by_arrival and self.conditions):
            return f"SELECT {chosen} FROM articles_search {self.where()} {order}", [*self.parameters, length]
        near = f"SELECT * FROM articles_search {_where(self.place)} {order}"
        return (
            f"SELECT {chosen} FROM ({near}) AS near {_where(*self.conditions)} LIMIT %s",
            [*self.place_parameters, length * PASSED_OVER, *self.of_conditions, length],
        )

    def is_longer(self, length: int) -> tuple[str, list[Any]]:
        """A query that has a row where there is more than `walked` goes through, and its parameters."""
        order = f"ORDER BY {self.order} LIMIT 1 OFFSET %s"
        if not (self.by_arrival and self.conditions):
            return f"SELECT 1 FROM articles_search {self.where()} {order}", [*self.parameters, length]
        beyond = f"SELECT 1 FROM articles_search {_where(self.place)} {order}"
        return beyond, [*self.place_parameters, length]

    def hits(self, rows: Iterable[tuple[int, datetime, int]]) -> list[Hit]:
        """Of rows of articles, their moments and feeds."""
        return [
            Hit(
                article_id,
                arrival_place(article_id) if self.by_arrival else _place_of(moment, article_id),
                feed_id,
                moment.astimezone(UTC).date().replace(day=1),
            )
            for article_id, moment, feed_id in rows
        ]


def _where(*conditions: str) -> str:
    there = [condition for condition in conditions if condition]
    return f"WHERE {' AND '.join(there)}" if there else ""


class PostgresSearch:
    """See articles.search.backend.SearchBackend."""

    def index(self, documents: Sequence[IndexDocument], version: str) -> None:
        rows = sorted(documents, key=lambda document: document.article_id)  # in one order, so that two never deadlock
        with standing_cursor() as cursor:
            cursor.execute(
                """
                WITH stems AS (
                    INSERT INTO articles_search_stems SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING
                )
                INSERT INTO articles_search (article_id, feed_id, published_at, version, lexemes)
                SELECT id, feed, published, %s, lexemes
                FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])
                    AS d (id, feed, published, lexemes)
                ON CONFLICT (article_id) DO UPDATE SET feed_id = EXCLUDED.feed_id, published_at = EXCLUDED.published_at,
                    version = EXCLUDED.version, lexemes = EXCLUDED.lexemes
                """,
                [
                    sorted({document.stems for document in rows}),
                    version,
                    [document.article_id for document in rows],
                    [document.feed_id for document in rows],
                    [document.published_at for document in rows],
                    [packed(document.lexemes) for document in rows],
                ],
            )

    def hits(
        self, plan: Plan, *, place: str = "", newer: bool = False, by_arrival: bool = False, limit: int
    ) -> list[Hit]:
        asked = tsquery(plan.expression)
        if asked is None:
            return []
        span = _span(plan, place, newer=newer, by_arrival=by_arrival)
        length = 0 if plan.article_ids is not None else _walk_length(asked, limit)
        with _time_limit(_WALK if length else _FENCE), connection.cursor() as cursor:
            if length:
                found = _walk(cursor, plan.expression, span, limit, length)
                if found is not None:
                    return found
                _set(cursor, _FENCE)
            return _fenced(cursor, plan, span, limit)

    def count(self, plan: Plan, *, limit: int) -> int:
        asked = tsquery(plan.expression)
        if asked is None:
            return 0
        span = _span(plan)
        rows, parameters = _matching(plan.expression, span)
        # Only the bitmap of GIN is left: to read on until enough match, which the planner loves, may take all.
        settings = {} if _reads_all(plan.expression) else {"enable_seqscan": "off", "enable_indexscan": "off"}
        with _time_limit(settings), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT %s) AS counted", [*parameters, limit])
            return int(cursor.fetchone()[0])

    def holds(self, version: str) -> Holding:
        with connection.cursor() as cursor:
            cursor.execute(HOLDING, [version])
            rows = cursor.fetchall()
        return Holding(tuple(language for language, _ in rows), any(complete for _, complete in rows))

    def unindexed(self, version: str, *, beyond: int, limit: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT a.id FROM articles_article a
                LEFT JOIN articles_search s ON s.article_id = a.id AND s.article_id > %s
                WHERE a.id > %s AND s.version IS DISTINCT FROM %s ORDER BY a.id LIMIT %s
                """,
                [beyond, beyond, version, limit],
            )
            return [article_id for (article_id,) in cursor.fetchall()]

    def forget_versions(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_search SET version = ''")

    def begin_reindex(self) -> None:
        """Rows are replaced one by one."""

    @contextmanager
    def many(self) -> Iterator[None]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gin_pending_list_limit', %s, true)", [GATHERED])
            yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('articles_search_lexemes')")

    def end_reindex(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE articles_search")

    def wrong(self, documents: Sequence[IndexDocument]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT article_id, feed_id, published_at, lexemes FROM articles_search
                WHERE article_id = ANY(%s)
                """,
                [[document.article_id for document in documents]],
            )
            stored = {row[0]: row[1:] for row in cursor.fetchall()}
        return [
            document.article_id
            for document in documents
            if stored.get(document.article_id) != (document.feed_id, document.published_at, packed(document.lexemes))
        ]


# --- asking -----------------------------------------------------------------------------------------------------


def tsquery(expression: Expression) -> str | None:
    """The expression as tsquery text; "" for everything, None for nothing."""
    if expression == NOTHING:
        return None
    return "" if expression == EVERYTHING else _tsquery(expression)


def _tsquery(expression: Expression) -> str:
    return evaluate(
        expression,
        _quoted,
        every=lambda parts: f"({' & '.join(parts)})",
        some=lambda parts: f"({' | '.join(parts)})",
        no=lambda part: f"!({part})",
    )


def _quoted(lexeme: Lexeme) -> str:
    return "'" + lexeme.text.replace("\\", "\\\\").replace("'", "''") + "'"


def _span(plan: Plan, place: str = "", *, newer: bool = False, by_arrival: bool = False) -> _Span:
    conditions: list[str] = []
    parameters: list[Any] = []
    if plan.start:
        conditions.append("published_at >= %s")
        parameters.append(plan.start)
    if plan.end:
        conditions.append("published_at < %s")
        parameters.append(plan.end)
    if plan.feed_ids is not None:
        conditions.append("feed_id = ANY(%s)")
        parameters.append(sorted(plan.feed_ids))
    if plan.article_ids is not None:
        conditions.append("article_id = ANY(%s)")
        parameters.append(sorted(plan.article_ids))
    beyond, of_place = _beyond(place, newer=newer, by_arrival=by_arrival)
    order = ", ".join(
        f"{column} {'ASC' if newer else 'DESC'}" for column in ("published_at", "article_id")[1 if by_arrival else 0 :]
    )
    return _Span(beyond, of_place, tuple(conditions), tuple(parameters), order, by_arrival)


def _beyond(place: str, *, newer: bool, by_arrival: bool) -> tuple[str, tuple[Any, ...]]:
    """The condition of being beyond `place`, empty where there is none, and its parameters."""
    sign = ">" if newer else "<"
    if not place:
        return "", ()
    if by_arrival:
        return f"article_id {sign} %s", (arrival_id(place),)
    return f"(published_at, article_id) {sign} (%s, %s)", _place(place)


def _place(place: str) -> tuple[datetime, int]:
    if not re.fullmatch(r"-?\d{1,18}_\d{1,18}", place, re.ASCII):
        raise BadPlace(place)
    moment, _, article_id = place.partition("_")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), int(article_id)
    except OverflowError as error:
        raise BadPlace(place) from error


def _place_of(moment: datetime, article_id: int) -> str:
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}_{article_id}"


def _walk_length(asked: str, limit: int) -> int:
    """The number of articles that a walk may look at; 0 where GIN is quicker."""
    if not asked:
        return LONGEST_WALK
    matching, articles = _estimate(asked, int(time.monotonic()) // 60)
    expected = limit * articles / max(matching, 1.0)
    if expected * WALKED > matching * TAKEN:
        return 0
    return min(int(expected * PATIENCE) + 100, LONGEST_WALK)


def _reads_all(expression: Expression) -> bool:
    """True where GIN would have to look at every article: where nothing must be there, only not be there."""
    return evaluate(expression, lambda lexeme: False, every=all, some=any, no=lambda part: True)


@lru_cache(maxsize=1024)
def _estimate(asked: str, minute: int) -> tuple[float, float]:
    """The planner's estimates of how many articles match, and of how many there are; asked anew every minute."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT 1 FROM articles_search WHERE " + MATCH, [asked])
        [(explained,)] = cursor.fetchall()
        plan = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'articles_search'::regclass")
        # -1 in a table that was never analyzed.
        return float(plan["Plan Rows"]), max(float(cursor.fetchone()[0]), 0.0)


def _walk(cursor: Any, expression: Expression, span: _Span, limit: int, length: int) -> list[Hit] | None:
    """Hits by the index of their order; None where looking at `length` articles was not enough."""
    wanted, lexemes = condition(expression)
    walked, parameters = span.walked(("article_id", "published_at", "feed_id", *COLUMNS), length)
    cursor.execute(
        f"""
        WITH walked AS NOT MATERIALIZED ({walked})
        SELECT article_id, published_at, feed_id FROM walked WHERE {wanted} LIMIT %s
        """,
        [*parameters, *lexemes, limit],
    )
    found = span.hits(cursor.fetchall())
    if len(found) == limit:
        return found
    cursor.execute(*span.is_longer(length))
    return None if cursor.fetchone() else found


def _fenced(cursor: Any, plan: Plan, span: _Span, limit: int) -> list[Hit]:
    """Hits by GIN, sorted afterwards."""
    rows, parameters = _matching(plan.expression, span, "article_id", "published_at", "feed_id")
    cursor.execute(
        f"""
        WITH found AS MATERIALIZED (SELECT article_id, published_at, feed_id FROM {rows})
        SELECT article_id, published_at, feed_id FROM found ORDER BY {span.order} LIMIT %s
        """,
        [*parameters, limit],
    )
    return span.hits(cursor.fetchall())


def _matching(expression: Expression, span: _Span, *columns: str) -> tuple[str, list[Any]]:
    """The SQL behind FROM for the rows that match, and its parameters. GIN can't tell what is not there without reading
    all of it: that is told from the rows."""
    if not _reads_all(expression):
        return f"articles_search {span.where(MATCH)}", [tsquery(expression), *span.parameters]
    wanted, lexemes = condition(expression)
    rows = f"SELECT {', '.join([*columns, *COLUMNS])} FROM articles_search {span.where()}"
    return f"({rows}) AS looked_through WHERE {wanted}", [*span.parameters, *lexemes]


_WALK = {"enable_bitmapscan": "off", "enable_indexscan": "on", "enable_seqscan": "off", "enable_sort": "off"}
_FENCE = {"enable_bitmapscan": "on", "enable_indexscan": "off", "enable_seqscan": "off", "enable_sort": "on"}


def _set(cursor: Any, settings: dict[str, str]) -> None:
    """Set for the rest of the transaction."""
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    cursor.execute(f"SELECT {calls}", [value for pair in settings.items() for value in pair])


_SET_HERE = ("statement_timeout", "enable_bitmapscan", "enable_indexscan", "enable_seqscan", "enable_sort")


@contextmanager
def _time_limit(settings: dict[str, str]) -> Iterator[None]:
    """A transaction with such settings that the database ends after TIME_LIMIT_MS. One around it goes on with those
    that it had."""
    is_inner = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            before = {}
            if is_inner:
                cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in _SET_HERE))
                before = dict(zip(_SET_HERE, cursor.fetchone(), strict=True))
            _set(cursor, {**settings, "statement_timeout": str(TIME_LIMIT_MS)})
            yield
            if before:
                _set(cursor, before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == CANCELED:
            raise SearchTimeout from error
        raise
