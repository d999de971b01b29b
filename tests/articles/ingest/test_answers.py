"""Answers that came: all that they say beside their document."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from articles.ingest import pipeline
from feeds.http import Client
from feeds.models import Feed
from tests.articles.ingest.test_pipeline import poll
from tests.documents import items, rss
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def feed(publisher: Publisher) -> Feed:
    return make_feed(url=publisher.serve("/feed.xml", rss(items(1, 2))))


def test_a_document_that_is_here_is_read_as_if_it_had_been_asked_for(feed):
    with Client(settings.FETCH_POLICY) as client:
        assert pipeline.read_again(feed, client.get(feed.url)) == pipeline.ask(client, feed)


def test_an_answer_names_the_hub_of_its_feed(feed, publisher):
    headers = {"Link": '<https://hub.example/>; rel="hub", <https://paper.example/rss>; rel="self"'}
    publisher.serve("/feed.xml", rss(items(1)), headers=headers)
    poll(feed)
    feed.refresh_from_db()
    assert (feed.title, feed.hub_url) == ("The Harbour Post", "https://hub.example/")


def test_a_page_in_the_place_of_a_feed_is_not_asked_for_while_it_is_fresh(feed, publisher):
    page = "<html><title>Maintenance</title><p>Back soon"
    publisher.serve("/feed.xml", page, content_type="text/html", headers={"Cache-Control": "max-age=7200"})
    before = timezone.now()
    [made] = poll(feed)
    feed.refresh_from_db()
    assert (made.outcome, made.status, made.received_bytes) == ("failed", 200, len(page))
    assert feed.next_check_at >= before + timedelta(hours=2)
