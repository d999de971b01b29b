"""One Newsreader follows another's secret address: over HTTP, ids and sources kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from articles.export import secret_addresses
from articles.export.feeds import items
from articles.ingest import older_documents, pipeline
from articles.lists.pages import Selection
from articles.models import Article
from articles.search.find import Search
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from tests.factories import FIRST_DAY, make_articles, make_feed, make_reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]
ARTICLES = 70  # 50 in the subscription document, the others in the months before


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """The live server starts before any other fixture, and with it WhiteNoise, which looks for this folder."""
    django_settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml", "feed.json"])
def test_a_private_archive_is_mirrored_by_its_secret_address(live_server, settings, file):
    settings.ALLOWED_HOSTS = ["*"]
    publisher = make_feed(title="Tide & Time", url="https://tides.example/rss", site_url="https://tides.example/")
    articles = make_articles(ARTICLES, publisher, author="Ana Ruiz", tags=["ferries"])
    for number, article in enumerate(articles):
        article.published_at = FIRST_DAY + timedelta(days=number)
    Article.objects.bulk_update(articles, ["published_at"])
    search = Search(selection=Selection(feed=publisher), reader=make_reader(), now=timezone.localtime())
    output, secret = secret_addresses.create(search.reader, search)
    mirror = make_feed(url=f"{live_server.url}/outputs/{output.pk}/{secret}/{file}")

    [claim] = polling.claim(Feed.objects.filter(pk=mirror.pk), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        pipeline.refresh_claim(client, claim, pause=0)
        older = progress.claim(mirror.pk, timezone.now())
        list(older_documents.steps(client, older, pause=0))

    assert Backfill.objects.get(feed=mirror).state == "finished"
    sent = items([article.pk for article in articles], live_server.url)
    kept = {article.guid: article for article in Article.objects.filter(feed=mirror).select_related("origin")}
    assert len(kept) == ARTICLES
    for item in sent:
        article = kept[item.id]
        assert (article.title, article.url, article.author, article.tags) == (
            item.title, item.url, item.author, list(item.tags)
        )  # fmt: skip
        assert (article.published_at, article.content_html) == (item.published_at, item.content_html)
        assert (article.origin.title, article.origin.url) == ("Tide & Time", "https://tides.example/rss")


def test_a_mirror_of_a_mirror_names_the_publisher(live_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.NEWSREADER_PUBLIC = True
    publisher = make_feed(title="Tide & Time", url="https://tides.example/rss")
    make_articles(2, publisher)
    first = make_feed(url=f"{live_server.url}/atom.xml?feed={publisher.pk}")
    second = make_feed(url=f"{live_server.url}/atom.xml?feed={first.pk}")
    for feed in (first, second):
        [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
        with Client(settings.FETCH_POLICY) as client:
            [poll] = pipeline.refresh_claim(client, claim, pause=0)
        assert poll.new_articles == 2
    for article in Article.objects.filter(feed=second):
        assert (article.origin.title, article.origin.url) == ("Tide & Time", "https://tides.example/rss")
