"""Feeds that nobody is left to see go; not those that somebody has come to see meanwhile."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from articles.ingest.feed_deletion import (
    delete_account,
    delete_orphans,
    delete_unseen,
    gone_and_kept,
    leave_for_now,
    private_to,
)
from articles.labels import own as labels
from articles.lists.reader_state import star
from articles.models import Article, Note, Tombstone
from feeds.models import Departure, Feed, Subscription
from feeds.subscriptions import own
from feeds.subscriptions.departures import GRACE, departures_of
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


def test_a_feed_that_nobody_sees_goes_with_its_articles():
    feed = make_feed(is_shared=False)
    make_articles(2, feed)
    assert delete_unseen(feed) == 2
    assert not Feed.objects.exists()


def test_what_somebody_starred_labelled_or_noted_stays_and_the_feed_stands_still():
    reader, feed = (
        make_reader(),
        make_feed(is_shared=False, etag="1", last_modified="x", body_hash="h", seen_entries=b"s"),
    )
    starred, labelled, noted, no_longer, _ = make_articles(5, feed)
    star(reader, starred, on=True)
    labels.add_labels([labels.make_label(reader, "later").pk], [labelled.pk])
    Note.objects.create(user=reader, article=noted, text="see", folded="see")
    star(reader, no_longer, on=True)
    star(reader, no_longer, on=False)
    assert gone_and_kept(feed) == (2, 3)
    assert delete_unseen(feed) == 2
    assert set(Article.objects.all()) == {starred, labelled, noted}
    feed.refresh_from_db()
    assert (feed.state, feed.article_count) == (Feed.State.PAUSED, 3)
    # Who follows it again is given what it says then, as if it were new.
    assert [feed.etag, feed.last_modified, feed.body_hash, bytes(feed.seen_entries)] == ["", "", "", b""]
    assert not Tombstone.objects.exists()
    assert delete_orphans(timezone.now()) == 0


@pytest.mark.parametrize("come", [lambda feed: own.follow(make_reader(), feed), lambda feed: own.share([feed])])
def test_a_feed_that_is_followed_or_shared_meanwhile_stays_as_it_is(come):
    feed = make_feed(is_shared=False)
    make_articles(2, feed)
    come(Feed.objects.get(pk=feed.pk))
    assert delete_unseen(feed) == 0
    assert Article.objects.count() == 2
    assert Feed.objects.get().state == Feed.State.ACTIVE


def test_what_an_app_leaves_goes_after_some_days():
    until = timezone.now() + timedelta(minutes=9)
    reader, feed = make_reader(), make_feed(is_shared=False, lease=uuid4(), leased_until=until)
    make_articles(2, feed)
    own.follow(reader, feed)
    leave_for_now(reader, feed)
    assert [row.feed for row in departures_of(reader)] == [feed]
    feed.refresh_from_db()
    assert (feed.state, feed.lease, feed.leased_until) == (Feed.State.PAUSED, None, None)
    Feed.objects.update(state=Feed.State.ACTIVE)  # as staff may
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
    both, shared = make_feed(is_shared=False), make_feed()
    for each in (both, shared):
        Subscription.objects.create(user=reader, feed=each)
    own.follow(make_reader(), both)
    assert list(private_to(reader)) == [feed]
    delete_account(reader)
    assert set(Feed.objects.all()) == {both, shared}
    assert not Feed.objects.filter(state=Feed.State.PAUSED).exists()


def test_of_the_sites_feeds_nothing_is_left_to_come_back_to():
    reader, feed = make_reader(), make_feed()
    leave_for_now(reader, feed)
    assert not Departure.objects.exists()
    assert Feed.objects.get().state == Feed.State.ACTIVE
