"""The changes that come with a feed's new address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.addresses import change_address, note_move
from feeds.models import Feed, FormerAddress, feeds_at
from feeds.subscribe.add import subscribe
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
OLD, NEW = "https://old.example/feed", "https://new.example/feed"


def test_a_feed_that_is_given_another_address_is_asked_there_at_once_with_nothing_of_the_old_one() -> None:
    feed = make_feed(
        url=OLD,
        etag='"1"',
        body_hash="1",
        seen_entries=b"1",
        moved_to=NEW,
        moved_polls=2,
        hub_url="https://hub.example/",
        next_check_at=timezone.now() + timedelta(days=1),
    )
    change_address(feed, NEW, title="New")
    feed = Feed.objects.get()
    assert (feed.url, feed.host, feed.title) == (NEW, "new.example", "New")
    assert (feed.etag, feed.body_hash, bytes(feed.seen_entries), feed.moved_to, feed.hub_url) == ("", "", b"", "", "")
    assert feed.moved_polls == 0
    assert feed.next_check_at <= timezone.now()
    assert not feeds_at(OLD).exists()


def test_what_a_feed_has_is_no_former_address_of_another() -> None:
    other = make_feed(url="https://other.example/")
    FormerAddress.objects.create(url=NEW, feed=other)
    feed = make_feed(url=OLD)
    change_address(feed, NEW)
    assert list(feeds_at(NEW)) == [feed]


def test_a_feed_that_is_added_where_another_was_is_found_there() -> None:
    other = make_feed(url=OLD)
    FormerAddress.objects.create(url=NEW, feed=other)
    feed, is_new = subscribe(NEW)
    assert is_new
    assert list(feeds_at(NEW)) == [feed]


def test_a_feed_that_moved_by_itself_goes_on_being_named_by_its_old_address() -> None:
    feed = make_feed(url=OLD)
    note_move(feed, NEW)
    Feed.objects.update(url=NEW)
    assert list(feeds_at(OLD)) == [feed]


def test_the_host_is_kept_however_a_row_is_made_or_saved() -> None:
    made = Feed.objects.create(url="https://One.example:8443/a")
    [many] = Feed.objects.bulk_create([Feed(url="https://two.example/")])
    found, _is_new = Feed.objects.get_or_create(url="not an address")
    assert [Feed.objects.get(pk=feed.pk).host for feed in (made, many, found)] == ["one.example", "two.example", ""]
    made.url = "https://three.example/"
    made.save()
    assert Feed.objects.get(pk=made.pk).host == "three.example"
