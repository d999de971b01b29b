"""Changes that apps make of a reader's feeds, and those that are refused."""

from __future__ import annotations

import pytest

from articles.api.greader import editing
from articles.api.models import AppPassword
from feeds.models import Category, Feed, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from feeds.subscriptions.departures import departures_of
from feeds.subscriptions.visibility import followed_feeds
from tests.articles.api.apps import App
from tests.documents import items, rss
from tests.factories import make_category, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
EDIT, LABEL = "subscription/edit", "user/-/label/"
OPML = '<opml version="2.0"><body><outline text="News"><outline type="rss" text="G" xmlUrl="https://g.example/rss"/></outline></body></opml>'


@pytest.fixture
def ann():
    """A reader with a choice of their own, which is empty."""
    reader = make_reader("ann")
    own.choose_own(reader)
    return reader


@pytest.fixture
def app(ann):
    return App(ann)


@pytest.fixture
def address(publisher):
    return publisher.serve("/feed.xml", rss(items(1, 2), title="Harbour Gazette"))


def rows(app):
    """Title and folders of each feed by its stream, as the app sees them."""
    listed = app.json("subscription/list")["subscriptions"]
    return {row["id"]: (row["title"], [folder["label"] for folder in row["categories"]]) for row in listed}


@pytest.mark.parametrize("prefix", ["", "feed/"])
def test_an_address_is_added_in_one_step(app, address, prefix):
    answer = app.post("subscription/quickadd", quickadd=prefix + address).json()
    feed = Feed.objects.get()
    assert answer == {
        "numResults": 1, "query": address, "streamId": f"feed/{feed.pk}", "streamName": "Harbour Gazette"
    }  # fmt: skip
    assert (feed.url, feed.is_shared) == (address, False)
    assert rows(app) == {f"feed/{feed.pk}": ("Harbour Gazette", [])}


def test_what_staff_add_is_the_site_s(address):
    reader = make_reader("op", staff=True)
    app = App(reader)
    assert app.post(EDIT, ac="subscribe", s=f"feed/{address}", a=f"{LABEL}Ports").content == b"OK"
    feed = Feed.objects.get()
    assert feed.is_shared
    assert rows(app) == {f"feed/{feed.pk}": ("Harbour Gazette", ["Ports"])}


@pytest.mark.parametrize("wrong", ["http://127.0.0.1:1/", "no address", "file:///etc/passwd", ""])
def test_where_no_feed_is_nothing_is_added(app, wrong):
    assert app.post("subscription/quickadd", quickadd=wrong).json() == {"numResults": 0, "query": wrong}
    assert app.post(EDIT, ac="subscribe", s=f"feed/{wrong}").status_code in {400, 404}
    assert not Feed.objects.exists()


def test_a_feed_is_followed_named_placed_and_left(app, ann, address):
    assert app.post(EDIT, ac="subscribe", s=f"feed/{address}", t="Mine", a=f"{LABEL}Ports").content == b"OK"
    name = f"feed/{Feed.objects.get().pk}"
    assert rows(app) == {name: ("Mine", ["Ports"])}
    app.post(EDIT, ac="edit", s=name, t="Ours")
    assert rows(app) == {name: ("Ours", ["Ports"])}
    app.post(EDIT, ac="edit", s=name, a=f"{LABEL}Ships", r=f"{LABEL}Ports")
    assert rows(app) == {name: ("Ours", ["Ships"])}
    assert list(Category.objects.values_list("name", flat=True)) == ["Ships"]
    app.post(EDIT, ac="edit", s=name, r=f"{LABEL}Ships")
    assert rows(app) == {name: ("Ours", [])}
    assert app.post(EDIT, ac="unsubscribe", s=name).content == b"OK"
    assert rows(app) == {}
    assert [row.feed.url for row in departures_of(ann)] == [address]  # nobody is left to see it
    assert app.post(EDIT, ac="subscribe", s=f"feed/{address}").content == b"OK"
    assert rows(app) == {name: ("Harbour Gazette", [])}
    assert not departures_of(ann).exists()


def test_addresses_are_looked_for_in_a_time_that_they_share(app, ann, address, monkeypatch):
    monkeypatch.setattr(editing, "MOST_SECONDS", 0)
    assert app.post(EDIT, ac="subscribe", s=[f"feed/{address}", f"feed/{address}2"]).status_code == 404
    assert not Feed.objects.exists()


def test_several_feeds_of_the_site_are_followed_at_once(app, ann):
    feeds = [make_feed(title=title) for title in ("A", "B")]
    names = [f"feed/{feed.pk}" for feed in feeds]
    assert app.post(EDIT, ac="subscribe", s=names, t=["", "Bee"]).content == b"OK"
    assert rows(app) == {names[0]: ("A", []), names[1]: ("Bee", [])}
    app.post(EDIT, ac="unsubscribe", s=names)
    assert rows(app) == {}
    assert Feed.objects.count() == 2


