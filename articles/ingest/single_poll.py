"""Polls that a person waits for, in the process that answers them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from articles.ingest import pipeline
from feeds.http import Client
from feeds.leases import holders
from feeds.leases.queues import Claim
from feeds.models import Feed, Poll
from feeds.polls import polling
from feeds.polls.subscribers import count_of_subscribers
from feeds.subscribe.own_feeds import while_someone_waits

MAX_SECONDS = 10  # after which no further feed is polled: the next tick takes it


def poll_now(feed: Feed) -> Poll | None:
    """The record of a poll of `feed`, due or not, paused or not; None where somebody else polls it at this moment.
    Raises pipeline.NotStored."""
    with holders.holding():
        token = polling.QUEUE.claim_one(feed.pk, timezone.now())
        if token is None:
            return None
        claim = Claim(token, (feed.pk,))
        try:
            with Client(while_someone_waits(settings.FETCH_POLICY)) as client:
                claimed = polling.leased(claim)[0]
                return pipeline.refresh(client, claimed, subscribers=count_of_subscribers())
        finally:  # also where nothing could be stored
            pipeline.put_back(polling.leased(claim))


def poll_new(feeds: Iterable[Feed]) -> dict[int, Poll]:
    """The records of the first polls of feeds that were just added, by the feed's id. The others are due at the next
    tick."""
    return poll_many(feed for feed in feeds if not feed.last_checked_at)


def poll_many(feeds: Iterable[Feed]) -> dict[int, Poll]:
    """The records of polls of these feeds, by the feed's id, as far as there is time and they can be stored."""
    until, polls = time.monotonic() + MAX_SECONDS, dict[int, Poll]()
    for feed in feeds:
        if time.monotonic() > until:
            break
        try:
            poll = poll_now(feed)
        except pipeline.NotStored:
            break
        if poll:
            polls[feed.pk] = poll
    return polls
