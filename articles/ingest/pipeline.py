"""The one way through: fetch, parse, decide, sanitize, store. Everything that polls a feed comes through here.

What only a document with something new needs is imported where it is used: most polls find nothing, and must not pay.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone

from articles.ingest.arrivals import came_in_by
from feeds import sandbox
from feeds.access.granted import client_of
from feeds.access.sealed import AnotherKey
from feeds.http import Client, HttpResponse
from feeds.http.fetch import Failed, Fetched, Outcome, fetch, outcome_of
from feeds.leases.hosts import REFUSALS
from feeds.leases.queues import Claim, LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed, Poll
from feeds.parse.fingerprint import fingerprint
from feeds.polls import polling
from feeds.polls.subscribers import count_of_subscribers
from feeds.writes import UNWRITABLE

if TYPE_CHECKING:
    from articles.ingest.entries.decide import Decision, Known
    from articles.ingest.store import CleanEntry
    from articles.sanitize import Boilerplate
    from feeds.parse import ParsedEntry, ParsedFeed

logger = logging.getLogger(__name__)

# Of a feed whose document was given up before (feeds.polls.failure_messages).
REFUSED = "This is still the document that took too much to read: it is tried again when it changes, or after a day."

FIRST_TOTAL_TIMEOUT = 15.0  # seconds
STORED_AT_ONCE = 100  # entries in one transaction: what else is to be written waits for a second at most


def refresh(client: Client, feed: Feed, *, subscribers: int = 0) -> Poll | None:
    """Poll one feed, whose lease the caller holds. What went wrong is in the poll, and the feed is asked again. None
    where the lease was lost meanwhile, so that another poll's result counts. Raises NotStored and nothing else."""
    asked = lambda: prepared(feed, ask(client, feed, subscribers=subscribers))  # noqa: E731
    return settle(feed, asked, started_at=timezone.now())


class NotStored(Exception):
    """The database takes nothing, not even that a poll failed: it is away, full or read-only. No feed's failure."""


class Read(NamedTuple):
    """A publisher's answer, and the feed in it; None where the answer has none to be read."""

    outcome: Outcome
    parsed: ParsedFeed | None = None


def ask(client: Client, feed: Feed, *, subscribers: int = 0) -> Read:
    """The answer of the publisher of `feed`, who is told the number of subscribers. Touches no database, so that one
    feed can be asked and read while another is stored."""
    try:
        with client_of(_in_a_hurry(client, feed), feed) as asking:
            outcome = fetch(
                asking,
                feed.url,
                etag=feed.etag,
                last_modified=feed.last_modified,
                body_hash=feed.body_hash,
                digest=fingerprint,
                subscribers=0 if asking.policy.user_agent != client.policy.user_agent else subscribers,
            )
    except AnotherKey as error:
        return Read(Failed(reason=str(error)))
    return _parsed(feed, outcome, bytes(feed.seen_entries))


def read_again(feed: Feed, document: HttpResponse) -> Read:
    """The feed in a document that its publisher gave a moment ago."""
    return _parsed(feed, outcome_of(document, feed.url, digest=fingerprint))


def _in_a_hurry(client: Client, feed: Feed) -> Client:
    """`client`, with less patience for a feed that nobody knows yet. Should it be slow, the next poll knows, and has
    all the time that there is."""
    if feed.last_success_at or feed.is_slow:
        return client
    hurried = copy(client)
    hurried.policy = replace(client.policy, total_timeout=min(client.policy.total_timeout, FIRST_TOTAL_TIMEOUT))
    return hurried


class Prepared(NamedTuple):
    """An answer, and what is to be stored of it: `before` in transactions of their own, `last` together with the feed's
    new state. To call `last` sanitizes it."""

    outcome: Outcome
    parsed: ParsedFeed | None = None
    before: Sequence[Decision] = ()
    boilerplate: Sequence[Boilerplate] = ()
    last: Callable[[], Cleaned] | None = None


def prepared(feed: Feed, read: Read) -> Prepared:
    """The decision what is to be stored of an answer."""
    outcome, parsed = read
    if parsed is None:
        return Prepared(outcome)
    decision, boilerplate = _decision(feed, parsed.entries)
    if decision.changed and parsed.left_out is not None:
        # Which of several entries with one guid it is that has changed, only the whole document tells.
        outcome, whole = _parsed(feed, outcome)
        parsed = whole or parsed
        decision, boilerplate = _decision(feed, parsed.entries)
    *before, last = _pieces(decision)
    is_none = not (last.new or last.changed)
    return Prepared(outcome, parsed, before, boilerplate, None if is_none else lambda: _cleaned(last, boilerplate))


