"""The back-fills that are due, who works on them, and what a step leaves. The database is the schedule, as for polls.

A step is one document. A worker that is killed leaves the row as the last finished step wrote it, and when the lease is
over (feeds.leases) the next worker goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds.history.models import Backfill, BackfillDocument
from feeds.leases import hosts
from feeds.leases.queues import FREE, Claim, Queue
from feeds.models import Feed, host_of
from feeds.parse.older_pages import next_page
from feeds.polls.times import schedule

# Time to fetch the slowest document and to store it.
LEASE = timedelta(minutes=3)
CLAIM_LIMIT = 20
PATIENCE = 10  # failures in a row, the last after two days and a half
MOST_DOCUMENTS = 10_000
MOST_EMPTY = 50
# How often one document is met before it counts as all that there is. A second time it comes by itself: with as many
# new articles in front as a page has, each page is what the one before it was.
MOST_ALIKE = 3


QUEUE = Queue(
    model=Backfill,
    rows=lambda: Backfill.objects.filter(state=Backfill.State.RUNNING).exclude(feed__state=Feed.State.GONE),
    due_at="next_step_at",
    longest_wait=schedule.LONGEST_WAIT,
    lease=LEASE,
)


def notice(feed: Feed, older_url: str, *, is_gap: bool) -> None:
    """A poll met a link to older documents. The first time the history is fetched; later only where nothing in the
    document was known, so that something was missed between two polls (RFC 5005, section 4)."""
    fresh = {**_fresh(Backfill.Way.LINKS, older_url), "started_at": timezone.now()}
    backfill, is_new = Backfill.objects.get_or_create(feed=feed, defaults=fresh)
    if is_gap and not is_new and backfill.state == Backfill.State.FINISHED:
        Backfill.objects.filter(pk=feed.pk, state=Backfill.State.FINISHED).update(**fresh | {"is_catching_up": True})


def request(feed: Feed, way: Backfill.Way | None = None) -> Backfill:
    """Fetch the history from its beginning, as an operator asked: by links, by page numbers, or (None) by what the
    feed's own document turns out to have. The articles that are here stay as they are."""
    url = next_page(feed.url) if way == Backfill.Way.NUMBERS else feed.url
    fresh = {**_fresh(way or Backfill.Way.LINKS, url), "started_at": timezone.now()}
    BackfillDocument.objects.filter(backfill=feed.pk).delete()
    backfill, _is_new = Backfill.objects.update_or_create(feed=feed, defaults=fresh)
    return backfill


def go_on(feed: Feed) -> None:
    """Fetch what is still missing of the history: on where it stands, from the beginning where nobody has begun."""
    if Backfill.objects.filter(pk=feed.pk).exists():
        resume(Backfill.objects.filter(pk=feed.pk))
    else:
        request(feed)


def _fresh(way: Backfill.Way, url: str) -> dict[str, Any]:
    return {
        "state": Backfill.State.RUNNING, "way": way, "next_url": url, "host": host_of(url), "is_catching_up": False,
        "documents": 0, "articles": 0, "finished_at": None, "failures": 0, "last_error": "",
        "next_step_at": timezone.now(), **FREE,
    }  # fmt: skip


def resume(backfills: QuerySet[Backfill]) -> int:
    """Go on where they stand with those that have not finished; returns how many."""
    return backfills.exclude(state=Backfill.State.FINISHED).update(
        state=Backfill.State.RUNNING, failures=0, last_error="", next_step_at=timezone.now()
    )


def stop(backfills: QuerySet[Backfill]) -> int:
    """Have those rest that are under way, until they are resumed; returns how many."""
    running = backfills.filter(state=Backfill.State.RUNNING)
    return running.update(state=Backfill.State.STOPPED, **FREE)


# --- whose turn it is -------------------------------------------------------------------------------------------


def claim_due(now: datetime) -> list[Claim]:
    """Lease what is due, one back-fill of a host at a time: they are in no hurry."""
    busy = Backfill.objects.filter(QUEUE.is_held(now))
    return QUEUE.claims(QUEUE.turns(QUEUE.due(now), now, busy=busy, per_host=1, limit=CLAIM_LIMIT), now)


def claim(feed_id: int, now: datetime) -> Claim | None:
    """Lease one back-fill that is under way, due or not; None where somebody else works on it."""
    token = QUEUE.claim_one(feed_id, now, Q(state=Backfill.State.RUNNING))
    return Claim(token, (feed_id,)) if token else None


