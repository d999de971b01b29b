"""Demands of publishers on who asks for one feed are met, against real servers."""

import base64
import logging

import pytest

from articles.ingest.single_poll import poll_now
from feeds.access import sealed
from feeds.access.models import FeedAccess
from feeds.addresses import change_address
from feeds.models import Feed, Subscription
from feeds.subscribe.outlines import export_opml, import_opml
from tests.factories import make_feed, make_reader
from tests.feeds.access.demands import RSS, SECRET, asked, keep
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]

# --- who may ---


def test_staff_alone_say_what_a_publisher_demands(client, feed):
    address = f"/feeds/{feed.pk}/access/"
    assert client.get(address).headers["Location"].startswith("/sign-in/")
    client.force_login(make_reader())
    assert client.get(address).status_code == client.post(address, {"token": "x"}).status_code == 403
    assert client.post("/feeds/protected/", {"address": "https://x.example/"}).status_code == 403
    assert not FeedAccess.objects.exists()
    assert address not in client.get(f"/feeds/{feed.pk}/").text


@pytest.mark.parametrize("columns", [{"is_shared": False}, {"url": "archive:Harbour", "host": ""}])
def test_secrets_are_kept_for_feeds_of_the_site_alone(client, staff, publisher, columns):
    """Who knows the address of a reader's own feed may follow it; a feed of an archive is asked of nobody."""
    feed = make_feed(url=publisher.serve("/own", RSS))
    Subscription.objects.create(user=staff, feed=feed)
    Feed.objects.filter(pk=feed.pk).update(**columns)
    address = f"/feeds/{feed.pk}/access/"
    assert client.get(address).status_code == client.post(address, {"token": SECRET}).status_code == 404
    assert not FeedAccess.objects.exists()
    assert address not in client.get(f"/feeds/{feed.pk}/").text


# --- what is sent ---


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        (
            {"name": "ann", "password": "hä:x"},
            {"authorization": "Basic " + base64.b64encode("ann:hä:x".encode()).decode()},
        ),
        ({"token": SECRET}, {"authorization": f"Bearer {SECRET}"}),
        ({"cookie": "session=1; other=2"}, {"cookie": "session=1; other=2"}),
        ({"headers": "X-Key: one\nAccept-Language: zh"}, {"x-key": "one", "accept-language": "zh"}),
        ({"user_agent": "Mozilla/5.0 (X11)"}, {"user-agent": "Mozilla/5.0 (X11)"}),
    ],
)
def test_a_poll_sends_what_was_kept(client, staff, publisher, feed, told, sent):
    keep(client, feed, **told)
    poll = poll_now(feed)
    assert (poll.outcome, poll.new_articles) == ("updated", 2)
    assert {name: asked(publisher).get(name) for name in sent} == sent


def test_under_another_name_nobody_is_told_how_many_read_it(client, staff, publisher, feed):
    for _ in range(3):
        make_reader()
    poll_now(feed)
    assert "subscribers" in asked(publisher)["user-agent"]
    keep(client, feed, user_agent="Mozilla/5.0 (X11)")
    poll_now(feed)
    assert asked(publisher)["user-agent"] == "Mozilla/5.0 (X11)"


def test_other_feeds_of_the_host_are_asked_without_it(client, staff, publisher, feed):
    other = make_feed(url=publisher.serve("/other", RSS))
    keep(client, feed, token=SECRET)
    poll_now(other)
    assert "authorization" not in asked(publisher, "/other")


def test_no_secret_follows_a_redirect_to_another_host(client, staff, publisher, feed):
    with Publisher(host="127.0.0.2") as other:
        keep(client, feed, name="ann", password=SECRET, cookie=f"a={SECRET}", headers=f"X-Key: {SECRET}")
        publisher.redirect("/feed", "/within", 302)
        publisher.redirect("/within", other.serve("/there", RSS), 302)
        assert poll_now(feed).outcome == "updated"
        assert asked(publisher, "/within")["x-key"] == SECRET
        assert SECRET not in str(asked(other, "/there"))
        assert not {"authorization", "cookie", "x-key"} & asked(other, "/there").keys()


def test_a_feed_that_moves_to_another_host_takes_no_secret_along(client, staff, publisher, feed):
    with Publisher(host="127.0.0.2") as other:
        keep(client, feed, token=SECRET)
        publisher.redirect("/feed", other.serve("/there", RSS), 301)
        for _ in range(4):
            poll_now(feed)
        feed.refresh_from_db()
        assert feed.url == other.url("/there")
        assert all(SECRET not in str(request.headers) for request in other.requests)


