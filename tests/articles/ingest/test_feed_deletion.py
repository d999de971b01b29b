"""Feeds that nobody is left to see go; not those that somebody has come to see meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.ingest.feed_deletion import delete_account, delete_orphans, delete_unseen, leave_for_now
from articles.models import Article
from feeds.models import Departure, Feed
from feeds.subscriptions import own
from feeds.subscriptions.departures import GRACE, departures_of
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


def test_what_an_app_leaves_goes_after_some_days():
    reader, feed = make_reader(), make_feed(is_shared=False)
    make_articles(2, feed)
    own.follow(reader, feed)
    leave_for_now(reader, feed)
    assert [row.feed for row in departures_of(reader)] == [feed]
    feed.refresh_from_db()
    assert feed.state == Feed.State.PAUSED
    assert delete_orphans(timezone.now() + GRACE - timedelta(hours=1)) == 0
    assert Article.objects.count() == 2
    assert delete_orphans(timezone.now() + GRACE + timedelta(hours=1)) == 1
    assert not Feed.objects.exists()


@pytest.mark.parametrize("come", [lambda feed: own.follow(make_reader(), feed), lambda feed: own.share([feed])])
def test_what_an_app_leaves_stays_where_somebody_comes(come):
    reader, feed = make_reader(), make_feed(is_shared=False)
    make_articles(2, feed)
    own.follow(reader, feed)
    leave_for_now(reader, feed)
    come(Feed.objects.get(pk=feed.pk))
    assert not departures_of(reader).exists()
    delete_orphans(timezone.now() + 2 * GRACE)
    assert Article.objects.count() == 2


def test_an_account_takes_along_what_its_app_has_left():
    reader, feed = make_reader(), make_feed(is_shared=False)
    own.follow(reader, feed)
    leave_for_now(reader, feed)
    delete_account(reader)
    assert not Feed.objects.exists()


def test_of_the_sites_feeds_nothing_is_left_to_come_back_to():
    reader, feed = make_reader(), make_feed()
    leave_for_now(reader, feed)
    assert not Departure.objects.exists()
    assert Feed.objects.get().state == Feed.State.ACTIVE
