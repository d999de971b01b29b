"""The page of all feeds."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feeds.models import Feed
from feeds.polls import heartbeat
from feeds.views import feed_list
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def names(response):
    return [(path, [feed.name for feed in feeds]) for path, _category, feeds in response.context["groups"]]


def cost(client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/feeds/").status_code == 200
    return len(queries)


def test_feeds_stand_by_category_and_name(client, reader):
    news = make_category("News")
    make_feed(title="b", category=news)
    make_feed(title="A", category=news)
    make_feed(title="z", custom_title="inner", category=make_category("Asia", parent=news))
    make_feed(title="arts", category=make_category("Arts"))
    make_feed(title="loose")
    assert names(client.get("/feeds/")) == [
        ("Arts", ["arts"]),
        ("News", ["A", "b"]),
        ("News / Asia", ["inner"]),
        ("Without a category", ["loose"]),
    ]


def test_each_feed_shows_how_it_is_doing_in_words(client, reader):
    now = timezone.now()
    make_feed(failures=3, last_error="The server answered 503.", last_success_at=now, article_count=1234)
    make_feed(state=Feed.State.GONE)
    make_feed(state=Feed.State.PAUSED)
    page = client.get("/feeds/").text
    for words in (
        "The last 3 checks failed.",
        "The server answered 503.",
        "1234",
        "has removed this feed",
        "not checked",
    ):
        assert words in page


def test_feeds_in_trouble_can_be_shown_alone(client, reader):
    make_feed(title="well", last_success_at=timezone.now())
    make_feed(title="ill", failures=1, last_success_at=timezone.now())
    response = client.get("/feeds/?health=failing")
    assert names(response) == [("Broken the longest first", ["ill"])]
    assert ("failing", "failing", 1) in response.context["filters"]


def test_many_feeds_cost_as_many_queries_as_few(client, reader):
    make_feed(category=make_category())
    client.get("/feeds/")  # a new browser asks for its account's settings once
    before = cost(client)
    for _ in range(20):
        make_feed(category=make_category(), description="words")
    assert cost(client) == before <= 8


def test_five_hundred_feeds_come_in_pages(client, reader):
    Feed.objects.bulk_create(
        Feed(url=f"https://{n}.example/", host=f"{n}.example", title=f"{n:04}") for n in range(500)
    )
    first = client.get("/feeds/")
    assert sum(len(feeds) for _path, _category, feeds in first.context["groups"]) == 200
    assert 'href="?page=2"' in first.text
    last = client.get("/feeds/?page=3")
    assert names(last)[0][1][-1] == "0499"
    assert not last.context["following"]


@pytest.mark.parametrize(
    "query", ["page=0", "page=2", "page=x", "page=-1", f"page={10**30}", "health=sad", "health=%00", "order=sad"]
)
def test_a_page_that_is_not_there_is_not_found(client, reader, query):
    make_feed()
    assert client.get(f"/feeds/?{query}").status_code == 404


def test_only_staff_see_the_ways_to_change_feeds(client, reader):
    feed = make_feed()
    change = f"/admin/feeds/feed/{feed.pk}/change/"
    assert change not in client.get("/feeds/").text
    client.force_login(make_reader(staff=True))
    page = client.get("/feeds/").text
    assert change in page
    assert 'href="/feeds/add/"' in page


def test_a_category_leads_to_its_articles(client, reader):
    category = make_category("Häfen")
    make_feed(category=category)
    assert f'href="/?category={quote(category.slug)}"' in client.get("/feeds/").text


def test_a_feed_whose_last_document_was_cut_off_is_marked_and_not_failing(client, reader):
    feed = make_feed(is_damaged=True, last_success_at=timezone.now())
    assert "Damaged:" in client.get("/feeds/").content.decode()
    Feed.objects.filter(pk=feed.pk).update(is_damaged=False)
    assert "Damaged:" not in client.get("/feeds/").content.decode()


def test_staff_are_told_when_nothing_is_polled(client, reader):
    make_feed()
    words = "No feed is polled"
    assert words not in client.get("/feeds/").text  # readers can't help it
    client.force_login(make_reader("staff", staff=True))
    assert words in client.get("/feeds/").text
    heartbeat.beat(timezone.now() - timedelta(days=3))
    assert "Last sign of life" in client.get("/feeds/").text
    heartbeat.beat(timezone.now())
    assert words not in client.get("/feeds/").text


def test_nothing_is_amiss_where_there_is_no_feed(client):
    client.force_login(make_reader("staff", staff=True))
    assert "No feed is polled" not in client.get("/feeds/").text


@pytest.mark.parametrize("wanted", ["failing", "broken"])
def test_what_is_broken_stands_by_how_long(client, reader, settings, wanted):
    if wanted == "broken":  # who has signed in has a page for that
        settings.NEWSREADER_PUBLIC = True
        client.logout()
    now = timezone.now()
    make_feed(title="b", failures=1, last_success_at=now - timedelta(days=1), category=make_category("A"))
    make_feed(title="a", failures=9, last_success_at=now - timedelta(hours=2), category=make_category("Z"))
    make_feed(title="c", failures=9, last_success_at=now - timedelta(days=40))
    make_feed(title="fine", last_success_at=now)
    assert names(client.get(f"/feeds/?health={wanted}")) == [("Broken the longest first", ["c", "b", "a"])]


def test_feeds_stand_by_their_newest_article_on_demand(client, reader):
    now = timezone.now()
    for title, days in (("quiet", 90), ("daily", 1), ("weekly", 7)):
        make_feed(title=title, category=make_category(title), newest_article_at=now - timedelta(days=days))
    make_feed(title="empty")
    response = client.get("/feeds/?order=newest")
    assert names(response) == [("Newest first", ["daily", "weekly", "quiet", "empty"])]
    assert 'href="?order=silent"' in response.text
    assert names(client.get("/feeds/?order=silent")) == [
        ("Silent the longest first", ["empty", "quiet", "weekly", "daily"])
    ]


def test_the_order_of_the_feeds_stays_with_filters_and_pages(client, reader, monkeypatch):
    monkeypatch.setattr(feed_list, "PAGE", 2)
    now = timezone.now()
    for day in range(5):
        make_feed(title=str(day), newest_article_at=now - timedelta(days=day), last_success_at=now)
    make_feed(title="stopped", state=Feed.State.PAUSED)
    page = client.get("/feeds/?order=newest&page=2")
    assert names(page) == [("Newest first", ["2", "3"])]
    assert 'href="?order=newest&amp;page=3"' in page.text
    assert 'href="?order=newest&amp;health=paused"' in page.text
