"""The demands of a feed's publisher are met for the pages of its articles, too, and to nobody else."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import timezone

from articles.full_text import fetch, queue
from articles.full_text.models import FullText
from feeds.http import Client
from tests.articles.full_text.pages import TEASER, page, paragraphs
from tests.factories import make_article, make_feed
from tests.feeds.access.demands import SECRET, asked, keep
from tests.publisher import Exchange, Publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]
TITLE = "The harbour lock is closed"


@pytest.fixture(autouse=True)
def nothing_known_of_robots():
    cache.clear()


def closed(exchange: Exchange) -> None:
    """Who does not say who they are is sent away."""
    is_known = exchange.request.headers.get("authorization") == f"Bearer {SECRET}"
    body = page(paragraphs()).encode()
    head = f"HTTP/1.1 {200 if is_known else 401} x\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    exchange.send(head.encode() + body)


def whole_text_of(feed, url):
    article = make_article(feed, url=url, title=TITLE, content_html=TEASER, content_text=TEASER[3:-4])
    row = FullText.objects.create(article=article, url=url)
    with Client(fetch.policy(fetch.WORKER)) as client:
        for claim in queue.claim_due(timezone.now()):
            queue.fetch_claim(client, claim, pause=0)
    row.refresh_from_db()
    return row


def test_a_page_of_the_feed_s_own_server_is_given_what_it_demands(client, staff, publisher, feed):
    keep(client, feed, token=SECRET, user_agent="Mozilla/5.0 (X11)")
    row = whole_text_of(feed, publisher.respond("/story", closed))
    assert row.outcome == FullText.Outcome.WHOLE
    assert asked(publisher, "/story")["user-agent"] == "Mozilla/5.0 (X11)"
    assert asked(publisher, "/robots.txt")["authorization"] == f"Bearer {SECRET}"


def test_another_feed_s_article_is_asked_for_without_it(client, staff, publisher, feed):
    keep(client, feed, token=SECRET)
    row = whole_text_of(make_feed(url=publisher.url("/other")), publisher.respond("/story", closed))
    assert row.outcome == FullText.Outcome.REFUSED
    assert "authorization" not in asked(publisher, "/story")


@pytest.mark.parametrize("is_redirected", [False, True])
def test_no_page_elsewhere_is_told_a_secret(client, staff, publisher, feed, is_redirected):
    keep(client, feed, token=SECRET, user_agent="Mozilla/5.0 (X11)")
    with Publisher() as other:
        url = other.respond("/story", closed)
        if is_redirected:
            url = publisher.redirect("/story", url, 302)
        row = whole_text_of(feed, url)
        headers = asked(other, "/story")
        assert all("authorization" not in request.headers for request in other.requests)
    assert row.outcome == FullText.Outcome.REFUSED
    assert (headers["user-agent"] == django_settings.FETCH_POLICY.user_agent) is not is_redirected


def test_under_another_key_of_the_site_the_page_waits(client, staff, publisher, feed, settings):
    keep(client, feed, token=SECRET)
    settings.SECRET_KEY = "another key of this site, long enough to be one"
    row = whole_text_of(feed, publisher.respond("/story", closed))
    assert (row.outcome, row.is_wanted) == (FullText.Outcome.WAITING, True)
    assert "encrypted under another key" in row.detail
    assert not publisher.requests
