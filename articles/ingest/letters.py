"""The letters of mailboxes, on the same way that polls take: read, decide, sanitize, store.

A message is stored together with its number in the folder, or neither: whatever ends a worker, none is lost and none
comes twice. Where a server numbers its messages anew all are looked at again, and known by their identities.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from articles.images.brought import keep_brought
from articles.images.store_errors import StoreFailed
from articles.ingest import pipeline
from articles.ingest.arrivals import came_in
from articles.ingest.older_documents import store_history
from feeds import sandbox
from feeds.access.sealed import AnotherKey
from feeds.http import FetchPolicy
from feeds.leases.queues import Claim, LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed, Mailbox, Poll
from feeds.newsletters import mailboxes
from feeds.newsletters.feeds import feed_of
from feeds.newsletters.imap import Folder, NotRead, Refused, opened
from feeds.newsletters.mail.read import head, letter_of
from feeds.newsletters.mail.values import Letter
from feeds.parse import ParsedEntry
from feeds.polls.polling import Stored
from feeds.writes import UNWRITABLE

logger = logging.getLogger(__name__)

NEWS = timedelta(days=7)  # what is older when its mailbox is set up counts as read


@dataclass
class Tally:
    """The result of a claim."""

    letters: int = 0
    failed: int = 0


def read_claim(policy: FetchPolicy, claim: Claim, *, pause: float) -> Tally:
    """Read what is new in the mailboxes of a claim, `pause` seconds between two of one server."""
    tally, visits = Tally(), Visits(pause)
    for mailbox in mailboxes.QUEUE.in_turn(claim, visits):
        before = mailbox.letters
        try:
            _visit(policy, claim, mailbox)
        except LeaseLost:
            logger.warning("%s: another worker took over; what came is dropped", mailbox.host)
            continue
        except Exception as error:  # whatever one mailbox does, the next ones are read
            logger.exception("%s: the mailbox could not be read", mailbox.host)
            _fail_of_ours(mailbox, error)
        tally.letters += mailbox.letters - before
        tally.failed += bool(mailbox.failures)
    came_in(tally.letters)
    return tally


def _visit(policy: FetchPolicy, claim: Claim, mailbox: Mailbox) -> None:
    if not connection.in_atomic_block:
        connection.close()  # whoever waits for a server needs none
    try:
        account = mailboxes.account_of(mailbox)
        with opened(account, policy) as folder:
            is_all = _read(folder, claim, mailbox)
    except AnotherKey:
        mailboxes.fail(mailbox, mailboxes.ANOTHER_KEY)
    except (NotRead, StoreFailed) as error:
        mailboxes.fail(mailbox, str(error))
    else:
        mailboxes.finish(mailbox, is_all=is_all)


def _read(folder: Folder, claim: Claim, mailbox: Mailbox) -> bool:
    """Store what is new in a folder, for as long as a visit lasts; whether that is all. Raises LeaseLost."""
    until = monotonic() + mailboxes.VISIT.total_seconds()
    if folder.validity != mailbox.uid_validity:
        mailboxes.begin_anew(mailbox, folder.validity)
    for numbers, end in folder.numbers(mailbox.last_uid):
        for number in numbers:
            if monotonic() > until or not mailboxes.QUEUE.renew(claim):
                return False
            try:
                body = folder.message(number)
            except NotRead as error:
                _pass_over(mailbox, number, error)
                if isinstance(error, Refused):
                    continue
                return False
            _take(mailbox, number, body)
        mailboxes.advance(mailbox, end)
        if monotonic() > until or not mailboxes.QUEUE.renew(claim):
            return False
    return True


def _pass_over(mailbox: Mailbox, number: int, error: NotRead) -> None:
    """Go on after a message that no visit can read; raises `error` where others may."""
    if not mailboxes.is_stuck(mailbox, number):
        raise error
    logger.warning("%s: message %d can't be read, and stays in the mailbox alone: %s", mailbox.host, number, error)
    mailboxes.advance(mailbox, number)


def _take(mailbox: Mailbox, number: int, body: bytes | None) -> None:
    """Store a message, if it is there yet. One that can't be is passed over, so that the next ones come. Raises
    LeaseLost and what passes by itself: a full disk, a database that is away."""
    try:
        if body is not None:
            _read_and_store(mailbox, number, body)
            return
    except (LeaseLost, StoreFailed, sandbox.Interrupted, *UNWRITABLE):
        raise
    except Exception:  # whatever one message does
        logger.exception("%s: message %d can't be stored: it stays in the mailbox alone", mailbox.host, number)
    mailboxes.advance(mailbox, number)


def _read_and_store(mailbox: Mailbox, number: int, body: bytes) -> None:
    """Store the letter; of one that has whatever reads it killed at each visit its head alone."""
    try:
        _store(mailbox, number, letter_of(body), len(body))
    except sandbox.Interrupted:
        if not mailboxes.is_stuck(mailbox, number):
            raise
        logger.warning("%s: what reads message %d is always ended: its head is kept", mailbox.host, number)
        _store(mailbox, number, head(body), len(body))


def _store(mailbox: Mailbox, number: int, letter: Letter, size: int) -> None:
    started_at = timezone.now()
    feed = feed_of(mailbox, letter.sender)
    if feed is None:
        mailboxes.advance(mailbox, number)
        return
    entry = entry_of(letter)
    is_news = entry.published_at is None or entry.published_at > mailbox.added_at - NEWS
    ready = pipeline.ready(feed, [entry])
    if ready.new or ready.changed:
        keep_brought(letter.pictures, feed)
    with transaction.atomic():
        mailboxes.QUEUE.hold(mailbox)
        stored = pipeline.store(feed, ready) if is_news else Stored(new=store_history(feed, ready.new))
        _note(feed, stored, size, started_at)
        mailboxes.advance(mailbox, number, letters=stored.new)


def entry_of(letter: Letter) -> ParsedEntry:
    """The entry of a letter; of one that takes too much to read it says so."""
    if not letter.is_head:
        return letter.entry
    text = _("This message takes too much to read. It is in the mailbox as it came.")
    return replace(letter.entry, content_html=f"<p>{escape(text)}</p>")


def _note(feed: Feed, stored: Stored, size: int, started_at: datetime) -> None:
    """Write on the feed what a poll would, and a row of its history."""
    now = timezone.now()
    is_any = bool(stored.new or stored.changed)
    columns = {"last_checked_at": now, "last_success_at": now, "failures": 0, "last_error": ""}
    columns |= {"last_changed_at": now} if stored.new else {}
    columns |= {"articles_changed_at": now} if is_any else {}
    Feed.objects.filter(pk=feed.pk).update(**columns)
    if is_any:
        Poll.objects.create(
            feed=feed,
            started_at=started_at,
            outcome=Poll.Outcome.UPDATED,
            duration_ms=round((now - started_at).total_seconds() * 1000),
            received_bytes=size,
            new_articles=stored.new,
            changed_articles=stored.changed,
        )


def _fail_of_ours(mailbox: Mailbox, error: Exception) -> None:
    try:
        mailboxes.fail(mailbox, f"Newsreader failed on this mailbox: {type(error).__name__}: {error}")
    except Exception:  # the database itself may be away; the lease ends and the mailbox is due again
        logger.exception("%s: the failure could not be recorded", mailbox.host)
