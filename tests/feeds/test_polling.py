from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from feeds import polling
from feeds.fetch import Failed, Fetched, Gone, Unchanged
from feeds.models import Feed, Poll, feeds_named
from feeds.parse import ParsedFeed
from feeds.polling import Claim, LeaseLost, Stored
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
NOW = timezone.now()
A_MINUTE = timedelta(minutes=1)


def claimed_ids(claims: list[Claim]) -> set[int]:
    return {feed_id for claim in claims for feed_id in claim.feed_ids}


def claimed(**fields: object) -> Feed:
    feed = make_feed(**fields)
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), NOW)
    return polling.leased(claim)[0]


def recorded(feed: Feed, outcome, parsed: ParsedFeed | None = None, stored: Stored | None = None) -> Feed:
    polling.record(feed, outcome, parsed, stored or Stored(), started_at=NOW, now=NOW + timedelta(seconds=2))
    return Feed.objects.get(id=feed.id)


def test_only_active_feeds_whose_time_has_come_are_claimed():
    due = make_feed(next_check_at=NOW - A_MINUTE)
    make_feed(next_check_at=NOW + A_MINUTE)
    make_feed(next_check_at=NOW - A_MINUTE, state=Feed.State.PAUSED)
    make_feed(next_check_at=NOW - A_MINUTE, state=Feed.State.GONE)
    assert claimed_ids(polling.claim_due(NOW)) == {due.id}


def test_a_claimed_feed_is_not_claimed_again():
    make_feed(next_check_at=NOW - A_MINUTE)
    polling.claim_due(NOW)
    assert polling.claim_due(NOW) == []


def test_a_feed_whose_worker_died_is_due_again_when_the_lease_ends():
    feed = make_feed(next_check_at=NOW - A_MINUTE)
    polling.claim_due(NOW)
    assert claimed_ids(polling.claim_due(NOW + polling.LEASE + A_MINUTE)) == {feed.id}


def test_a_host_is_not_asked_by_two_workers_at_once():
    for number in range(polling.FEEDS_PER_HOST + 5):
        make_feed(url=f"https://busy.example/{number}", next_check_at=NOW - A_MINUTE)
    [claim] = polling.claim_due(NOW)
    assert len(claim.feed_ids) == polling.FEEDS_PER_HOST
    assert polling.claim_due(NOW) == []


def test_a_crowded_host_does_not_hold_up_the_others():
    for number in range(polling.FEEDS_PER_HOST * 3):
        make_feed(url=f"https://busy.example/{number}", next_check_at=NOW - timedelta(hours=5))
    other = make_feed(next_check_at=NOW - A_MINUTE)
    assert other.id in claimed_ids(polling.claim_due(NOW))


def test_batches_are_small_and_keep_hosts_together():
    for number in range(30):
        make_feed(url=f"https://h{number // 3}.example/{number}", next_check_at=NOW - A_MINUTE)
    claims = polling.claim_due(NOW)
    hosts = [{Feed.objects.get(id=feed_id).host for feed_id in claim.feed_ids} for claim in claims]
    assert len(claims) > 1
    assert sum(len(of_batch) for of_batch in hosts) == 10


def test_feeds_of_one_host_stand_apart_within_a_batch():
    feeds = [make_feed(url=f"https://{host}.example/{n}") for host in "ab" for n in range(2)]
    assert [feed.host for feed in polling.in_order(feeds)] == ["a.example", "b.example"] * 2


def test_a_new_feed_is_due_at_once():
    feed = make_feed()
    assert claimed_ids(polling.claim_due(timezone.now())) == {feed.id}


def test_success_clears_what_went_wrong_before():
    feed = recorded(claimed(failures=4, last_error="no answer"), Unchanged(status=304, etag='"v2"'))
    assert (feed.failures, feed.last_error, feed.etag, feed.lease) == (0, "", '"v2"', None)
    assert feed.next_check_at > NOW


def test_every_poll_leaves_a_row_of_history():
    answer = Fetched(status=200, url="u", body=b"x", body_hash="h", received_bytes=9)
    recorded(claimed(), answer, ParsedFeed(), Stored(2, 1))
    poll = Poll.objects.get()
    assert (poll.outcome, poll.status, poll.received_bytes) == ("updated", 200, 9)
    assert (poll.new_articles, poll.changed_articles, poll.duration_ms) == (2, 1, 2000)


def test_failures_wait_longer_each_time_and_keep_the_reason():
    feed = recorded(claimed(failures=3), Failed(status=500, reason="the server is broken"))
    assert (feed.failures, feed.last_error, feed.state) == (4, "the server is broken", Feed.State.ACTIVE)
    assert feed.next_check_at >= NOW + timedelta(minutes=40)
    assert Poll.objects.get().error == "the server is broken"


def test_a_failure_keeps_the_validators():
    feed = recorded(claimed(etag='"v1"', body_hash="h"), Failed(reason="no answer"))
    assert (feed.etag, feed.body_hash) == ('"v1"', "h")


def test_gone_stops_the_feed_with_the_reason():
    feed = recorded(claimed(next_check_at=NOW), Gone(status=410, reason="gone for good"))
    assert (feed.state, feed.last_error) == (Feed.State.GONE, "gone for good")
    assert polling.claim_due(NOW + timedelta(days=30)) == []


def test_whoever_lost_the_lease_may_not_write():
    feed = claimed()
    Feed.objects.filter(id=feed.id).update(lease="00000000-0000-0000-0000-000000000001")
    with pytest.raises(LeaseLost):
        recorded(feed, Unchanged(status=304))
    assert not Poll.objects.exists()


def test_too_many_requests_pauses_the_hosts_other_feeds():
    other = make_feed(url="https://one.example/b", next_check_at=NOW)
    elsewhere = make_feed(url="https://two.example/", next_check_at=NOW)
    recorded(claimed(url="https://one.example/a"), Failed(status=429, reason="slow down", retry_after=1800))
    other.refresh_from_db()
    elsewhere.refresh_from_db()
    assert other.next_check_at >= NOW + timedelta(minutes=30)
    assert elsewhere.next_check_at == NOW


def moved(feed: Feed, to: str, polls: int) -> Feed:
    for _ in range(polls):
        [claim] = polling.claim(Feed.objects.filter(id=feed.id), NOW)
        feed = recorded(polling.leased(claim)[0], Unchanged(status=304, permanent_url=to))
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
    assert (feed.url, feed.moved_to) == ("https://old.example/feed", "https://new.example/feed")


def test_old_history_is_forgotten_and_new_is_kept():
    feed = make_feed()
    for days in (1, 29, 31, 400):
        Poll.objects.create(feed=feed, started_at=NOW - timedelta(days=days), outcome="unchanged", duration_ms=1)
    assert polling.prune_history(NOW) == 2
    assert Poll.objects.count() == 2


def test_recording_a_304_takes_one_statement_where_the_database_can(django_assert_num_queries):
    feed = claimed()
    # SQLite knows no UPDATE inside a query: two statements and their savepoint
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):
        poll = polling.record(feed, Unchanged(status=304), None, Stored(), started_at=NOW, now=NOW)
    assert Poll.objects.get() == poll
