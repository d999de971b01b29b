"""Feeds and categories by our own API: followed, named, placed, left, within the rights of the account."""

from __future__ import annotations

import pytest

from articles.api.models import AppPassword
from feeds.models import Category, Feed, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from tests.articles.api.rest.client import Program
from tests.documents import items, rss
from tests.factories import make_category, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def ann():
    """A reader with a choice of their own, which is empty."""
    reader = make_reader("ann")
    own.choose_own(reader)
    return reader


@pytest.fixture
def program(ann):
    return Program(ann)


@pytest.fixture
def address(publisher):
    return publisher.serve("/feed.xml", rss(items(1, 2), title="Harbour Gazette"))


def rows(program):
    """Title and category of each feed by its id, as the program sees them."""
    names = {row["id"]: row["name"] for row in program.get("/categories")["categories"]}
    listed = program.get("/subscriptions")["subscriptions"]
    return {row["id"]: (row["title"], names.get(row["category_id"])) for row in listed}


def test_a_feed_is_followed_named_placed_and_left(program, address):
    pk = program.send("POST", "/subscriptions", 201, address=address, category="Ports")["id"]
    assert Feed.objects.get().is_shared is False
    assert rows(program) == {pk: ("Harbour Gazette", "Ports")}
    assert program.send("PATCH", f"/subscriptions/{pk}", title="Gazette")["title"] == "Gazette"
    assert rows(program) == {pk: ("Gazette", "Ports")}
    program.send("PATCH", f"/subscriptions/{pk}", category="Ships")
    assert rows(program) == {pk: ("Gazette", "Ships")}
    program.send("PATCH", f"/subscriptions/{pk}", category=None, title="")
    assert rows(program) == {pk: ("Harbour Gazette", None)}
    program.send("DELETE", f"/subscriptions/{pk}", 204)
    program.send("DELETE", f"/subscriptions/{pk}", 404)
    assert rows(program) == {}


def test_what_staff_add_is_the_site_s(address):
    program = Program(make_reader("op", staff=True))
    pk = program.send("POST", "/subscriptions", 201, address=address, category="Ports")["id"]
    assert Feed.objects.get().is_shared
    assert rows(program) == {pk: ("Harbour Gazette", "Ports")}


def test_where_no_feed_is_nothing_is_added(program, publisher):
    for address in (publisher.serve("/page", "no feed"), "x", "ftp://feed.example/", "http://a\\b/"):
        assert program.send("POST", "/subscriptions", 422, address=address)["detail"]
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{}, {"address": ""}, {"address": 1}, {"address": "x" * 2001}, {"address": "http://a.example/\x00"},
     {"address": "http://a.example/", "title": "\ud800"}, {"address": "http://a.example/", "category": ""},
     {"address": "http://a.example/", "category": None}, {"address": "http://a.example/", "is_shared": True}],
)  # fmt: skip
def test_a_body_that_makes_no_sense_adds_nothing(program, values):
    program.send("POST", "/subscriptions", 400, **values)
    assert not Feed.objects.exists()


def test_where_only_staff_may_add_readers_follow_what_is_there(program, address, settings):
    settings.READERS_ADD_FEEDS = False
    program.send("POST", "/subscriptions", 403, address=address)
    feed = make_feed(url=address, title="Gazette")
    assert program.send("POST", "/subscriptions", 201, address=address, category="Ports")["id"] == feed.pk
    assert rows(program) == {feed.pk: ("Gazette", "Ports")}


def test_who_follows_all_of_the_site_s_feeds_names_them_but_places_none(address):
    category = make_category("News")
    feed = make_feed(title="Gazette", category=category)
    program = Program(make_reader("bob"))
    program.send("PATCH", f"/subscriptions/{feed.pk}", title="Mine")
    program.send("PATCH", f"/subscriptions/{feed.pk}", 403, category="Ports")
    program.send("PATCH", f"/subscriptions/{feed.pk}", 403, category=None)
    program.send("PATCH", f"/categories/{category.pk}", 403, name="Ports")
    program.send("DELETE", f"/categories/{category.pk}", 403)
    assert rows(program) == {feed.pk: ("Mine", "News")}
    assert Category.objects.get().name == "News"


