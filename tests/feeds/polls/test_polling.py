from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from feeds.http.fetch import Failed, Fetched, Gone, Unchanged
from feeds.leases import hosts
from feeds.leases.queues import Claim, LeaseLost
from feeds.models import Feed, Host, Poll, Subscription
from feeds.parse import ParsedFeed
from feeds.polls import polling
from feeds.polls.polling import Stored
from feeds.polls.times import schedule
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()
A_MINUTE = timedelta(minutes=1)
FETCHED = Fetched(status=200, url="u", body=b"x", body_hash="h", received_bytes=9)


def claimed_ids(claims: list[Claim]) -> set[int]:
    return {feed_id for claim in claims for feed_id in claim.keys}


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
    assert len(claim.keys) == polling.FEEDS_PER_HOST
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
    hosts = [{Feed.objects.get(id=feed_id).host for feed_id in claim.keys} for claim in claims]
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


def refused(retry_after: float | None, **others: datetime) -> list[Feed]:
    """The other feeds of a host, due at the times that are given, after one was answered 429."""
    for name, next_check_at in others.items():
        make_feed(url=f"https://one.example/{name}", next_check_at=next_check_at)
    recorded(claimed(url="https://one.example/a"), Failed(status=429, reason="slow down", retry_after=retry_after))
    return list(Feed.objects.filter(host="one.example").exclude(url="https://one.example/a").order_by("url"))


def test_too_many_requests_pauses_the_hosts_other_feeds():
    elsewhere = make_feed(url="https://two.example/", next_check_at=NOW)
    [other] = refused(1800, b=NOW)
    elsewhere.refresh_from_db()
    assert other.next_check_at >= NOW + timedelta(minutes=30)
    assert (other.failures, other.last_error) == (0, "")
    assert elsewhere.next_check_at == NOW


def test_a_host_is_never_paused_for_longer_than_an_hour():
    [other] = refused(7 * 24 * 3600, b=NOW)
    assert NOW + timedelta(hours=1) <= other.next_check_at <= NOW + timedelta(hours=1, seconds=2)
    assert Feed.objects.get(url="https://one.example/a").next_check_at >= NOW + timedelta(days=7)


def test_a_pause_pulls_nothing_forward():
    later = NOW + timedelta(hours=5)
    [other] = refused(600, b=later)
    assert other.next_check_at == later


def test_the_feeds_of_a_host_that_refuses_come_one_after_the_other():
    feeds = refused(None, b=NOW, c=NOW + A_MINUTE, d=NOW)
    moments = sorted(feed.next_check_at for feed in feeds)
    assert moments[0] >= NOW + hosts.FIRST_PAUSE
    assert [later - earlier for earlier, later in pairwise(moments)] == [hosts.FIRST_GAP] * 2
    assert polling.claim_due(NOW + A_MINUTE) == []


def test_the_pace_that_is_tried_gives_every_feed_its_turn_and_halves_with_every_refusal():
    for number in range(49):
        make_feed(url=f"https://one.example/{number}", next_check_at=NOW + timedelta(days=1))
    feed = claimed(url="https://one.example/a")
    gaps = []
    for _ in range(8):
        hosts.refused(feed.host, hosts.Refusal(status=429), NOW, feed=feed)
        gaps.append(Host.objects.get().gap_seconds)
    assert gaps == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert Host.objects.get().free_at == NOW + hosts.LONGEST_PAUSE_OF_A_HOST  # and not twice the pace


def test_an_overloaded_host_is_paused_but_has_no_pace():
    make_feed(url="https://one.example/b", next_check_at=NOW)
    recorded(claimed(url="https://one.example/a"), Failed(status=503, reason="overloaded"))
    host = Host.objects.get()
    assert host.gap_seconds == 0
    assert host.free_at >= NOW + hosts.FIRST_PAUSE
    assert polling.claim_due(host.free_at - timedelta(seconds=1)) == []
    assert len(claimed_ids(polling.claim_due(host.free_at + A_MINUTE))) == 1


def test_a_feed_that_is_refused_alone_costs_its_host_nothing():
    other = make_feed(url="https://one.example/b", next_check_at=NOW, last_success_at=NOW)
    long_ago = NOW - timedelta(hours=2)
    feed = claimed(url="https://one.example/a", failures=1, last_checked_at=long_ago)
    recorded(feed, Failed(status=429, reason="slow down"))
    other.refresh_from_db()
    assert other.next_check_at == NOW
    assert not Host.objects.exists()


