"""Apps that walk through pages while a worker stores articles: nothing comes twice, and nothing is left out.

What was there before the walk and is so still is in it, once; what comes meanwhile is found by the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.ingest import pipeline
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_all_read, mark_all_read_until, mark_read, star
from articles.models import Article
from feeds.models import Feed
from feeds.parse.document import ParsedEntry
from tests.articles.api.apps import App
from tests.articles.api.fever.test_fever import FeverApp
from tests.articles.api.rest.client import Program
from tests.factories import FIRST_DAY, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)
STATE = "user/-/state/com.google/"
SPAN = 60  # days in which the articles are
Between = Callable[[], None]
Walk = Callable[[Between], Iterable[int]]


@pytest.fixture
def ann():
    return make_reader("ann")


def entry(number: int, days: float, text: str = "rain") -> ParsedEntry:
    return ParsedEntry(
        guid=str(number),
        url=f"https://x.example/{number}",
        title=f"Entry {number} {text}",
        content_html=f"<p>{text} on day {number}, as never before: {number * 7919}</p>",
        published_at=FIRST_DAY + timedelta(days=days, seconds=number),
    )


class Publisher:
    """A site's feeds, which have something new or changed each time that they are polled, by another connection."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.feeds = [make_feed() for _ in range(2)]
        self.changed = count(1)
        for feed in self.feeds:
            pipeline.store_entries(feed, [entry(number, number % SPAN) for number in self.some(11)])

    def some(self, size: int) -> list[int]:
        return [next(self.numbers) for _ in range(size)]

    def poll(self) -> None:
        """New entries, dated everywhere: before all that is there, between, and after it; and changed ones."""
        elsewhere(self._store)

    def _store(self) -> None:
        for at, feed in enumerate(self.feeds):
            days = (-9, next(self.changed) * 13 % SPAN + 0.5) if at else (70,)
            new = [entry(number, day) for number, day in zip(self.some(len(days)), days, strict=True)]
            guid = Article.objects.filter(feed=feed).order_by("pk").values_list("guid", flat=True)[next(self.changed)]
            again = entry(int(guid), int(guid) % SPAN, "rain and snow")
            assert pipeline.store_entries(feed, [*new, again]).new == len(days)


def elsewhere(work: Callable[[], None]) -> None:
    """Does it with a connection of its own, to its end."""
    raised = list[BaseException]()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001, told below
            raised.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert not raised, raised


def ids(app: App, between: Between, stream: str = f"{STATE}reading-list", **fields: Any) -> Iterator[int]:
    place: dict[str, Any] = {}
    while True:
        answer = app.json("stream/items/ids", s=stream, n=7, **fields, **place)
        yield from (int(item["id"]) for item in answer["itemRefs"])
        if "continuation" not in answer:
            return
        place = {"c": answer["continuation"]}
        between()


def contents(app: App, between: Between, **fields: Any) -> Iterator[int]:
    place: dict[str, Any] = {}
    while True:
        answer = app.json("stream/contents", n=7, **fields, **place)
        yield from (int(item["id"].rpartition("/")[2], 16) for item in answer["items"])
        if "continuation" not in answer:
            return
        place = {"c": answer["continuation"]}
        between()


def fever(app: FeverApp, between: Between, start: str) -> Iterator[int]:
    while found := app.ids(start):
        yield from found
        start = f"{start.partition('=')[0]}={found[-1]}"
        between()


def rest(program: Program, between: Between, **fields: Any) -> Iterator[int]:
    place: dict[str, Any] = {}
    while True:
        answer = program.get("/articles", n=7, **fields, **place)
        yield from (article["id"] for article in answer["articles"])
        if answer["next_cursor"] is None:
            return
        place = {"cursor": answer["next_cursor"]}
        between()


def walks(reader: Any) -> dict[str, Walk]:
    app, program, old = App(reader), Program(reader), FeverApp(reader)
    whole = FeverApp(reader, is_whole=True)
    return {
        "ids": partial(ids, app),
        "ids, oldest first": partial(ids, app, r="o"),
        "ids, unread": partial(ids, app, xt=f"{STATE}read"),
        "ids, read": partial(ids, app, stream=f"{STATE}read"),
        "ids, starred": partial(ids, app, stream=f"{STATE}starred"),
        "ids, since": partial(ids, app, ot=1_000_000_000),
        "contents": partial(contents, app),
        "contents, oldest first": partial(contents, app, r="o"),
        "fever, upwards": partial(fever, old, start="since_id=0"),
        "fever, downwards": partial(fever, old, start="max_id=9007199254740991"),
        "fever, the archive": partial(fever, whole, start="since_id=0"),
        "rest": partial(rest, program),
        "rest, oldest first": partial(rest, program, order="oldest"),
        "rest, by arrival": partial(rest, program, order="last_in"),
        "rest, by arrival, first in": partial(rest, program, order="first_in"),
        "rest, unread": partial(rest, program, show="unread"),
        "rest, hits": partial(rest, program, q="rain"),
    }


