"""The speed and the completeness of searches: `python -m benchmarks.search --articles 100000`.

Uses a database of its own: a temporary SQLite file, or the empty or already filled one of `--database postgres://…` or
`--database sqlite:///…`, which is kept. With `--queries-only` an archive that is filled and indexed is only asked.
Beside Newsreader's own index it measures, on the same articles, what the database brings along: to_tsvector('simple')
and pg_trgm with ILIKE, or FTS5's trigram tokenizer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks import postgres_server, report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from articles.search.find import Search
    from benchmarks.zipf import Words

SIZE = 30
BY_ARRIVAL = "by arrival: "


def main() -> None:
    parser = options(__doc__, "a few articles")
    parser.add_argument("--articles", type=int, default=100_000, help="made where the database is empty")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each query, after one to warm up")
    parser.add_argument("--no-baselines", action="store_true", help="leave out the other ways to search")
    parser.add_argument("--queries-only", action="store_true", help="only ask a --database that is filled and indexed")
    arguments = parser.parse_args()
    n_articles = 1_500 if arguments.small else arguments.articles
    runs = 2 if arguments.small else arguments.runs
    with own_site(arguments.database):
        deep = 1_000 if n_articles > 50_000 else 20
        if arguments.queries_only:
            report.write("search", _asked(runs, deep), arguments.output)
        else:
            _run(n_articles, runs, arguments.output, deep=deep, baselines=not arguments.no_baselines)


def _run(n_articles: int, runs: int, output: Path | None, *, deep: int, baselines: bool) -> None:
    from django.core.management import call_command

    from articles.models import Article
    from benchmarks import generated, search_baselines, zipf

    vocabulary = zipf.vocabulary()
    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles, writer=zipf.writer(vocabulary))
    indexing = _index()
    results = {"indexing": indexing, **_asked(runs, deep)}
    truth = search_baselines.truth(_plain(vocabulary))
    results |= search_baselines.own_exactness(truth)
    results["baselines"] = search_baselines.measure(truth, runs) if baselines else {}
    report.write("search", results, output)


def _asked(runs: int, deep: int) -> dict[str, Any]:
    """The index as it is, and each query of the set."""
    from django.db import connection

    from articles.models import Article
    from benchmarks import search_baselines, zipf

    searches = _searches(zipf.vocabulary(), deep)
    queries = {name: _measure(search, cursor, runs) for name, search, cursor in searches}
    by_arrival = {name: query for name, query in queries.items() if name.startswith(BY_ARRIVAL)}
    queries = {name: query for name, query in queries.items() if name not in by_arrival}
    return {
        "database": connection.vendor,
        "articles": Article.objects.count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "index_bytes_per_article": search_baselines.own_bytes(),
        "found": _summary(queries, "found"),
        "page": _summary(queries, "page"),
        "found_by_arrival": _summary(by_arrival, "found"),
        "same_by_publication": _summary({name: queries[name.removeprefix(BY_ARRIVAL)] for name in by_arrival}, "found"),
        "queries": queries | by_arrival,
    }


def _index() -> dict[str, Any]:
    """Articles indexed in a second of processor time: of the indexing process, and with that of the database server."""
    from articles.search.index import reindex

    started, server_started = process_time(), postgres_server.cpu_seconds_here()
    indexed = sum(reindex())
    seconds, server = process_time() - started, postgres_server.cpu_seconds_here() - server_started
    return {
        "articles": indexed,
        "cpu_s": round(seconds, 1),
        "cpu_of_database_server_s": round(server, 1),
        "per_cpu_second": round(indexed / max(seconds, 0.001)),
        "per_cpu_second_with_server": round(indexed / max(seconds + server, 0.001)),
    }


def _measure(search: Search, cursor: str, runs: int) -> dict[str, Any]:
    """`found`: in the database and in the recheck, up to which articles are on the page. `page`: with their rows,
    snippets and the total."""
    from articles.search.find import found_ids, search_page

    page = search_page(search, cursor=cursor, size=SIZE)
    found = report.timed(lambda: found_ids(search, cursor=cursor, size=SIZE), runs)
    shown = report.timed(lambda: search_page(search, cursor=cursor, size=SIZE), runs)
    return {
        "query": search.text,
        "hits": len(page.found),
        "total": page.total,
        "is_exact": page.total_is_exact,
        "timed_out": page.timed_out,
        "found": found,
        "page": shown,
    }


def _summary(queries: dict[str, dict[str, Any]], what: str) -> dict[str, Any]:
    """Over the median of each query, and the slowest of all runs."""
    from benchmarks.report import percentiles

    summary = percentiles([query[what]["p50_ms"] / 1000 for query in queries.values()])
    cpu = percentiles([query[what]["cpu_ms"] / 1000 for query in queries.values()])
    slowest = max(queries, key=lambda name: float(queries[name][what]["p50_ms"]))
    return {
        "queries": len(queries),
        **{name: summary[name] for name in ("p50_ms", "p95_ms", "worst_ms")},
        "slowest": slowest,
        "slowest_run_ms": max(query[what]["worst_ms"] for query in queries.values()),
        "cpu": {name: cpu[name] for name in ("p50_ms", "p95_ms", "worst_ms")},
    }


def _plain(vocabulary: Words) -> list[str]:
    """Chinese queries of two characters and more, of all frequencies, and names: what every way to search is asked."""
    ranks = (0, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)
    pairs = [vocabulary.chinese[rank] for rank in ranks]
    longer = [vocabulary.chinese[rank] + vocabulary.chinese[rank + 1] for rank in (0, 1, 5)]
    return [*pairs, *(vocabulary.names[rank] for rank in (0, 10, 100, 1_000, 2_900)), *longer, "疫苗", "峰会", "网络"]


def _queries(vocabulary: Words) -> Iterator[tuple[str, str]]:
    """Name and text of the queries of the first page."""
    chinese, names, english = vocabulary.chinese, vocabulary.names, vocabulary.english
    for rank in (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 35_000):
        yield f"two characters, rank {rank}", chinese[rank]
    for rank in (0, 10, 100, 1_000, 2_900):
        yield f"name, rank {rank}", names[rank]
    for rank, character in enumerate([chinese[0][0], chinese[40][0], chinese[400][1], chinese[20_000][0], "国", "的"]):
        yield f"one character {rank}", character
    for rank in (0, 5, 100, 3_000, 11_000):
        yield f"English word, rank {rank}", english[rank]
    for number, mixed in enumerate(("COVID-19", "G20峰会", "5G网络", "A股", "C++", "U.S.", "F-16战机", "GPT-5模型")):
        yield f"mixed {number}", mixed
    for first, second in ((0, 1), (1, 2), (3, 9), (0, 300), (40, 2_000)):
        yield f"phrase of words {first} and {second}", chinese[first] + chinese[second]
    yield "English phrase", f'"{english[0]} {english[1]}"'
    yield "English phrase, rare", f'"{english[30]} {english[900]}"'
    yield "English phrase of six common words", f'"{" ".join(english[rank] for rank in (4, 0, 2, 1, 5, 3))}"'
    yield "a phrase that no text has", f'"{english[0]} {english[0]} {english[0]} {english[0]} {english[0]}"'
    yield "both of two common", f"{chinese[0]} {chinese[1]}"
    yield "two common words that never meet", f"{chinese[0]} {english[0]}"
    yield "two common words that never meet, again", f"{chinese[2]} {english[1]}"
    yield "common and rare", f"{chinese[0]} {chinese[20_000]}"
    yield "three words", f"{chinese[5]} {chinese[9]} {chinese[30]}"
    yield "either of two common", f"{chinese[0]} OR {english[0]}"
    yield "either of two rare", f"{chinese[20_000]} OR {chinese[30_000]}"
    yield "common without common", f"{chinese[0]} -{chinese[1]}"
    yield "common without one character", f"{chinese[3]} -{chinese[0][0]}"
    yield "without a phrase", f'{chinese[3]} -"{chinese[0]}{chinese[1]}"'
    yield "negation alone", f"-{chinese[0]}"
    yield "in the title", f"title:{chinese[0]}"
    yield "in the title, rare", f"title:{chinese[5_000]}"
    yield "in one feed", f"{chinese[0]} feed:17"
    yield "rare word in one feed", f"{chinese[3_000]} feed:17"
    yield "in the wide category", f"{chinese[0]} category:wide"
    yield "rare word in the wide category", f"{chinese[3_000]} category:wide"
    yield "in the rare category", f"{chinese[0]} category:rare"
    yield "common word of one month", f"{chinese[0]} date:2019-05"
    yield "middling word of one year", f"{chinese[200]} date:2019"
    yield "rare word before a day", f"{chinese[10_000]} before:2018-03-03"
    yield "common word before a day", f"{chinese[0]} before:2016-03-03"
    yield "language", f"{chinese[0]} lang:zh-hant"
    yield "address", "url:feed17.example"
    yield "no hits", "龘靐齉"
    yield "no hits in English", "zzyzxqua"
    yield "everything", ""


def search_for(text: str, order: str = "date", **options: Any) -> Search:
    """A search of the whole archive."""
    from datetime import UTC, datetime

    from django.contrib.auth.models import AnonymousUser

    from articles.lists.pages import Selection
    from articles.search.find import Order, Search

    now = datetime(2026, 1, 5, tzinfo=UTC)
    return Search(selection=Selection(query=text, order=Order(order)), reader=AnonymousUser(), now=now, **options)


def _searches(vocabulary: Words, deep: int) -> Iterator[tuple[str, Search, str]]:
    chinese, english = vocabulary.chinese, vocabulary.english
    for name, text in _queries(vocabulary):
        yield name, search_for(text), ""
    for name, text in (("a common", chinese[0]), ("an English", english[0]), ("no", "")):
        yield f"page {deep:,} of {name} word", search_for(text), _cursor_of(search_for(text), deep)
    for name, text in (("common", chinese[0]), ("middling", chinese[300]), ("rare", chinese[20_000])):
        yield f"by relevance, {name}", search_for(text, "relevance"), ""
    yield "by relevance, English", search_for(english[3], "relevance"), ""
    for name, text in _queries(vocabulary):
        yield f"{BY_ARRIVAL}{name}", search_for(text, "last_in"), ""


def _cursor_of(search: Search, number: int) -> str:
    """The cursor of page `number`, or of the last, found by following cursors."""
    from articles.search.find import found_page

    cursor = ""
    for _ in range(number - 1):
        older = found_page(search, cursor=cursor, size=SIZE).next_cursor
        if not older:
            break
        cursor = older
    return cursor


if __name__ == "__main__":
    main()