def test_a_category_of_ones_own_is_renamed_and_goes(ann, program):
    one, two = make_feed(title="One"), make_feed(title="Two")
    own.follow(ann, one, category=category_at("Ports", owner=ann))
    own.follow(ann, two, category=category_at("Ships", owner=ann))
    ports, ships = program.get("/categories")["categories"]
    program.send("PATCH", f"/categories/{ports['id']}", 204, name="Harbours")
    assert rows(program) == {one.pk: ("One", "Harbours"), two.pk: ("Two", "Ships")}
    program.send("PATCH", f"/categories/{ports['id']}", 204, name="Ships")
    assert rows(program) == {one.pk: ("One", "Ships"), two.pk: ("Two", "Ships")}
    program.send("DELETE", f"/categories/{ships['id']}", 204)
    assert rows(program) == {one.pk: ("One", None), two.pk: ("Two", None)}


def test_one_account_changes_nothing_of_anothers(ann, program):
    bob = make_reader("bob")
    hidden = make_feed(title="Hidden", is_shared=False)
    category = category_at("Secret", owner=bob)
    Subscription.objects.create(user=bob, feed=hidden, category=category)
    shared = make_feed(title="Shared")  # which ann does not follow
    for pk in (hidden.pk, shared.pk, 987654):
        program.send("PATCH", f"/subscriptions/{pk}", 404, title="x")
        program.send("DELETE", f"/subscriptions/{pk}", 404)
    program.send("PATCH", f"/categories/{category.pk}", 404, name="x")
    program.send("DELETE", f"/categories/{category.pk}", 404)
    assert rows(Program(bob)) == {hidden.pk: ("Hidden", "Secret"), shared.pk: ("Shared", None)}


def test_a_password_for_marks_manages_nothing(ann, address):
    feed = make_feed()
    own.follow(ann, feed, category=category_at("Ports", owner=ann))
    program = Program(ann, AppPassword.Scope.MARK)
    category = Category.objects.get()
    program.send("POST", "/subscriptions", 403, address=address)
    program.send("PATCH", f"/subscriptions/{feed.pk}", 403, title="x")
    program.send("DELETE", f"/subscriptions/{feed.pk}", 403)
    program.send("PATCH", f"/categories/{category.pk}", 403, name="x")
    program.send("DELETE", f"/categories/{category.pk}", 403)
    assert rows(program) == {feed.pk: (feed.title, "Ports")}


def test_a_feed_is_as_important_as_its_reader_says_else_as_the_site_does(program, ann):
    feed, other = make_feed(importance="low"), make_feed()
    for each in (feed, other):
        own.follow(ann, each, category=category_at("Ports", owner=ann), title="Gazette")

    def importances():
        return {row["id"]: row["importance"] for row in program.get("/subscriptions")["subscriptions"]}

    assert importances() == {feed.pk: "low", other.pk: "normal"}
    assert program.send("PATCH", f"/subscriptions/{feed.pk}", importance="high")["importance"] == "high"
    program.send("PATCH", f"/subscriptions/{other.pk}", importance="low")
    assert importances() == {feed.pk: "high", other.pk: "low"}
    assert rows(program)[feed.pk] == ("Gazette", "Ports")
    program.send("PATCH", f"/subscriptions/{feed.pk}", title="Notes")  # what is not told stays
    assert importances()[feed.pk] == "high"
    program.send("PATCH", f"/subscriptions/{feed.pk}", importance="")
    assert importances()[feed.pk] == "low"
    program.send("PATCH", f"/subscriptions/{feed.pk}", 400, importance="urgent")
    program.send("PATCH", f"/subscriptions/{feed.pk}", 400, importance=None)
