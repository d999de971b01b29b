"""The page of feeds that need a look: whose, in what order, and what is done for many at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from feeds.models import Feed
from feeds.subscribe import own_feeds
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds
from tests.factories import make_articles, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
BROKEN = "/feeds/broken/"
RSS = """<rss version="2.0"><channel><title>Harbour Gazette</title><link>http://harbour.example/</link>
<item><title>The ferry is late</title><link>http://harbour.example/1</link></item></channel></rss>"""


def ill(title: str, days: int = 1, **fields):
    good = timezone.now() - timedelta(days=days)
    return make_feed(title=title, failures=2, last_error="gone", **{"last_success_at": good, **fields})


@pytest.fixture
def staff(client):
    made = make_reader(staff=True)
    client.force_login(made)
    return made


@pytest.fixture
def reader(client):
    made = make_reader()
    client.force_login(made)
    return made


def names(client) -> list[str]:
    return [feed.name for feed, _is_tended in client.get(BROKEN).context["rows"]]


def do(client, what, *feeds, **more):
    return client.post(BROKEN, {"do": what, "picked": [feed.pk for feed in feeds], **more}, follow=True)


def test_what_is_broken_stands_there_the_longest_first(client, staff):
    make_feed(title="well", last_success_at=timezone.now())
    ill("paused", state=Feed.State.PAUSED)
    ill("new", last_success_at=None)
    ill("short", 2)
    ill("long", 30)
    make_feed(title="gone", state=Feed.State.GONE, last_success_at=timezone.now() - timedelta(days=9))
    assert names(client) == ["long", "gone", "short", "new"]
    assert client.get("/feeds/?health=broken").url == BROKEN


def test_all_that_are_shown_are_chosen_at_once_and_no_others(client, staff, monkeypatch):
    monkeypatch.setattr("articles.views.broken_feeds.SHOWN", 2)
    for days in (30, 20, 10):
        ill(f"for {days}", days)
    assert 'name="picked" value="all"' in client.get(BROKEN).text
    client.post(BROKEN, {"do": "pause", "picked": "all"})
    assert names(client) == ["for 10"]


def test_readers_have_their_own_and_staff_all_of_the_sites(client, staff):
    shared, private = ill("shared"), ill("private", is_shared=False)
    reader, other = make_reader(), make_reader()
    own.follow(reader, private)
    own.unfollow(staff, shared)
    assert names(client) == ["shared"]  # which staff do not follow
    client.force_login(reader)
    page = client.get(BROKEN)
    assert [(feed.name, tended) for feed, tended in page.context["rows"]] == [("shared", False), ("private", True)]
    assert "Staff look after it." in page.text
    client.force_login(other)
    own.unfollow(other, shared)
    assert names(client) == []
    assert "All feeds are working." in client.get(BROKEN).text
    client.logout()
    assert client.get(BROKEN).url.startswith("/sign-in/")


def test_many_are_checked_at_once(client, staff, publisher):
    well, still_ill = ill("a", url=publisher.serve("/a", RSS)), ill("b", url=publisher.serve("/b", "", status=500))
    page = do(client, "check", well, still_ill)
    assert "Checked: 2 feeds. Working again: 1." in page.text
    assert names(client) == ["b"]


def test_those_there_is_no_time_for_are_checked_with_the_next_tick(client, staff, monkeypatch):
    monkeypatch.setattr("articles.ingest.single_poll.MAX_SECONDS", -1)
    feed = ill("a", next_check_at=timezone.now() + timedelta(hours=9))
    assert "1 more is checked within minutes." in do(client, "check", feed).text
    feed.refresh_from_db()
    assert feed.next_check_at <= timezone.now()


