"""The price of comparing articles with what is here: `python -m benchmarks.folding --articles 1000000`.

Articles that come in, some at a time, in turns with the comparison and without, as the baseline in the same run: ms of
processor time an article, of this process and of the one that serves it, and the memory at the end. A tenth of them is
what another feed has already. Then list pages of a reader who has a row for each story, in turns with one who has a row
for each article; a twentieth of the archive are doubles. The archive's keys are made up by the database: as many as
real ones, and found the same way; to compare it all would take hours and say nothing more.
"""

from __future__ import annotations

import gc
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site
from benchmarks.postgres_server import cost

if TYPE_CHECKING:
    from django.test import Client

    from articles.ingest.pipeline import Cleaned
    from feeds.models import Feed
    from feeds.parse.document import ParsedEntry

AT_ONCE = 20
COPIES = 0.1
SHARE = 20  # of so many articles one is a double
KEYS, LASTING = 12, 2
# SQLite's seconds and Postgres' hours since 1970, and a number by chance.
HOUR = {
    "sqlite": "CAST(strftime('%s', published_at) AS INTEGER) / 3600",
    "postgresql": "floor(extract(epoch FROM published_at) / 3600)::bigint",
}
CHANCE = {"sqlite": "random()", "postgresql": "((random() - 0.5) * 9e18)::bigint"}


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=100_000, help="made where the database is empty")
    parser.add_argument("--rounds", type=int, default=20, help=f"of {AT_ONCE} articles with and without")
    arguments = parser.parse_args()
    size, rounds = (600, 2) if arguments.small else (arguments.articles, arguments.rounds)
    with own_site(arguments.database):
        _run(size, rounds, arguments.output)


def _run(n_articles: int, rounds: int, output: Path | None) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from benchmarks import generated

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)
    _make_up()
    generated.settle()
    results = {
        "database": connection.vendor,
        "articles": Article.objects.count(),
        "an_article_that_comes_in": _arrivals(rounds),
        "a_list_page": _pages(rounds),
    }
    report.write("folding", results, output)


def _make_up() -> None:
    """The keys and the doubles of the archive, where there are none."""
    from django.db import connection

    from articles.stories import keys
    from articles.stories.models import StoryMember, WaitingArticle

    WaitingArticle.objects.all().delete()  # of what another benchmark has stored
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM articles_storykey LIMIT 1")
        if cursor.fetchone():
            return
        numbers = f"(WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {KEYS}) SELECT k FROM n)"
        hour, chance = HOUR[connection.vendor], CHANCE[connection.vendor]
        period = f"CASE WHEN k > {LASTING} THEN {hour} / {keys.PERIOD} ELSE {keys.WHENEVER} END"
        cursor.execute(
            "INSERT INTO articles_storykey (key, hour, article_id)"
            f" SELECT (({period}) << {keys.BITS}) | ({chance} & {(1 << keys.BITS) - 1}), {hour}, id"
            f" FROM articles_article, {numbers} AS n ORDER BY 1"
        )
        for number, rest in enumerate(() if StoryMember.objects.exists() else (3, 10)):
            cursor.execute(
                "INSERT INTO articles_storymember (article_id, story, number, feed_id)"
                f" SELECT id, id - {7 * number}, {number}, feed_id FROM articles_article"
                f" WHERE id - {SHARE} * (id / {SHARE}) = {rest}"
            )


def _arrivals(rounds: int) -> dict[str, Any]:
    from articles.lists.pages import newest_id

    before = newest_id()
    try:
        return _measured_arrivals(rounds)
    finally:
        _remove_beyond(before)


def _remove_beyond(last: int) -> None:
    """Remove the articles that came in after that one: a next run would have more to meet, and cost more."""
    from django.db import connection
    from django.db.models import Max

    from articles.ingest.store import delete_articles
    from articles.models import Article, Tombstone

    tombstone = Tombstone.objects.aggregate(last=Max("pk"))["last"] or 0
    delete_articles(Article.objects.filter(pk__gt=last).values_list("pk", flat=True))
    Tombstone.objects.filter(pk__gt=tombstone).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_storykey WHERE article_id > %s", [last])


