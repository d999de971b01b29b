"""The deliveries of hubs, on the same way that polls take: parse, decide, sanitize, store."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from articles.ingest import pipeline
from articles.ingest.arrivals import came_in_by
from feeds import sandbox
from feeds.leases.queues import Claim, LeaseLost
from feeds.models import Feed, Poll
from feeds.parse import NotAFeed, parse
from feeds.polls import polling
from feeds.websub.models import Delivery

logger = logging.getLogger(__name__)


def read_claim(claim: Claim) -> list[Poll]:
    """Read what was delivered for the feeds of a claim, whose leases end with it."""
    polls = []
    for feed in polling.leased(claim):
        try:
            polls += [_read(feed, delivery) for delivery in Delivery.objects.filter(feed=feed)]
        except LeaseLost:
            logger.warning("%s: another worker took over; what was delivered is read later", feed.url)
        polling.QUEUE.put_back([feed])
    came_in_by(polls)
    return polls


def _read(feed: Feed, delivery: Delivery) -> Poll:
    """One delivery as a row of the feed's history. It may hold a few entries or all: what it leaves out stays."""
    started_at, body = timezone.now(), bytes(delivery.body)
    poll = Poll(feed=feed, started_at=started_at, outcome=Poll.Outcome.PUSHED, received_bytes=len(body))
    try:
        _store(feed, body, delivery.content_type, poll)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one delivery does, a poll brings what it was about
        is_plain = isinstance(error, NotAFeed | sandbox.OverBudget)
        poll.error = str(error) if is_plain else f"{type(error).__name__}: {error}"[:1000]
        Feed.objects.filter(pk=feed.pk).update(next_check_at=timezone.now())
    poll.duration_ms = round((timezone.now() - started_at).total_seconds() * 1000)
    poll.save()
    delivery.delete()
    return poll


def _store(feed: Feed, body: bytes, content_type: str, poll: Poll) -> None:
    parsed = sandbox.run(parse, body, url=feed.topic_url or feed.url, content_type=content_type)
    ready = pipeline.ready(feed, parsed.entries)
    with transaction.atomic():
        polling.QUEUE.hold(feed)
        _write(feed, ready, poll)


def _write(feed: Feed, ready: pipeline.Cleaned, poll: Poll) -> None:
    stored = pipeline.store(feed, ready)
    poll.new_articles, poll.changed_articles = stored.new, stored.changed
    now = timezone.now()
    columns = {"last_changed_at": now} if stored.new else {}
    columns |= {"articles_changed_at": now} if stored.new or stored.changed else {}
    polling.QUEUE.store(feed, lease=feed.lease, **columns)