def test_a_changed_address_ends_the_use_of_secrets_until_they_are_entered_again(client, staff, publisher, feed):
    keep(client, feed, token=SECRET, user_agent="Mozilla/5.0")
    change_address(Feed.objects.get(pk=feed.pk), publisher.serve("/elsewhere", RSS))
    poll_now(feed)
    assert "authorization" not in asked(publisher, "/elsewhere")
    page = client.get(f"/feeds/{feed.pk}/access/").text
    assert "Enter them again" in page
    keep(client, feed, token="new", user_agent="Mozilla/5.0")
    poll_now(feed)
    assert asked(publisher, "/elsewhere")["authorization"] == "Bearer new"


# --- what is kept ---


def test_secrets_are_encrypted_and_shown_nowhere(client, staff, publisher, feed, caplog):
    caplog.set_level(logging.DEBUG)
    keep(client, feed, name="ann", password=SECRET, headers=f"X-Key: {SECRET}", proxy="", cookie=f"a={SECRET}")
    publisher.serve("/feed", "", status=500)
    poll_now(feed)
    row = FeedAccess.objects.get()
    assert SECRET not in row.secrets
    assert sealed.opened(row.secrets)["password"] == SECRET
    pages = [
        client.get(address).text
        for address in (f"/feeds/{feed.pk}/access/", f"/feeds/{feed.pk}/", "/feeds/export.opml")
    ]
    assert SECRET not in "".join(pages) + caplog.text + Feed.objects.get(pk=feed.pk).last_error
    assert "Password, Cookies, Headers" in pages[0]


def test_what_is_left_empty_stays_and_what_is_forgotten_goes(client, staff, publisher, feed):
    keep(client, feed, name="ann", password="one")
    keep(client, feed, headers="X-Key: 1")
    assert sealed.opened(FeedAccess.objects.get().secrets) == {"name": "ann", "password": "one", "headers": "X-Key: 1"}
    keep(client, feed, token="two")
    assert sealed.opened(FeedAccess.objects.get().secrets) == {"token": "two", "headers": "X-Key: 1"}
    keep(client, feed, forget="on")
    assert not FeedAccess.objects.exists()


def test_under_another_key_of_the_site_the_poll_says_what_to_do(client, staff, publisher, feed, settings):
    keep(client, feed, token=SECRET)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another key, as long as keys are" * 2
    assert "enter them again" in poll_now(feed).error
    assert publisher.requests == []
    settings.SECRET_KEY_FALLBACKS = [before]
    assert poll_now(feed).outcome == "updated"


@pytest.mark.parametrize(
    "told",
    [
        {"headers": "no colon"}, {"headers": "X-Key: a\n\tb: c d\r: "}, {"headers": "Host: evil.example"}, {"headers": "Cookie: a=b"},
        {"token": "a\nb"}, {"cookie": "名=1"}, {"user_agent": "a\r\nX: y"}, {"proxy": "ftp://x:1"}, {"proxy": "http://"},
        {"proxy": "http://h:99999"}, {"authorities": "no certificate"}, {"token": "a", "name": "b"},
    ],
)  # fmt: skip
def test_what_can_not_be_sent_is_refused(client, staff, feed, told):
    assert client.post(f"/feeds/{feed.pk}/access/", told).status_code == 200
    assert not FeedAccess.objects.exists()


def test_a_feed_that_lets_nobody_in_is_added_and_told_how(client, staff, publisher):
    address = publisher.serve("/closed", "", status=401)
    assert "401" in (page := client.post("/feeds/add/", {"address": address})).text
    assert "/feeds/protected/" in page.text
    response = client.post("/feeds/protected/", {"address": address})
    assert response.headers["Location"] == f"/feeds/{Feed.objects.get(url=address).pk}/access/"


def test_what_freshrss_has_of_it_comes_in_encrypted_and_does_not_go_out(publisher):
    address = publisher.serve("/feed", RSS)
    import_opml(
        f"""<opml version="2.0"><body><outline xmlns:frss="https://freshrss.org/opml" text="x" type="rss" xmlUrl="{address}"
        frss:CURLOPT_COOKIE="a={SECRET}" frss:CURLOPT_USERAGENT="Mozilla/5.0" frss:priority="main"/></body></opml>""".encode()
    )
    feed = Feed.objects.get()
    assert SECRET not in str(feed.opml_attributes)
    assert SECRET.encode() not in export_opml()
    assert b"priority" in export_opml()
    poll_now(feed)
    assert (asked(publisher)["cookie"], asked(publisher)["user-agent"]) == (f"a={SECRET}", "Mozilla/5.0")
