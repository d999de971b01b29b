"""The places of a site's feeds are guessed politely."""

from __future__ import annotations

import pytest
from django.conf import settings

from feeds.http import Client
from feeds.subscribe.add import NothingFound, find
from feeds.subscribe.find_again import find_again
from feeds.subscriptions.visibility import Operator
from tests.documents import items, rss
from tests.factories import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_refuses_is_asked_for_no_further_place(publisher, status):
    url = publisher.serve("/", "<p>hello", content_type="text/html")
    publisher.serve("/feed", status=status)
    publisher.serve("/rss", rss(items(1)))
    with Client(settings.FETCH_POLICY) as client, pytest.raises(NothingFound):
        find(client, url)
    assert [request.path for request in publisher.requests] == ["/", "/feed"]


def test_a_host_that_limits_its_rate_is_asked_once_where_its_feeds_may_be_now(publisher):
    refusing: dict[str, NothingFound] = {}
    for name in ("one", "two"):
        url = publisher.serve(f"/{name}", status=429)
        feed = make_feed(url=url, site_url=publisher.serve(f"/about/{name}", status=429))
        with Client(settings.FETCH_POLICY) as client, pytest.raises(NothingFound, match="429"):
            find_again(client, feed, Operator(), refusing)
    assert [request.path for request in publisher.requests] == ["/one"]


def test_one_address_that_is_out_of_service_hides_no_other_of_its_host(publisher):
    feed = make_feed(url=publisher.serve("/old", status=503), site_url=publisher.serve("/new", rss(items(1))))
    with Client(settings.FETCH_POLICY) as client:
        assert [each.url for each in find_again(client, feed, Operator())] == [publisher.url("/new")]
