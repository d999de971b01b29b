"""Celery's way in: each task takes plain values and calls the domain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from articles.export import hub
from articles.full_text import queue as full_text
from articles.images import archive, cache, icons, obtain, store
from articles.images.fetch import patient_policy
from articles.ingest import hub_deliveries, older_documents, pipeline
from articles.kept_counts import counting
from articles.notices import queue as notices
from articles.rules import queue as rules
from articles.rules import waiting
from articles.search import index as search_index
from articles.stories import fold
from feeds.history import progress
from feeds.http import Client
from feeds.leases.queues import Claim
from feeds.models import Feed
from feeds.newsletters import mailboxes
from feeds.polls import heartbeat, network, polling
from feeds.websub import deliveries, hubs

# A run of `reindex_some` leaves the worker to polls in between.
REINDEX_SECONDS = 30.0
FOLDING_SECONDS = 20.0  # so does a run of `fold_some`
# So does a run of `backfill_some`, which goes to the end of the queue.
BACKFILL_SECONDS = 15.0
# And one of `count_kept`, which begins with who waited longest.
RECOUNT_SECONDS = 5.0
# And of `apply_rules`, for each of its two parts.
RULES_SECONDS = 10.0


@shared_task
def tick() -> None:
    """Claim what is due and hand it to the workers."""
    _send(poll_batch, polling.claim_due(timezone.now()), polling.QUEUE.lease)
    is_out = network.out_since() is not None  # what would fail now waits longer and longer, and is given up in the end
    if not is_out:
        _send(fetch_images, archive.claim_due(timezone.now()), obtain.QUEUE.lease)
        _send(fetch_full_texts, full_text.claim_due(timezone.now()), full_text.QUEUE.lease)
    _send(read_mailboxes, mailboxes.claim_due(timezone.now()), mailboxes.QUEUE.lease)
    _send(send_notices, notices.claim_due(timezone.now()), notices.QUEUE.lease)
    ring_for_hubs()
    if not is_out:
        ring_for_history()
    if waiting.is_due():
        apply_rules.apply_async(expires=60)
    heartbeat.beat(timezone.now())


def _send(task: Task[Any, Any], claims: Iterable[Claim], lease: timedelta) -> None:
    """Hand claims to workers: token and keys. A message that comes after the lease is over is dropped."""
    for claim in claims:
        task.apply_async((str(claim.token), list(claim.keys)), expires=lease.total_seconds())


def ring_for_history() -> None:
    """Hand on the back-fills that are due."""
    for older in progress.claim_due(timezone.now()):
        backfill_some.apply_async((str(older.token), older.keys[0]), expires=progress.LEASE.total_seconds())


def ring_for_hubs() -> None:
    """Hand on what hubs have delivered, what is to be asked of them, and what this site's own is to be told."""
    now = timezone.now()
    if waiting := deliveries.waiting():
        _send(read_deliveries, polling.claim(Feed.objects.filter(pk__in=waiting), now), polling.QUEUE.lease)
    if hubs.is_possible():
        hubs.arrange()
        if hubs.is_due(timezone.now()):
            ask_hubs.apply_async(expires=60)
    if hub.is_due(now):
        tell_hub.apply_async(expires=60)


@shared_task
def read_deliveries(token: str, feed_ids: list[int]) -> None:
    """Store what hubs delivered for the feeds of one claim."""
    hub_deliveries.read_claim(Claim(UUID(token), tuple(feed_ids)))


@shared_task
def ask_hubs() -> None:
    """Subscribe at hubs, renew, and end what is not wanted."""
    with Client(settings.FETCH_POLICY) as client:
        hubs.ask_due(client, timezone.now(), pause=settings.HOST_PAUSE)


@shared_task
def tell_hub() -> None:
    """Tell this site's hub which of its feeds have changed."""
    with Client(settings.FETCH_POLICY) as client:
        hub.tell(client, timezone.now())


@shared_task
def poll_batch(token: str, feed_ids: list[int]) -> None:
    """Poll the feeds of one claim."""
    with Client(settings.FETCH_POLICY) as client:
        pipeline.refresh_claim(client, Claim(UUID(token), tuple(feed_ids)), pause=settings.HOST_PAUSE)
    ring_for_history()  # which a poll may just have met: nobody who has subscribed waits for the next tick


@shared_task
def backfill_some(token: str, feed_id: int) -> None:
    """Read older documents of a feed for a while, and leave the rest to the next turn."""
    claim = Claim(UUID(token), (feed_id,))
    with Client(settings.FETCH_POLICY) as client:
        is_more = older_documents.run(client, claim, pause=settings.HOST_PAUSE, seconds=BACKFILL_SECONDS)
    if is_more:
        backfill_some.apply_async((token, feed_id), expires=progress.LEASE.total_seconds())


@shared_task
def fetch_images(token: str, keys: list[str]) -> None:
    """Fetch and keep the pictures of one claim."""
    with Client(patient_policy()) as client:
        archive.fetch_claim(client, Claim(UUID(token), tuple(keys)), pause=settings.HOST_PAUSE)


@shared_task
def fetch_full_texts(token: str, keys: list[int]) -> None:
    """Fetch the whole texts of one claim."""
    from articles.full_text.fetch import WORKER, policy  # loads what reads pages

    with Client(policy(WORKER)) as client:
        full_text.fetch_claim(client, Claim(UUID(token), tuple(keys)), pause=settings.HOST_PAUSE)


@shared_task
def apply_rules() -> None:
    """Let rules see what came in, and go back over what was there before, for a while."""
    rules.work(RULES_SECONDS)
    rules.work_back(RULES_SECONDS)


@shared_task
def read_mailboxes(token: str, keys: list[int]) -> None:
    """Read what is new in the mailboxes of one claim."""
    from articles.ingest import letters  # loads what reads mail

    letters.read_claim(settings.FETCH_POLICY, Claim(UUID(token), tuple(keys)), pause=settings.HOST_PAUSE)


@shared_task
def send_notices(token: str, keys: list[int]) -> None:
    """Send what waits for the channels of one claim."""
    notices.send_claim(settings.FETCH_POLICY, Claim(UUID(token), tuple(keys)), pause=settings.HOST_PAUSE)


@shared_task
def count_kept() -> None:
    """Count anew what labels and saved searches of the readers who are here have unread."""
    counting.recount_all(seconds=RECOUNT_SECONDS)


@shared_task
def find_icons() -> None:
    """Look for the icons of feeds that name none."""
    icons.find_icons(pause=settings.HOST_PAUSE)


@shared_task
def trim_image_cache() -> None:
    """Keep the cache of resized pictures within its limit."""
    cache.trim(settings.IMAGE_CACHE_LIMIT)


@shared_task
def sweep_pictures() -> None:
    """Delete what killed processes left half written in the store of pictures."""
    store.remove_halves()


@shared_task
def reindex_some() -> None:
    """Index for a while what a new version of the analyzer, or a restored database, left to be indexed."""
    if not search_index.is_complete():
        sum(search_index.reindex(seconds=REINDEX_SECONDS))


@shared_task
def fold_some() -> None:
    """Compare for a while what has come in, and the archive from before, with what is here."""
    sum(fold.fold_some(seconds=FOLDING_SECONDS))
