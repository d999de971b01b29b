"""Fever as apps use it: reading and marking."""

from __future__ import annotations

from datetime import timedelta
from hashlib import md5
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.api import app_passwords
from articles.api.fever import items
from articles.api.models import AppPassword
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.models import Article
from feeds.models import Subscription
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


class FeverApp:
    def __init__(self, reader, path="/fever/", **options: Any) -> None:
        self.path, self.client = path, Client()
        password = app_passwords.create(reader, "app", **options)[1]
        self.key = md5(f"{reader.get_username()}:{password}".encode()).hexdigest()

    def answer(self, query: str = "", *, key: str | None = None, **fields: Any):
        return self.client.post(f"{self.path}?api&{query}", {"api_key": key or self.key, **fields})

    def ask(self, query: str = "", **fields: Any) -> Any:
        answer = self.answer(query, **fields)
        assert answer.status_code == 200
        return answer.json()

    def ids(self, query: str) -> list[int]:
        return [item["id"] for item in self.ask(f"items&{query}")["items"]]


@pytest.fixture
def app(ann):
    return FeverApp(ann)


def on_page(reader, show):
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


@pytest.mark.parametrize("path", ["/fever/", "/fever", "/api/fever.php"])
def test_a_key_opens_the_door_at_each_address(ann, path):
    app = FeverApp(ann, path)
    assert app.ask() == {"api_version": 3, "auth": 1, "last_refreshed_on_time": 0}
    assert app.ask("", api_key=app.key.upper())["auth"] == 1


def test_a_wrong_key_is_told_so_with_200_and_nothing_else(app, ann):
    make_articles(2)
    own = md5(b"ann:correct horse battery").hexdigest()
    for key in ("wrong", own, ""):
        answer = app.client.post("/fever/?api&items&feeds", {"api_key": key})
        assert (answer.status_code, answer.json()) == (200, {"api_version": 3, "auth": 0})
    assert app.client.get("/fever/?api").json()["auth"] == 0


