"""The back-fill of a feed: fetch an older document, parse, store what is not here yet, go on from it to the next."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.ingest import store
from articles.ingest.entries.decide import decide, identities
from articles.ingest.pipeline import clean_entries
from articles.ingest.store import CleanEntry
from articles.ingest.stored import Kept, kept
from articles.models import Article, HistoryRange
from feeds import sandbox
from feeds.access.granted import client_of
from feeds.access.sealed import AnotherKey
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.history.progress import Read
from feeds.http import Client
from feeds.http.fetch import Failed, Fetched, Gone, Outcome, fetch
from feeds.leases.queues import Claim, LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed
from feeds.parse import NotAFeed, ParsedEntry, ParsedFeed, parse
from feeds.parse.older_pages import is_wordpress, next_page

logger = logging.getLogger(__name__)

NO_SUCH_PAGE = frozenset({404, 410})


def steps(client: Client, claim: Claim, *, pause: float) -> Iterator[Backfill]:
    """Read one document after the other, `pause` seconds between two, and give the back-fill as each step left it. Ends
    where it is done, has failed for now, or belongs to somebody else; and puts it back where its host is to be left
    alone."""
    visits = Visits(pause)
    while backfill := progress.held(claim):
        if not visits.may_ask(backfill.host):
            progress.QUEUE.release(claim)
            return
        try:
            _step(client, backfill)
        except LeaseLost:
            logger.warning("%s: somebody else took the back-fill over, or stopped it", backfill.feed.url)
            return
        except Exception as error:  # whatever one document does, the back-fill is tried again
            logger.exception("%s: the back-fill failed", backfill.feed.url)
            _fail_of_ours(backfill, error)
        left = Backfill.objects.select_related("feed").get(pk=backfill.pk)
        yield left
        if left.lease != claim.token:
            return


def run(client: Client, claim: Claim, *, pause: float, seconds: float) -> bool:
    """Go on with a back-fill for a while; whether there is more to do for whoever holds the claim."""
    until = monotonic() + seconds
    for backfill in steps(client, claim, pause=pause):
        if monotonic() > until:
            return backfill.lease == claim.token
    return False


def _fail_of_ours(backfill: Backfill, error: Exception) -> None:
    reason = _("Newsreader failed on this document: %(error)s") % {"error": f"{type(error).__name__}: {error}"[:1000]}
    try:
        progress.fail(backfill, reason)
    except Exception:  # the database itself may be away; the lease ends and the step is due again
        logger.exception("%s: the failure could not be recorded", backfill.feed.url)


def _step(client: Client, backfill: Backfill) -> None:
    try:
        with client_of(client, backfill.feed) as asking:
            outcome = fetch(asking, backfill.next_url)
    except AnotherKey as error:
        progress.fail(backfill, str(error))
        return
    if not isinstance(outcome, Fetched):
        _not_fetched(backfill, outcome)
        return
    try:
        parsed = sandbox.run(parse, outcome.body, url=outcome.url, content_type=outcome.content_type)
    except (NotAFeed, sandbox.OverBudget) as error:
        is_final = isinstance(error, sandbox.OverBudget) and not isinstance(error, sandbox.Interrupted)
        progress.fail(backfill, str(error), status=outcome.status, retry_after=outcome.retry_after, is_final=is_final)
        return
    if backfill.next_url == backfill.feed.url and not backfill.documents:
        _find_way(backfill, outcome, parsed)
        return
    older_url = next_page(backfill.next_url) if backfill.way == Backfill.Way.NUMBERS else parsed.older_url
    names = identities(parsed.entries)
    ready = ready_history(backfill.feed, parsed.entries)
    with transaction.atomic():  # the articles and where to go on, or neither
        new = store_history(backfill.feed, ready, is_news=backfill.is_catching_up)
        progress.advance(backfill, Read(content=progress.digest_of(names), new=new), older_url)


def _not_fetched(backfill: Backfill, outcome: Outcome) -> None:
    if backfill.way == Backfill.Way.NUMBERS and outcome.status in NO_SUCH_PAGE:
        progress.finish(backfill, "")  # so WordPress says that there is no such page
        return
    assert isinstance(outcome, Failed | Gone)
    reason = f"{backfill.next_url}: {outcome.reason}"
    progress.fail(backfill, reason, status=outcome.status, retry_after=outcome.retry_after)


def _find_way(backfill: Backfill, outcome: Fetched, parsed: ParsedFeed) -> None:
    """Nothing of the feed's own document is history: storing it is left to the poll, for which it is news."""
    if parsed.older_url:
        progress.turn(backfill, Backfill.Way.LINKS, parsed.older_url)
    elif is_wordpress(outcome.body):
        progress.turn(backfill, Backfill.Way.NUMBERS, next_page(backfill.feed.url))
    else:
        reason = _("The feed links to no older documents. Page numbers may work where its publisher understands them.")
        progress.fail(backfill, reason, is_final=True)


def ready_history(feed: Feed, entries: Sequence[ParsedEntry]) -> list[CleanEntry]:
    """Those entries of an older document that are not here yet, ready for `store_history`. Sanitizing takes the time,
    and holds no lock. What is here is newer than any older document, so it stays as it is."""
    here = kept(feed, entries)
    new = decide(entries, here.known, here.deleted).new
    return clean_entries(_dated(feed, new), here.boilerplate)


def store_history(feed: Feed, ready: Sequence[CleanEntry], *, is_news: bool = False) -> int:
    """Store what is ready, but for what a poll has brought meanwhile; returns how many articles that were. Unless it
    `is_news` they count as read."""
    entries = [clean.entry for clean in ready]
    here = kept(feed, entries) if entries else Kept()
    new = {entry.guid for entry in decide(entries, here.known, here.deleted).new}
    articles = store.insert_articles(feed, [clean for clean in ready if clean.entry.guid in new])
    if not is_news:
        _note_as_read(feed, sorted(article.pk for article in articles))
    return len(articles)


def _dated(feed: Feed, entries: Sequence[ParsedEntry]) -> list[ParsedEntry]:
    """An undated entry of an older document is older than what is dated, and no news: see store.insert_articles."""
    if all(entry.published_at or entry.updated_at for entry in entries):
        return list(entries)
    oldest = _oldest(feed, entries)
    return [
        entry
        if entry.published_at or entry.updated_at
        else replace(entry, published_at=oldest - timedelta(milliseconds=place))
        for place, entry in enumerate(entries, 1)
    ]


def _oldest(feed: Feed, entries: Sequence[ParsedEntry]) -> datetime:
    dates = [date for entry in entries if (date := entry.published_at or entry.updated_at)]
    kept = Article.objects.filter(feed=feed).aggregate(oldest=Min("published_at"))["oldest"]
    return min(dates, default=kept or timezone.now())


def _note_as_read(feed: Feed, ids: Sequence[int]) -> None:
    """Only neighbours make a range: an id between two may be that of an article which a poll is just storing."""
    runs: list[list[int]] = []
    for pk in ids:
        if runs and runs[-1][1] == pk - 1:
            runs[-1][1] = pk
        else:
            runs.append([pk, pk])
    if runs and HistoryRange.objects.filter(feed=feed, last=runs[0][0] - 1).update(last=runs[0][1]):
        del runs[0]
    HistoryRange.objects.bulk_create([HistoryRange(feed=feed, first=first, last=last) for first, last in runs])
