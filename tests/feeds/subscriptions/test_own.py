"""A reader's subscriptions, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feeds.models import Category, Feed, ReaderSettings, Subscription
from feeds.subscriptions import own
from feeds.subscriptions.visibility import (
    Operator,
    category_called,
    feeds_within,
    followed_feeds,
    sees,
    sight_of,
    visible_feeds,
)
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()


def test_who_has_no_rows_follows_all_of_the_sites_feeds() -> None:
    reader, feed = make_reader(), make_feed()
    assert list(followed_feeds(reader)) == list(followed_feeds(ANYBODY)) == [feed]
    assert not ReaderSettings.objects.exists()
    assert not Subscription.objects.exists()


def test_a_feed_that_is_not_shared_is_its_subscribers() -> None:
    shared, private = make_feed(), make_feed(is_shared=False)
    mine, other, staff = make_reader(), make_reader(), make_reader(staff=True)
    own.follow(mine, private)
    for reader in (other, staff, ANYBODY):
        assert list(visible_feeds(reader)) == list(followed_feeds(reader)) == [shared]
        assert not sees(reader, private)
    for reader in (mine, Operator()):
        assert {*visible_feeds(reader)} == {*followed_feeds(reader)} == {shared, private}
        assert sees(reader, private)


def test_one_query_tells_what_a_reader_sees_and_mostly_it_is_all() -> None:
    make_feed()
    for reader in (make_reader(), ANYBODY):
        with CaptureQueriesContext(connection) as queries:
            assert sight_of(reader).is_all
        assert len(queries) == 1


def test_a_private_feed_of_their_own_hides_nothing_from_a_reader() -> None:
    mine, other, private = make_reader(), make_reader(), make_feed(is_shared=False)
    own.follow(mine, private)
    assert [sight_of(reader).is_all for reader in (mine, other, ANYBODY)] == [True, False, False]


def test_who_leaves_one_of_the_sites_feeds_has_the_rest_as_their_own_choice() -> None:
    news = make_category("News")
    asia = make_category("Asia", parent=news)
    left, kept, loose = make_feed(category=asia), make_feed(category=asia), make_feed()
    private = make_feed(is_shared=False)
    reader, other = make_reader(), make_reader()
    own.follow(reader, private, category=news)
    own.unfollow(reader, left)

    assert {*followed_feeds(reader)} == {kept, loose, private}
    assert {*followed_feeds(other)} == {left, kept, loose}
    own_asia = Category.objects.get(owner=reader, name="Asia")
    assert own_asia.parent == Category.objects.get(owner=reader, name="News")
    assert own_asia.slug == asia.slug
    assert category_called(asia.slug, reader) == own_asia
    assert category_called(asia.slug, other) == asia
    assert list(feeds_within(own_asia, reader)) == [kept]
    assert {*feeds_within(own_asia.parent, reader)} == {kept, private}
    # The site's feeds stay within reach.
    assert sees(reader, left)
    later = make_feed()
    assert later not in followed_feeds(reader)
    assert sees(reader, later)


def test_a_large_tree_is_copied_by_as_many_queries_as_a_small_one(django_assert_max_num_queries: Any) -> None:
    reader = make_reader()
    for number in range(30):
        top = make_category(f"Top {number}")
        feed = make_feed(category=make_category(f"Inner {number}", parent=top))
        if number % 2:
            Subscription.objects.create(user=reader, feed=feed, title="Mine")
    with django_assert_max_num_queries(20):
        own.choose_own(reader)
    rows = Subscription.objects.filter(user=reader).select_related("category__parent", "feed__category")
    assert len(rows) == 30
    places = [(row.category, row.feed.category) for row in rows]
    assert all(mine and site and mine.name == site.name and mine.parent for mine, site in places)
    assert {owner.owner for mine, _site in places if mine for owner in (mine, mine.parent) if owner} == {reader}
    assert {row.title for row in rows} == {"", "Mine"}


def test_leaving_a_private_feed_changes_nothing_else() -> None:
    reader, shared, private = make_reader(), make_feed(), make_feed(is_shared=False)
    own.follow(reader, private)
    own.unfollow(reader, private)
    assert own.follows_all(reader)
    assert list(followed_feeds(reader)) == [shared]


def test_a_quiet_feed_is_left_out_of_the_list_of_all() -> None:
    reader, loud, quiet = make_reader(), make_feed(), make_feed(is_shared=False)
    own.follow(reader, quiet)
    Subscription.objects.update(in_all=False)
    assert list(followed_feeds(reader)) == [loud]
    assert {*followed_feeds(reader, quiet=True)} == {loud, quiet}
    own.choose_own(reader)
    assert list(followed_feeds(reader)) == [loud]
    assert {*followed_feeds(reader, quiet=True)} == {loud, quiet}


def test_following_all_again_keeps_what_is_the_readers_alone() -> None:
    reader, shared, private = make_reader(), make_feed(category=make_category()), make_feed(is_shared=False)
    own.follow(reader, private)
    own.choose_own(reader)
    place = Category.objects.create(owner=reader, name="Mine", slug="mine")
    Subscription.objects.filter(feed=private).update(category=place)
    own.unfollow(reader, shared)
    own.follow_all(reader)
    assert {*followed_feeds(reader)} == {shared, private}
    assert list(Category.objects.filter(owner=reader)) == [place]
    assert Subscription.objects.get().feed == private


def test_a_feed_is_followed_once() -> None:
    reader, feed = make_reader(), make_feed(is_shared=False)
    first, second = own.follow(reader, feed, title="Mine"), own.follow(reader, feed)
    assert first == second
    assert second is not None
    assert second.title == "Mine"
    assert own.follow(reader, make_feed()) is None  # with all of the site's


def test_two_owners_and_the_site_may_call_categories_alike() -> None:
    site = make_category("News", slug="news")
    owners = [make_reader(), make_reader()]
    theirs = [Category.objects.create(owner=owner, name="News", slug="news") for owner in owners]
    assert [category_called("news", reader) for reader in (*owners, make_reader(), ANYBODY)] == [*theirs, site, site]


def test_an_account_goes_with_its_tree() -> None:
    reader, feed = make_reader(), make_feed(category=make_category("Asia", parent=make_category("News")))
    own.choose_own(reader)
    User.objects.get(pk=reader.pk).delete()
    assert Category.objects.filter(owner__isnull=False).count() == Subscription.objects.count() == 0
    assert Feed.objects.get() == feed
