"""The cost of what a reader keeps: `python -m benchmarks.keeping --articles 100000 [--database postgres://…]`.

Whole pages for a reader with 50 labels on 10,000 articles and 200 saved searches, and beside them, in the same run and
in turns, the same pages for one who keeps nothing: processor milliseconds, the least of the runs. Then the recount of
all numbers, which no page waits for.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

LABELS, SEARCHES, LABELLED = 50, 200, 10_000
ALL, FEW = "everything", "few"  # labels on all that is labelled, and on 200
PAGES = {
    "list": "/",
    "unread": "/?show=unread",
    "starred": "/?show=starred",
    "search, a common word": "/?q=river",
    "search, unread": "/?q=river&show=unread",
    "search without hits": "/?q=water",
    "search without hits, unread": "/?q=water&show=unread",
    "numbers of the tree": "/tree/counts/",
    "article": "/articles/{newest}/",
}
OWN_PAGES = {"label:, 200 articles": f"/?q=label:{FEW}", f"label:, {LABELLED:,} articles": f"/?q=label:{ALL}"}


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=100_000, help="made where the database is empty")
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    n_articles, runs = (600, 1) if arguments.small else (arguments.articles, arguments.runs)
    with own_site(arguments.database):
        _run(n_articles, runs, arguments.output)


def _run(n_articles: int, runs: int, output: Path | None) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from articles.search.index import reindex
    from benchmarks import generated

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)
        sum(reindex())
    plain, keeper = _reader("plain"), _reader("keeper")
    _keep(keeper)
    generated.settle()
    recount = _recount(keeper)
    clients = {"without": _client(plain), "with": _client(keeper)}
    newest = Article.objects.order_by("-published_at", "-id").values_list("pk", flat=True)[0]
    pages = {name: _beside(clients, path.format(newest=newest), runs) for name, path in PAGES.items()}
    own = {name: _beside({"with": clients["with"]}, path, runs) for name, path in OWN_PAGES.items()}
    results = {
        "database": connection.vendor,
        "articles": Article.objects.count(),
        "pages_cpu_ms": pages | own,
        "most_added_ms": max(round(page["with"] - page["without"], 2) for page in pages.values()),
        "recount": recount,
    }
    report.write("keeping", results, output)


def _reader(name: str) -> User:
    """A reader who has marked nine tenths as read, and starred some."""
    from django.contrib.auth.models import User

    from articles.lists.pages import Selection, newest_id
    from articles.lists.reader_state import mark_all_read, star_ids

    User.objects.filter(username=name).delete()
    reader = User.objects.create_user(name)
    mark_all_read(reader, Selection(), up_to=newest_id() * 9 // 10)
    star_ids(reader, range(1, min(newest_id(), 1_000), 3), on=True)
    return reader


def _keep(reader: User) -> None:
    from articles.labels.own import add_labels, make_label
    from articles.lists.selection import Selection
    from articles.models import Article
    from articles.saved_searches.own import save_search
    from benchmarks.vocabulary import ENGLISH

    ids = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    some = ids[:: max(len(ids) // LABELLED, 1)][:LABELLED]
    labels = [make_label(reader, name) for name in (ALL, FEW, *(f"label {number}" for number in range(LABELS - 2)))]
    add_labels([labels[0].pk], some)
    for number, label in enumerate(labels[1:]):
        add_labels([label.pk], some[number::LABELS][:200])
    words = sorted(set(ENGLISH.split()))
    for number in range(SEARCHES):
        first, second = words[number % len(words)], words[(number * 7 + 3) % len(words)]
        # No two alike: what is saved already is not saved once more.
        more = f"-{second} after:{1 + number}d" if number % 3 else f"{second} -{number}"
        save_search(reader, Selection(query=f"{first} {more}"))


def _client(reader: User) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(reader)
    return client


def _beside(clients: dict[str, Client], path: str, runs: int) -> dict[str, float]:
    """The page for each of the readers, in turns, so that a busy machine stretches both."""
    least: dict[str, float] = {}
    for _ in range(runs + 1):
        for name, client in clients.items():
            began = process_time()
            response = client.get(path)
            took = report.milliseconds(process_time() - began)
            assert response.status_code == 200, (path, response.status_code)
            least[name] = min(least.get(name, took), took)
    return least


def _recount(reader: User) -> dict[str, Any]:
    from django.utils import timezone

    from articles.kept_counts.counting import recount

    began = process_time()
    row = recount(reader, now=timezone.localtime(), seconds=600)
    all_ms = report.milliseconds(process_time() - began)
    return {
        "cpu_ms": all_ms,
        "a_search_ms": round(all_ms / SEARCHES, 2),
        "with_unread": sum(map(bool, row.searches.values())),
    }


if __name__ == "__main__":
    main()
