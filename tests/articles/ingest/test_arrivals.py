"""Articles that come in by a poll are looked at by rules and compared with what is here at once, whoever polls."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from articles.ingest import pipeline, single_poll
from articles.models import ArticleState
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from tests.articles.ingest.arrivals import are_waiting, rule_for_tests
from tests.documents import items, rss
from tests.factories import make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def by_a_worker(feed):
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        pipeline.refresh_claim(client, claim, pause=0)


def by_a_command(feed):
    call_command("poll", feed=str(feed.pk))


@pytest.mark.parametrize("polled", [by_a_worker, by_a_command, single_poll.poll_now])
def test_what_comes_in_is_looked_at_at_once(publisher, polled):
    rule_for_tests(make_reader("ann"))
    publisher.serve("/feed.xml", rss(items(1, 2)))
    polled(make_feed(url=publisher.url("/feed.xml")))
    assert are_waiting() == (False, False)
    assert ArticleState.objects.filter(starred_by_rule=True).count() == 2


def test_where_no_rule_waits_nothing_is_loaded_that_searches_or_shows():
    modules = [
        "articles.search.find",
        "articles.rules.judge",
        "articles.display.attachments",
        "articles.folding.blanks",
    ]
    modules += ["articles.search.query.matching", "articles.search.query.plan", "articles.search.query.syntax"]
    modules += ["articles.images.obtain", "articles.images.fetch", "articles.images.store"]
    loads = "articles.ingest.store, articles.rules.waiting, articles.search.sqlite, articles.search.postgres"
    assert loaded_of(modules, by=loads) == "set()"


def test_a_poll_that_finds_nothing_new_loads_nothing_that_reads_stores_or_shows():
    modules = [
        "django.views.debug",
        "feeds.parse.values",
        "feeds.pages.recipe",
        "articles.ingest.store",
        "articles.search.index",
    ]
    assert loaded_of(modules, by="articles.management.commands.poll") == "set()"


def loaded_of(modules, *, by):
    code = f"import django; django.setup(); import {by}, sys; print({{*{modules}}} & sys.modules.keys())"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsreader.settings"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip()
