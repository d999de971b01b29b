"""The actions on a feed from its page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from feeds.models import Category, Feed, Poll, Subscription
from feeds.subscribe import own_feeds
from feeds.subscriptions import own
from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
RSS = """<rss version="2.0"><channel><title>Harbour Gazette</title><link>http://harbour.example/</link>
<item><title>The ferry is late</title><link>http://harbour.example/1</link></item></channel></rss>"""
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml"></head><body>Hello</body></html>'
WAYS = ["try/", "look/", "address/", "interval/"]


@pytest.fixture
def staff(client):
    made = make_reader(staff=True)
    client.force_login(made)
    return made


def post(client, feed, way, **fields):
    return client.post(f"/feeds/{feed.pk}/{way}/", fields, follow=True)


def test_a_feed_is_checked_while_one_waits(client, staff, publisher):
    feed = make_feed(url=publisher.serve("/feed", RSS), next_check_at=timezone.now() + timedelta(hours=9))
    page = post(client, feed, "try")
    assert "Checked: 1 new article." in page.text
    assert Article.objects.get().title == "The ferry is late"
    feed.refresh_from_db()
    assert feed.lease is None
    assert "Checked: 0 new articles." in post(client, feed, "try").text


def test_a_check_that_fails_says_why(client, staff, publisher):
    feed = make_feed(url=publisher.serve("/feed", "", status=500))
    page = post(client, feed, "try")
    assert "The check failed: 127.0.0.1 answered 500" in page.text
    assert "No check has succeeded yet." in page.text


def test_what_a_worker_checks_is_left_to_it(client, staff, publisher):
    token = uuid4()
    soon = timezone.now() + timedelta(minutes=5)
    feed = make_feed(url=publisher.serve("/feed", RSS), lease=token, leased_until=soon)
    assert "It is being checked at this moment." in post(client, feed, "try").text
    assert not publisher.requests
    feed.refresh_from_db()
    assert feed.lease == token


def test_a_feed_that_moved_is_found_by_its_web_page_and_used(client, staff, publisher):
    publisher.serve("/new.xml", RSS)
    feed = make_feed(
        url=publisher.serve("/old.xml", "", status=404),
        site_url=publisher.serve("/", PAGE, content_type="text/html"),
        failures=4,
        last_error="gone",
        etag="old",
    )
    page = post(client, feed, "look")
    assert "The ferry is late" in page.text
    assert f'name="url" value="{publisher.url("/new.xml")}"' in page.text
    feed.refresh_from_db()
    assert feed.url.endswith("/old.xml")
    page = post(client, feed, "address", url=publisher.url("/new.xml"))
    assert "Checked: 1 new article." in page.text
    feed.refresh_from_db()
    assert (feed.url, feed.failures, feed.last_error) == (publisher.url("/new.xml"), 0, "")


@pytest.mark.one_database("what publishers answer, whatever keeps the feed")
def test_where_a_feed_is_at_its_address_that_is_said(client, staff, publisher):
    feed = make_feed(url=publisher.serve("/feed", RSS), site_url=publisher.url("/feed"))
    page = post(client, feed, "look")
    assert "This is its present address" in page.text
    assert "Use this address" not in page.text


@pytest.mark.one_database("what publishers answer, whatever keeps the feed")
def test_where_nothing_is_found_that_is_said(client, staff, publisher):
    feed = make_feed(url=publisher.serve("/feed", "", status=404))
    assert "answered with HTTP status 404" in post(client, feed, "look").text


def test_a_feed_that_is_here_already_is_no_place_to_move_to(client, staff, publisher):
    other = make_feed(url=publisher.serve("/new.xml", RSS), title="Other")
    feed = make_feed(
        url=publisher.url("/old.xml"), site_url=publisher.serve("/", PAGE, content_type="text/html"), title="This"
    )
    page = post(client, feed, "look")
    assert f'<a href="/feeds/{other.pk}/">Other</a>' in page.text
    assert "Use this address" not in page.text
    page = post(client, feed, "address", url=other.url)
    assert page.context["address_form"].errors["url"]
    feed.refresh_from_db()
    assert feed.url == publisher.url("/old.xml")


@pytest.mark.one_database("what publishers answer, whatever keeps the feed")
@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "file:///etc/passwd", "http://u:p@x.example/", "x" * 3000])
def test_what_is_no_address_is_told_at_the_field(client, staff, url):
    feed = make_feed(title="This")
    page = post(client, feed, "address", url=url)
    assert page.context["address_form"].errors["url"]
    assert "<h1" in page.text
    assert "This</h1>" in page.text


def test_interval_and_pictures_change(client, staff):
    feed = make_feed()
    post(client, feed, "interval", check_every_minutes="90", images="viewed")
    feed.refresh_from_db()
    assert (feed.check_every_minutes, feed.images, feed.state) == (90, "viewed", "active")
    assert post(client, feed, "interval", check_every_minutes="-1", images="keep").context["interval_form"].errors
    post(client, feed, "interval", check_every_minutes="", images="keep")
    feed.refresh_from_db()
    assert feed.check_every_minutes is None


def test_a_feed_is_paused_and_goes_on_from_its_page(client, staff):
    feed = make_feed()
    here = f"/feeds/{feed.pk}/"
    assert f'action="{here}pause/"' in client.get(here).text
    page = client.post(f"{here}pause/", {"paused": "1", "next": here}, follow=True)
    assert "Paused: it is not checked." in page.text
    assert f"{here}try/" not in page.text
    assert 'name="paused" value="0"' in page.text


