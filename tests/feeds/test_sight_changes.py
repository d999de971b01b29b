"""What readers see is another: told by whatever writes it, of those who see it, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.test import TestCase
from django.utils import timezone

from feeds import sight_changes
from feeds.models import Category, Feed, Subscription
from feeds.parse import ParsedFeed
from feeds.polls import polling
from feeds.subscriptions import own, places, tree_state
from tests.factories import make_category, make_feed, make_reader
from tests.feeds.polls.test_polling import FETCHED, claimed, recorded

pytestmark = pytest.mark.django_db
ALL = None


@pytest.fixture
def told():
    """Whose view was told to be another, since `of` began."""
    heard = []

    def hear(reader_ids, **signal):
        heard.append(reader_ids)

    @contextmanager
    def of():
        heard.clear()
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield heard

    sight_changes.sight_changed.connect(hear)
    yield of
    sight_changes.sight_changed.disconnect(hear)


def test_what_a_reader_changes_for_themselves_is_told_of_them_alone(told):
    ann, feed, mine = make_reader(), make_feed(is_shared=False), make_category(owner=(bob := make_reader()))
    own.follow(bob, feed, category=mine)
    deeds: list[Callable[[], object]] = [
        lambda: own.follow(ann, feed),
        lambda: own.change(ann, feed, title="Mine"),
        lambda: own.choose_own(ann),
        lambda: own.choose_doubles(ann, "apart"),
        lambda: own.keep_zone(ann, "Asia/Tokyo"),
        lambda: own.unfollow(ann, feed),
        lambda: own.follow_all(ann),
    ]
    for deed in deeds:
        with told() as heard:
            deed()
        assert heard
        assert all(readers == {ann.pk} for readers in heard)
    with told() as heard:
        places.rename(bob, mine, "Ours")
    assert heard == [{bob.pk}]


def test_what_is_the_sites_is_told_of_all(told):
    staff, feed, category = make_reader(staff=True), make_feed(), make_category()
    deeds: list[Callable[[], object]] = [
        lambda: own.share([make_feed(is_shared=False)]),
        lambda: places.put_feed(staff, feed, category),
        lambda: places.rename(staff, category, "Other"),
        lambda: places.put_category(staff, category, make_category()),
        lambda: Feed.objects.filter(pk=feed.pk).update(custom_title="Other"),
        lambda: Feed.objects.bulk_create([Feed(url="https://new.example/feed")]),
        lambda: category.delete(),
        lambda: Category.objects.all().delete(),
        lambda: feed.delete(),
        lambda: Feed.objects.all().delete(),
    ]
    for deed in deeds:
        with told() as heard:
            deed()
        assert ALL in heard


def test_a_poll_tells_when_the_feed_is_called_otherwise(told):
    feed = claimed(title="Before")
    with told() as heard:
        recorded(feed, FETCHED, ParsedFeed(title="After"))
    assert heard == [ALL]
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    with told() as heard:
        recorded(polling.leased(claim)[0], FETCHED, ParsedFeed(title="After"))
    assert not heard


def test_what_nobody_sees_is_not_told(told):
    ann, feed = make_reader(), make_feed()
    own.follow(ann, make_feed(is_shared=False))
    with told() as heard:
        Feed.objects.filter(pk=feed.pk).update(next_check_at=timezone.now(), failures=3)
        feed.save(update_fields=["last_error"])
        Feed.objects.filter(pk=0).update(title="Nobody's")
        Subscription.objects.filter(user=0).delete()
        Subscription.objects.update(position=4)
        own.follow_many(ann, {})
        tree_state.turn(ann, 1, is_open=True)
        tree_state.turn(ann, 1, is_open=False)
    assert [readers for readers in heard if readers != {ann.pk}] == []
    with told() as heard:
        tree_state.turn(ann, 1, is_open=True)
    assert not heard
