"""The time that apps wait for what they ask: `python -m benchmarks.apps --articles 1000000`. A tenth of them is unread.

Whole requests, from the address to the last byte. Beside them, as a baseline in the same run, the plainest queries for
the same: a page by OFFSET, and a count of all that no mark covers. With `--polling WORKERS` it walks through all pages
instead, while so many processes store articles, and tells what came twice or was left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User

STATE = "user/-/state/com.google/"
API = "/reader/api/0/"
FORM = "application/x-www-form-urlencoded"
MOST = 10_000
PAGES = 10


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=100_000, help="made where the database is empty")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each request")
    parser.add_argument(
        "--polling", type=int, default=0, help="walk through pages while so many workers store articles"
    )
    arguments = parser.parse_args()
    with own_site(arguments.database):
        size = 600 if arguments.small else arguments.articles
        if arguments.polling:
            _run_while_polling(size, arguments.polling, arguments.output)
        else:
            _run(size, arguments.runs, arguments.output)


def _filled(n_articles: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from articles.models import Article
    from benchmarks import generated

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)


def _run_while_polling(n_articles: int, workers: int, output: Path | None) -> None:
    from django.db import connection

    from articles.models import Article
    from benchmarks.walks_while_polling import walks

    _filled(n_articles)
    results = {"database": connection.vendor, "articles": Article.objects.count(), **walks(workers)}
    report.write("apps", results, output)


def _run(n_articles: int, runs: int, output: Path | None) -> None:
    from django.db import connection

    from articles.models import Article
    from benchmarks import generated

    _filled(n_articles)
    app = _app(_reader())
    generated.settle()
    asked = {name: report.timed(work, runs) for name, work in _requests(app).items()}
    walked = _walk(app)
    results = {
        "database": connection.vendor,
        "articles": Article.objects.count(),
        "unread": app.json("unread-count")["max"],
        "requests": asked,
        "pages_of_10000_ids_ms": walked,
        "counts_for_pages": {name: report.timed(work, runs) for name, work in _counts(app.reader).items()},
        "baseline": {name: report.timed(work, min(runs, 2)) for name, work in _baseline(app.reader).items()},
        "edit_tag_10000": report.timed(lambda: app.mark(app.unread), 1),
    }
    report.write("apps", results, output)


@dataclass(frozen=True, slots=True)
class _App:
    """A client that has signed in; `key` is Fever's; `unread`: ids that are unread at first."""

    reader: User
    client: Any
    headers: dict[str, str]
    key: str
    unread: list[str]

    def get(self, path: str) -> bytes:
        answer = self.client.get(f"{API}{path}", headers=self.headers)
        assert answer.status_code == 200, answer.content
        return bytes(answer.getvalue())

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def mark(self, ids: list[str]) -> None:
        body = "&".join([f"a={STATE}read", *(f"i={pk}" for pk in ids)])
        answer = self.client.post(f"{API}edit-tag", body, content_type=FORM, headers=self.headers)
        assert answer.content == b"OK", answer.content

    def fever(self, query: str) -> None:
        answer = self.client.post(f"/fever/?api&{query}", {"api_key": self.key})
        assert answer.json()["auth"] == 1


