"""Feeds that are due: those that are claimed, in order."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from feeds.leases.queues import Claim
from feeds.models import Feed
from feeds.polls import polling
from tests.factories import make_feed

pytestmark = pytest.mark.django_db
NOW = timezone.now()
A_MINUTE = timedelta(minutes=1)


def claimed(claims: list[Claim]) -> list[set[int]]:
    return [set(claim.keys) for claim in claims]


def late(minutes: int, **columns: object) -> int:
    return make_feed(**{"next_check_at": NOW - minutes * A_MINUTE, "last_success_at": NOW} | columns).pk


def test_of_a_host_with_many_feeds_those_that_have_waited_longest_are_claimed():
    feeds = [late(minutes, url=f"https://busy.example/{minutes}") for minutes in range(polling.FEEDS_PER_HOST + 2)]
    assert claimed(polling.claim_due(NOW)) == [set(feeds[2:])]


def test_where_more_is_due_than_can_be_claimed_the_quick_come_first_and_then_what_has_waited_longest(monkeypatch):
    monkeypatch.setattr(polling, "CLAIM_LIMIT", 2)
    slow, first, third, second = late(60, is_slow=True), late(3), late(1), late(2)
    assert claimed(polling.claim_due(NOW)) == [{first, second}]
    assert claimed(polling.claim_due(NOW)) == [{third}, {slow}]


def test_where_more_slow_feeds_than_allowed_are_polled_already_none_is_claimed():
    for _ in range(polling.SLOW_AT_ONCE + 1):
        late(0, is_slow=True, lease=uuid4(), leased_until=NOW + A_MINUTE)
    for _ in range(3):
        late(1, is_slow=True)
    assert polling.claim_due(NOW) == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_host_with_a_slow_feed_shares_no_batch_with_quick_ones(first):
    quick = late(1)
    mixed = {late(each, url=f"https://mixed.example/{each}", is_slow=each == first) for each in range(2)}
    assert claimed(polling.claim_due(NOW)) == [{quick}, mixed]


def test_a_claim_has_its_feeds_host_by_host_the_longest_due_first():
    for minutes in (1, 3, 2):
        late(minutes, url=f"https://b.example/{minutes}")
        late(minutes, url=f"https://a.example/{minutes}")
    [claim] = polling.claim_due(NOW)
    expected = [f"https://{host}.example/{minutes}" for host in "ab" for minutes in (3, 2, 1)]
    assert [feed.url for feed in polling.leased(claim)] == expected


def test_only_feeds_that_are_polled_at_all_are_made_due():
    for state in Feed.State:
        make_feed(state=state, next_check_at=NOW + A_MINUTE)
    assert polling.make_due(Feed.objects.all(), NOW) == 1
    assert Feed.objects.get(next_check_at=NOW).state == Feed.State.ACTIVE
