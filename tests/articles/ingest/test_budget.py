"""What never ends is ended, says so in words, is not taken up again, and holds nothing else up."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from articles.full_text.models import FullText
from articles.ingest import content, hub_deliveries, pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from feeds.polls.failure_messages import translated
from feeds.subscribe.documents import opml
from feeds.websub.models import Delivery
from tests import poison
from tests.documents import item, items, rss
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("the processes that read documents know no database"),
]
TOO_LONG = "This takes too long to read: given up after 5 seconds."


def feed_of(publisher: Publisher, path: str, document: str) -> Feed:
    publisher.serve(path, document)
    return make_feed(url=publisher.url(path), title="")


def poll(*feeds: Feed):
    claims = polling.claim(Feed.objects.filter(id__in=[feed.id for feed in feeds]), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        return [made for claim in claims for made in pipeline.refresh_claim(client, claim, pause=0)]


def test_a_document_that_never_ends_costs_no_other_feed_its_poll(publisher, monkeypatch):
    monkeypatch.setattr("feeds.parse.parse", poison.parse)
    bad = feed_of(publisher, "/bad.xml", rss([item(1, title="POISON")]))
    good = feed_of(publisher, "/good.xml", rss(items(1, 2)))
    polls = {made.feed_id: made for made in poll(bad, good)}
    assert (polls[bad.pk].outcome, polls[bad.pk].error) == ("failed", TOO_LONG)
    assert (polls[good.pk].outcome, polls[good.pk].new_articles) == ("updated", 2)
    bad.refresh_from_db()
    assert (bad.failures, bad.last_error, bad.lease, bad.leased_until) == (1, TOO_LONG, None, None)
    assert bad.next_check_at > timezone.now()
    with translation.override("zh-hans"):
        assert translated(bad.last_error) not in {"", TOO_LONG}


def test_the_same_document_is_not_read_again_until_it_changes_or_a_day_has_passed(publisher, monkeypatch):
    monkeypatch.setattr("feeds.parse.parse", poison.parse)
    feed = feed_of(publisher, "/feed.xml", rss([item(1, title="POISON")]))
    poll(feed)
    monkeypatch.undo()  # from here on it could be read
    [again] = poll(feed)
    assert (again.outcome, again.error) == ("failed", pipeline.REFUSED)
    with translation.override("zh-hant"):
        assert translated(again.error) not in {"", again.error}
    Feed.objects.update(refused_at=timezone.now() - polling.REFUSED_FOR - timedelta(minutes=1))
    assert poll(feed)[0].new_articles == 1


def test_a_document_that_has_changed_is_read(publisher, monkeypatch):
    monkeypatch.setattr("feeds.parse.parse", poison.parse)
    feed = feed_of(publisher, "/feed.xml", rss([item(1, title="POISON")]))
    poll(feed)
    publisher.serve("/feed.xml", rss([item(1)]))
    assert poll(feed)[0].new_articles == 1
    feed.refresh_from_db()
    assert (feed.last_error, feed.refused_hash, feed.refused_at) == ("", "", None)


def test_one_entry_that_never_ends_does_not_lose_the_others(publisher, monkeypatch):
    monkeypatch.setattr(content, "sanitize_all", poison.sanitize_all)
    feed = feed_of(publisher, "/feed.xml", rss([item(1), item(2, body="<p>POISON</p>"), item(3)]))
    [made] = poll(feed)
    assert (made.outcome, made.new_articles) == ("updated", 3)
    texts = dict(Article.objects.values_list("guid", "content_text"))
    assert texts["guid-1"] == "The text of story 1."
    assert texts["guid-2"].startswith("Newsreader gave up on the text of this article")
    publisher.serve("/feed.xml", rss([item(1), item(2, body="<p>POISON</p>"), item(3), item(4)]))
    monkeypatch.undo()  # from here on it could be read
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (1, 0)


def test_a_changed_entry_that_can_t_be_held_against_its_page_does_not_lose_the_others(publisher, monkeypatch):
    feed = feed_of(publisher, "/feed.xml", rss([item(1)]))
    poll(feed)
    monkeypatch.setattr("articles.extract.is_fuller", poison.is_fuller)
    article = Article.objects.get()
    FullText.objects.create(article=article, url=article.url, is_shown=True, outcome="whole", feed_html="<p>Part</p>")
    publisher.serve("/feed.xml", rss([item(1, body="<p>POISON</p>"), item(2)]))
    [made] = poll(feed)
    assert (made.outcome, made.new_articles, made.changed_articles) == ("updated", 1, 1)
    article.refresh_from_db()
    assert (article.content_text, article.full_text.is_shown) == ("POISON", False)


def test_a_delivery_that_never_ends_is_dropped_and_the_feed_polled(publisher, monkeypatch):
    monkeypatch.setattr(hub_deliveries, "parse", poison.parse)
    feed = feed_of(publisher, "/feed.xml", rss([item(1)]))
    Delivery.objects.create(feed=feed, body=rss([item(2, title="POISON")]).encode(), content_type="text/xml")
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    [made] = hub_deliveries.read_claim(claim)
    assert (made.error, Delivery.objects.count()) == (TOO_LONG, 0)


def test_a_list_that_never_ends_is_told_on_its_page(admin_client, monkeypatch):
    monkeypatch.setattr(opml, "read", poison.read)
    upload = BytesIO(b"<opml><body><outline xmlUrl='https://a.example/f'/></body></opml>")
    upload.name = "feeds.subscribe.documents.opml"
    answer = admin_client.post(reverse("import_opml"), {"file": upload})
    assert answer.status_code == 200
    assert TOO_LONG in answer.content.decode()
