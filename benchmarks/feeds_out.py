"""The cost of exported feeds: `python -m benchmarks.feeds_out --articles 100000`.

Each request goes through the whole application in this process, one after the other, without a web server. Requests per
second are of one core, by the time of this process alone, which a busy machine does not stretch (and which leaves out
Postgres); so is the cost of an item at the end of a walk, compared with that at its start. Memory is what Python holds
at most while a request is answered, above what it held before.
Uses a database of its own: a temporary SQLite file, or the empty or already filled one of `--database postgres://…`.
"""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.test import Client

ATOM = "{http://www.w3.org/2005/Atom}"
KILOBYTES = 20  # of text in each article, for the memory


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=30, help="measurements of each document")
    arguments = parser.parse_args()
    n_articles = 600 if arguments.small else arguments.articles
    os.environ["NEWSREADER_PUBLIC"] = "1"
    with own_site(arguments.database):
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        _run(n_articles, 2 if arguments.small else arguments.runs, arguments.output)


def _run(n_articles: int, runs: int, output: Path | None) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from articles.models import Article
    from benchmarks import generated

    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)
    client = Client()
    documents = {
        name: _per_second(work, runs)
        for name, work in {
            "list page": lambda: client.get("/").content,
            "RSS, 50 items": lambda: _read(client, "/rss.xml"),
            "Atom, 50 items": lambda: _read(client, "/atom.xml"),
            "JSON Feed, 50 items": lambda: _read(client, "/feed.json"),
            "RSS, 1,000 items": lambda: _read(client, "/rss.xml?n=1000"),
            "RSS, 50 items, not changed": _unchanged(client, "/rss.xml"),
            "RSS, 1,000 items, not changed": _unchanged(client, "/rss.xml?n=1000"),
            "RSS of a feed, not changed": _unchanged(client, "/rss.xml?feed=1"),
        }.items()
    }
    results = {
        "database": connection.vendor,
        "rows": Article.objects.count(),
        "documents": documents,
        "walks": {
            "JSON Feed by next_url, 200 a page": _walk(client, "/feed.json?n=200", _next_url),
            "RSS by prev-archive": _walk(client, "/rss.xml", _previous_archive),
        },
    }
    fatten(min(n_articles, 1_000))
    results["peak_kilobytes"] = {
        **{f"RSS, {n} items": _peak(partial(_drain, client, f"/rss.xml?n={n}")) for n in (50, 200, 1_000)},
        "list page": _peak(lambda: client.get("/")),
        "RSS, 50 items, not changed": _peak(_unchanged(client, "/rss.xml")),
        "RSS, 1,000 items, not changed": _peak(_unchanged(client, "/rss.xml?n=1000")),
    }
    report.write("feeds_out", results, output)


def fatten(n: int) -> None:
    """Give the newest articles long texts."""
    from articles.models import Article

    newest = list(Article.objects.order_by("-published_at", "-pk").values_list("pk", flat=True)[:n])
    Article.objects.filter(pk__in=newest).update(content_html=f"<p>{'word ' * (KILOBYTES * 1024 // 5)}</p>")


def _read(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def _unchanged(client: Client, address: str) -> Callable[[], None]:
    etag = client.get(address)["ETag"]

    def ask() -> None:
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    return ask


def _per_second(work: Callable[[], Any], runs: int) -> dict[str, Any]:
    work()
    result = report.timed(work, runs)
    return {**result, "per_second": round(1000 / result["cpu_ms"], 1)}


def _walk(client: Client, address: str, follow: Callable[[bytes], tuple[str, int]]) -> dict[str, Any]:
    """From document to document to the end of the history."""
    from benchmarks.report import percentiles

    seconds, per_item, items = [], [], 0
    while address:
        started, cpu = perf_counter(), process_time()
        document = _read(client, address.removeprefix("http://testserver"))
        seconds.append(perf_counter() - started)
        cpu = process_time() - cpu
        address, n = follow(document)
        per_item.append(cpu / max(n, 1))
        items += n
    tenth = max(len(per_item) // 10, 1)
    first, last = sum(per_item[:tenth]), sum(per_item[-tenth:])
    return {"documents": len(seconds), "items": items, **percentiles(seconds), "last_to_first": round(last / first, 2)}


def _next_url(document: bytes) -> tuple[str, int]:
    import json

    read = json.loads(document)
    return read.get("next_url", ""), len(read["items"])


def _previous_archive(document: bytes) -> tuple[str, int]:
    channel = ElementTree.fromstring(document)[0]
    links = {link.attrib["rel"]: link.attrib["href"] for link in channel.findall(f"{ATOM}link")}
    return links.get("prev-archive", ""), len(channel.findall("item"))


def _drain(client: Client, address: str) -> None:
    """Pieces are dropped as they come, as a server does that sends them."""
    for piece in client.get(address).streaming_content:  # type: ignore[attr-defined]
        del piece


def _peak(work: Callable[[], object]) -> int:
    """The most memory, in KiB, that Python holds meanwhile, above what it held before; caches are warm."""
    work()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round((peak - before) / 1024)


if __name__ == "__main__":
    main()
