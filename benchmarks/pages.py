"""The cost of the pages to a reader's server: `python -m benchmarks.pages --articles 100000 [--database postgres://…]`.

Asks for whole pages, as a signed-in reader, through Django's test client: calls of functions, processor milliseconds
(the least of the runs, which a busy machine stretches least; of Postgres' server beside it), KB of HTML and the number
of queries, with 500 feeds and their tree beside each list, with a small archive and with a large one; then for lists
over HTTP with eight readers at once. Half of the articles have a picture, the newest are long. `--reader PYTHON`, with
a Python that has `reader[app]`, measures its pages with the same articles beside them. `--baseline REVISION` measures
nothing but pages, in turns with those of another revision of this project.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.beside import ROUNDS, beside
from benchmarks.command import options, own_site
from benchmarks.page_costs import calls

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from articles.models import Article

SMALL = 1_500
LONG = 120  # articles of 1,500 words, each with WORD once
WORD = "quixotic"
RECENT = 1_000  # articles that came in since the reader marked all
MOST_FOR_READER = 10_000  # articles: it takes some milliseconds to add one


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10, help="of eight readers at once")
    parser.add_argument("--reader", default="", help="Python with reader[app]")
    parser.add_argument("--baseline", default="", help="a revision of this project: its pages in turns with these")
    arguments = parser.parse_args()
    if arguments.baseline:
        size, rounds = (300, 1) if arguments.small else (arguments.articles, ROUNDS)
        report.write("pages", beside(arguments.baseline, size, rounds), arguments.output)
        return
    sizes = (150, 300) if arguments.small else (SMALL, arguments.articles)
    runs, seconds = (1, 0.3) if arguments.small else (arguments.runs, arguments.seconds)
    with own_site(arguments.database):
        _run(sizes, runs, seconds, arguments.reader, arguments.output)


def _run(sizes: tuple[int, int], runs: int, seconds: float, reader: str, output: Path | None) -> None:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.readers_at_once import readers_at_once

    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    measured, at_once, peers = {}, {}, {}
    for size in sizes:
        call_command("flush", verbosity=0, interactive=False)
        _fill(size)
        measured[size] = _pages(runs)
        at_once[size] = readers_at_once(seconds)
        if reader and size <= MOST_FOR_READER:
            peers[size] = _reader_pages(reader)
    small, large = measured[sizes[0]], measured[sizes[1]]
    results = {
        "database": connection.vendor,
        "articles": {str(size): pages for size, pages in measured.items()},
        "eight_readers_at_once": {str(size): told for size, told in at_once.items()},
        "reader": {str(size): pages for size, pages in peers.items()},
        "times_slower_when_large": {
            name: round(large[name]["cpu_ms"] / max(small[name]["cpu_ms"], 0.01), 2) for name in small
        },
    }
    report.write("pages", results, output)


def _fill(size: int) -> None:
    """The archive, with what makes pages dear: pictures, icons, stars, long texts that are found."""
    from django.db.models import CharField, Value
    from django.db.models.functions import Cast, Concat

    from articles.models import Article
    from articles.search.index import reindex
    from benchmarks import generated
    from feeds.models import Feed

    generated.fill(size)
    pictures = Concat(Value("https://pictures.example/2026/"), Cast("id", CharField()), Value("-harbour.jpg"))
    Article.objects.alias(odd=_odd()).filter(odd=1).update(image_url=pictures)
    Feed.objects.alias(odd=_odd()).filter(odd=1).update(icon_url=Concat(Value("https://"), "host", Value("/icon.png")))
    newest = list(Article.objects.order_by("-published_at", "-id")[:LONG])
    for number, article in enumerate(newest):
        paragraphs = [f"{article.content_text} " * 2 for _ in range(14)]
        paragraphs[number % 14] += WORD
        article.content_text = "\n".join(paragraphs)
        article.content_html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    Article.objects.bulk_update(newest, ["content_text", "content_html"], batch_size=50)
    sum(reindex())
    generated.settle()


def _odd() -> Any:
    from django.db.models import F
    from django.db.models.functions import Mod

    return Mod(F("id"), 2)


def _pages(runs: int) -> dict[str, dict[str, Any]]:
    from django.contrib.auth.models import User
    from django.test import Client

    from articles.models import Article
    from feeds.models import Feed

    client = Client(SERVER_NAME="localhost")
    client.force_login(reader := User.objects.create_user("reader"))
    newest = Article.objects.order_by("-published_at", "-id").values_list("id", flat=True)
    feed = Feed.objects.order_by("-article_count").values_list("id", flat=True)[0]
    paths = {
        "list": "/",
        "list of a feed": f"/?feed={feed}",
        "unread": "/?show=unread",
        "list by arrival": "/?order=last_in",
        "unread by arrival": "/?show=unread&order=last_in",
        "category": "/?category=wide",
        "search": f"/?q={WORD}",
        "article": f"/articles/{newest[0]}/",
        "old article": f"/articles/{newest.reverse()[0]}/",
        "feeds": "/feeds/",
        "account": "/account/",
    }
    measured = {name: _page(client, path, runs) for name, path in paths.items()}
    return measured | _trees(client, reader, runs)


def _trees(client: Client, reader: User, runs: int) -> dict[str, dict[str, Any]]:
    """Lists beside which the tree is another: until now the reader has marked nothing, and all categories are shut."""
    from articles.lists.pages import newest_id
    from articles.lists.reader_state import mark_all_read
    from articles.lists.selection import Selection
    from feeds.models import Category
    from feeds.subscriptions.tree_state import turn

    measured = {"numbers of the tree": _page(client, "/tree/counts/", runs)}
    mark_all_read(reader, Selection(), up_to=newest_id() - RECENT)
    measured["list, all but the last thousand read"] = _page(client, "/", runs)
    for category in Category.objects.all():
        turn(reader, category.pk, is_open=True)
    measured["list, all feeds in the tree"] = _page(client, "/", runs)
    return measured


def _page(client: Client, path: str, runs: int) -> dict[str, Any]:
    from django.db import connection

    from benchmarks.postgres_server import cpu_seconds_here

    queries: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    def ask() -> Any:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response

    size = len(ask().content)
    with connection.execute_wrapper(count):
        ask()
    before = cpu_seconds_here()
    measured = {"cpu_ms": report.least_cpu(ask, runs), "kb": round(size / 1024, 1), "queries": len(queries)}
    if connection.vendor == "postgresql":  # the mean, as the server's time is told in steps of 10 ms
        measured["server_cpu_ms"] = round((cpu_seconds_here() - before) / runs * 1000, 1)
    return {"calls": calls(client, path), **measured}


def _reader_pages(python: str) -> Any:
    """The cost of `reader`'s own pages with the same articles."""
    command = [python, "-m", "benchmarks.reader_pages", WORD]
    lines = "".join(_lines())
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, text=True, cwd=report.ROOT)
    return json.loads(done.stdout)


def _lines() -> Iterator[str]:
    from articles.models import Article

    articles: Iterator[Article] = Article.objects.select_related("feed").iterator(1_000)
    for article in articles:
        fields = {
            "feed": article.feed.url,
            "id": article.url,
            "title": article.title,
            "published": article.published_at.isoformat(),
            "html": article.content_html,
        }
        yield json.dumps(fields) + "\n"


if __name__ == "__main__":
    main()
