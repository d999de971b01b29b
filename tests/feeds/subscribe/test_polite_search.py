"""Where a site's feeds may be is guessed politely."""

from __future__ import annotations

import pytest
from django.conf import settings

from feeds.http import Client
from feeds.subscribe.add import NothingFound, find
from tests.documents import items, rss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_refuses_is_asked_for_no_further_place(publisher, status):
    url = publisher.serve("/", "<p>hello", content_type="text/html")
    publisher.serve("/feed", status=status)
    publisher.serve("/rss", rss(items(1)))
    with Client(settings.FETCH_POLICY) as client, pytest.raises(NothingFound):
        find(client, url)
    assert [request.path for request in publisher.requests] == ["/", "/feed"]