def settle(feed: Feed, asked: Callable[[], Prepared], *, started_at: datetime) -> Poll | None:
    """Store what `asked` returns, or that it raised, as `refresh` does. Raises NotStored."""
    try:
        return _settle(feed, asked(), started_at)
    except LeaseLost:
        logger.warning("%s: another worker took over; this poll is dropped", feed.url)
        return None
    except Exception as error:  # whatever one feed does, the next ones are polled
        poll = _record_failure(feed, started_at, error)
        logger.exception("%s: polling failed", feed.url)
        return poll


def _settle(feed: Feed, made: Prepared, started_at: datetime) -> Poll:
    outcome, parsed, before, boilerplate, last = made
    if parsed is None:
        return polling.record(feed, outcome, None, polling.Stored(), started_at=started_at, now=timezone.now())
    stored = [_store_held(feed, _cleaned(piece, boilerplate)) for piece in before]
    the_last = last() if last else Cleaned()
    # The last articles and the feed's validators together, or neither: `record` looks for the lease.
    with transaction.atomic():
        stored.append(store(feed, the_last))
        total = polling.Stored(new=sum(each.new for each in stored), changed=sum(each.changed for each in stored))
        if parsed.older_url:
            from feeds.history import progress as history

            is_gap = bool(feed.article_count and total.new) and total.new == len(parsed.entries) and not parsed.left_out
            history.notice(feed, parsed.older_url, is_gap=is_gap)
        return polling.record(feed, outcome, parsed, total, started_at=started_at, now=timezone.now())


def _parsed(feed: Feed, outcome: Outcome, seen: bytes = b"") -> Read:
    if not isinstance(outcome, Fetched):
        return Read(outcome)
    if polling.is_refused(feed, outcome.body_hash, timezone.now()):
        return Read(_failed(outcome, REFUSED))
    from feeds.parse import NotAFeed

    try:
        parsed = _read(feed, outcome, seen)
        return Read(outcome, _with_links(parsed, outcome) if outcome.links and not feed.recipe else parsed)
    except (NotAFeed, sandbox.Interrupted) as error:
        return Read(_failed(outcome, str(error)))
    except sandbox.OverBudget as error:
        return Read(_failed(outcome, str(error), outcome.body_hash))


def _read(feed: Feed, outcome: Fetched, seen: bytes) -> ParsedFeed:
    """The feed in a document, or that its recipe makes of a page. Raises NotAFeed and sandbox.OverBudget."""
    if feed.recipe:
        from feeds.pages.recipe import recipe_of

        if recipe := recipe_of(feed.recipe):
            from feeds.pages.read import read

            return sandbox.run(read, outcome.body, url=outcome.url, recipe=recipe, content_type=outcome.content_type)
    from feeds.parse import parse

    return sandbox.run(parse, outcome.body, url=outcome.url, content_type=outcome.content_type, seen=seen)


def _with_links(parsed: ParsedFeed, outcome: Fetched) -> ParsedFeed:
    from feeds.parse.links import with_links

    return with_links(parsed, outcome.links, outcome.url)


def _failed(outcome: Fetched, reason: str, refused_hash: str = "") -> Failed:
    return Failed(
        status=outcome.status,
        max_age=outcome.max_age,
        received_bytes=outcome.received_bytes,
        reason=reason,
        refused_hash=refused_hash,
    )


def _record_failure(feed: Feed, started_at: datetime, error: Exception) -> Poll | None:
    failed = Failed(reason=f"Newsreader failed on this feed: {type(error).__name__}: {error}"[:1000])
    try:
        return polling.record(feed, failed, None, polling.Stored(), started_at=started_at, now=timezone.now())
    except LeaseLost:  # whoever has it by now records what comes of it
        logger.warning("%s: another worker took over; this poll is dropped", feed.url)
        return None
    except UNWRITABLE as fault:
        reason = (str(fault).splitlines() or ["no reason given"])[0]
        raise NotStored(f"The database can't be written ({reason}): what was polled is not stored.") from fault
    except Exception:  # the lease ends and the feed is due again
        logger.exception("%s: the failure could not be recorded", feed.url)
        return None


def store_entries(feed: Feed, entries: Sequence[ParsedEntry]) -> polling.Stored:
    """Store what is new or changed among the entries of one document."""
    return store(feed, ready(feed, entries))


def ready(feed: Feed, entries: Sequence[ParsedEntry]) -> Cleaned:
    """The new and changed entries of one document, ready for `store`. Sanitizing takes the time, and holds no lock."""
    return _cleaned(*_decision(feed, entries))


