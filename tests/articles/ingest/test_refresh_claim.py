"""What a worker does with the feeds of one claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from articles.ingest import pipeline
from feeds.http import Client
from feeds.leases.queues import Claim
from feeds.models import Feed, Host
from feeds.polls import polling
from tests.documents import items, rss
from tests.factories import make_feed, make_reader
from tests.publisher import Exchange

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def claim_of(*feeds: Feed) -> Claim:
    """A claim on these feeds, which are due one after the other."""
    now = timezone.now()
    for place, feed in enumerate(feeds):
        Feed.objects.filter(pk=feed.pk).update(next_check_at=now - timedelta(minutes=10 - place))
    [claim] = polling.claim(Feed.objects.filter(pk__in=[feed.pk for feed in feeds]), now)
    return claim


def refresh(claim: Claim, **policy: float) -> list[str]:
    with Client(replace(settings.FETCH_POLICY, **policy)) as client:
        return [poll.outcome for poll in pipeline.refresh_claim(client, claim, pause=0)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_refuses_is_asked_no_more(publisher, status):
    good = make_feed(url=publisher.serve("/good.xml", rss(items(1))))
    limited = make_feed(url=publisher.serve("/limited.xml", status=status))
    rest = [make_feed(url=publisher.serve(f"/{number}.xml", rss(items(number)))) for number in range(3)]
    assert refresh(claim_of(good, limited, *rest)) == ["updated", "failed"]
    assert [request.path for request in publisher.requests] == ["/good.xml", "/limited.xml"]
    for feed in Feed.objects.filter(pk__in=[feed.pk for feed in rest]):
        assert (feed.failures, feed.lease, feed.leased_until) == (0, None, None)
        assert feed.next_check_at > timezone.now() + timedelta(minutes=4)


def test_other_hosts_are_asked_after_a_refusal(publisher):
    limited = make_feed(url=publisher.serve("/limited.xml", status=429))
    same = make_feed(url=publisher.serve("/same.xml", rss(items(1))))
    other = make_feed(url=publisher.serve("/other.xml", rss(items(1))).replace("127.0.0.1", "localhost"))
    outcomes = refresh(claim_of(limited, same, other))
    assert sorted(outcomes) == ["failed", "updated"]
    assert {request.path for request in publisher.requests} == {"/limited.xml", "/other.xml"}


def test_of_a_host_with_a_pace_one_feed_is_asked(publisher):
    feeds = [make_feed(url=publisher.serve(f"/{number}.xml", rss(items(number)))) for number in range(3)]
    before = timezone.now()
    Host.objects.create(name="127.0.0.1", gap_seconds=90, free_at=before, refused_at=before)
    assert refresh(claim_of(*feeds)) == ["updated"]
    assert timedelta(seconds=90) <= Host.objects.get().free_at - before < timedelta(seconds=180)
    assert Feed.objects.filter(lease=None).count() == 3


def test_a_claim_that_meets_a_slow_feed_puts_the_rest_back(publisher, monkeypatch):
    monkeypatch.setattr(polling, "SLOW", timedelta(seconds=0.1))

    def slow(exchange: Exchange) -> None:
        exchange.pause(0.2)
        exchange.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    feeds = [make_feed(url=publisher.respond(f"/{number}.xml", slow)) for number in range(3)]
    assert refresh(claim_of(*feeds)) == ["failed"]
    assert Feed.objects.filter(is_slow=True).count() == 1
    assert Feed.objects.filter(lease=None).count() == 3
    Feed.objects.update(is_slow=True)
    assert refresh(claim_of(*feeds)) == ["failed"] * 3  # they are in this together


def test_nothing_is_begun_that_the_lease_may_not_cover(publisher, caplog):
    feed = make_feed(url=publisher.serve("/feed.xml", rss(items(1))))
    claim = claim_of(feed)
    left = timezone.now() + timedelta(seconds=30)
    Feed.objects.filter(pk=feed.pk).update(leased_until=left)
    assert refresh(claim, total_timeout=40) == []
    assert caplog.messages == [f"{feed.url}: the lease is nearly over; polled at the next tick"]
    assert Feed.objects.get(pk=feed.pk).lease is None
    claim = claim_of(feed)
    Feed.objects.filter(pk=feed.pk).update(leased_until=timezone.now() + timedelta(seconds=30))
    assert refresh(claim, total_timeout=20) == ["updated"]


def test_the_first_poll_has_less_time_than_the_next(publisher, monkeypatch):
    monkeypatch.setattr(pipeline, "FIRST_TOTAL_TIMEOUT", 0.2)

    def slow(exchange: Exchange) -> None:
        exchange.pause(0.5)
        exchange.send(b"HTTP/1.1 200 OK\r\n\r\n" + rss(items(1)).encode())

    feed = make_feed(url=publisher.respond("/feed.xml", slow))
    assert refresh(claim_of(feed)) == ["failed"]
    Feed.objects.update(is_slow=True)
    assert refresh(claim_of(feed)) == ["updated"]
    Feed.objects.update(is_slow=False)
    assert refresh(claim_of(feed)) == ["unchanged"]


def test_publishers_are_told_how_many_read_here(publisher):
    for _ in range(3):
        make_reader()
    idle = make_reader()
    idle.is_active = False
    idle.save()
    refresh(claim_of(make_feed(url=publisher.serve("/feed.xml", rss(items(1))))))
    assert publisher.requests[0].headers["user-agent"].endswith("; 3 subscribers)")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("database or disk is full\nDETAIL", "database or disk is full"), ("", "no reason given")],
)
def test_a_claim_ends_where_the_database_takes_nothing(publisher, caplog, fault, reason):
    feeds = [make_feed(url=publisher.serve(f"/{number}.xml", rss(items(number)))) for number in range(3)]

    def refuse(execute, sql, *arguments):
        if sql.startswith(("INSERT", "WITH")):
            raise OperationalError(fault)
        return execute(sql, *arguments)

    claim = claim_of(*feeds)
    with connection.execute_wrapper(refuse):
        assert refresh(claim) == []
    assert len(publisher.requests) == 1
    assert [feed.lease for feed in Feed.objects.all()] == [None] * 3
    told = f"The database can't be written ({reason}): what was polled is not stored."
    assert caplog.messages == [f"{feeds[0].url}: {told}"]
    assert "Traceback" not in caplog.text
