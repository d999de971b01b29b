"""Search on SQLite: FTS5 over the same lexemes, without text and without positions, in the order of publication.

FTS5 finds fastest in the order of its row numbers. So an article's row number is its *place*: the millisecond of its
publication, or the next that is free. The table holds no text, so that a row can't be taken out again (SQLite before
3.43): a changed article gets a new place, and the row at its old one stays behind, where no article answers to it.

When much is to be indexed anew, a second table takes it in, both are searched, and in the end the first is dropped.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction

from articles.search.analyze.document import Lexemes
from articles.search.analyze.lexemes import run_lexemes, version
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
from articles.search.query.tree import EVERYTHING, NOTHING, And
from articles.search.sqlite_arrivals import Arrivals
from articles.search.sqlite_question import ALL, EPOCH, Row, found, match_text, milliseconds, where

if TYPE_CHECKING:
    from articles.search.query.plan import Plan

TIME_LIMIT = 3.0
STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000
# The second, while everything is indexed anew; and how many rows, of those that stay, may be left behind before that.
TABLE, NEXT = "articles_search_lexemes", "articles_search_lexemes_next"
WORN, FEW = 0.3, 1000
PLACES = 200  # looked at for each article: at full hours many feeds publish
# How FTS5 keeps a table: bytes of lexemes that it gathers in memory before it sorts and writes them, which has to stay
# within what the processor keeps close, and of the pages that it writes. In small pages, as it has them by itself, an
# article costs four times the processor time.
KEPT = {"hashsize": 2 * 2**20, "pgsz": 16384}
# Code points as `array` takes them.
UTF_32 = f"utf-32-{sys.byteorder[0]}e"
# A lexeme is what stands between two blanks. The tokenizer that goes by Unicode's tables finds the same ones, slower.
CREATED = rf"""
CREATE VIRTUAL TABLE {NEXT} USING fts5 (
    lexemes, content = '', columnsize = 0, detail = 'none',
    tokenize = "ascii tokenchars '!""#$%&()*+,-./:;<=>?@[\]^_`{{|}}~'''"
)
"""


class SqliteSearch:
    """See articles.search.backend.SearchBackend."""

    def index(self, documents: Sequence[IndexDocument], version: str) -> None:
        rows = sorted(documents, key=lambda document: (document.published_at, document.article_id))
        with connection.cursor() as cursor:
            ids = json.dumps([document.article_id for document in rows])
            cursor.execute("DELETE FROM articles_search WHERE article_id IN (SELECT value FROM json_each(%s))", [ids])
            places = _free_places(cursor, [milliseconds(document.published_at) for document in rows])
            placed = list(zip(places, rows, strict=True))
            cursor.executemany(
                "INSERT INTO articles_search (place, article_id, feed_id, version, digest) VALUES (%s, %s, %s, %s, %s)",
                [(place, doc.article_id, doc.feed_id, version, doc.digest) for place, doc in placed],
            )
            cursor.executemany(
                f"INSERT INTO {_tables(cursor)[-1]} (rowid, lexemes) VALUES (%s, %s)",
                [(place, _tokens(doc.lexemes)) for place, doc in sorted(placed, key=lambda pair: pair[0])],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO articles_search_stems VALUES (%s)",
                [(stems,) for stems in {document.stems for document in rows}],
            )

    def hits(
        self, plan: Plan, *, place: str = "", newer: bool = False, by_arrival: bool = False, limit: int
    ) -> list[Hit]:
        if plan.expression == NOTHING:
            return []
        rows: list[Row] = []
        with _time_limit(), connection.cursor() as cursor:
            if by_arrival:
                arrivals = Arrivals(plan, arrival_id(place) if place else None, newer=newer, limit=limit)
                return [_hit(row, arrival_place(row[0])) for row in arrivals.rows(cursor, _tables(cursor))]
            for table in _tables(cursor):
                sql, parameters = _published(table, plan, place, newer=newer)
                cursor.execute(f"SELECT s.article_id, s.place, s.feed_id {sql} LIMIT %s", [*parameters, limit])
                rows += cursor.fetchall()
        nearest = sorted(dict.fromkeys(rows), key=lambda row: row[1], reverse=not newer)[:limit]
        return [_hit(row, str(row[1])) for row in nearest]

    def count(self, plan: Plan, *, limit: int) -> int:
        if plan.expression == NOTHING:
            return 0
        counted = 0
        with _time_limit(), connection.cursor() as cursor:
            for table in _tables(cursor)[: 1 if plan.expression == EVERYTHING else None]:
                sql, parameters = _published(table, plan, "", newer=False)
                cursor.execute(f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT %s)", [*parameters, limit])
                counted += cursor.fetchone()[0]
        return min(counted, limit)

    def holds(self, version: str) -> Holding:
        with connection.cursor() as cursor:
            cursor.execute(HOLDING, [version])
            rows = cursor.fetchall()
        return Holding(tuple(language for language, _ in rows), any(complete for _, complete in rows))

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

    def begin_reindex(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if len(_tables(cursor)) == 1 and _is_worn(cursor):
                cursor.execute(CREATED)
                for option, value in KEPT.items():
                    cursor.execute(f"INSERT INTO {NEXT} ({NEXT}, rank) VALUES (%s, %s)", [option, value])
                self.forget_versions()

    def many(self) -> AbstractContextManager[object]:
        return transaction.atomic()

    def end_reindex(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if len(_tables(cursor)) > 1:
                cursor.execute(f"DROP TABLE {TABLE}")
                cursor.execute(f"ALTER TABLE {NEXT} RENAME TO {TABLE}")
                cursor.execute("DELETE FROM articles_search_left")

    def wrong(self, documents: Sequence[IndexDocument]) -> list[int]:
        ids = json.dumps([document.article_id for document in documents])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT article_id, place, digest FROM articles_search"
                " WHERE article_id IN (SELECT value FROM json_each(%s))",
                [ids],
            )
            stored = {article_id: (place, bytes(digest)) for article_id, place, digest in cursor.fetchall()}
            return [
                document.article_id
                for document in documents
                if document.article_id not in stored
                or stored[document.article_id][1] != document.digest
                or not _holds(cursor, stored[document.article_id][0], document.lexemes.all())
            ]


def _tokens(lexemes: Lexemes) -> str:
    """The lexemes as FTS5 reads them, between blanks. Some stand there twice, which costs less than to find out."""
    titles = (f"t:{lexeme}" for lexeme in run_lexemes(lexemes.title_runs))
    return " ".join([ALL, *lexemes.words, *titles, _spread(" ".join(lexemes.runs))])


def _spread(runs: str) -> str:
    """The characters and the pairs of neighbours of runs, between blanks: for "ABC", "A AB B BC C". By slices, as to
    make each pair takes five times as long; where a blank is one of a pair, the other is a lexeme, too."""
    codes = array("I", runs.encode(UTF_32))
    spread = array("I", [ord(" ")]) * (5 * len(codes))
    spread[::5] = spread[2::5] = codes
    spread[3:-5:5] = codes[1:]
    return spread.tobytes().decode(UTF_32)


def _holds(cursor: Any, place: int, lexemes: Iterable[str]) -> bool:
    """True where FTS5 has the row under each of a sample of its lexemes: it can't be asked for all that a row holds."""
    from articles.search.query.plan import Lexeme  # who only stores articles does without what searches

    ordered = sorted(lexemes)
    asked = match_text(And(tuple(map(Lexeme, [ALL, *ordered[:: max(1, len(ordered) // 20)]]))))
    for table in _tables(cursor):
        cursor.execute(f"SELECT 1 FROM {table} WHERE {table} MATCH %s AND rowid = %s", [asked, place])
        if cursor.fetchone():
            return True
    return False


def _tables(cursor: Any) -> list[str]:
    """The FTS5 tables, the one that takes in what is new last."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN (%s, %s)", [TABLE, NEXT])
    return sorted(name for (name,) in cursor.fetchall())


def _is_worn(cursor: Any) -> bool:
    """True where enough rows are, or are about to be, left behind that a new table pays."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM articles_search_left), count(*), count(*) FILTER (WHERE version <> %s)"
        " FROM articles_search",
        [version()],
    )
    left, entries, old = cursor.fetchone()
    return bool(left + old > max(entries * WORN, FEW))


def _free_places(cursor: Any, wanted: Sequence[int]) -> list[int]:
    """A place for each moment: that moment, or the next that no article has, or had."""
    taken = _taken(cursor, wanted, PLACES)
    places = []
    for moment in wanted:
        place, known = moment, PLACES
        while place in taken:
            place += 1
            if place == moment + known:  # as many again are looked at, so that few queries see many
                taken |= _taken(cursor, [place], known)
                known *= 2
        taken.add(place)
        places.append(place)
    return places


def _taken(cursor: Any, moments: Sequence[int], number: int) -> set[int]:
    """The places in use, and those of rows left behind, among so many from each moment on."""
    asked = json.dumps(list(moments))
    among = "place BETWEEN asked.value AND asked.value + %s"
    cursor.execute(
        f"SELECT place FROM json_each(%s) AS asked CROSS JOIN articles_search ON {among}"
        f" UNION SELECT place FROM json_each(%s) AS asked CROSS JOIN articles_search_left ON {among}",
        [asked, number - 1, asked, number - 1],
    )
    return {place for (place,) in cursor.fetchall()}


# --- asking -----------------------------------------------------------------------------------------------------


def _published(table: str, plan: Plan, place: str, *, newer: bool) -> tuple[str, list[Any]]:
    """FROM … ORDER BY of a search in one of the tables, by publication, and its parameters."""
    source, conditions, parameters = found(table, plan)
    walked = "s.place" if plan.expression == EVERYTHING else "f.rowid"
    if place:
        conditions.append(f"{walked} {'>' if newer else '<'} %s")
        parameters.append(_place(place))
    return f"{source} {where(conditions)} ORDER BY {walked} {'ASC' if newer else 'DESC'}", parameters


def _place(place: str) -> int:
    if not re.fullmatch(r"-?\d{1,17}", place, re.ASCII):
        raise BadPlace(place)
    return int(place)


def _hit(row: Row, place: str) -> Hit:
    article_id, spot, feed_id = row
    return Hit(article_id, place, feed_id, (EPOCH + timedelta(milliseconds=spot)).date().replace(day=1))


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
