"""The demo's publisher has a feed that gives parts, whose articles are fetched whole."""

from __future__ import annotations

import io
import threading
import time
import urllib.request
import wave

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles.full_text import fetch, queue
from articles.full_text.models import FullText
from articles.ingest import pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from newsreader.demo import Publisher
from newsreader.demo.catalogue import texts
from newsreader.demo.server import Site
from newsreader.demo.subscribe import subscribe_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def test_a_feed_that_gives_parts_is_read_whole():
    cache.clear()
    with Site(Publisher(0, int(time.time()))) as site:
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        site.publisher = Publisher(site.server_address[1], site.publisher.since)
        subscribe_to(site.publisher)
        (claim,) = polling.claim(Feed.objects.filter(url__contains="/quay/"), timezone.now())
        with Client(fetch.policy(fetch.WORKER)) as client:
            pipeline.refresh_claim(client, claim, pause=0)
            assert all(article.content_text.endswith("[…]") for article in Article.objects.all())
            for due in queue.claim_due(timezone.now()):
                queue.fetch_claim(client, due, pause=0)
        site.shutdown()
    assert list(FullText.objects.values_list("outcome", flat=True)) == [FullText.Outcome.WHOLE] * 3
    assert "The ferry left at twenty past eight" in Article.objects.get(title__startswith="The ferry").content_text


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