def test_of_a_host_with_a_pace_one_feed_is_claimed_at_a_time():
    Host.objects.create(name="one.example", gap_seconds=60, free_at=NOW, refused_at=NOW)
    for name in "abc":
        make_feed(url=f"https://one.example/{name}", next_check_at=NOW - A_MINUTE)
        make_feed(url=f"https://two.example/{name}", next_check_at=NOW - A_MINUTE)
    assert len(claimed_ids(polling.claim_due(NOW))) == 1 + 3


def test_a_host_is_free_when_its_pause_is_over_and_when_it_is_too_long_to_be_true():
    make_feed(url="https://one.example/a", next_check_at=NOW - A_MINUTE)
    host = Host.objects.create(name="one.example", free_at=NOW + A_MINUTE, refused_at=NOW)
    assert polling.claim_due(NOW) == []
    host.free_at = NOW + timedelta(days=400)
    host.save()
    assert polling.claim_due(NOW)


def test_slow_new_and_proven_feeds_share_no_batch():
    for number in range(7):
        make_feed(url=f"https://slow{number}.example/", next_check_at=NOW, is_slow=True, last_success_at=NOW)
        make_feed(url=f"https://new{number}.example/", next_check_at=NOW)
        make_feed(url=f"https://good{number}.example/", next_check_at=NOW, last_success_at=NOW)
    claims = polling.claim_due(NOW)
    kinds = [{Feed.objects.get(pk=pk).host[:3] for pk in claim.keys} for claim in claims]
    assert [len(claim.keys) for claim in claims] == [7, 7, 5, 2]
    assert kinds == [{"goo"}, {"new"}, {"slo"}, {"slo"}]


def test_only_so_many_slow_feeds_are_polled_at_once():
    for number in range(polling.SLOW_AT_ONCE + 3):
        make_feed(url=f"https://slow{number}.example/", next_check_at=NOW, is_slow=True)
    assert len(claimed_ids(polling.claim_due(NOW))) == polling.SLOW_AT_ONCE
    assert polling.claim_due(NOW) == []
    Feed.objects.filter(pk=Feed.objects.exclude(lease=None).first().pk).update(lease=None, leased_until=None)
    assert len(claimed_ids(polling.claim_due(NOW))) == 1


@pytest.mark.parametrize(("seconds", "is_slow"), [(9.9, False), (10, True)])
def test_a_feed_that_took_long_is_slow_until_it_is_quick(seconds, is_slow):
    feed = claimed(is_slow=not is_slow)
    now = NOW + timedelta(seconds=seconds)
    polling.record(feed, Unchanged(status=304), None, Stored(), started_at=NOW, now=now)
    assert Feed.objects.get(pk=feed.pk).is_slow is is_slow


def test_what_is_put_back_is_due_as_it_was():
    feed = claimed(next_check_at=NOW - A_MINUTE)
    polling.QUEUE.put_back([feed])
    again = Feed.objects.get(pk=feed.pk)
    assert (again.lease, again.leased_until, again.next_check_at) == (None, None, NOW - A_MINUTE)


def test_nothing_of_anothers_is_put_back():
    feed = claimed()
    other = "00000000-0000-0000-0000-000000000001"
    Feed.objects.filter(pk=feed.pk).update(lease=other)
    polling.QUEUE.put_back([feed])
    assert str(Feed.objects.get(pk=feed.pk).lease) == other


@pytest.mark.parametrize(("stored", "is_told"), [(Stored(0, 1), True), (Stored(1, 0), True), (Stored(), False)])
def test_a_hub_of_ours_is_told_of_corrections_too(stored, is_told):
    answer = Fetched(status=200, url="u", body=b"x", body_hash="h")
    feed = recorded(claimed(), answer, ParsedFeed(), stored)
    assert bool(feed.articles_changed_at) is is_told
    assert bool(feed.last_changed_at) is bool(stored.new)


