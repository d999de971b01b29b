"""The whole way with fifty feeds of every kind: over real HTTP into the database, and out of it into a browser."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from articles.ingest import pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from tests.browser.conftest import PASSWORD
from tests.documents import item, rss
from tests.factories import make_feed, make_reader
from tests.publisher import Publisher

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("loopback_allowed")]

ENTRIES = 20
HOSTILE = """<p onclick="alert(1)">Words that stay.</p><script>document.title = "owned"</script>
<img src="http://tracker.example/pixel.gif" onerror="alert(2)" width="1" height="1">
<iframe src="https://www.youtube.com/embed/abc123"></iframe><style>body { display: none }</style>
<form action="https://phish.example/"><input name="password"></form>
<a href="javascript:alert(3)">A link that leads nowhere</a><svg onload="alert(4)"></svg>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><title>&c;</title></channel></rss>"""


def document(number: int) -> str:
    return rss([item(entry, guid=f"{number}-{entry}") for entry in range(ENTRIES, 0, -1)], title=f"Feed {number:02}")


@pytest.fixture
def feeds(live_server, publisher: Publisher) -> list[Feed]:
    """Fifty feeds; 44 of them can be read in the end."""
    for number in range(50):
        validators = {"etag": f'"{number}"'} if number % 2 else {}
        publisher.serve(f"/{number}.xml", document(number), **validators)
    publisher.redirect("/3.xml", publisher.url("/moved.xml"), status=301)
    publisher.serve("/moved.xml", document(3))
    publisher.redirect("/4.xml", publisher.url("/elsewhere.xml"), status=302)
    publisher.serve("/elsewhere.xml", document(4))
    publisher.serve("/5.xml", gzip.compress(document(5).encode()), headers={"Content-Encoding": "gzip"})
    publisher.serve("/6.xml", rss([item(entry, guid=f"6-{entry}", body=HOSTILE) for entry in range(ENTRIES)]))
    publisher.serve("/10.xml", status=500)
    publisher.serve("/11.xml", status=410)
    publisher.serve("/12.xml", "<html><title>Gone fishing</title>", content_type="text/html")
    publisher.redirect("/13.xml", "http://10.0.0.1/feed.xml")
    publisher.redirect("/14.xml", publisher.url("/14.xml"))
    publisher.respond("/15.xml", lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"))
    publisher.serve("/16.xml", BOMB)
    return [make_feed(url=publisher.url(f"/{number}.xml"), title="") for number in range(50)]


def poll_all() -> Counter[str]:
    outcomes: Counter[str] = Counter()
    with Client(settings.FETCH_POLICY) as client:
        for claim in polling.claim(Feed.objects.exclude(state=Feed.State.GONE), timezone.now()):
            outcomes.update(poll.outcome for poll in pipeline.refresh_claim(client, claim, pause=0))
    return outcomes


def test_fifty_feeds_are_polled_read_and_polled_again(feeds, page, sign_in, publisher):
    first = poll_all()
    assert (first["updated"], first["failed"], first["gone"]) == (44, 5, 1)
    good = 43  # the entity bomb is a feed without entries
    assert Article.objects.count() == good * ENTRIES
    assert {feed.last_error for feed in Feed.objects.filter(failures=0)} == {""}
    assert all(feed.last_error for feed in Feed.objects.filter(failures__gt=0))

    reader = make_reader("ann")
    assert reader.check_password(PASSWORD)
    sign_in(page, reader, f"/?feed={feeds[6].pk}")
    page.locator(".row a").first.click()
    expect(page.get_by_text("Words that stay.")).to_be_visible()
    expect(page.get_by_text("A link that leads nowhere")).to_be_visible()
    assert "owned" not in page.title()
    page.goto("/feeds/")
    expect(page.get_by_role("link", name="Feed 49", exact=True)).to_be_visible()

    asked = len(publisher.requests)
    second = poll_all()
    assert (second["unchanged"], second["updated"]) == (44, 0)
    assert Article.objects.count() == good * ENTRIES
    conditional = [request for request in publisher.requests[asked:] if "if-none-match" in request.headers]
    assert len(conditional) > 15
