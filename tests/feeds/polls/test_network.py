"""Whose fault it is that a host can't be reached, and what an outage and its end leave behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.leases import waits
from feeds.models import Feed, Host, Outage
from feeds.polls.network import Blame, blame, is_out, out_since
from tests.factories import make_feed
from tests.simulation import START

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER, AGO, LONG_AGO = START + timedelta(minutes=1, microseconds=5), START - 10 * MINUTE, START - 60 * MINUTE
AHEAD = START + waits.SLACK + MINUTE
REACHED_AGO = {"last_success_at": AGO, "last_checked_at": AGO}


def unreached_feed(**columns) -> Feed:
    """It could not be reached for five minutes; another feed of its host tells nothing of other hosts."""
    make_feed(url="https://away.example/other", last_success_at=START, last_checked_at=START)
    return make_feed(url="https://away.example/", unreached_since=START - 5 * MINUTE, **columns)


def store(*others) -> None:
    for number, columns in enumerate(others):
        make_feed(**{"url": f"https://host{number}.example/"} | columns)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], Blame.UNKNOWN),
        ([{"last_success_at": START}], Blame.HOST),
        ([{"last_success_at": START + waits.SLACK}], Blame.HOST),
        ([REACHED_AGO, {"last_success_at": START}], Blame.HOST),
        ([{"last_success_at": START - 5 * MINUTE}], Blame.NETWORK),  # not since
        ([REACHED_AGO], Blame.NETWORK),
        ([{"last_success_at": AHEAD}], Blame.NETWORK),  # by a clock that was ahead
        ([{"last_checked_at": None}], Blame.NETWORK),  # nobody has asked it yet
        ([{"last_checked_at": START}], Blame.UNKNOWN),  # it never answered
        ([REACHED_AGO | {"unreached_since": LONG_AGO}], Blame.UNKNOWN),  # it has been away since before
        ([{"last_success_at": START, "state": Feed.State.PAUSED}], Blame.UNKNOWN),
        ([{"last_success_at": START, "state": Feed.State.GONE}], Blame.UNKNOWN),
        ([{"last_success_at": START, "url": "mail:0123/weekly"}], Blame.UNKNOWN),
    ],
)
def test_a_host_is_blamed_where_another_one_has_been_reached_since(others, expected):
    feed = unreached_feed()
    store(*others)
    assert blame(feed, START) is expected
    assert out_since() is None


def test_a_host_that_was_there_until_now_is_judged_from_now_on():
    feed = unreached_feed(last_success_at=AGO)
    feed.unreached_since = None
    store({"last_success_at": START - MINUTE, "last_checked_at": START - MINUTE})
    assert blame(feed, START) is Blame.NETWORK
    Feed.objects.filter(host="host0.example").update(last_success_at=LATER)
    assert blame(feed, START) is Blame.HOST


def test_a_time_that_is_yet_to_come_is_taken_for_now():
    feed = unreached_feed()
    feed.unreached_since = START + 400 * MINUTE
    store({"last_success_at": LATER})
    assert blame(feed, START) is Blame.HOST


@pytest.mark.parametrize(
    ("own", "other", "reached", "began"),
    [
        (5, 3, 10, 5),
        (5, 7, 10, 7),
        (5, 3, 4, 4),  # something was reached between the two
        (5, 3, -6, 5),  # by a clock that was ahead
        (5, 3, None, 5),
        (5, 7, None, 7),
    ],
)
def test_an_outage_begins_with_the_first_that_was_not_reached_since_the_last_that_was(own, other, reached, began):
    feed = make_feed(url="https://away.example/", unreached_since=START - own * MINUTE)
    store({"unreached_since": START - other * MINUTE})
    if reached:
        # Of the same host: another's success would lay the blame on this one.
        make_feed(url="https://away.example/other", last_success_at=START - reached * MINUTE)
    for _ in range(2):
        assert blame(feed, START) is Blame.NETWORK
        assert out_since() == START - began * MINUTE


def test_an_outage_is_told_of_once_and_at_its_end_what_it_kept_from_being_polled_is_due(caplog):
    kept = {"unreached_since": START - 2 * MINUTE, "next_check_at": AHEAD}
    store(
        kept,
        kept | {"next_check_at": AGO},
        kept | {"state": Feed.State.PAUSED},
        kept | {"unreached_since": None},
    )
    feed = make_feed(url="https://away.example/", unreached_since=START - 3 * MINUTE, next_check_at=AHEAD)
    for _ in range(2):
        blame(feed, START)
    make_feed(url="https://early.example/", unreached_since=START - 4 * MINUTE, next_check_at=AHEAD)
    make_feed(url="https://back.example/", last_success_at=START, next_check_at=AHEAD)
    for _ in range(2):
        assert not is_out(LATER)
    times = Feed.objects.exclude(next_check_at=AHEAD).values_list("host", "next_check_at")
    assert dict(times) == {"away.example": LATER, "host0.example": LATER, "host1.example": AGO}
    began, ended = [record.getMessage() for record in caplog.records]
    local = timezone.localtime(START - 3 * MINUTE)
    assert began.startswith(f"No host has been reached since {local:%H:%M:%S %Z}: ")
    assert ended == "The network is back after 0:04:00: 2 feeds are polled sooner."


def test_what_somebody_in_between_has_answered_is_due_at_the_end_but_what_a_host_refused():
    answered = {"failures": 1, "last_checked_at": START, "next_check_at": AHEAD}
    store(answered, answered, answered | {"last_checked_at": LONG_AGO}, answered | {"failures": 0})
    Host.objects.create(name="host1.example", free_at=START, refused_at=START)
    Outage.objects.create(pk=1, began_at=AGO)
    make_feed(url="https://back.example/", last_success_at=START, next_check_at=AHEAD)
    assert not is_out(LATER)
    assert [feed.host for feed in Feed.objects.exclude(next_check_at=AHEAD)] == ["host0.example"]


@pytest.mark.parametrize(
    ("began", "reached", "is_over"),
    [
        (START, None, False),
        (START, START, False),
        (START, LATER, True),
        (START + waits.SLACK, None, False),
        (AHEAD, None, True),  # by a clock that was ahead
    ],
)
def test_an_outage_lasts_until_a_feed_is_polled_well(began, reached, is_over):
    make_feed(last_success_at=reached)
    Outage.objects.create(pk=1, began_at=began)
    assert is_out(START) is not is_over
    assert Outage.objects.exists() is not is_over
