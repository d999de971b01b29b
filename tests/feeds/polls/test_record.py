"""Columns of a feed as a poll leaves them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from feeds.http.fetch import Failed, Fetched, Gone, Outcome, Unchanged
from feeds.models import Feed, Host, Poll, Subscription
from feeds.parse import ParsedFeed
from feeds.parse.document import ParsedEntry
from feeds.polls import network, polling
from feeds.polls.polling import Stored
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGO = NOW - timedelta(days=1)
HOUR = timedelta(hours=1)
FETCHED = Fetched(status=200, url="https://paper.example/moved", body=b"x", body_hash="h", etag='"1"')


def polled(outcome: Outcome, parsed: ParsedFeed | None = None, *, seconds: float = 0, **columns: object) -> Feed:
    feed = make_feed(**{"url": "https://paper.example/feed", "newest_article_at": NOW} | columns)
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), NOW)
    [leased] = polling.leased(claim)
    started_at = NOW - timedelta(seconds=seconds)
    polling.record(leased, outcome, parsed, Stored(), started_at=started_at, now=NOW)
    return Feed.objects.get(pk=feed.pk)


def test_nothing_of_an_earlier_failure_is_left_when_all_went_well():
    bad = {"failures": 2, "last_error": "x", "unreached_since": AGO, "refused_hash": "y", "refused_at": AGO}
    feed = polled(FETCHED, ParsedFeed(), last_modified="Mon", **bad)
    good = {"failures": 0, "last_error": "", "unreached_since": None, "refused_hash": "", "refused_at": None}
    assert {name: getattr(feed, name) for name in bad} == good
    assert (feed.etag, feed.last_modified, feed.last_checked_at, feed.last_success_at) == ('"1"', "", NOW, NOW)


@pytest.mark.parametrize(
    ("columns", "hours"),
    [
        ({"ttl_minutes": 180}, 3),
        ({"check_every_minutes": 30}, 0.5),
        ({"pushed_until": NOW + 5 * HOUR}, 5),
        ({"gap_minutes": 30, "ttl_minutes": 15}, 0.25),
        ({"newest_article_at": NOW - 96 * HOUR}, 2),
        ({"newest_article_at": None, "added_at": NOW - 144 * HOUR}, 3),
    ],
)
def test_what_is_known_of_a_feed_tells_when_it_is_asked_again_though_it_did_not_change(columns, hours):
    waited = polled(Unchanged(status=304), **columns).next_check_at - NOW
    assert hours * HOUR <= waited <= hours * HOUR * 1.02


def test_what_a_publisher_asks_for_with_an_answer_is_done():
    waited = polled(Unchanged(status=304, retry_after=7200)).next_check_at - NOW
    assert 2 * HOUR <= waited <= 2.1 * HOUR


def test_the_newest_entry_and_those_that_were_left_out_tell_how_often_a_feed_has_something():
    dates = [NOW - hours * HOUR for hours in (96, 98, 100, 108)]
    entries = tuple(ParsedEntry(guid=f"{date}", title="x", published_at=date) for date in dates[1:3])
    feed = polled(FETCHED, ParsedFeed(entries=entries, left_out=(dates[3], dates[0])))
    assert feed.gap_minutes == 240
    assert 2 * HOUR <= feed.next_check_at - NOW <= 2.1 * HOUR


def test_an_icon_that_was_found_stays_where_a_document_names_none():
    assert polled(FETCHED, ParsedFeed(), icon_url="https://paper.example/i.png").icon_url.endswith("i.png")


@pytest.mark.parametrize(
    ("hub", "own", "topic"),
    [
        ("https://hub.example/", "https://paper.example/self", "https://paper.example/self"),
        ("https://hub.example/", "", "https://paper.example/moved"),
        ("", "https://paper.example/self", ""),
    ],
)
def test_a_hub_is_asked_for_the_address_that_the_document_gives_itself_or_else_came_from(hub, own, topic):
    feed = polled(FETCHED, ParsedFeed(hub_url=hub, self_url=own))
    assert (feed.hub_url, feed.topic_url) == (hub, topic)


@pytest.mark.parametrize(("is_shared", "succeeded"), [(True, None), (False, AGO)])
def test_readers_names_are_their_own_in_feeds_for_all_and_in_those_that_had_a_name(is_shared, succeeded):
    feed = make_feed(url="https://paper.example/feed", is_shared=is_shared, last_success_at=succeeded)
    Subscription.objects.create(user=make_reader(), feed=feed, title="The Paper")
    [claim] = polling.claim(Feed.objects.all(), NOW)
    [leased] = polling.leased(claim)
    polling.record(leased, FETCHED, ParsedFeed(title="The Paper"), Stored(), started_at=NOW, now=NOW)
    assert Subscription.objects.get().title == "The Paper"


def test_a_name_of_another_feed_is_left_alone():
    other = Subscription.objects.create(user=make_reader(), feed=make_feed(is_shared=False), title="The Paper")
    polled(FETCHED, ParsedFeed(title="The Paper"), is_shared=False)
    other.refresh_from_db()
    assert other.title == "The Paper"


@pytest.mark.parametrize("outcome", [Failed(reason="no answer"), Gone(status=410, reason="no answer")])
def test_the_reason_stands_in_the_history_too(outcome):
    assert polled(outcome).last_error == Poll.objects.get().error == "no answer"


def test_where_nobody_can_be_reached_no_feed_is_told_to_be_slow():
    make_feed(last_success_at=AGO, last_checked_at=AGO)  # another host, which could tell and has not
    feed = polled(Failed(reason="no connection", is_unreached=True), seconds=60, last_success_at=AGO)
    assert (feed.is_slow, feed.failures, feed.unreached_since) == (False, 0, NOW)
    assert network.RETRY <= feed.next_check_at - NOW <= 1.1 * network.RETRY


def test_a_feed_that_never_went_well_says_why_also_where_nobody_can_be_reached():
    make_feed(last_success_at=AGO, last_checked_at=AGO)
    feed = polled(Failed(reason="no connection", is_unreached=True), failures=9)
    assert (feed.failures, feed.last_error, feed.unreached_since) == (10, "no connection", NOW)
    assert feed.next_check_at - NOW <= 1.1 * network.LONGEST_RETRY_ALONE


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (5, 15)])
def test_how_long_a_host_has_been_away_is_known_and_forgotten_when_it_answers(failures, minutes):
    feed = polled(Failed(reason="no connection", is_unreached=True), unreached_since=AGO, failures=failures)
    assert (feed.unreached_since, feed.failures) == (AGO, failures + 1)
    assert 1 <= (feed.next_check_at - NOW) / timedelta(minutes=minutes) <= 1.1
    feed.delete()
    assert polled(Failed(status=500, reason="broken"), unreached_since=AGO).unreached_since is None


def test_a_first_refusal_is_the_hosts_whatever_else_it_has_served_since_the_feed_was_asked():
    make_feed(url="https://paper.example/other", last_success_at=NOW - HOUR)
    polled(Failed(status=429, reason="slow down"), last_checked_at=AGO)
    assert Host.objects.exists()


@pytest.mark.parametrize(
    ("refused_at", "body_hash", "is_refused"),
    [
        (NOW - polling.REFUSED_FOR + timedelta(seconds=1), "h", True),
        (NOW - polling.REFUSED_FOR, "h", False),
        (NOW - HOUR, "other", False),
        (NOW + 2 * polling.REFUSED_FOR, "h", False),  # by a clock that was ahead
        (None, "h", False),
    ],
)
def test_a_document_that_took_too_much_is_left_alone_for_a_day(refused_at, body_hash, is_refused):
    feed = Feed(refused_hash="h", refused_at=refused_at)
    assert polling.is_refused(feed, body_hash, NOW) is is_refused


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_can_not_be_noted_leaves_the_feed_as_it_was():
    with pytest.raises(IntegrityError):
        polled(Unchanged(status=304, received_bytes=-1))
    feed = Feed.objects.get()
    assert (feed.last_checked_at, Poll.objects.count()) == (None, 0)
    polling.record(feed, Unchanged(status=304), None, Stored(), started_at=NOW, now=NOW)
    assert (Feed.objects.get().last_checked_at, Poll.objects.count()) == (NOW, 1)


def test_history_of_a_clock_that_was_ahead_goes_with_the_old():
    for days in (-2, 0, 31):
        Poll.objects.create(feed=make_feed(), started_at=NOW - timedelta(days=days), outcome="failed", duration_ms=1)
    assert polling.prune_history(NOW) == 2
    assert Poll.objects.get().started_at == NOW


def test_history_is_forgotten_some_rows_at_once(monkeypatch):
    monkeypatch.setattr(polling, "PRUNED_AT_ONCE", 2)
    for days in (40, 39, 38, 37, 1):
        Poll.objects.create(feed=make_feed(), started_at=NOW - timedelta(days=days), outcome="failed", duration_ms=1)
    assert polling.prune_history(NOW) == 4
    assert Poll.objects.count() == 1
