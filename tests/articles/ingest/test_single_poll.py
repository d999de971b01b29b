"""Polls that a person waits for."""

from __future__ import annotations

import pytest
from django.conf import settings

from articles.ingest.single_poll import poll_many
from feeds.http import Client
from feeds.models import Host
from tests.documents import items, rss
from tests.factories import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_refuses_is_asked_once_but_what_is_here_already_is_read(publisher, status):
    feeds = [make_feed(url=publisher.serve(f"/{number}", status=status)) for number in range(3)]
    here = make_feed(url=publisher.serve("/here", rss(items(1))))
    with Client(settings.FETCH_POLICY) as client:
        document = client.get(here.url)
    publisher.requests.clear()
    for _ in range(2):
        poll_many([*feeds, here], {here.url: document})
    assert len(publisher.requests) == 1
    assert Host.objects.exists()
    here.refresh_from_db()
    assert here.article_count == 1
