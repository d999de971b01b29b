"""Feeds that are found by the rule of a site, and by the operator's own bridges."""

import pytest
from django.conf import settings as configured

from feeds.http import Client
from feeds.subscribe.add import NothingFound, find
from tests.documents import items, rss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

PAGE = "<html><title>A page without a feed</title><p>Hello"


def found_at(address):
    with Client(configured.FETCH_POLICY) as client:
        return [(each.url, each.title) for each in find(client, address)]


def test_where_a_rule_tells_the_feed_its_page_is_not_asked(publisher):
    publisher.serve("/@ann", PAGE, content_type="text/html")
    feed = publisher.serve("/@ann.rss", rss(items(1), title="Ann"))
    assert found_at(publisher.url("/@ann")) == [(feed, "Ann")]
    assert [request.path for request in publisher.requests] == ["/@ann.rss"]


def test_where_the_rule_is_wrong_the_page_is_asked(publisher):
    publisher.serve("/@ann", '<link rel="alternate" type="application/rss+xml" href="/mine">', content_type="text/html")
    feed = publisher.serve("/mine", rss(items(1), title="Mine"))
    assert found_at(publisher.url("/@ann")) == [(feed, "Mine")]


def test_where_a_page_names_no_feed_what_its_address_looks_like_is_tried(publisher):
    publisher.serve("/c/ships", PAGE, content_type="text/html")
    feed = publisher.serve("/feeds/c/ships.xml?sort=New", rss(items(1), title="Ships"))
    assert found_at(publisher.url("/c/ships")) == [(feed, "Ships")]


def test_the_operators_own_bridge_is_asked_last(publisher, settings):
    page = publisher.serve("/page", PAGE, content_type="text/html")
    feed = publisher.serve("/bridge/?action=display&bridge=Page&format=Atom", rss(items(1), title="Bridged"))
    publisher.serve("/bridge/", status=302, headers={"Location": "?action=display&bridge=Page&format=Atom"})
    with pytest.raises(NothingFound):
        found_at(page)
    assert not [request for request in publisher.requests if request.path.startswith("/bridge")]
    settings.RSS_BRIDGE = publisher.url("/bridge")
    [(url, title)] = found_at(page)
    assert title == "Bridged"
    asked = [request.path for request in publisher.requests if request.path.startswith("/bridge")]
    assert asked[0].startswith("/bridge/?action=detect&format=Atom&url=http%3A%2F%2F127.0.0.1")
    assert feed.endswith(asked[1])
    assert url.startswith(settings.RSS_BRIDGE)


def test_routes_of_rsshub_lead_to_the_operators_own(publisher, settings):
    settings.RSSHUB = publisher.url("/hub")
    feed = publisher.serve("/hub/github/issue/DIYgod/RSSHub?limit=3", rss(items(1), title="Issues"))
    assert found_at("rsshub://github/issue/DIYgod/RSSHub?limit=3") == [(feed, "Issues")]


def test_without_a_hub_of_ones_own_its_routes_are_no_addresses(settings):
    with pytest.raises(NothingFound, match="is not an http or https address"):
        found_at("rsshub://github/issue/DIYgod/RSSHub")
