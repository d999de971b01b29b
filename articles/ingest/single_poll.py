"""Polls that a person waits for, in the process that answers them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils import timezone

from articles.ingest import pipeline
from articles.ingest.arrivals import came_in_by
from feeds.http import Client, HttpResponse
from feeds.leases import holders
from feeds.leases.hosts import REFUSALS
from feeds.leases.queues import Claim
from feeds.leases.visits import Visits
from feeds.models import Feed, Poll
from feeds.polls import polling
from feeds.polls.subscribers import count_of_subscribers
from feeds.subscribe.own_feeds import while_someone_waits

MAX_SECONDS = 10  # after which no further feed is polled: the next tick takes it


def poll_now(feed: Feed, document: HttpResponse | None = None) -> Poll | None:
    """The record of a poll of `feed`, due or not, paused or not, with `document` where it is here already; None where
    somebody else polls it at this moment. Raises pipeline.NotStored."""
    with holders.holding():
        token = polling.QUEUE.claim_one(feed.pk, timezone.now())
        if token is None:
            return None
        claim = Claim(token, (feed.pk,))
        try:
            poll = _polled(polling.leased(claim)[0], document)
            came_in_by([poll])
            return poll
        finally:  # also where nothing could be stored
            pipeline.put_back(polling.leased(claim))


def _polled(feed: Feed, document: HttpResponse | None) -> Poll | None:
    if document:
        asked = lambda: pipeline.prepared(feed, pipeline.read_again(feed, document))  # noqa: E731
        return pipeline.settle(feed, asked, started_at=timezone.now())
    with Client(while_someone_waits(settings.FETCH_POLICY)) as client:
        return pipeline.refresh(client, feed, subscribers=count_of_subscribers())


def poll_new(feeds: Iterable[Feed], documents: Mapping[str, HttpResponse]) -> dict[int, Poll]:
    """The records of the first polls of feeds that were just added, by the feed's id. The others are due at the next
    tick. Of `documents`, by their feeds' addresses, the publishers are not asked again."""
    return poll_many((feed for feed in feeds if not feed.last_checked_at), documents)


def poll_many(feeds: Iterable[Feed], documents: Mapping[str, HttpResponse] | None = None) -> dict[int, Poll]:
    """The records of polls of these feeds, by the feed's id, as far as there is time, they can be stored, and their
    hosts want to be asked."""
    until, polls, visits = time.monotonic() + MAX_SECONDS, dict[int, Poll](), Visits(0)
    for feed in feeds:
        if time.monotonic() > until:
            break
        document = (documents or {}).get(feed.url)
        if document is None and not visits.may_ask(feed.host):
            continue
        try:
            poll = poll_now(feed, document)
        except pipeline.NotStored:
            break
        if poll:
            polls[feed.pk] = poll
            if poll.status in REFUSALS:
                visits.refused(feed.host)
    return polls