def test_many_are_found_again_and_used_only_when_chosen(client, staff, publisher):
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml"></head></html>'
    publisher.serve("/new.xml", RSS)
    moved = ill("a", url=publisher.url("/old.xml"), site_url=publisher.serve("/", page, content_type="text/html"))
    lost = ill("b", url=publisher.url("/lost.xml"), site_url=publisher.url("/nothing"))
    answer = do(client, "look", moved, lost)
    assert "The ferry is late" in answer.text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', answer.text)
    moved.refresh_from_db()
    assert moved.url.endswith("/old.xml")
    answer = client.post(BROKEN, {"do": "use", "chosen": chosen[:1]}, follow=True)
    assert "1 address is changed. Working again: 1." in answer.text
    moved.refresh_from_db()
    assert moved.url == publisher.url("/new.xml")
    assert client.post(BROKEN, {"do": "use", "chosen": ["forged"]}).status_code == 400


def test_what_readers_leave_for_another_address_goes_where_it_is_empty(client, reader, publisher):
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/{}.xml"></head></html>'
    feeds = {}
    for name in ("full", "empty"):
        publisher.serve(f"/{name}.xml", RSS)
        site = publisher.serve(f"/{name}/", page.format(name), content_type="text/html")
        feeds[name] = ill(name, url=publisher.url(f"/old-{name}.xml"), site_url=site, is_shared=False)
        own.follow(reader, feeds[name])
    make_articles(2, feeds["full"])
    answer = do(client, "look", *feeds.values())
    chosen = re.findall(r'name="chosen" value="([^"]+)"', answer.text)
    answer = client.post(BROKEN, {"do": "use", "chosen": chosen}, follow=True)
    assert "2 addresses are changed. Working again: 2." in answer.text
    assert answer.text.count("stays, paused, as a feed of its own") == 1
    assert set(Feed.objects.values_list("url", flat=True)) == {
        publisher.url(path) for path in ("/full.xml", "/empty.xml", "/old-full.xml")
    }


def test_finding_many_has_one_time(client, staff, publisher, monkeypatch):
    monkeypatch.setattr(own_feeds, "MOST_SECONDS", 0)
    assert "No time was left to connect" in do(client, "look", ill("a", url=publisher.serve("/a", RSS))).text
    assert not publisher.requests


def test_many_are_paused(client, staff):
    feeds = [ill("a"), ill("b")]
    assert "2 feeds are paused." in do(client, "pause", *feeds).text
    assert {feed.state for feed in Feed.objects.all()} == {Feed.State.PAUSED}


def test_readers_leave_many_after_a_warning_of_what_goes(client, reader):
    shared, mine, empty = ill("shared"), ill("mine", is_shared=False), ill("empty", is_shared=False)
    make_articles(2, mine)
    for feed in (mine, empty):
        own.follow(reader, feed)
    page = do(client, "leave", shared, mine, empty)
    assert "mine: 2" in page.text
    assert "empty" not in page.text
    assert followed_feeds(reader).count() == 3
    page = do(client, "leave", shared, mine, empty, confirmed="1")
    assert "You no longer follow 3 feeds. 2 articles are deleted." in page.text
    assert not followed_feeds(reader).exists()
    assert list(Feed.objects.all()) == [shared]
    assert not Article.objects.exists()


def test_readers_mend_only_what_is_theirs_alone(client, reader, publisher):
    shared, mine = ill("shared", url=publisher.serve("/s", RSS)), ill("mine", is_shared=False)
    own.follow(reader, mine)
    for what in ("check", "look", "pause"):
        assert "not yours to mend" in do(client, what, shared).text
    assert not publisher.requests
    assert "1 feed is paused." in do(client, "pause", shared, mine).text
    shared.refresh_from_db()
    assert shared.state == Feed.State.ACTIVE


def test_what_makes_no_sense_changes_nothing(client, staff):
    feed, well = ill("a"), make_feed(last_success_at=timezone.now())
    assert "Choose at least one feed." in do(client, "pause").text
    assert "Choose at least one feed." in do(client, "pause", well).text
    assert client.post(BROKEN, {"do": "x", "picked": [feed.pk]}).status_code == 400
    assert not Feed.objects.filter(state=Feed.State.PAUSED).exists()


def test_many_cost_as_many_queries_as_few(client, reader):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(BROKEN)
        return len(queries)

    own.follow(reader, ill("a", is_shared=False))
    cost()
    before = cost()
    for name in "bcdef":
        own.follow(reader, ill(name, is_shared=False))
    assert cost() == before