def held(claim: Claim) -> Backfill | None:
    """The back-fill, its lease made as long as at first; None where it is not the claim's any more, or was stopped."""
    return QUEUE.of_claim(claim).select_related("feed__access").first() if QUEUE.renew(claim) else None


# --- what a step leaves -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The entries of a document: a digest of their identities (empty for none), and how many were new here."""

    content: str
    new: int


def digest_of(names: Iterable[str]) -> str:
    """A digest of identities, whatever their order; empty for none."""
    text = "\0".join(sorted(names))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if text else ""


def advance(backfill: Backfill, read: Read, older_url: str) -> None:
    """Note a document as read, and where to go from it. Raises LeaseLost. The caller's transaction has the articles, so
    that both are kept or neither."""
    remark = _end(backfill, read, older_url)
    BackfillDocument.objects.bulk_create(
        [BackfillDocument(backfill=backfill, address=digest_of([backfill.next_url]), content=read.content)],
        ignore_conflicts=True,
    )
    columns: dict[str, Any] = {"documents": F("documents") + 1, "articles": F("articles") + read.new}
    if remark is None:
        columns |= {"next_url": older_url, "host": host_of(older_url), "failures": 0, "last_error": ""}
        QUEUE.store(backfill, **columns, next_step_at=timezone.now())
    else:
        finish(backfill, remark, columns)


def turn(backfill: Backfill, way: Backfill.Way, url: str) -> None:
    """The feed's own document showed the way: go on from `url`. Raises LeaseLost."""
    QUEUE.store(backfill, way=way, next_url=url, host=host_of(url), failures=0, last_error="")


def finish(backfill: Backfill, remark: str, columns: dict[str, Any] | None = None) -> None:
    """The history is here. Raises LeaseLost."""
    now, done = timezone.now(), Backfill.State.FINISHED
    ended = {"state": done, "finished_at": now, "last_error": remark, "failures": 0}
    QUEUE.store(backfill, **(columns or {}), **ended, **FREE)
    BackfillDocument.objects.filter(backfill=backfill).delete()


def fail(
    backfill: Backfill,
    reason: str,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    is_final: bool = False,
) -> None:
    """A step failed: it is tried again later and later, and in the end the back-fill stops with the reason. `status`:
    the server's answer, where there was one. Raises LeaseLost."""
    now, failures = timezone.now(), backfill.failures + 1
    wishes = schedule.Wishes(retry_after=retry_after)
    wait = schedule.after_failure(failures, wishes=wishes, is_answered=status is not None)
    again = schedule.next_check(now=now, wait=wait, wishes=wishes)
    is_stopped = is_final or failures >= PATIENCE
    state = Backfill.State.STOPPED if is_stopped else Backfill.State.RUNNING
    QUEUE.store(backfill, state=state, failures=failures, last_error=reason, next_step_at=again, **FREE)
    if status in hosts.REFUSALS:
        failed_at = now - schedule.LATEST if backfill.failures else None
        refusal = hosts.Refusal(status=status, retry_after=retry_after, failed_at=failed_at)
        hosts.refused(backfill.host, refusal, now)


def _end(backfill: Backfill, read: Read, older_url: str) -> str | None:
    """The reason why nothing comes after this document, for the operator ("" where that goes without saying); None
    where it goes on."""
    if not older_url or (backfill.is_catching_up and not read.new):
        return ""
    here = {"url": backfill.next_url}
    seen = BackfillDocument.objects.filter(backfill=backfill)
    if older_url == here["url"] or seen.filter(address=digest_of([older_url])).exists():
        return _("The document at %(url)s leads back to one that was read before.") % here
    if _is_alike(read, seen):
        return _("The document at %(url)s is the same as an earlier one.") % here
    if _is_end_of_articles(backfill, read, seen):
        return _("The document at %(url)s has no articles.") % here
    if backfill.documents + 1 >= MOST_DOCUMENTS:
        return _("%(n)d documents were read, which is the limit. What is older was left.") % {"n": MOST_DOCUMENTS}
    return None


def _is_alike(read: Read, seen: QuerySet[BackfillDocument]) -> bool:
    """True for one more document that has the articles of others, and nothing new."""
    return not read.new and bool(read.content) and seen.filter(content=read.content).count() >= MOST_ALIKE - 1


def _is_end_of_articles(backfill: Backfill, read: Read, seen: QuerySet[BackfillDocument]) -> bool:
    """True where nothing comes after one more document without articles: past the last number, or after many."""
    if read.content:
        return False
    return backfill.way == Backfill.Way.NUMBERS or seen.filter(content="").count() >= MOST_EMPTY
