"""The mailboxes that are due, and what a visit leaves on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from feeds.access import sealed
from feeds.leases.queues import FREE, Claim, Queue
from feeds.newsletters.models import Mailbox

if TYPE_CHECKING:  # loaded only where there are mailboxes
    from feeds.newsletters.imap import Account

LEASE = timedelta(minutes=10)  # longer than the slowest message
VISIT = timedelta(seconds=30)  # after which what is left waits for the next turn
EVERY = timedelta(minutes=5)
PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)  # some servers lock who fails often
PER_HOST = 10
FAILURES_AT_ONE = 3  # after which a message that every visit fails at is passed over
ANOTHER_KEY = "The password of this mailbox was encrypted under another key of the site: enter it again."

# Whoever is no longer staff, or may not sign in any more, has nothing read.
QUEUE = Queue(
    model=Mailbox,
    rows=lambda: Mailbox.objects.filter(owner__is_active=True, owner__is_staff=True),
    due_at="read_at",
    longest_wait=LONGEST_PAUSE,
    lease=LEASE,
    asked_at="last_read_at",
)


def claim_due(now: datetime, *, limit: int = 100) -> list[Claim]:
    """Lease what is due: some of each server, and none of one that is being read right now or is to be left alone."""
    busy = Mailbox.objects.filter(QUEUE.is_held(now))
    return QUEUE.claims(QUEUE.turns(QUEUE.due(now), now, busy=busy, per_host=PER_HOST, limit=limit), now)


def account_of(mailbox: Mailbox) -> Account:
    """The way into a mailbox. Raises feeds.access.sealed.AnotherKey."""
    from feeds.newsletters.imap import Account

    return Account(
        host=mailbox.host,
        port=mailbox.port,
        user_name=mailbox.user_name,
        password=sealed.opened(mailbox.secrets).get("password", ""),
        folder=mailbox.folder,
        authorities=mailbox.authorities,
    )


def advance(mailbox: Mailbox, last_uid: int, *, letters: int = 0) -> None:
    """Note up to which message the folder is read, so that nothing fails at those; the lease goes on. Raises
    LeaseLost."""
    mailbox.failing_uid = None
    _store(mailbox, last_uid=last_uid, letters=mailbox.letters + letters, failures=0, failed_uid=None)


def is_stuck(mailbox: Mailbox, number: int) -> bool:
    """True where the last visits failed at this very message, as this one does; where not, `fail` is to know of it. A
    server that is away, or refuses the name, says nothing about a message."""
    mailbox.failing_uid = number
    return _failures_with(mailbox, number) >= FAILURES_AT_ONE


def _failures_with(mailbox: Mailbox, number: int | None) -> int:
    """The failures in a row with one more: at a message (None: at none), they begin anew with another message."""
    return 1 if number is not None and number != mailbox.failed_uid else mailbox.failures + 1


def begin_anew(mailbox: Mailbox, validity: int) -> None:
    """Note that the folder's messages have other numbers than before, so that all are looked at. Raises LeaseLost."""
    _store(mailbox, uid_validity=validity, last_uid=0, failed_uid=None)


def finish(mailbox: Mailbox, *, is_all: bool) -> None:
    """Note that the folder is read, or that there is more in it, and end the lease. Raises LeaseLost."""
    now = timezone.now()
    done = {"last_read_at": now, "last_success_at": now, "failures": 0, "failed_uid": None, "last_error": ""}
    _store(mailbox, read_at=now + EVERY if is_all else now, **done, **FREE)


def fail(mailbox: Mailbox, why: str) -> None:
    """Note why it could not be read, and at which message, and end the lease. It is tried again, twice as late each
    time. Raises LeaseLost."""
    now, failures = timezone.now(), _failures_with(mailbox, mailbox.failing_uid)
    wait = min(PAUSE * int(2 ** min(failures - 1, 10)), LONGEST_PAUSE)
    told = {"failures": failures, "failed_uid": mailbox.failing_uid, "last_error": why[:1000]}
    _store(mailbox, last_read_at=now, read_at=now + wait, **told, **FREE)


def _store(mailbox: Mailbox, **columns: Any) -> None:
    QUEUE.store(mailbox, **columns)
    for name, value in columns.items():
        setattr(mailbox, name, value)
