"""What the pages cost a reader's server: `python -m benchmarks.pages --articles 100000 [--database postgres://…]`.

Asks for whole pages, as a signed-in reader, through Django's test client: milliseconds and the number of queries, first
with a small archive and then with a large one. The ratio tells whether pages slow down as the archive grows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.test import Client

SMALL = 1_500


def main() -> None:
    parser = options(__doc__, "a few thousand articles")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    sizes = (300, 3_000) if arguments.small else (SMALL, arguments.articles)
    runs = 3 if arguments.small else arguments.runs
    with own_site(arguments.database):
        _run(sizes, runs, arguments.output)


def _run(sizes: tuple[int, int], runs: int, output: Path | None) -> None:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import generated

    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    measured = {}
    for size in sizes:
        call_command("flush", verbosity=0, interactive=False)
        generated.fill(size)
        measured[size] = _pages(runs)
    small, large = measured[sizes[0]], measured[sizes[1]]
    results = {
        "database": connection.vendor,
        "articles": {str(size): pages for size, pages in measured.items()},
        "times_slower_when_large": {
            name: round(large[name]["p50_ms"] / max(small[name]["p50_ms"], 0.01), 2) for name in small
        },
    }
    report.write("pages", results, output)


def _pages(runs: int) -> dict[str, dict[str, Any]]:
    from django.contrib.auth.models import User
    from django.test import Client

    from articles.models import Article
    from feeds.models import Feed

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("reader"))
    newest = Article.objects.order_by("-published_at", "-id").values_list("id", flat=True)
    feed = Feed.objects.order_by("-article_count").values_list("id", flat=True)[0]
    paths = {
        "list": "/",
        "list of a feed": f"/?feed={feed}",
        "unread": "/?show=unread",
        "category": "/?category=rare",
        "article": f"/articles/{newest[0]}/",
        "old article": f"/articles/{newest.reverse()[0]}/",
        "feeds": "/feeds/",
    }
    return {name: _page(client, path, runs) for name, path in paths.items()}


def _page(client: Client, path: str, runs: int) -> dict[str, Any]:
    from django.db import connection

    queries: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    def ask() -> None:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)

    ask()
    with connection.execute_wrapper(count):
        ask()
    return report.timed(ask, runs) | {"queries": len(queries)}


if __name__ == "__main__":
    main()
