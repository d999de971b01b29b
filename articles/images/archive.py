"""Keeps the pictures of new articles, and of the whole archive, at a polite pace. What is due is a row (wants.py)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from articles.images.models import ImageAddress
from articles.images.obtain import (
    PAUSE,
    QUEUE,
    Missing,
    fetch,
    has_room_for,
    is_over_budget,
    pause_after,
    put_off,
    store_problem,
    wanted,
)
from articles.images.store_errors import StoreFailed
from feeds.http import Client
from feeds.leases import waits
from feeds.leases.hosts import Refusal, refused
from feeds.leases.queues import Claim, LeaseLost
from feeds.leases.visits import Visits

logger = logging.getLogger(__name__)

PER_HOST = 20
BATCH_SIZE = 20
SLOW = 10.0  # seconds that one fetch took


@dataclass
class Tally:
    """The result of fetching. `problem`: why it ended early, for the operator."""

    kept: int = 0
    failed: int = 0
    problem: str = ""


def due(now: datetime) -> QuerySet[ImageAddress]:
    """The addresses that may be fetched, and that nobody is fetching."""
    return QUEUE.due(now)


def being_fetched(now: datetime) -> QuerySet[ImageAddress]:
    """The addresses that somebody fetches right now."""
    return wanted().filter(QUEUE.is_held(now))


def want_now(now: datetime) -> int:
    """End the waits of what never failed, and yet is not due for longer than the store is left alone: a clock that was
    ahead has stored it. Returns how many."""
    early = wanted().filter(failures=0, retry_at__gt=now + PAUSE + waits.SLACK)
    return ImageAddress.objects.filter(pk__in=early.values("pk")).update(retry_at=now)


def claim_due(now: datetime, *, limit: int = 300) -> list[Claim]:
    """Lease what is due: some of each host, and none of a host that is being asked right now or is to be left alone.
    While the budget is spent only what was kept before and is lost; nothing for some minutes after the store failed."""
    if store_problem():
        return []
    rows = due(now).filter(image__isnull=False) if is_over_budget() else due(now)
    turns = QUEUE.turns(rows, now, busy=being_fetched(now), per_host=PER_HOST, limit=limit)
    return QUEUE.claims(_batches(turns), now)


def try_store_again() -> None:
    """For an operator who has mended what was wrong with the store."""
    put_off(now := timezone.now()).update(last_error="", retry_at=now)


def _batches(hosts: Iterable[list[str]]) -> Iterator[list[str]]:
    """A host's keys stay together; small hosts share a batch."""
    batch: list[str] = []
    for keys in hosts:
        if batch and len(batch) + len(keys) > BATCH_SIZE:
            yield batch
            batch = []
        batch += keys
    if batch:
        yield batch


def fetch_claim(client: Client, claim: Claim, *, pause: float) -> Tally:
    """Fetch and keep the pictures of a claim, `pause` seconds between two requests to one host, and none to a host that
    is to be left alone. The lease is renewed before each, so that one that was lost with its worker is soon free
    again."""
    tally = Tally()
    visits = Visits(pause)
    for address in QUEUE.in_turn(claim, visits, slow=SLOW):
        if not has_room_for(address):
            break
        try:
            fetch(client, address, is_kept=True)
            tally.kept += 1
        except LeaseLost:
            logger.warning("%s: another worker took over; what came is dropped", address.url)
        except Missing as error:
            logger.debug("%s: %s", address.url, error)  # many are long gone; the report names them
            tally.failed += 1
            obey(visits, address, error)
        except StoreFailed as error:
            logger.error("%s", error)
            tally.problem = str(error)
            break
    return tally


def obey(visits: Visits, address: ImageAddress, error: Missing) -> None:
    """Leave the host alone where it has said that it is asked too much."""
    if error.is_refusal:
        now = timezone.now()
        failed_at = now - pause_after(address.failures, is_final=False) if address.failures else None
        visits.refused(address.host)
        refused(address.host, Refusal(status=error.status, retry_after=error.retry_after, failed_at=failed_at), now)
