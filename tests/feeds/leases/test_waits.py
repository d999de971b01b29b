"""A clock that was ahead and is right again: what it has stored is not believed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http.fetch import Unchanged
from feeds.leases import waits
from feeds.models import Feed
from feeds.polls import polling
from feeds.polls.times import schedule
from feeds.websub import hubs
from feeds.websub.models import HubSubscription
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FAR = NOW + timedelta(days=400)
DAY, LEASE = timedelta(days=1), timedelta(minutes=3)


def claimed() -> list[int]:
    return [pk for claim in polling.claim_due(NOW) for pk in claim.keys]


@pytest.mark.parametrize(
    "stored",
    [
        {"next_check_at": FAR},
        {"next_check_at": NOW, "leased_until": FAR},
        {"next_check_at": FAR, "leased_until": FAR, "last_checked_at": FAR},
        # Hours ahead are within what a publisher may ask for: the time of the last poll tells.
        {"next_check_at": NOW + timedelta(hours=4), "last_checked_at": NOW + timedelta(hours=3)},
    ],
)
def test_a_feed_that_was_polled_by_such_a_clock_is_due(stored):
    feed = make_feed(**stored)
    assert claimed() == [feed.pk]


def test_it_holds_up_no_other_feed_of_its_host():
    make_feed(url="https://one.example/a", leased_until=FAR, next_check_at=NOW + timedelta(hours=1))
    other = make_feed(url="https://one.example/b", next_check_at=NOW)
    assert claimed() == [other.pk]


def test_the_longest_wait_that_a_publisher_or_an_operator_can_ask_for_is_kept():
    wishes = {"retry_after": 10.0**9, "check_every_minutes": 2**31 - 1}
    asked = schedule.interval(
        gap=None, newest=None, now=NOW, wishes=schedule.Wishes(check_every_minutes=wishes["check_every_minutes"])
    )
    for wait in (asked, schedule.backoff(1000)):
        until = schedule.next_check(now=NOW, wait=wait, wishes=schedule.Wishes(retry_after=wishes["retry_after"]))
        make_feed(next_check_at=until, last_checked_at=NOW)
    assert claimed() == []


def test_a_lease_of_another_machine_whose_clock_is_a_little_ahead_is_kept():
    make_feed(next_check_at=NOW, leased_until=NOW + polling.LEASE + timedelta(minutes=1))
    assert claimed() == []


def test_after_the_poll_everything_is_as_the_clock_says():
    make_feed(next_check_at=FAR, leased_until=FAR, last_checked_at=FAR)
    [claim] = polling.claim_due(NOW)
    [feed] = polling.leased(claim)
    polling.record(feed, Unchanged(), None, polling.Stored(), started_at=NOW, now=NOW)
    feed = Feed.objects.get()
    assert feed.leased_until is None
    assert feed.next_check_at < NOW + timedelta(days=2)
    assert claimed() == []


@pytest.mark.parametrize("stored", [{"next_step_at": FAR}, {"leased_until": FAR}])
def test_a_back_fill_goes_on(stored):
    feed = make_feed()
    Backfill.objects.create(feed=feed, next_url=feed.url, host=feed.host, **{"next_step_at": NOW} | stored)
    assert [claim.keys[0] for claim in progress.claim_due(NOW)] == [feed.pk]


@pytest.mark.parametrize(
    "stored", [{"next_request_at": FAR}, {"next_request_at": NOW + timedelta(days=8), "requested_at": FAR}]
)
def test_a_hub_is_asked_again(stored):
    HubSubscription.objects.create(feed=make_feed(), hub_url="https://h.example/", topic_url="https://t/", **stored)
    assert hubs.is_due(NOW)


@pytest.mark.parametrize(
    ("moment", "has_passed"),
    [
        (NOW - DAY, True),
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
        (NOW + DAY + waits.SLACK, False),
        (NOW + DAY + waits.SLACK + timedelta(seconds=1), True),
    ],
)
def test_a_row_and_a_query_tell_the_same(moment, has_passed):
    make_feed(next_check_at=moment)
    assert Feed.objects.filter(waits.passed("next_check_at", DAY, NOW)).exists() is has_passed
    assert waits.has_passed(moment, DAY, NOW) is has_passed


@pytest.mark.parametrize(("ahead", "is_believed"), [(waits.SLACK, True), (waits.SLACK + timedelta(seconds=1), False)])
def test_what_happened_a_little_ahead_is_believed(ahead, is_believed):
    make_feed(last_checked_at=NOW + ahead)
    assert Feed.objects.filter(waits.ahead("last_checked_at", NOW)).exists() is not is_believed


@pytest.mark.parametrize(
    ("until", "is_held"),
    [
        (None, False),
        (NOW - timedelta(seconds=1), False),
        (NOW, True),
        (NOW + LEASE + waits.SLACK, True),
        (NOW + LEASE + waits.SLACK + timedelta(seconds=1), False),
    ],
)
def test_a_lease_is_either_free_or_held(until, is_held):
    make_feed(leased_until=until)
    which: list[Q] = [waits.free(LEASE, NOW), waits.held(LEASE, NOW)]
    assert [Feed.objects.filter(condition).exists() for condition in which] == [not is_held, is_held]
