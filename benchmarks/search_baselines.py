"""Other ways to search the same articles, and the truth that each is measured against: a scan of the folded text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any

from django.db import DatabaseError, connection, transaction

from articles.models import Article
from articles.search.analyze.fold import fold
from articles.search.find import found_ids
from benchmarks.postgres_server import cpu_seconds_here
from benchmarks.report import percentiles, timed

PAGE = 31
Truth = dict[str, set[int]]


def truth(queries: list[str]) -> Truth:
    """The ids of the articles that contain each of the queries, folded alike."""
    found: Truth = {query: set() for query in queries}
    folded = {query: fold(query) for query in queries}
    for article_id, title, text in Article.objects.values_list("id", "title", "content_text").iterator(2_000):
        title, text = fold(title), fold(text)
        for query, wanted in folded.items():
            if wanted in text or wanted in title:
                found[query].add(article_id)
    return found


def own_exactness(truth: Truth) -> dict[str, float]:
    """Recall and precision of Newsreader's own search, over all hits of each query."""
    from benchmarks.search import search_for

    return _exactness(
        {query: set(found_ids(search_for(query, patience=float("inf")), size=10**7)) for query in truth}, truth
    )


def own_bytes() -> dict[str, float]:
    """The bytes that the index takes per article: all of it, and on Postgres the inverted lists alone."""
    n = max(Article.objects.count(), 1)
    if connection.vendor == "postgresql":
        _execute("VACUUM articles_search")  # what waits to be put into the inverted lists counts, too
        names = {"total": "pg_total_relation_size('articles_search')", "gin": _size_of("articles_search_lexemes")}
        return {name: round(_value(f"SELECT {size}") / n) for name, size in names.items()}
    return {"total": round(_pages("articles_search%") / n), "fts5": round(_pages("articles_search_lexemes%") / n)}


def _size_of(name: str) -> str:
    return f"pg_relation_size('{name}')"


def _pages(pattern: str) -> float:
    """The bytes of SQLite's tables and indexes with such names."""
    return _value(f"SELECT sum(pgsize) FROM dbstat WHERE name LIKE '{pattern}' OR name LIKE 'sqlite_auto%{pattern}'")


def _value(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0])


def measure(truth: Truth, runs: int) -> dict[str, Any]:
    """Each baseline: its index, the time of a first page, and what it finds."""
    ways = (_simple, _trigrams) if connection.vendor == "postgresql" else (_fts5_trigrams,)
    results = {}
    for way in ways:
        try:
            with transaction.atomic():
                started = process_time() + cpu_seconds_here()
                made = way()
                per_cpu_second = Article.objects.count() / (process_time() + cpu_seconds_here() - started)
                results[made[0]] = {"per_cpu_second": round(per_cpu_second), **_measure(truth, runs, made)}
                transaction.set_rollback(True)
        except DatabaseError as error:
            results[way.__name__.strip("_")] = {"not there": str(error).splitlines()[0]}
    return results


Way = tuple[str, str, str, Callable[[str], str]]
_ROWS = "SELECT id, published_at, title || chr(10) || content_text AS text FROM articles_article"


def _simple() -> Way:
    _execute(
        f"CREATE TABLE b_simple AS SELECT id, published_at, to_tsvector('simple', text) AS lexemes FROM ({_ROWS}) a"
    )
    _execute("CREATE INDEX b_simple_gin ON b_simple USING gin (lexemes)", "ANALYZE b_simple")
    sql = "SELECT id FROM b_simple WHERE lexemes @@ plainto_tsquery('simple', %s) ORDER BY published_at DESC"
    return "to_tsvector('simple')", "SELECT pg_total_relation_size('b_simple')", sql, str


def _trigrams() -> Way:
    _execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", f"CREATE TABLE b_trgm AS {_ROWS}")
    _execute("CREATE INDEX b_trgm_gin ON b_trgm USING gin (text gin_trgm_ops)", "ANALYZE b_trgm")
    sql = "SELECT id FROM b_trgm WHERE text ILIKE %s ORDER BY published_at DESC"
    return "pg_trgm, ILIKE", f"SELECT {_size_of('b_trgm_gin')}", sql, lambda query: f"%{query}%"


def _fts5_trigrams() -> Way:
    _execute("CREATE VIRTUAL TABLE b_trgm USING fts5 (text, content = '', detail = 'none', tokenize = 'trigram')")
    _execute(f"INSERT INTO b_trgm (rowid, text) SELECT id, text FROM ({_ROWS.replace('chr(10)', 'char(10)')})")
    sql = "SELECT rowid FROM b_trgm WHERE b_trgm MATCH %s ORDER BY rowid DESC"
    return "FTS5 trigram", "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'b_trgm%'", sql, _quoted


def _quoted(query: str) -> str:
    return " AND ".join(f'"{query[start : start + 3]}"' for start in range(max(len(query) - 2, 1)))


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _measure(truth: Truth, runs: int, way: Way) -> dict[str, Any]:
    _, size, sql, ask = way
    times = [timed(partial(_ids, f"{sql} LIMIT {PAGE}", ask(query)), runs) for query in truth]
    found = {query: set(_ids(sql, ask(query))) for query in truth}
    summary = percentiles([time["p50_ms"] / 1000 for time in times])
    return {
        "index_bytes_per_article": round(_value(size) / Article.objects.count()),
        **{key: summary[key] for key in ("p50_ms", "p95_ms", "worst_ms")},
        **_exactness(found, truth),
    }


def _ids(sql: str, asked: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        return [article_id for (article_id,) in cursor.fetchall()]


def _exactness(found: Truth, truth: Truth) -> dict[str, float]:
    right = sum(len(found[query] & truth[query]) for query in truth)
    asked, given = sum(map(len, truth.values())), sum(map(len, found.values()))
    return {"recall": round(right / max(asked, 1), 4), "precision": round(right / max(given, 1), 4)}
