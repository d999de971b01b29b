"""Entries whose guids and links are spelled otherwise than before: in another scheme, or as another entry's."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.utils import timezone

from articles.ingest import pipeline
from articles.models import Article, ArticleVersion
from feeds.http import Client
from feeds.models import Feed, Poll
from feeds.polls import polling
from tests.documents import item, items, rss
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def feed(publisher: Publisher) -> Feed:
    return make_feed(url=publisher.url("/feed.xml"))


def poll(*feeds: Feed) -> list[Poll]:
    """Poll feeds whether they are due or not, as a worker would."""
    claims = polling.claim(Feed.objects.filter(id__in=[feed.id for feed in feeds]), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        return [made for claim in claims for made in pipeline.refresh_claim(client, claim, pause=0)]


def spelled(scheme: str, *, guid: str = "{}://x.example/?p=1", link: str = "{}://x.example/1", body: str = "") -> str:
    return rss([item(1, guid=guid.format(scheme), link=link.format(scheme), body=body)])


@pytest.mark.parametrize(
    "parts",
    [
        {"link": "https://x.example/1"},
        {},
        {"guid": ""},
        {"guid": "http://x.example/1", "link": "{}://x.example/1"},
    ],
    ids=["guid alone", "both", "no guid", "link alone"],
)
def test_a_site_that_gets_a_certificate_brings_no_article_twice(feed, publisher, parts):
    publisher.serve("/feed.xml", spelled("http", **parts))
    poll(feed)
    [before] = Article.objects.values("guid", "entry_hash")
    for scheme in ("https", "http", "https"):  # and goes back, and comes again: a hub may know the old addresses
        publisher.serve("/feed.xml", spelled(scheme, **parts))
        [made] = poll(feed)
        assert (made.new_articles, made.changed_articles) == (0, 0)
    assert list(Article.objects.values("guid", "entry_hash")) == [before]
    assert not ArticleVersion.objects.exists()


def test_a_change_in_another_scheme_is_one_and_the_guid_stays(feed, publisher):
    publisher.serve("/feed.xml", spelled("http"))
    poll(feed)
    publisher.serve("/feed.xml", spelled("https", body="<p>Other words.</p>"))
    assert poll(feed)[0].changed_articles == 1
    article = Article.objects.get()
    assert (article.guid, article.url) == ("http://x.example/?p=1", "https://x.example/1")
    assert (article.content_text, article.versions.count()) == ("Other words.", 1)


def test_another_scheme_of_what_an_earlier_version_stored_makes_no_version(feed, publisher):
    publisher.serve("/feed.xml", spelled("http"))
    poll(feed)
    Article.objects.update(entry_hash="made otherwise")
    publisher.serve("/feed.xml", spelled("https"))
    poll(feed)
    assert Article.objects.get().url == "https://x.example/1"
    assert not ArticleVersion.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"guid": "", "link": "https://x.example/1"}, {"guid": "tag:2", "link": "https://x.example/1"}),
        ({"guid": "http://x.example/?p=1"}, {"guid": "https://x.example/?p=1"}),
    ],
    ids=["one link", "one guid in two schemes"],
)
def test_a_new_entry_takes_no_article_of_one_that_is_left_out(feed, publisher, first, second):
    """An entry that is left out, as it was in the last document, tells that the article is its own."""
    known = [*items(10, 11, 12, 13), item(1, body="<p>first</p>", **first)]
    publisher.serve("/feed.xml", rss(known))
    poll(feed)
    publisher.serve("/feed.xml", rss([item(2, body="<p>second</p>", **second), *known]))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (1, 0)
    texts = set(Article.objects.values_list("content_text", flat=True))
    assert {"first", "second"} <= texts
    assert not ArticleVersion.objects.exists()


STOP = "https://link.zhihu.com/?target=https%3A//p.example/a"


@pytest.mark.parametrize("format_", ["rss", "json"])
def test_a_link_past_a_stop_is_the_pages_in_every_format(feed, publisher, format_):
    entry = {"id": "1", "url": STOP, "content_html": "<p>Words.</p>"}
    listed = {"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": [entry]}
    document = json.dumps(listed) if format_ == "json" else rss([item(1, link=STOP)])
    publisher.serve("/feed.xml", document)
    poll(feed)
    assert Article.objects.get().url == "https://p.example/a"


def test_what_was_stored_under_the_address_of_a_stop_comes_no_second_time(feed, publisher):
    publisher.serve("/feed.xml", rss([item(1, guid="", link=STOP)]))
    poll(feed)
    assert Article.objects.update(guid=STOP, url=STOP) == 1  # as before stops were known
    publisher.serve("/feed.xml", rss([item(1, guid="", link=STOP, body="<p>Other words.</p>")]))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (0, 1)
    assert Article.objects.filter(guid=STOP).count() == 1