WALKS = (
    "ids", "ids, oldest first", "ids, unread", "ids, read", "ids, starred", "ids, since", "contents",
    "contents, oldest first", "fever, upwards", "fever, downwards", "fever, the archive", "rest", "rest, oldest first",
    "rest, by arrival", "rest, by arrival, first in", "rest, unread", "rest, hits",
)  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_what_was_there_comes_once_while_a_worker_stores(name, ann, monkeypatch):
    monkeypatch.setattr("articles.api.fever.items.PAGE", 7)
    publisher = Publisher()
    there = list(Article.objects.order_by("pk"))
    mark_read(ann, there[::3])
    for article in there[::2]:
        star(ann, article, on=True)
    walk = walks(ann)[name]
    before = list(walk(lambda: None))
    assert len(before) == len(set(before)) > 7
    polls = iter(range(3))  # a walk towards what comes would never end else
    found = list(walk(lambda: publisher.poll() if next(polls, None) is not None else None))
    assert len(found) == len(set(found))
    assert set(before) <= set(found)
    assert Article.objects.count() > len(there)
    if "starred" not in name and "ids, read" not in name:
        came = set(Article.objects.values_list("pk", flat=True)) - {article.pk for article in there}
        assert came <= set(walk(lambda: None))


@contextmanager
def stored_but_not_committed(feed: Feed, entries: list[ParsedEntry]) -> Iterator[Callable[[], None]]:
    """Another worker has taken ids for these entries; what it returns lets it commit."""
    stored, go, raised = Event(), Event(), list[BaseException]()

    def store() -> None:
        try:
            with transaction.atomic():
                pipeline.store_entries(feed, entries)
                stored.set()
                assert go.wait(60)
        except BaseException as error:  # noqa: BLE001, told below
            raised.append(error)
        finally:
            stored.set()
            connection.close()

    def commit() -> None:
        go.set()
        thread.join()
        assert not raised, raised

    thread = Thread(target=store)
    thread.start()
    try:
        assert stored.wait(60)
        yield commit
    finally:
        commit()


@pytest.fixture
def two_workers():
    """The articles of two workers, of which the one that began first is the last to be seen: on Postgres, as SQLite has
    one writer at a time."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    pipeline.store_entries(make_feed(), [entry(number, number) for number in range(1, 4)])
    slow, quick = make_feed(), make_feed()
    with stored_but_not_committed(slow, [entry(4, 4), entry(5, 5)]) as commit:
        pipeline.store_entries(quick, [entry(6, 6)])
        yield commit, lambda: set(Article.objects.filter(feed=slow).values_list("pk", flat=True))


def test_a_fever_app_that_goes_on_from_the_last_id_misses_nothing(ann, two_workers):
    commit, late = two_workers
    app = FeverApp(ann)
    known = app.ids("since_id=0")
    assert set(app.ids("max_id=9007199254740991")) == set(known)
    commit()
    newer = app.ids(f"since_id={max(known)}")
    assert late() < set(newer)
    assert len(known) + len(newer) == 6


def test_what_nobody_could_see_yet_is_not_marked_as_read(ann, two_workers):
    commit, late = two_workers
    page = list_page(Selection(), ann)
    assert len(page.articles) == 4
    mark_all_read(ann, Selection(), up_to=max(article.pk for article in page.articles))
    commit()
    assert late() <= {article.pk for article in list_page(Selection(show=Show.UNREAD), ann).articles}


def test_a_mark_until_a_moment_takes_what_could_be_seen_alone(ann, two_workers):
    commit, late = two_workers
    mark_all_read_until(ann, Selection(), timezone.now())
    assert list_page(Selection(show=Show.UNREAD), ann).articles == []
    commit()
    assert {article.pk for article in list_page(Selection(show=Show.UNREAD), ann).articles} == late()


def test_an_app_that_asks_since_its_last_visit_gets_what_was_being_stored_then(ann, two_workers):
    commit, late = two_workers
    app = App(ann)
    visit = int(timezone.now().timestamp()) + 2
    assert not late() & set(app.ids(f"{STATE}reading-list"))
    commit()
    assert late() <= set(app.ids(f"{STATE}reading-list", ot=visit))


def test_what_a_page_offers_to_mark_is_what_could_be_seen(ann, two_workers):
    commit, late = two_workers
    told = Program(ann).get("/articles")["latest_id"]
    assert len(App(ann).ids(f"{STATE}reading-list")) == 4  # nobody waits for who stores
    commit()
    assert told < min(late())