def test_what_a_publisher_skips_is_remembered_for_the_next_304():
    answer = Fetched(status=200, url="u", body=b"x", body_hash="h", etag='"1"')
    parsed = ParsedFeed(skip_hours=frozenset({0, 23}), skip_days=frozenset({6}))
    feed = recorded(claimed(), answer, parsed)
    assert (feed.skip_hours, feed.skip_days) == (2**23 + 1, 2**6)
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), NOW)
    at = datetime(2026, 5, 2, 21, 59, tzinfo=UTC)  # a Saturday
    polling.record(polling.leased(claim)[0], Unchanged(status=304), None, Stored(), started_at=at, now=at)
    assert Feed.objects.get(pk=feed.pk).next_check_at >= datetime(2026, 5, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "hours"),
    [
        (Unchanged(status=304), 1),
        (Unchanged(status=200, etag='"1"'), 1),
        (Unchanged(status=200, last_modified="Mon"), 1),
        (Unchanged(status=200), 24),
        (Failed(status=404, reason="no"), 1),
        (Failed(status=500, reason="no", max_age=7200), 2),
        (Failed(reason="no"), 1 / 12),
    ],
)
def test_the_wait_after_a_poll(outcome, hours):
    feed = recorded(claimed(newest_article_at=NOW), outcome)
    waited = feed.next_check_at - NOW - timedelta(seconds=2)
    assert timedelta(hours=hours) <= waited <= timedelta(hours=hours) * 1.1


def test_an_empty_feed_has_been_silent_since_it_is_here():
    feed = recorded(claimed(added_at=NOW - timedelta(days=40)), Unchanged(status=304))
    assert feed.next_check_at >= NOW + timedelta(hours=6)


def test_the_operators_limits_count(settings):
    settings.INTERVALS = schedule.Limits(shortest=timedelta(hours=3))
    assert recorded(claimed(), Unchanged(status=304)).next_check_at >= NOW + timedelta(hours=3)


def test_old_history_is_forgotten_and_new_is_kept():
    feed = make_feed()
    for days in (1, 29, 31, 400):
        Poll.objects.create(feed=feed, started_at=NOW - timedelta(days=days), outcome="unchanged", duration_ms=1)
    assert polling.prune_history(NOW) == 2
    assert Poll.objects.count() == 2


def test_recording_a_304_takes_one_statement_where_the_database_can(django_assert_num_queries):
    feed = claimed()
    # SQLite knows no UPDATE inside a query
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        poll = polling.record(feed, Unchanged(status=304), None, Stored(), started_at=NOW, now=NOW)
    assert Poll.objects.get() == poll


@pytest.mark.parametrize(
    ("given", "own", "said", "kept"),
    [
        ("My name", "", "The Paper", "My name"),
        ("The Paper", "", "The Paper", ""),
        ("My name", "", "", "My name"),
        ("", "", "The Paper", ""),
        ("The Paper", "Mine", "The New Paper", "Mine"),
        ("paper.example", "", "The Paper", ""),
    ],
)
def test_the_name_that_a_list_gave_a_feed_is_its_readers_where_the_feed_says_another(given, own, said, kept):
    feed = claimed(title=given, custom_title=own, url="https://paper.example/rss")
    feed = recorded(feed, FETCHED, ParsedFeed(title=said))
    assert (feed.title, feed.custom_title) == (said, kept)


def test_a_title_that_changes_later_is_the_publishers():
    feed = claimed(title="The Paper", last_success_at=NOW - A_MINUTE)
    assert recorded(feed, FETCHED, ParsedFeed(title="The New Paper")).custom_title == ""


@pytest.mark.parametrize(("told", "kept"), [("The Paper", ""), ("My paper", "My paper")])
def test_a_readers_name_for_their_own_feed_stays_where_the_publisher_has_another(told, kept):
    feed = claimed(url="https://paper.example/rss", is_shared=False)
    Subscription.objects.create(user=make_reader(), feed=feed, title=told)
    recorded(feed, FETCHED, ParsedFeed(title="The Paper"))
    assert Subscription.objects.get().title == kept


def test_a_document_that_was_cut_off_is_marked_and_no_failure():
    feed = recorded(claimed(), FETCHED, ParsedFeed(is_cut_off=True))
    assert (feed.is_damaged, feed.failures, feed.last_error) == (True, 0, "")
    assert [(poll.is_damaged, poll.error, poll.outcome) for poll in feed.polls.all()] == [(True, "", "updated")]
    [claim] = polling.claim(Feed.objects.all(), NOW)
    [again] = polling.leased(claim)
    assert not recorded(again, FETCHED, ParsedFeed()).is_damaged
