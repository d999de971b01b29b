"""Feeds that nobody is left to see go; not those that somebody has come to see meanwhile."""

from __future__ import annotations

import pytest

from articles.ingest.feed_deletion import delete_unseen
from articles.models import Article
from feeds.models import Feed
from feeds.subscriptions import own
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


def test_a_feed_that_nobody_sees_goes_with_its_articles():
    feed = make_feed(is_shared=False)
    make_articles(2, feed)
    assert delete_unseen(feed) == 2
    assert not Feed.objects.exists()


@pytest.mark.parametrize("come", [lambda feed: own.follow(make_reader(), feed), lambda feed: own.share([feed])])
def test_a_feed_that_is_followed_or_shared_meanwhile_stays_as_it_is(come):
    feed = make_feed(is_shared=False)
    make_articles(2, feed)
    come(Feed.objects.get(pk=feed.pk))
    assert delete_unseen(feed) == 0
    assert Article.objects.count() == 2
    assert Feed.objects.get().state == Feed.State.ACTIVE
