"""Marks by a clock, of an app that looked while articles were stored: they cover nothing that it could not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from articles.api.models import AppLook
from articles.ingest import pipeline
from articles.labels.own import change_labels, make_label
from articles.lists.pages import Selection, Show, list_page
from articles.models import Article
from feeds.models import Feed
from tests.articles.api.apps import App
from tests.articles.api.fever.test_fever import FeverApp
from tests.articles.api.test_walks_while_polling import STATE, entry, stored_but_not_committed
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def feed(ann):
    """A feed with an article that everybody can see."""
    feed = make_feed()
    pipeline.store_entries(feed, [entry(1, 1)])
    return feed


@contextmanager
def stored_late(feed: Feed) -> Iterator[Callable[[], set[int]]]:
    """Another worker has stored articles by now, and commits when what this returns is called, which returns their ids.
    On SQLite they are stored by then as if it had been now: a look's note would wait for the writer."""
    began, before = timezone.now(), set(Article.objects.values_list("pk", flat=True))
    entries = [entry(8, 8), entry(9, 9)]
    is_real = connection.vendor == "postgresql"
    with stored_but_not_committed(feed, entries) if is_real else nullcontext(lambda: None) as commit:

        def let_in() -> set[int]:
            commit()
            if not is_real:
                pipeline.store_entries(feed, entries)
            late = Article.objects.exclude(pk__in=before)
            if not is_real:
                late.update(received_at=began)
            return set(late.values_list("pk", flat=True))

        yield let_in


def unread_of(reader: Any) -> set[int]:
    return {article.pk for article in list_page(Selection(show=Show.UNREAD), reader).articles}


def now() -> int:
    return int(timezone.now().timestamp() * 1_000_000)


LOOKS_OF_APPS = {
    "ids": lambda app: app.json("stream/items/ids", s=f"{STATE}reading-list"),
    "contents": lambda app: app.json("stream/contents"),
    "counts": lambda app: app.json("unread-count"),
}


@pytest.mark.parametrize("look", LOOKS_OF_APPS.values(), ids=LOOKS_OF_APPS)
@pytest.mark.parametrize("clock", ["before the look", "after it"])
def test_a_mark_by_time_leaves_what_was_stored_during_the_look_and_committed_later(ann, feed, look, clock):
    app = App(ann)
    with stored_late(feed) as let_in:
        at = now()
        look(app)
        at = now() if clock == "after it" else at
        late = let_in()
    assert late
    assert app.post("mark-all-as-read", s=f"{STATE}reading-list", ts=at).content == b"OK"
    assert unread_of(ann) == late


def test_a_mark_by_the_time_of_the_newest_article_takes_what_was_seen_later(ann, feed):
    app = App(ann)
    look = LOOKS_OF_APPS["ids"]
    look(app)
    pipeline.store_entries(feed, [entry(2, 2)])
    newest = Article.objects.order_by("-pk").values_list("received_at", flat=True)[0]
    look(app)
    app.post("mark-all-as-read", s=f"{STATE}reading-list", ts=int(newest.timestamp() * 1_000_000) + 1)
    assert unread_of(ann) == set()


def test_a_later_look_does_not_widen_a_mark_by_an_earlier_time(ann, feed):
    app, look = App(ann), LOOKS_OF_APPS["ids"]
    with stored_late(feed) as let_in:
        look(app)
        at = now()
        late = let_in()
    look(app)
    app.post("mark-all-as-read", s=f"{STATE}reading-list", ts=at)
    assert unread_of(ann) == late


def test_a_mark_by_time_of_a_label_leaves_what_was_stored_during_the_look(ann):
    feed = make_feed()
    label = make_label(ann, "rain")
    pipeline.store_entries(feed, [entry(1, 1)])
    app = App(ann)
    with stored_late(feed) as let_in:
        LOOKS_OF_APPS["ids"](app)
        at = now()
        late = let_in()
    change_labels(ann, [*Article.objects.values_list("pk", flat=True)], add=[label.pk], remove=[])
    app.post("mark-all-as-read", s="user/-/label/rain", ts=at)
    assert unread_of(ann) == late


@pytest.mark.parametrize("has_time", [True, False])
@pytest.mark.parametrize("selector", ["items", "unread_item_ids"])
def test_a_fever_mark_leaves_what_was_stored_during_the_look_and_committed_later(ann, feed, selector, has_time):
    app = FeverApp(ann)
    with stored_late(feed) as let_in:
        app.ask(selector)
        late = let_in()
    before = {"before": str(int(timezone.now().timestamp()) + 1)} if has_time else {}
    app.ask(mark="group", id="0", **{"as": "read"}, **before)
    assert unread_of(ann) == late


def test_what_came_in_after_the_look_of_one_app_is_marked_by_another(ann, feed):
    phone, tablet = App(ann), App(ann)
    LOOKS_OF_APPS["ids"](phone)
    pipeline.store_entries(feed, [entry(2, 2)])
    at = now()
    LOOKS_OF_APPS["ids"](tablet)
    tablet.post("mark-all-as-read", s=f"{STATE}reading-list", ts=at)
    assert unread_of(ann) == set()


def test_looks_are_kept_for_days_alone(ann):
    app = App(ann)
    LOOKS_OF_APPS["ids"](app)
    AppLook.objects.update(at=timezone.now() - timedelta(days=3))
    LOOKS_OF_APPS["ids"](app)
    assert AppLook.objects.count() == 1
