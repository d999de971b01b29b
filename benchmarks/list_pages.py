"""The time that the pages of the list take as the archive grows: `python -m benchmarks.list_pages --articles 100000`.

Uses a database of its own: a temporary SQLite file, or the empty or already filled one of `--database postgres://…`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from articles.lists.pages import ListPage, Selection

SIZE = 50


def main() -> None:
    parser = options(__doc__, "a few thousand articles")
    parser.add_argument("--articles", type=int, default=100_000, help="made where the database is empty")
    parser.add_argument("--runs", type=int, default=30, help="measurements of each page")
    arguments = parser.parse_args()
    n_articles = 3_000 if arguments.small else arguments.articles
    runs = 2 if arguments.small else arguments.runs
    with own_site(arguments.database):
        _run(n_articles, runs, arguments.output)


def _run(n_articles: int, runs: int, output: Path | None) -> None:
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from benchmarks import generated

    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)
    pages = {name: _measure(page, runs) for name, page in _scenarios()}
    p50 = {name: result["p50_ms"] for name, result in pages.items()}
    deepest = next(name for name in ("all, page 1,000", "all, page 100", "all, page 10") if name in p50)
    results = {
        "database": connection.vendor,
        "rows": Article.objects.count(),
        "pages": pages,
        "deepest_to_page_1": round(p50[deepest] / p50["all, page 1"], 2),
        "unread_to_all": round(p50["unread, nothing is read"] / p50["all, page 1"], 2),
        "slowest_page_ms": max(p50.values()),
    }
    report.write("list_pages", results, output)


def _measure(page: Callable[[], ListPage], runs: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seconds = report.timed(page, runs)
    with CaptureQueriesContext(connection) as queries:
        shown = len(page().articles)
    return {**seconds, "queries": len(queries), "articles": shown}


def _scenarios() -> Iterator[tuple[str, Callable[[], ListPage]]]:
    from articles.lists.pages import Selection, Show
    from articles.lists.selection import Order
    from benchmarks.generated import RARE, WIDE
    from feeds.models import Category, Feed

    anew = _reader("reads nothing")
    biggest = Feed.objects.order_by("-article_count")[0]
    wide, rare = (Category.objects.get(name=name) for name in (WIDE, RARE))
    narrowed = {
        "all": Selection(),
        "a feed": Selection(feed=biggest),
        "a category with 60 % of the archive": Selection(category=wide),
        "a category with 0.1 % of it, all old": Selection(category=rare),
    }
    for name, selection in narrowed.items():
        yield f"{name}, page 1", _page(selection, anew)
        for number in (10, 100, 1_000):
            if cursor := _cursor(selection, anew, number):
                yield f"{name}, page {number:,}", _page(selection, anew, cursor)
    yield "all, oldest first", _page(Selection(order=Order.OLDEST), anew)
    yield "all, by arrival", _page(Selection(order=Order.LAST_IN), anew)
    for name, reader in _readers():
        yield f"unread, {name}", _page(Selection(show=Show.UNREAD), reader)
        yield f"unread, oldest first, {name}", _page(Selection(show=Show.UNREAD, order=Order.OLDEST), reader)
        yield f"unread, by arrival, {name}", _page(Selection(show=Show.UNREAD, order=Order.LAST_IN), reader)
        for place in ("a category with 60 % of the archive", "a category with 0.1 % of it, all old"):
            selection = Selection(category=narrowed[place].category, show=Show.UNREAD)
            yield f"unread in {place}, {name}", _page(selection, reader)
    starred = Selection(show=Show.STARRED)
    for stars in (300, 5_000):
        reader = _starring(stars)
        yield f"starred, {stars:,}, page 1", _page(starred, reader)
        yield f"starred in the rare category, {stars:,}", _page(Selection(category=rare, show=Show.STARRED), reader)


def _page(selection: Selection, reader: User, cursor: str = "") -> Callable[[], ListPage]:
    from articles.lists.pages import list_page

    return lambda: list_page(selection, reader, cursor=cursor, size=SIZE)


def _cursor(selection: Selection, reader: User, number: int) -> str:
    """The cursor of a page far down, empty where there are not so many: the place is looked up, not walked to."""
    from articles.lists.cursors import Cursor
    from articles.lists.pages import scope_of
    from articles.models import Article

    articles = Article.objects.filter(feed__in=scope_of(selection, reader).feeds())
    place = articles.order_by("-published_at", "-id").values_list("published_at", "id")
    found = list(place[(number - 1) * SIZE - 1 : (number - 1) * SIZE])
    return str(Cursor(found[0])) if found else ""


def _reader(name: str) -> User:
    from django.contrib.auth.models import User

    User.objects.filter(username=name).delete()
    return User.objects.create_user(name)


def _readers() -> Iterator[tuple[str, User]]:
    """Readers for whom what is unread is hard to find."""
    from articles.lists.pages import Selection, newest_id
    from articles.lists.reader_state import mark_all_read, mark_read
    from articles.models import Article, ArticleState, ReadMark
    from feeds.models import Feed

    newest = newest_id()
    yield "nothing is read", _reader("reads nothing")

    reader = _reader("marked all")
    mark_all_read(reader, Selection(), up_to=newest)
    yield "all is marked read", reader

    reader = _reader("marked all but ten")
    mark_all_read(reader, Selection(), up_to=newest)
    mark_read(reader, Article.objects.only("pk").order_by("pk")[:10], read=False)
    yield "all but 10 old ones are marked read", reader

    reader = _reader("marked feed by feed")
    ReadMark.objects.bulk_create(
        ReadMark(user=reader, feed=feed, up_to=newest - 5 if number == 7 else newest)
        for number, feed in enumerate(Feed.objects.order_by("pk"))
    )
    yield "marked feed by feed", reader

    reader = _reader("marked all before the last thousand")
    mark_all_read(reader, Selection(), up_to=newest - 1_000)
    mark_read(reader, Article.objects.only("pk").filter(pk__gt=newest - 980))
    yield "20 came since all were marked read", reader

    reader = _reader("reads one by one")
    ids = list(Article.objects.order_by("-published_at").values_list("pk", flat=True)[:20_000])
    ArticleState.objects.bulk_create(
        (ArticleState(user=reader, article_id=pk, is_read=True) for pk in ids), batch_size=1_000
    )
    yield "the newest 20,000 are read one by one", reader


def _starring(stars: int) -> User:
    from django.utils import timezone

    from articles.models import Article, ArticleState

    reader = _reader(f"has {stars} stars")
    ids = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    some = ids[:: max(len(ids) // stars, 1)][:stars]
    now = timezone.now()
    ArticleState.objects.bulk_create([ArticleState(user=reader, article_id=pk, starred_at=now) for pk in some])
    return reader


if __name__ == "__main__":
    main()