def _decision(feed: Feed, entries: Sequence[ParsedEntry]) -> tuple[Decision, Sequence[Boilerplate]]:
    """The decision what is to be stored of the entries, and the rules for cleaning it."""
    from articles.ingest.entries.decide import Decision, decide

    if not entries:
        return Decision(), ()
    from articles.ingest.stored import kept

    here = kept(feed, entries)
    return decide(entries, here.known, here.deleted), here.boilerplate


def _pieces(decision: Decision) -> Iterator[Decision]:
    """The decision in pieces for a transaction each, the oldest entries first; at least one, perhaps empty. What is cut
    off by a failure is new or changed again at the next poll."""
    from articles.ingest.entries.decide import Decision

    new, changed = decision.new, decision.changed
    for end in range(len(new), STORED_AT_ONCE, -STORED_AT_ONCE):
        yield Decision(new=new[end - STORED_AT_ONCE : end])
    new = new[: (len(new) - 1) % STORED_AT_ONCE + 1]
    for end in range(len(changed), STORED_AT_ONCE, -STORED_AT_ONCE):
        yield Decision(changed=changed[end - STORED_AT_ONCE : end])
    yield Decision(new, changed[: (len(changed) - 1) % STORED_AT_ONCE + 1])


class Cleaned(NamedTuple):
    """A decision, ready to be stored."""

    new: Sequence[CleanEntry] = ()
    changed: Sequence[tuple[Known, CleanEntry]] = ()


def _cleaned(decision: Decision, boilerplate: Sequence[Boilerplate]) -> Cleaned:
    changed = [entry for _, entry in decision.changed]
    cleaned = clean_entries([*decision.new, *changed], boilerplate)
    new = cleaned[: len(decision.new)]
    knowns = [known for known, _ in decision.changed]
    return Cleaned(new, list(zip(knowns, cleaned[len(new) :], strict=True)))


def _store_held(feed: Feed, cleaned: Cleaned) -> polling.Stored:
    with transaction.atomic():
        polling.QUEUE.hold(feed)
        return store(feed, cleaned)


def store(feed: Feed, cleaned: Cleaned) -> polling.Stored:
    """Store it. Returns what readers can see of it."""
    if not (cleaned.new or cleaned.changed):
        return polling.Stored()
    from articles.ingest.store import insert_articles, update_articles

    return polling.Stored(new=len(insert_articles(feed, cleaned.new)), changed=update_articles(cleaned.changed))


def clean_entries(entries: Sequence[ParsedEntry], boilerplate: Sequence[Boilerplate]) -> list[CleanEntry]:
    """Entries made ready for the store."""
    if not entries:
        return []
    from articles.ingest.content import Source, derive_all
    from articles.ingest.entries.decide import entry_hash
    from articles.ingest.store import CleanEntry

    sources = [Source(entry.content_html, entry.base_url, entry.title) for entry in entries]
    contents = derive_all(sources, boilerplate)
    return [CleanEntry(entry, made, entry_hash(entry)) for entry, made in zip(entries, contents, strict=True)]


def refresh_claim(client: Client, claim: Claim, *, pause: float) -> list[Poll]:
    """Poll the feeds of a claim one after the other, hosts in turn, `pause` seconds between two requests to one host.

    What is left is put back, and due as it was: of a host that has refused a request, or wants more time than that
    between two; all of the claim when its lease nears its end, when a feed turned out to be slow, which shall not hold
    up others, or when the database takes nothing.
    """
    slowest = timedelta(seconds=client.policy.total_timeout)
    feeds = polling.in_order(polling.leased(claim))
    visits = Visits(pause, (feed.host for feed in feeds))
    subscribers = count_of_subscribers()
    polls: list[Poll] = []
    left: list[Feed] = []
    is_over = False
    for feed in feeds:
        if _ends_within(slowest, feed):
            logger.warning("%s: the lease is nearly over; polled at the next tick", feed.url)
            is_over = True
        if is_over or not visits.may_ask(feed.host):
            left.append(feed)
            continue
        try:
            poll = refresh(client, feed, subscribers=subscribers)
        except NotStored as error:
            logger.error("%s: %s", feed.url, error)
            left.append(feed)
            is_over = True
            continue
        if poll:
            polls.append(poll)
            is_over = not feed.is_slow and polling.was_slow(poll)
            if poll.status in REFUSALS:
                visits.refused(feed.host)
    put_back(left)
    came_in_by(polls)
    return polls


def _ends_within(time: timedelta, feed: Feed) -> bool:
    """True where the lease of the feed, if there is one, ends so soon."""
    return feed.leased_until is None or timezone.now() + time > feed.leased_until


def put_back(feeds: Iterable[Feed]) -> None:
    """End the leases of feeds that were not polled; where the database takes nothing, they end by themselves."""
    with suppress(*UNWRITABLE):
        polling.QUEUE.put_back(feeds)
