"""A feed's change of address, as polls find it out."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.utils import timezone

from feeds.http.fetch import Unchanged
from feeds.models import Feed, FormerAddress, feeds_named
from feeds.polls import polling
from feeds.polls.polling import Stored
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_move_is_kept_whole_or_not_at_all(monkeypatch):
    feed = moved(make_feed(url="https://old.example/feed"), "https://new.example/feed", 2)

    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(FormerAddress.objects, "update_or_create", broken)
    with pytest.raises(DatabaseError):
        moved(feed, "https://new.example/feed", 1)
    monkeypatch.undo()
    feed.refresh_from_db()
    assert feed.url == "https://old.example/feed"


def moved(feed: Feed, to: str, polls: int) -> Feed:
    for _ in range(polls):
        [claim] = polling.claim(Feed.objects.filter(id=feed.id), NOW)
        [leased] = polling.leased(claim)
        polling.record(leased, Unchanged(status=304, permanent_url=to), None, Stored(), started_at=NOW, now=NOW)
        feed = Feed.objects.get(id=feed.id)
    return feed


def test_a_permanent_redirect_is_believed_after_several_polls():
    feed = make_feed(url="https://old.example/feed")
    assert moved(feed, "https://new.example/feed", 2).url == "https://old.example/feed"
    feed = moved(feed, "https://new.example/feed", 1)
    assert (feed.url, feed.host, feed.moved_to) == ("https://new.example/feed", "new.example", "")


def test_a_feed_that_moved_is_found_where_it_was():
    feed = moved(make_feed(url="https://old.example/feed"), "https://new.example/feed", 3)
    moved(feed, "https://newest.example/feed", 3)
    for url in ("https://old.example/feed", "https://new.example/feed", "https://newest.example/feed", str(feed.pk)):
        assert feeds_named(url).get() == feed
    assert not feeds_named("https://other.example/feed").exists()


def test_a_feed_that_moves_back_has_no_former_address_there():
    feed = moved(make_feed(url="https://old.example/feed"), "https://new.example/feed", 3)
    moved(feed, "https://old.example/feed", 3)
    assert [former.url for former in feed.former_addresses.all()] == ["https://new.example/feed"]
    assert feeds_named("https://old.example/feed").get() == feed


def test_a_redirect_that_changes_its_mind_starts_again():
    feed = make_feed(url="https://old.example/feed")
    moved(feed, "https://new.example/feed", 2)
    assert moved(feed, "https://newer.example/feed", 2).url == "https://old.example/feed"


def test_a_redirect_that_ends_is_forgotten():
    feed = make_feed(url="https://old.example/feed")
    moved(feed, "https://new.example/feed", 2)
    moved(feed, "https://old.example/feed", 1)
    assert moved(feed, "https://new.example/feed", 1).moved_polls == 1


def test_a_feed_does_not_move_onto_another():
    make_feed(url="https://new.example/feed")
    feed = moved(make_feed(url="https://old.example/feed"), "https://new.example/feed", 5)
    assert (feed.url, feed.moved_to, feed.moved_polls) == ("https://old.example/feed", "https://new.example/feed", 3)


@pytest.mark.parametrize(
    ("to", "is_believed"),
    [("https://old.example/new", True), ("http://www.old.example/feed", True), ("https://new.example/feed", False)],
)
def test_a_readers_own_feed_moves_within_its_site_alone(to: str, is_believed: bool):
    feed = moved(make_feed(url="https://old.example/feed", is_shared=False), to, 5)
    assert (feed.url == to, feed.moved_to == to) == (is_believed, not is_believed)