def test_wrong_keys_have_to_wait(app, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        app.ask(api_key=f"wrong {number}")
    assert app.ask()["auth"] == 0


def test_selectors_may_be_combined(app, ann):
    shelf = make_category("News")
    feed = make_feed(title="Harbour", category=shelf, site_url="https://h.example/", last_checked_at=timezone.now())
    other = make_feed(title="Alone")
    articles = make_articles(3, feed)
    mark_read(ann, articles[:1])
    star(ann, articles[1], on=True)
    answer = app.ask("groups&feeds&items&unread_item_ids&saved_item_ids&links&favicons")
    assert answer["groups"] == [{"id": shelf.pk, "title": "News"}]
    assert answer["feeds_groups"] == [{"group_id": shelf.pk, "feed_ids": f"{feed.pk}"}]
    assert [row["id"] for row in answer["feeds"]] == [other.pk, feed.pk]
    assert answer["feeds"][1] == {
        "id": feed.pk, "favicon_id": 0, "title": "Harbour", "url": feed.url, "site_url": "https://h.example/",
        "is_spark": 0, "last_updated_on_time": 0,
    }  # fmt: skip
    assert answer["unread_item_ids"] == f"{articles[1].pk},{articles[2].pk}"
    assert answer["saved_item_ids"] == f"{articles[1].pk}"
    assert (answer["links"], answer["favicons"], answer["total_items"]) == ([], [], 3)
    assert answer["last_refreshed_on_time"] > 0
    first = answer["items"][0]
    assert first == {
        "id": articles[0].pk, "feed_id": feed.pk, "title": articles[0].title, "author": "",
        "html": articles[0].content_html, "url": articles[0].url, "is_saved": 0, "is_read": 1,
        "created_on_time": int(articles[0].published_at.timestamp()),
    }  # fmt: skip


def test_items_are_walked_up_and_down(app):
    pks = [article.pk for article in make_articles(120)]
    assert app.ids("since_id=0") == pks[:50]
    assert app.ids(f"since_id={pks[49]}") == pks[50:100]
    assert app.ids(f"since_id={pks[-1]}") == []
    assert app.ids(f"max_id={2**53 - 1}") == pks[:69:-1]
    assert app.ids(f"max_id={pks[70]}") == pks[69:19:-1]
    assert app.ids(f"max_id={pks[0]}") == []
    assert app.ids(f"with_ids={pks[7]},{pks[3]},999999") == [pks[7], pks[3]]
    assert len(app.ids(f"with_ids={','.join(map(str, pks))}")) == 50


@pytest.mark.parametrize("chunk", [3, items.CHUNK])
def test_a_new_app_is_fed_what_is_unread_starred_or_young(ann, settings, monkeypatch, chunk):
    monkeypatch.setattr(items, "CHUNK", chunk)
    settings.APP_DAYS = 30
    feed = make_feed()
    old, young = make_articles(40, feed), make_articles(4, feed)
    ancient = timezone.now() - timedelta(days=31)
    Article.objects.filter(pk__in=[article.pk for article in old]).update(received_at=ancient)
    mark_all_read(ann, Selection(), up_to=young[1].pk)
    star(ann, old[5], on=True)
    mark_read(ann, [old[30]], read=False)
    fed = [old[5].pk, old[30].pk, *(article.pk for article in young)]
    app = FeverApp(ann)
    assert app.ids("since_id=0") == fed
    assert app.ids(f"since_id={old[5].pk}") == fed[1:]
    assert app.ids(f"max_id={2**31 - 1}") == fed[::-1]
    assert app.ids(f"max_id={old[30].pk}") == fed[:1]
    whole = FeverApp(ann, is_whole=True)
    assert whole.ids("since_id=0") == [article.pk for article in (*old, *young)]


def test_marks_do_what_they_say_once(app, ann):
    article, other = make_articles(2)
    for _ in range(2):
        app.ask("", mark="item", **{"as": "saved", "id": article.pk})
        app.ask("", mark="item", **{"as": "read", "id": article.pk})
    assert on_page(ann, Show.STARRED) == {article.pk}
    assert on_page(ann, Show.UNREAD) == {other.pk}
    for _ in range(2):
        app.ask(f"mark=item&as=unsaved&id={article.pk}")
        app.ask(f"mark=item&as=unread&id={article.pk}")
    assert on_page(ann, Show.STARRED) == set()
    assert on_page(ann, Show.UNREAD) == {article.pk, other.pk}


def test_feeds_and_groups_are_marked_up_to_a_moment(app, ann):
    shelf = make_category()
    feed, other = make_feed(category=shelf), make_feed()
    early, late = make_articles(2, feed)
    elsewhere = make_article(other)
    now = timezone.now()
    Article.objects.filter(pk=early.pk).update(received_at=now - timedelta(minutes=9))
    before = int((now - timedelta(minutes=5)).timestamp())
    app.ask(f"mark=group&as=read&id={shelf.pk}&before={before}")
    assert on_page(ann, Show.UNREAD) == {late.pk, elsewhere.pk}
    app.ask(f"mark=group&as=read&id=-1&before={before}")
    app.ask(f"mark=feed&as=read&id={feed.pk}&before={int(now.timestamp()) + 60}")
    assert on_page(ann, Show.UNREAD) == {elsewhere.pk}
    app.ask("mark=group&as=read&id=0")
    assert on_page(ann, Show.UNREAD) == set()
    app.ask("mark=feed&as=read&id=999")


@pytest.mark.parametrize(
    "query", ["mark=item&as=gone&id=1", "mark=item&as=read", "mark=x&as=read&id=1", "mark=feed&as=read&id=x",
              "mark=feed&as=saved&id=1", "items&since_id=x", "items&with_ids=1,x"]
)  # fmt: skip
def test_what_makes_no_sense_is_refused(app, query):
    assert app.answer(query).status_code == 400


def test_what_was_read_just_now_is_put_back(app, ann):
    articles = make_articles(3)
    mark_read(ann, articles[:2])
    app.ask("unread_recently_read=1")
    assert on_page(ann, Show.UNREAD) == {article.pk for article in articles}


def test_a_password_for_reading_marks_nothing(ann):
    article = make_article()
    app = FeverApp(ann, scope=AppPassword.Scope.READ)
    assert app.ids("since_id=0") == [article.pk]
    assert app.answer(f"mark=item&as=read&id={article.pk}").status_code == 403
    assert on_page(ann, Show.UNREAD) == {article.pk}


def test_feeds_that_one_may_not_see_are_not_there(app, ann):
    secret = make_feed(is_shared=False)
    article = make_article(secret)
    Subscription.objects.create(user=make_reader("bob"), feed=secret)
    assert app.ids("since_id=0") == app.ids(f"with_ids={article.pk}") == []
    assert app.ask("feeds&unread_item_ids")["feeds"] == []
    app.ask(f"mark=item&as=saved&id={article.pk}")
    app.ask(f"mark=feed&as=read&id={secret.pk}")
    assert not ann.articlestate_set.exists()
    assert not ann.readmark_set.exists()


def test_closed_doors_are_not_there(app, settings):
    settings.APPS = False
    assert app.answer().status_code == 404