def _reader() -> User:
    """Nine tenths are marked as read at once, then some feeds further, and a few articles one by one."""
    from django.contrib.auth.models import User

    from articles.lists.pages import Selection, newest_id
    from articles.lists.reader_state import mark_all_read, mark_ids_read, star_ids
    from feeds.models import Feed

    User.objects.filter(username="app").delete()
    reader = User.objects.create_user("app")
    newest = newest_id()
    mark_all_read(reader, Selection(), up_to=newest - newest // 10)
    for feed in Feed.objects.order_by("pk")[:20]:
        mark_all_read(reader, Selection(feed=feed), up_to=newest - newest // 20)
    mark_ids_read(reader, range(newest - 200, newest - 100))
    star_ids(reader, range(1, min(newest, 1_000)), on=True)
    return reader


def _app(reader: User) -> _App:
    from django.test import Client

    from articles.api import app_passwords
    from articles.api.greader.sign_in import auth_of

    row, password = app_passwords.create(reader, "benchmark")
    headers = {"Authorization": f"GoogleLogin auth={auth_of('app', row, password)}"}
    key = md5(f"app:{password}".encode(), usedforsecurity=False).hexdigest()
    app = _App(reader, Client(), headers, key, [])
    page = app.json(f"stream/items/ids?s={STATE}reading-list&xt={STATE}read&n={MOST}")
    app.unread.extend(item["id"] for item in page["itemRefs"])
    return app


def _requests(app: _App) -> dict[str, Callable[[], Any]]:
    everything, unread = f"s={STATE}reading-list", f"xt={STATE}read"
    return {
        "unread-count": lambda: app.get("unread-count"),
        "subscription/list": lambda: app.get("subscription/list"),
        "ids, 1,000 unread": lambda: app.get(f"stream/items/ids?{everything}&{unread}&n=1000"),
        "ids, 10,000 unread": lambda: app.get(f"stream/items/ids?{everything}&{unread}&n={MOST}"),
        "ids, 10,000 read": lambda: app.get(f"stream/items/ids?s={STATE}read&n={MOST}"),
        "ids, 10,000 starred": lambda: app.get(f"stream/items/ids?s={STATE}starred&n={MOST}"),
        "contents, 50": lambda: app.get("stream/contents?n=50"),
        "contents, 1,000": lambda: app.get("stream/contents?n=1000"),
        "fever, unread_item_ids": lambda: app.fever("unread_item_ids"),
        "fever, items from the first on": lambda: app.fever("items&since_id=0"),
    }


def _walk(app: _App) -> list[float]:
    """Each page of the unread ids, and that no id comes twice."""
    from time import perf_counter

    found: list[str] = []
    took, place = [], ""
    for _ in range(PAGES):
        began = perf_counter()
        page = app.json(f"stream/items/ids?s={STATE}reading-list&xt={STATE}read&n={MOST}{place}")
        took.append(report.milliseconds(perf_counter() - began))
        found += [item["id"] for item in page["itemRefs"]]
        if "continuation" not in page:
            break
        place = f"&c={page['continuation']}"
    assert len(found) == len(set(found))
    return took


def _counts(reader: User) -> dict[str, Callable[[], Any]]:
    from django.contrib.auth.models import User

    from articles.lists.unread_counts import unread_counts
    from feeds.models import Feed

    User.objects.filter(username="never").delete()
    never, feeds = User.objects.create_user("never"), Feed.objects.all()
    return {
        "a tenth is unread": lambda: unread_counts(reader, feeds),
        "never marked anything": lambda: unread_counts(never, feeds),
    }


def _baseline(reader: User) -> dict[str, Callable[[], Any]]:
    from django.db.models import Count, Exists, Max, OuterRef

    from articles.models import Article, ArticleState, ReadMark

    reach = ReadMark.objects.filter(user=reader, feed=None).aggregate(up_to=Max("up_to"))["up_to"] or 0
    marked = ReadMark.objects.filter(user=reader, feed=OuterRef("feed"), up_to__gte=OuterRef("pk"))
    single = ArticleState.objects.filter(user=reader, article=OuterRef("pk"), is_read=True)
    unread = Article.objects.filter(~Exists(marked), ~Exists(single), pk__gt=reach)
    page = unread.order_by("-published_at", "-id").values_list("pk", flat=True)
    return {
        "ids, the tenth page of 10,000 by OFFSET": lambda: list(page[9 * MOST : 10 * MOST]),
        "counts, each unread article looked at": lambda: list(unread.order_by().values("feed").annotate(n=Count("pk"))),
    }


if __name__ == "__main__":
    main()
