"""Search on Postgres: a side table of lexemes without positions, under GIN; and a choice of plan that is ours.

Left to itself the planner walks the date index for rare words, and reads the whole table for nothing. So: a common word
is found by walking from the newest article on, a bounded way; all else through GIN, fenced by a materialised CTE.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from articles.search.backend import BadPlace, Hit, IndexDocument, SearchTimeout
from articles.search.plan import EVERYTHING, NOTHING, AllOf, AnyOf, Expression, Lexeme, NoneOf, Plan

# Of the table: what the planner believes to be commoner is looked for from the newest article on.
COMMON = 0.02
LONGEST_WALK = 20_000
TIME_LIMIT_MS = 3000
# Postgres takes a tsvector of 1 MB; what a page of hostile text holds beyond that is not indexed.
MOST_LEXEME_BYTES = 900_000


@dataclass(frozen=True, slots=True)
class _Span:
    """WHERE conditions beside the lexemes, and the order of the walk."""

    conditions: tuple[str, ...]
    parameters: tuple[Any, ...]
    order: str

    def where(self, *more: str) -> str:
        conditions = [*more, *self.conditions]
        return f"WHERE {' AND '.join(conditions)}" if conditions else ""


class PostgresSearch:
    """See articles.search.backend.SearchBackend."""

    def index(self, documents: Sequence[IndexDocument], version: str) -> None:
        rows = sorted(documents, key=lambda document: document.article_id)  # in one order, so that two never deadlock
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO articles_search (article_id, feed_id, published_at, version, lexemes)
                SELECT id, feed, published, %s, array_to_tsvector(string_to_array(lexemes, ' '))
                FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])
                    AS d (id, feed, published, lexemes)
                ON CONFLICT (article_id) DO UPDATE SET feed_id = EXCLUDED.feed_id, published_at = EXCLUDED.published_at,
                    version = EXCLUDED.version, lexemes = EXCLUDED.lexemes
                """,
                [
                    version,
                    [document.article_id for document in rows],
                    [document.feed_id for document in rows],
                    [document.published_at for document in rows],
                    [" ".join(_that_fit(document.lexemes)) for document in rows],
                ],
            )
            cursor.execute(
                "INSERT INTO articles_search_stems SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
                [sorted({document.stems for document in rows})],
            )

    def hits(self, plan: Plan, *, place: str = "", newer: bool = False, limit: int) -> list[Hit]:
        asked = tsquery(plan.expression)
        if asked is None:
            return []
        span = _span(plan, place, newer=newer)
        with _time_limit(), connection.cursor() as cursor:
            if not asked or _share(cursor, asked) > COMMON:
                found = _walk(cursor, asked, span, limit)
                if found is not None:
                    return found
            return _fenced(cursor, asked, span, limit)

    def count(self, plan: Plan, *, limit: int) -> int:
        asked = tsquery(plan.expression)
        if asked is None:
            return 0
        span = _span(plan, "", newer=False)
        match = ["lexemes @@ %s::tsquery"] if asked else []
        parameters = [asked] if asked else []
        with _time_limit(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM articles_search {span.where(*match)} LIMIT %s) AS counted",
                [*parameters, *span.parameters, limit],
            )
            return int(cursor.fetchone()[0])

    def stem_languages(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT language FROM articles_search_stems")
            return [language for (language,) in cursor.fetchall()]

    def unindexed(self, version: str, *, beyond: int, limit: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT a.id FROM articles_article a LEFT JOIN articles_search s ON s.article_id = a.id
                WHERE a.id > %s AND s.version IS DISTINCT FROM %s ORDER BY a.id LIMIT %s
                """,
                [beyond, version, limit],
            )
            return [article_id for (article_id,) in cursor.fetchall()]

    def forget_versions(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_search SET version = ''")

    def wrong(self, documents: Sequence[IndexDocument]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT article_id, feed_id, published_at, tsvector_to_array(lexemes) FROM articles_search
                WHERE article_id = ANY(%s)
                """,
                [[document.article_id for document in documents]],
            )
            stored = {row[0]: (row[1], row[2], set(row[3])) for row in cursor.fetchall()}
        return [
            document.article_id
            for document in documents
            if stored.get(document.article_id)
            != (document.feed_id, document.published_at, set(_that_fit(document.lexemes)))
        ]


def _that_fit(lexemes: frozenset[str]) -> list[str]:
    fitting, room = [], MOST_LEXEME_BYTES
    for lexeme in sorted(lexemes):
        room -= len(lexeme.encode()) + 4
        if room < 0:
            break
        fitting.append(lexeme)
    return fitting


# --- asking -----------------------------------------------------------------------------------------------------


def tsquery(expression: Expression) -> str | None:
    """The expression as tsquery text; "" for everything, None for nothing."""
    if expression == NOTHING:
        return None
    return "" if expression == EVERYTHING else _tsquery(expression)


def _tsquery(expression: Expression) -> str:
    match expression:
        case Lexeme(text):
            return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
        case NoneOf(part):
            return f"!({_tsquery(part)})"
        case AllOf(parts):
            return f"({' & '.join(map(_tsquery, parts))})"
        case AnyOf(parts):
            return f"({' | '.join(map(_tsquery, parts))})"


def _span(plan: Plan, place: str, *, newer: bool) -> _Span:
    conditions: list[str] = []
    parameters: list[Any] = []
    if place:
        conditions.append(f"(published_at, article_id) {'>' if newer else '<'} (%s, %s)")
        parameters += _place(place)
    if plan.start:
        conditions.append("published_at >= %s")
        parameters.append(plan.start)
    if plan.end:
        conditions.append("published_at < %s")
        parameters.append(plan.end)
    if plan.feed_ids is not None:
        conditions.append("feed_id = ANY(%s)")
        parameters.append(sorted(plan.feed_ids))
    order = "published_at, article_id" if newer else "published_at DESC, article_id DESC"
    return _Span(tuple(conditions), tuple(parameters), order)


def _place(place: str) -> tuple[datetime, int]:
    moment, _, article_id = place.rpartition("_")
    try:
        return datetime.fromisoformat(moment), int(article_id)
    except ValueError as error:
        raise BadPlace(place) from error


def _hits(rows: Iterable[tuple[int, datetime, int]]) -> list[Hit]:
    return [
        Hit(article_id, f"{moment.isoformat()}_{article_id}", feed_id, moment.astimezone(UTC).date().replace(day=1))
        for article_id, moment, feed_id in rows
    ]


def _share(cursor: Any, asked: str) -> float:
    """The part of all articles that the planner believes to match."""
    cursor.execute("EXPLAIN (FORMAT JSON) SELECT 1 FROM articles_search WHERE lexemes @@ %s::tsquery", [asked])
    [(explained,)] = cursor.fetchall()
    plan = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'articles_search'::regclass")
    return float(plan["Plan Rows"]) / max(float(cursor.fetchone()[0]), 1)


def _walk(cursor: Any, asked: str, span: _Span, limit: int) -> list[Hit] | None:
    """Hits by the date index; None where LONGEST_WALK articles were not enough."""
    match = "WHERE lexemes @@ %s::tsquery" if asked else ""
    cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    cursor.execute(
        f"""
        SELECT article_id, published_at, feed_id FROM (
            SELECT article_id, published_at, feed_id, lexemes FROM articles_search {span.where()}
            ORDER BY {span.order} LIMIT %s
        ) AS walked {match} LIMIT %s
        """,
        [*span.parameters, LONGEST_WALK, *([asked] if asked else []), limit],
    )
    found = _hits(cursor.fetchall())
    if len(found) == limit:
        return found
    cursor.execute(
        f"SELECT 1 FROM articles_search {span.where()} ORDER BY {span.order} LIMIT 1 OFFSET %s",
        [*span.parameters, LONGEST_WALK],
    )
    return None if cursor.fetchone() else found


def _fenced(cursor: Any, asked: str, span: _Span, limit: int) -> list[Hit]:
    """Hits by GIN, sorted afterwards."""
    cursor.execute("SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = on")
    match = ["lexemes @@ %s::tsquery"] if asked else []
    cursor.execute(
        f"""
        WITH found AS MATERIALIZED (
            SELECT article_id, published_at, feed_id FROM articles_search {span.where(*match)}
        )
        SELECT article_id, published_at, feed_id FROM found ORDER BY {span.order} LIMIT %s
        """,
        [*([asked] if asked else []), *span.parameters, limit],
    )
    return _hits(cursor.fetchall())


@contextmanager
def _time_limit() -> Iterator[None]:
    """A transaction that the database ends after TIME_LIMIT_MS."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {TIME_LIMIT_MS}")
            yield
            with connection.cursor() as cursor:  # an outer transaction, as a test's, goes on without these
                cursor.execute(
                    "SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT;"
                    "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_sort TO DEFAULT"
                )
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise SearchTimeout from error
        raise