def _measured_arrivals(rounds: int) -> dict[str, Any]:
    from articles.ingest.pipeline import ready
    from articles.stories.models import Likeness
    from feeds.models import Feed

    feeds = list(Feed.objects.order_by("pk")[: AT_ONCE * 2])
    entries = _entries()
    costs: dict[str, list[float]] = {"with": [], "without": []}
    found, memory = Likeness.objects.count(), list[int]()
    for number in range(2 * (rounds + 1)):
        for way, around in (("with", _as_it_is), ("without", _apart)):
            feed = feeds[number % len(feeds)]
            cleaned = ready(feed, [next(entries) for _ in range(AT_ONCE)])
            with around():
                costs[way].append(sum(cost(partial(_take_in, feed, cleaned))))
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    told = {way: _told(some[2:]) for way, some in costs.items()}
    return {
        **{f"ms_{way}": each for way, each in told.items()},
        "ms_more": {name: round(told["with"][name] - told["without"][name], 2) for name in ("median", "mean")},
        "likenesses_found": Likeness.objects.count() - found,
        "most_memory_mb_after_the_first_and_the_last_round": [memory[0], memory[-1]],
    }


def _take_in(feed: Feed, cleaned: Cleaned) -> None:
    from articles.ingest.arrivals import came_in
    from articles.ingest.pipeline import store

    store(feed, cleaned)
    came_in(len(cleaned.new) + len(cleaned.changed))


def _told(seconds: list[float]) -> dict[str, float]:
    an_article = [each * 1000 / AT_ONCE for each in seconds]
    numbers = {"median": median(an_article), "mean": sum(an_article) / len(an_article), "worst": max(an_article)}
    return {name: round(number, 2) for name, number in numbers.items()}


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _apart() -> Iterator[None]:
    """Inside, nothing is compared with anything."""
    from articles.stories import fold

    want, fold_waiting = fold.want, fold.fold_waiting
    fold.want, fold.fold_waiting = lambda articles: None, lambda **_: None
    try:
        yield
    finally:
        fold.want, fold.fold_waiting = want, fold_waiting


def _entries() -> Iterator[ParsedEntry]:
    """About 1 KB each, seven of ten Chinese; some are copies of one that came shortly before."""
    from benchmarks.zipf import vocabulary, writer
    from feeds.parse.document import ParsedEntry

    run = datetime.now(UTC)
    chance, write = random.Random(run.timestamp()), writer(vocabulary())
    told: list[tuple[str, str]] = []
    for number in count():
        if told and chance.random() < COPIES:
            title, text = chance.choice(told[-200:])
        else:
            title, text, _language = write(chance)
            told.append((title, text))
        name = f"{run.timestamp()}-{number}"
        yield ParsedEntry(
            guid=name, url=f"https://new.example/{name}", title=title, content_html=f"<p>{text}</p>",
            published_at=datetime.now(UTC),
        )  # fmt: skip


def _pages(rounds: int) -> dict[str, Any]:
    clients = {"a row for each story": _reader("together"), "a row for each article": _reader("apart")}
    told: dict[str, Any] = {}
    gc.freeze()  # as a web process does: else a page by chance looks through all that articles came in with
    for page in ("/", "/?show=unread", "/?category=wide", "/?order=last_in"):
        costs: dict[str, list[float]] = {name: [] for name in clients}
        for _ in range(rounds + 2):
            for name, client in clients.items():
                costs[name].append(sum(cost(partial(_ask, client, page))) * 1000)
        least = {name: round(min(some[2:]), 2) for name, some in costs.items()}
        means = {name: round(sum(some[2:]) / len(some[2:]), 2) for name, some in costs.items()}
        told[page] = {"least_ms": least, "mean_ms": means}
    return told


def _ask(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200, answer.content


def _reader(doubles: str) -> Client:
    from django.contrib.auth.models import User
    from django.test import Client

    from articles.lists.pages import Selection, newest_id
    from articles.lists.reader_state import mark_all_read
    from feeds.subscriptions.own import choose_doubles

    User.objects.filter(username=doubles).delete()
    reader = User.objects.create_user(doubles)
    choose_doubles(reader, doubles)
    mark_all_read(reader, Selection(), up_to=newest_id() - 1_000)
    client = Client()
    client.force_login(reader)
    return client


if __name__ == "__main__":
    main()
