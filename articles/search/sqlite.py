"""Search on SQLite: FTS5 over the same lexemes, without text and without positions, in the order of publication.

FTS5 finds fastest in the order of its row numbers. So an article's row number is its *place*: the millisecond of its
publication, or the next that is free. The table holds no text, so that a row can't be taken out again (SQLite before
3.43): a changed article gets a new place, and the row at its old one stays behind, where no article answers to it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db import OperationalError, connection

from articles.search.backend import BadPlace, Hit, IndexDocument, SearchTimeout
from articles.search.plan import EVERYTHING, NOTHING, AllOf, AnyOf, Expression, Lexeme, NoneOf, Plan

TIME_LIMIT = 3.0
STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000
# Held by every article: FTS5 can only take away from something.
ALL = "x:all"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteSearch:
    """See articles.search.backend.SearchBackend."""

    def index(self, documents: Sequence[IndexDocument], version: str) -> None:
        rows = sorted(documents, key=lambda document: (document.published_at, document.article_id))
        with connection.cursor() as cursor:
            ids = [document.article_id for document in rows]
            cursor.execute(f"DELETE FROM articles_search WHERE article_id IN ({_marks(ids)})", ids)
            taken = _taken(cursor, rows)
            placed = []
            for document in rows:
                place = _milliseconds(document.published_at)
                while place in taken:
                    place += 1
                taken.add(place)
                placed.append((place, document))
            cursor.executemany(
                "INSERT INTO articles_search (place, article_id, feed_id, version, digest) VALUES (%s, %s, %s, %s, %s)",
                [(place, doc.article_id, doc.feed_id, version, _digest(doc)) for place, doc in placed],
            )
            cursor.executemany(
                "INSERT INTO articles_search_lexemes (rowid, lexemes) VALUES (%s, %s)",
                [(place, " ".join([ALL, *doc.lexemes])) for place, doc in sorted(placed, key=lambda pair: pair[0])],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO articles_search_stems VALUES (%s)",
                [(stems,) for stems in {document.stems for document in rows}],
            )

    def hits(self, plan: Plan, *, place: str = "", newer: bool = False, limit: int) -> list[Hit]:
        found = _found(plan, place, newer=newer)
        if found is None:
            return []
        sql, parameters = found
        with _time_limit(), connection.cursor() as cursor:
            cursor.execute(f"SELECT s.article_id, s.place, s.feed_id {sql} LIMIT %s", [*parameters, limit])
            return [Hit(row[0], str(row[1]), row[2], _month(row[1])) for row in cursor.fetchall()]

    def count(self, plan: Plan, *, limit: int) -> int:
        found = _found(plan, "", newer=False)
        if found is None:
            return 0
        sql, parameters = found
        with _time_limit(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT %s)", [*parameters, limit])
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
                WHERE a.id > %s AND s.version IS NOT %s ORDER BY a.id LIMIT %s
                """,
                [beyond, version, limit],
            )
            return [article_id for (article_id,) in cursor.fetchall()]

    def forget_versions(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_search SET version = ''")

    def wrong(self, documents: Sequence[IndexDocument]) -> list[int]:
        ids = [document.article_id for document in documents]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT article_id, place, digest FROM articles_search WHERE article_id IN ({_marks(ids)})", ids
            )
            stored = {article_id: (place, bytes(digest)) for article_id, place, digest in cursor.fetchall()}
            return [
                document.article_id
                for document in documents
                if document.article_id not in stored
                or stored[document.article_id][1] != _digest(document)
                or not _holds(cursor, stored[document.article_id][0], document.lexemes)
            ]


def _digest(document: IndexDocument) -> bytes:
    known = f"{document.feed_id} {document.published_at.timestamp()} {' '.join(sorted(document.lexemes))}"
    return blake2b(known.encode(), digest_size=16).digest()


