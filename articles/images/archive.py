"""Keeps the pictures of new articles, and of the whole archive, at a polite pace. What is due is a row."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.display.media import image_addresses
from articles.images.models import ArchiveProgress, ImageAddress, is_brought, key_of
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
from articles.models import Enclosure
from articles.sanitize.addresses import image_address
from feeds.http import Client
from feeds.insertion import IGNORED, insert
from feeds.leases import waits
from feeds.leases.hosts import REFUSALS, Refusal, refused
from feeds.leases.queues import Claim, LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed
from feeds.statements import Given, Statement

if TYPE_CHECKING:  # articles.ingest.store asks for this module
    from articles.display.attachments import Attached
    from articles.models import Article

logger = logging.getLogger(__name__)

Files: TypeAlias = "Mapping[int, Sequence[Attached]]"  # by article

PER_HOST = 20
BATCH_SIZE = 20
ARTICLES_AT_ONCE = 200


@dataclass
class Tally:
    """The result of fetching. `problem`: why it ended early, for the operator."""

    kept: int = 0
    failed: int = 0
    problem: str = ""


# --- what is wanted ---------------------------------------------------------------------------------------------


def want(articles: Iterable[Article], feed: Feed, files: Files = MappingProxyType({})) -> int:
    """Have the pictures of `articles`, in their text and beside it, and their feed's icon, kept, if that is its rule.
    Returns how many addresses are new to the archive or newly wanted. Two queries at most."""
    if feed.images != Feed.Images.KEEP:
        return 0
    icon = image_address(feed.icon_url, "") if feed.icon_url else ""
    return _want([*_addresses(articles, files), *([icon] if icon else [])], feed)


def _addresses(articles: Iterable[Article], files: Files) -> list[str]:
    found: list[str] = []
    for article in articles:
        html, listed = article.content_html, files.get(article.pk, ())
        if listed:
            from articles.display.attachments import whole  # slow to load, and few articles have any

            shown = whole(html, listed, image_url=article.image_url)
            html, listed = shown.html, shown.files
        found += [article.image_url, *image_addresses(html), *(file.poster_url for file in listed)]
    return list(dict.fromkeys(filter(None, (image_address(url, "") for url in found if url))))


_KNOWN = Statement(lambda: ImageAddress.objects.filter(pk__in=[Given("keys")]).values_list("key", "is_wanted"))


def _want(urls: Sequence[str], feed: Feed) -> int:
    rows = {key_of(url): url for url in urls if not is_brought(url)}
    if not rows:
        return 0
    known: dict[str, bool] = dict(_KNOWN.rows(keys=list(rows)))
    new = [ImageAddress(key=key, url=url, feed=feed, is_wanted=True) for key, url in rows.items() if key not in known]
    insert(new, on_conflict=IGNORED)
    seen_only = [key for key, is_wanted in known.items() if not is_wanted]
    turned = seen_only and ImageAddress.objects.filter(key__in=seen_only, image=None).update(is_wanted=True)
    return len(new) + (turned or 0)


def want_archive(feeds: QuerySet[Feed], articles: QuerySet[Article], *, resume: bool) -> Iterator[int]:
    """Have the pictures of all `articles` of `feeds` kept. Yields how many articles are behind it, again and again.
    With `resume` it goes on where the last run was, which is kept with every step."""
    progress, _is_new = ArchiveProgress.objects.get_or_create(pk=1)
    position = progress.article_id if resume else 0
    by_id = feeds.in_bulk()
    looked_at = 0
    while batch := list(
        articles.filter(id__gt=position, feed__in=by_id)
        .only("id", "feed_id", "image_url", "content_html")
        .order_by("id")[:ARTICLES_AT_ONCE]
    ):
        position = batch[-1].id
        files: dict[int, list[Attached]] = defaultdict(list)
        for file in Enclosure.objects.filter(article__in=[article.pk for article in batch]):
            files[file.article_id].append(file)
        with transaction.atomic():
            for feed_id in {article.feed_id for article in batch}:
                _want(_addresses((each for each in batch if each.feed_id == feed_id), files), by_id[feed_id])
            if resume:
                ArchiveProgress.objects.filter(pk=1).update(article_id=position)
        looked_at += len(batch)
        yield looked_at


# --- what is due ------------------------------------------------------------------------------------------------


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
    for address in QUEUE.in_turn(claim, visits):
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
            _obey(visits, address, error)
        except StoreFailed as error:
            logger.error("%s", error)
            tally.problem = str(error)
            break
    return tally


def _obey(visits: Visits, address: ImageAddress, error: Missing) -> None:
    """Leave the host alone where it has said that it is asked too much."""
    if error.status in REFUSALS:
        now = timezone.now()
        failed_at = now - pause_after(address.failures, is_final=False) if address.failures else None
        visits.refused(address.host)
        refused(address.host, Refusal(status=error.status, retry_after=error.retry_after, failed_at=failed_at), now)
