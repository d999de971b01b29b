"""The demo's publisher has a feed that gives parts, whose articles are fetched whole."""

from __future__ import annotations

import io
import threading
import time
import urllib.request
import wave
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles.full_text import fetch, queue
from articles.full_text.models import FullText
from articles.images.models import ImageAddress
from articles.ingest import letters, pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed, Mailbox
from feeds.newsletters import mailboxes
from feeds.polls import polling
from feeds.subscriptions.visibility import visible_feeds
from newsreader.demo import Publisher
from newsreader.demo.catalogue import texts
from newsreader.demo.mail import Post, certificate
from newsreader.demo.mail import letters as demo_letters
from newsreader.demo.server import Site
from newsreader.demo.subscribe import subscribe_to
from tests.articles.images.conftest import own_folders
from tests.factories import make_reader

__all__ = ["own_folders"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def test_a_feed_that_gives_parts_is_read_whole(tmp_path):
    cache.clear()
    with Site(Publisher(0, int(time.time()))) as site:
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        site.publisher = Publisher(site.server_address[1], site.publisher.since)
        subscribe_to(site.publisher, certificate(tmp_path))
        (claim,) = polling.claim(Feed.objects.filter(url__contains="/quay/"), timezone.now())
        with Client(fetch.policy(fetch.WORKER)) as client:
            pipeline.refresh_claim(client, claim, pause=0)
            assert all(article.content_text.endswith("[…]") for article in Article.objects.all())
            for due in queue.claim_due(timezone.now()):
                queue.fetch_claim(client, due, pause=0)
        site.shutdown()
    assert list(FullText.objects.values_list("outcome", flat=True)) == [FullText.Outcome.WHOLE] * 3
    assert "The ferry left at twenty past eight" in Article.objects.get(title__startswith="The ferry").content_text


def test_a_page_without_a_feed_is_read_by_its_recipe(tmp_path):
    with Site(Publisher(0, int(time.time()))) as site:
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        site.publisher = Publisher(site.server_address[1], site.publisher.since)
        subscribe_to(site.publisher, certificate(tmp_path))
        (claim,) = polling.claim(Feed.objects.exclude(recipe=None), timezone.now())
        with Client(fetch.policy(fetch.WORKER)) as client:
            (poll,) = pipeline.refresh_claim(client, claim, pause=0)
        site.shutdown()
    assert (poll.error, poll.new_articles) == ("", len(texts("noticeboard")))
    glove = Article.objects.get(title="Lost: one left glove, green")
    assert (glove.content_text[:7], glove.url.rpartition("/")[2]) == ("Knitted", "noticeboard-1")
    assert glove.published_at < timezone.now() - timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_the_mailbox_is_read_and_its_newsletters_are_feeds_of_who_tries_it_out(settings, tmp_path):
    ann, pem = make_reader("ann", staff=True), certificate(tmp_path)
    publisher = Publisher(0, int(time.time()) - 600)
    with Post(publisher, pem) as post:
        threading.Thread(target=post.serve_forever, args=(0.01,), daemon=True).start()
        subscribe_to(publisher, pem)
        moved = Publisher(0, publisher.since, post.server_address[1])
        subscribe_to(moved, pem)  # the mailbox moves with it
        (claim,) = mailboxes.claim_due(timezone.now())
        tally = letters.read_claim(settings.FETCH_POLICY, claim, pause=0)
        post.shutdown()
    assert (tally.letters, tally.failed) == (4, 0), Mailbox.objects.get().last_error
    assert set(own_feeds(ann)) == {("The Slow Post", 3), ("Aunt Maren", 1)}
    assert ImageAddress.objects.get().image


def own_feeds(reader):
    return visible_feeds(reader).filter(is_shared=False).values_list("title", "article_count")


def test_letters_come_as_time_goes_by_and_keep_their_numbers():
    since = 1_800_000_000
    before, after = demo_letters(since, since), demo_letters(since, since + 3600)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


def test_the_horn_of_an_article_can_be_heard():
    with Site(Publisher(0, int(time.time()))) as site:
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{site.server_address[1]}/sounds/horn.wav", timeout=30) as answer:
            assert answer.headers["Content-Type"] == "audio/wav"
            body = answer.read()
        site.shutdown()
    with wave.open(io.BytesIO(body)) as sound:
        assert sound.getnframes() == 60 * sound.getframerate()
    assert any('src="/sounds/horn.wav"' in html for _title, html in texts("lighthouse"))