@pytest.mark.parametrize("way", WAYS)
def test_readers_leave_the_sites_feeds_as_they_are(client, publisher, way):
    client.force_login(make_reader())
    feed = make_feed(url=publisher.serve("/feed", RSS))
    assert client.post(f"/feeds/{feed.pk}/{way}", {"paused": "1", "url": "https://x.example/"}).status_code == 403
    page = client.get(f"/feeds/{feed.pk}/").text
    assert not [each for each in WAYS if f"/feeds/{feed.pk}/{each}" in page]
    assert not publisher.requests


@pytest.mark.parametrize("way", WAYS)
def test_nobody_reaches_anothers_private_feed(client, way):
    feed = make_feed(is_shared=False)
    own.follow(make_reader(), feed)
    client.force_login(make_reader(staff=True))
    assert client.post(f"/feeds/{feed.pk}/{way}").status_code == 404
    client.logout()
    assert client.post(f"/feeds/{feed.pk}/{way}").headers["Location"].startswith("/sign-in/")


def test_a_reader_mends_what_is_theirs_alone(client, publisher):
    reader, other = make_reader(), make_reader()
    client.force_login(reader)
    feed = make_feed(url=publisher.serve("/feed", RSS), is_shared=False)
    own.follow(reader, feed)
    assert "Check now" in client.get(f"/feeds/{feed.pk}/").text
    assert "Checked: 1 new article." in post(client, feed, "try").text
    own.follow(other, feed)
    assert client.post(f"/feeds/{feed.pk}/try/").status_code == 403


def test_the_page_costs_as_many_queries_whatever_its_history(client, staff):
    feed = make_feed()

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/feeds/{feed.pk}/")
        return len(queries)

    cost()
    before = cost()
    now = timezone.now()
    Poll.objects.bulk_create(
        Poll(feed=feed, started_at=now - timedelta(hours=n), outcome="failed", duration_ms=1) for n in range(200)
    )
    assert cost() == before


@pytest.fixture
def mine(client, publisher):
    """A reader, signed in, and a feed that is theirs alone."""
    reader = make_reader()
    client.force_login(reader)
    feed = make_feed(url=publisher.serve("/old.xml", RSS), is_shared=False, title="Harbour")
    category = Category.objects.create(owner=reader, name="Ports", slug="ports")
    own.follow(reader, feed, category=category, title="Mine")
    return reader, feed


@pytest.mark.parametrize("is_another_readers", [False, True])
def test_another_address_is_another_feed_whoever_has_it(client, mine, publisher, is_another_readers):
    reader, feed = mine
    make_article(feed)
    url = publisher.serve("/new.xml", RSS)
    if is_another_readers:
        own.follow(make_reader(), make_feed(url=url, is_shared=False))
    page = post(client, feed, "address", url=url)
    assert "The address is changed." in page.text
    assert "What came from the former address stays, paused, as a feed of its own" in page.text
    row = Subscription.objects.get(user=reader, feed__url=url)
    assert (row.title, row.category.name) == ("Mine", "Ports")
    assert page.redirect_chain[-1][0] == f"/feeds/{row.feed_id}/"
    feed.refresh_from_db()
    assert (feed.state, feed.article_count) == ("paused", 1)
    assert feed.url.endswith("/old.xml")
    assert not feed.articles.filter(title="The ferry is late").exists()


def test_a_feed_without_articles_goes_when_its_address_was_wrong(client, mine, publisher):
    _reader, feed = mine
    post(client, feed, "address", url=publisher.serve("/new.xml", RSS))
    assert [each.url for each in Feed.objects.all()] == [publisher.url("/new.xml")]


def test_another_spelling_of_its_address_is_the_same_feed(client, mine, publisher):
    _reader, feed = mine
    make_article(feed)
    post(client, feed, "address", url=feed.url.replace("http:", "https:"))
    assert Feed.objects.get().url == f"https{publisher.url('/old.xml').removeprefix('http')}"


def test_what_the_reader_follows_already_is_no_place_to_move_to(client, mine):
    _reader, feed = mine
    other = make_feed(url="https://here.example/feed")
    page = post(client, feed, "address", url=other.url)
    assert page.context["address_form"].errors["url"] == ["You follow the feed at this address already."]


def test_an_address_is_no_way_round_the_number_of_feeds(client, mine, settings, publisher):
    settings.FEEDS_PER_READER = 1
    _reader, feed = mine
    page = post(client, feed, "address", url=publisher.url("/new.xml"))
    assert "the most that this site allows" in page.context["address_form"].errors["url"][0]
    assert Feed.objects.count() == 1


@pytest.mark.one_database("what publishers answer, whatever keeps the feed")
def test_a_check_leads_back_to_where_it_was_asked_for(client, staff, publisher):
    feed = make_feed(url=publisher.serve("/feed", RSS))
    page = client.post(f"/feeds/{feed.pk}/try/", {"next": "/?show=unread"}, follow=True)
    assert page.redirect_chain[-1][0] == "/?show=unread"
    assert "Checked: 1 new article." in page.text


@pytest.mark.one_database("what publishers answer, whatever keeps the feed")
def test_where_a_feed_may_be_is_looked_for_in_one_time(client, staff, publisher, monkeypatch):
    monkeypatch.setattr(own_feeds, "MOST_SECONDS", 0)
    feed = make_feed(url=publisher.serve("/feed", RSS))
    assert "No time was left to connect" in post(client, feed, "look").text
    assert not publisher.requests