def test_folders_are_renamed_and_taken_away(app, ann):
    feed, other = make_feed(title="A"), make_feed(title="B")
    own.follow(ann, feed, category=category_at("Ports", owner=ann))
    own.follow(ann, other, category=category_at("Ships", owner=ann))
    assert app.post("rename-tag", s=f"{LABEL}Ports", dest=f"{LABEL}Harbours").content == b"OK"
    assert rows(app)[f"feed/{feed.pk}"] == ("A", ["Harbours"])
    app.post("rename-tag", s=f"{LABEL}Harbours", dest=f"{LABEL}Ships")
    assert [folders for _title, folders in rows(app).values()] == [["Ships"], ["Ships"]]
    assert app.post("disable-tag", s=[f"{LABEL}Ships"]).content == b"OK"
    assert [folders for _title, folders in rows(app).values()] == [[], []]
    assert not Category.objects.exists()


def test_who_follows_all_of_the_site_s_feeds_changes_titles_but_not_its_folders():
    reader = make_reader("bob")
    feed = make_feed(title="A", category=make_category("Ports"))
    app, name = App(reader), f"feed/{feed.pk}"
    assert app.post(EDIT, ac="edit", s=name, t="Mine").content == b"OK"
    assert app.post(EDIT, ac="edit", s=name, a=f"{LABEL}New").status_code == 403
    assert app.post("rename-tag", s=f"{LABEL}Ports", dest=f"{LABEL}New").status_code == 403
    assert app.post("disable-tag", s=f"{LABEL}Ports").status_code == 403
    assert rows(app) == {name: ("Mine", ["Ports"])}
    assert app.post(EDIT, ac="unsubscribe", s=name).content == b"OK"
    assert rows(app) == {}
    assert Feed.objects.filter(pk=feed.pk).exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"ac": "x", "s": "feed/1"}, 400),
        ({"ac": "edit"}, 400),
        ({"ac": "edit", "s": "user/-/label/X"}, 400),
        ({"ac": "edit", "s": "feed/999"}, 404),
        ({"ac": "unsubscribe", "s": "feed/999"}, 404),
        ({"ac": "unsubscribe", "s": ["feed/1"] * 21}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(app, fields, status):
    assert app.post(EDIT, **fields).status_code == status
    assert app.post("rename-tag", s=f"{LABEL}No", dest=f"{LABEL}New").status_code == 404
    assert app.post("disable-tag", s=f"{LABEL}No").status_code == 404
    assert app.post("disable-tag").status_code == 400


def test_a_feed_of_another_reader_alone_is_not_there(app):
    secret = make_feed(is_shared=False)
    Subscription.objects.create(user=make_reader("bob"), feed=secret)
    for action in ("subscribe", "edit", "unsubscribe"):
        assert app.post(EDIT, ac=action, s=f"feed/{secret.pk}", t="x").status_code == 404
    assert Subscription.objects.count() == 1


def test_lists_of_feeds_come_in_and_go_out(app, ann):
    answer = app.client.post(
        "/reader/api/0/subscription/import", OPML, content_type="text/xml; charset=utf-8", headers=app.headers
    )
    assert answer.content == b"OK"
    assert list(followed_feeds(ann).values_list("url", flat=True)) == ["https://g.example/rss"]
    assert b'xmlUrl="https://g.example/rss"' in app.get("subscription/export").content
    wrong = app.client.post("/reader/api/0/subscription/import", "x", content_type="text/xml", headers=app.headers)
    assert wrong.status_code == 400
    form = app.client.post("/reader/api/0/subscription/import", {"file": OPML}, headers=app.headers)
    assert form.status_code == 400


def test_readers_add_nothing_where_only_staff_may(app, address, settings):
    settings.READERS_ADD_FEEDS = False
    assert app.post("subscription/quickadd", quickadd=address).status_code == 403
    assert app.post(EDIT, ac="subscribe", s=f"feed/{address}").status_code == 403
    answer = app.client.post("/reader/api/0/subscription/import", OPML, content_type="text/xml", headers=app.headers)
    assert answer.status_code == 403
    assert not Feed.objects.exists()


def test_a_password_for_marks_manages_nothing(ann, address):
    app = App(ann, AppPassword.Scope.MARK)
    assert app.post("subscription/quickadd", quickadd=address).status_code == 403
    assert app.post(EDIT, ac="subscribe", s=f"feed/{address}").status_code == 403
    assert app.post("rename-tag", s="x", dest="y").status_code == 403
    assert app.post("disable-tag", s="x").status_code == 403
    assert not Feed.objects.exists()
