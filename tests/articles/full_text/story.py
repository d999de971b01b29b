"""A story of a publisher whose feed gives its beginning: served, wanted, fetched."""

from __future__ import annotations

import re

from django.utils import timezone

from articles.full_text import fetch, queue
from articles.full_text.models import FullText
from articles.ingest import pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from tests.articles.full_text.pages import TEASER, page, paragraphs
from tests.documents import item, rss
from tests.factories import make_article, make_feed

TITLE = "The harbour lock is closed"


def poll(publisher, feed, body=TEASER, *, link="/story", title=TITLE):
    entry = item(1, title=title, body=body, link=publisher.url(link))
    publisher.serve("/feed", rss([re.sub("<pubDate>.*?</pubDate>", "", entry)]))
    (claim,) = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    with Client(fetch.policy(fetch.WORKER)) as client:
        (polled,) = pipeline.refresh_claim(client, claim, pause=0)
    assert not polled.error
    return Article.objects.get(feed=feed)


def make_wanted(publisher, path="/story", **fields):
    fields = {"title": TITLE, "content_html": TEASER, "content_text": TEASER[3:-4]} | fields
    article = make_article(make_feed(), url=publisher.url(path), **fields)
    return FullText.objects.create(article=article, url=article.url)


def serve(publisher, path="/story", html=None, **more):
    return publisher.serve(path, html or page(paragraphs()), **{"content_type": "text/html"} | more)


def fetch_due(now=None):
    with Client(fetch.policy(fetch.WORKER)) as client:
        for claim in queue.claim_due(now or timezone.now()):
            queue.fetch_claim(client, claim, pause=0)


def fetched(row, now=None):
    fetch_due(now)
    row.refresh_from_db()
    return row


def asked(publisher):
    return [request.path for request in publisher.requests if request.path != "/robots.txt"]


def text_of(row):
    return Article.objects.get(pk=row.pk).content_text