def _holds(cursor: Any, place: int, lexemes: Iterable[str]) -> bool:
    """Whether FTS5 has the row under each of a sample of its lexemes: it can't be asked for all that a row holds."""
    asked = match_text(AllOf(tuple(Lexeme(lexeme) for lexeme in sorted(lexemes)[:: max(1, len(set(lexemes)) // 20)])))
    cursor.execute(
        "SELECT 1 FROM articles_search_lexemes WHERE articles_search_lexemes MATCH %s AND rowid = %s", [asked, place]
    )
    return cursor.fetchone() is not None


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _month(place: int) -> date:
    return (_EPOCH + timedelta(milliseconds=place)).date().replace(day=1)


def _taken(cursor: Any, rows: Sequence[IndexDocument]) -> set[int]:
    """The places in use, also by rows left behind, around those that `rows` would like, as far as they may be pushed."""
    taken: set[int] = set()
    for start in {_milliseconds(document.published_at) for document in rows}:
        free = 0
        while free < len(rows):
            end = start + len(rows)
            cursor.execute(
                "SELECT rowid FROM articles_search_lexemes"
                " WHERE articles_search_lexemes MATCH %s AND rowid >= %s AND rowid < %s",
                [match_text(Lexeme(ALL)), start, end],
            )
            places = [place for (place,) in cursor.fetchall()]
            taken.update(places)
            free += len(rows) - len(places)
            start = end
    return taken


# --- asking -----------------------------------------------------------------------------------------------------


def _found(plan: Plan, place: str, *, newer: bool) -> tuple[str, list[Any]] | None:
    """FROM … ORDER BY of a search, and its parameters; None where nothing can be found."""
    if plan.expression == NOTHING:
        return None
    conditions: list[str] = []
    parameters: list[Any] = []
    walked = "s.place"
    source = "articles_search s"
    if plan.expression != EVERYTHING:
        # CROSS JOIN keeps SQLite from turning the two round: FTS5 leads, in the order of its rows.
        source = "articles_search_lexemes f CROSS JOIN articles_search s ON s.place = f.rowid"
        walked = "f.rowid"
        conditions.append("articles_search_lexemes MATCH %s")
        parameters.append(match_text(plan.expression))
    if place:
        conditions.append(f"{walked} {'>' if newer else '<'} %s")
        parameters.append(_place(place))
    if plan.start:
        conditions.append(f"{walked} >= %s")
        parameters.append(_milliseconds(plan.start))
    if plan.end:
        conditions.append(f"{walked} < %s")
        parameters.append(_milliseconds(plan.end))
    if plan.feed_ids is not None:
        conditions.append(f"s.feed_id IN ({_marks(list(plan.feed_ids)) or 'NULL'})")
        parameters += sorted(plan.feed_ids)
    order = f"{walked} {'ASC' if newer else 'DESC'}"
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"FROM {source} {where} ORDER BY {order}", parameters


def _place(place: str) -> int:
    try:
        return int(place)
    except ValueError as error:
        raise BadPlace(place) from error


def match_text(expression: Expression) -> str:
    """The expression as FTS5 text (https://sqlite.org/fts5.html#full_text_query_syntax). NOT is binary there."""
    match expression:
        case Lexeme(text):
            return '"' + text.replace('"', '""') + '"'
        case NoneOf(part):
            return f'("{ALL}" NOT {match_text(part)})'
        case AnyOf(parts):
            return f"({' OR '.join(map(match_text, parts))})"
        case AllOf(parts):
            wanted = [match_text(part) for part in parts if not isinstance(part, NoneOf)] or [f'"{ALL}"']
            unwanted = [match_text(part.part) for part in parts if isinstance(part, NoneOf)]
            positive = f"({' AND '.join(wanted)})"
            return f"({positive} NOT ({' OR '.join(unwanted)}))" if unwanted else positive


@contextmanager
def _time_limit() -> Iterator[None]:
    """Queries inside are interrupted when TIME_LIMIT seconds are over."""
    connection.ensure_connection()
    deadline = time.monotonic() + TIME_LIMIT
    raw: sqlite3.Connection = connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS_AT_THE_CLOCK)
    try:
        yield
    except OperationalError as error:
        if "interrupted" in str(error):
            raise SearchTimeout from error
        raise
    finally:
        raw.set_progress_handler(None, 0)
