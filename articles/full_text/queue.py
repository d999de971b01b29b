"""Whole texts that are due, and working on them: at the pace of each host, one article after the other."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.full_text.models import FullText
from feeds import sandbox
from feeds.http import Client
from feeds.leases.hosts import REFUSALS, Refusal, refused, wishes
from feeds.leases.models import host_of
from feeds.leases.queues import FREE, Claim, LeaseLost, Queue
from feeds.leases.visits import Visits

if TYPE_CHECKING:
    from articles.full_text.choice import Choice
    from articles.full_text.fetch import NotFetched, Patience
    from articles.models import Article

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # longer than the slowest article
PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=7)
MOST_FAILURES = 7  # in a row, which is some days
PER_HOST = 10
SLOW = 30.0  # seconds that one article took: it may have several pages, with pauses in between
AGAIN_AFTER = timedelta(minutes=1)  # by hand


def wanted() -> QuerySet[FullText]:
    """The rows that are to be fetched, without what was fetched before."""
    return FullText.objects.filter(is_wanted=True).defer("pages_zlib", "html_zlib")


QUEUE = Queue(
    model=FullText, rows=wanted, due_at="fetch_at", longest_wait=LONGEST_PAUSE, lease=LEASE, asked_at="fetched_at"
)


@dataclass
class Tally:
    """The result of a claim."""

    whole: int = 0
    others: int = 0


# --- what is due ------------------------------------------------------------------------------------------------------


def claim_due(now: datetime, *, limit: int = 100) -> list[Claim]:
    """Lease what is due: some of each host, and none of a host that is being asked right now or is to be left alone."""
    busy = FullText.objects.filter(QUEUE.is_held(now), is_wanted=True)
    return QUEUE.claims(QUEUE.turns(QUEUE.due(now), now, busy=busy, per_host=PER_HOST, limit=limit), now)


def fetch_claim(client: Client, claim: Claim, *, pause: float) -> Tally:
    """Fetch the whole texts of a claim, `pause` seconds between two requests to one host."""
    from articles.full_text.fetch import WORKER

    tally = Tally()
    visits = Visits(pause)
    for row in QUEUE.in_turn(claim, visits, slow=SLOW):
        try:
            work(client, row, visits, WORKER)
        except LeaseLost:
            logger.warning("%s: another worker took over; what came is dropped", row.url)
            continue
        except Exception as error:  # whatever one page does, the next ones are fetched
            logger.exception("%s: the whole text could not be made", row.url)
            _fail_of_ours(row, error)
        tally.whole += row.outcome == FullText.Outcome.WHOLE
        tally.others += row.outcome != FullText.Outcome.WHOLE
    return tally


def fetch_now(article: Article) -> FullText:
    """The row of an article whose whole text somebody waits for: with what came of it, or wanted, where that takes
    longer than a few seconds, or its host is to be left alone."""
    from articles.full_text.fetch import READER, policy

    now = timezone.now()
    row, _is_new = FullText.objects.get_or_create(article=article, defaults={"url": article.url})
    if row.fetched_at and now - AGAIN_AFTER < row.fetched_at <= now:
        return row
    token = QUEUE.claim_one(row.pk, now, url=article.url, host=host_of(article.url), is_wanted=True, fetch_at=now)
    row.refresh_from_db()
    wish = wishes([row.host]).get(row.host)
    if token is None:
        return row
    try:
        if wish is None or wish.is_free(now):
            with Client(policy(READER)) as client:
                work(client, row, Visits(0), READER)
    except LeaseLost:
        logger.warning("%s: another worker took over", row.url)
    finally:
        QUEUE.put_back([row])
    row.refresh_from_db()
    return row


# --- one article ------------------------------------------------------------------------------------------------------


def work(client: Client, row: FullText, visits: Visits, patience: Patience) -> None:
    """Fetch and store the whole text of one article. Raises LeaseLost."""
    from articles.full_text import choice
    from articles.full_text.fetch import WORKER, NotFetched, Pages
    from articles.models import Article

    article = Article.objects.select_related("feed__access").get(pk=row.article_id)
    if not connection.in_atomic_block:
        connection.close()  # whoever waits for a publisher needs none
    pages = Pages(client, article.feed, patience, visits.wait_for)
    try:
        came, found = pages.fetch(row.url)
        made = choice.choose(article, row, came, found)
        columns = choice.kept(came, found)
    except NotFetched as error:
        if patience is not WORKER and not error.ending and error.status is None:
            return  # a worker has more time
        _not_fetched(row, error, visits, pages.received_bytes)
        return
    except sandbox.OverBudget as error:
        ending = None if isinstance(error, sandbox.Interrupted) else FullText.Outcome.TOO_MUCH
        _not_fetched(row, NotFetched(str(error), ending), visits, pages.received_bytes)
        return
    _store(article, row, made, columns, pages.received_bytes)


def _store(article: Article, row: FullText, made: Choice, columns: dict[str, Any], received: int) -> None:
    """Write what was chosen. Raises LeaseLost."""
    from articles.full_text import choice

    try:
        with transaction.atomic():
            QUEUE.hold(row)
            columns |= choice.write(article, row, made)
            is_kept = made.content is not None or not row.is_shown  # else what stands there comes of other pages
            done = {"is_wanted": False, "failures": 0, "detail": ""}
            _note(row, received, **done, **(columns if is_kept else {}))
    except choice.Changed:
        _note(row, received, fetch_at=timezone.now())


def _not_fetched(row: FullText, error: NotFetched, visits: Visits, received: int) -> None:
    now = timezone.now()
    if error.status in REFUSALS:
        failed_at = row.fetched_at if row.failures else None
        visits.refused(row.host)
        refused(row.host, Refusal(status=error.status, retry_after=error.retry_after, failed_at=failed_at), now)
    _fail(row, str(error), error.ending, received, error.retry_after or 0)


def _fail(row: FullText, why: str, ending: FullText.Outcome | None, received: int = 0, least: float = 0) -> None:
    """Note a failure. It is tried again later, up to MOST_FAILURES; what stood in the article before stays there."""
    failures = row.failures + 1
    is_over = ending is not None or failures >= MOST_FAILURES
    outcome = (ending or FullText.Outcome.FAILED) if is_over else FullText.Outcome.WAITING
    wait = max(pause_after(failures), timedelta(seconds=min(least, LONGEST_PAUSE.total_seconds())))
    _note(
        row,
        received,
        outcome=row.outcome if row.is_shown else outcome,
        failures=failures,
        detail=why[:500],
        is_wanted=not is_over,
        fetch_at=timezone.now() + wait,
    )


def _fail_of_ours(row: FullText, error: Exception) -> None:
    try:
        _fail(row, f"Newsreader failed on this page: {type(error).__name__}: {error}", None)
    except Exception:  # the database itself may be away; the lease ends and the row is due again
        logger.exception("%s: the failure could not be recorded", row.url)


def pause_after(failures: int) -> timedelta:
    """The time to wait after so many failures in a row: three times as long each time."""
    return min(PAUSE * int(3 ** min(failures - 1, 10)), LONGEST_PAUSE)


def _note(row: FullText, received: int, **columns: Any) -> None:
    """Write how fetching went and end the lease. Raises LeaseLost."""
    columns |= {
        "fetched_at": timezone.now(),
        "fetches": row.fetches + 1,
        "received_bytes": row.received_bytes + received,
        **FREE,
    }
    QUEUE.store(row, **columns)
    for name, value in columns.items():
        setattr(row, name, value)
