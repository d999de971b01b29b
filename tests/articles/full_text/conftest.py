"""Nothing is known of robots.txt, and a feed that gives parts."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from feeds.models import Feed
from tests.factories import make_feed


@pytest.fixture(autouse=True)
def nothing_known_of_robots():
    cache.clear()


@pytest.fixture
def feed(publisher):
    return make_feed(url=publisher.url("/feed"), whole_articles=Feed.WholeArticles.PARTIAL)
