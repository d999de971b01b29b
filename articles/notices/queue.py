"""The channels that are due, and what is left on them by what they sent.

Before a message is sent its articles are given its id, and only when it was taken they are struck off. So nothing is
lost, and who is killed in between, or loses the lease, leaves a message that is sent once more, with the same id and of
the same articles: its receiver can tell. In every other case an article is sent once by each channel.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation

from articles.notices import senders
from articles.notices.answer import Answer
from articles.notices.message import Message, message_of
from articles.notices.models import FINE, Channel, Notice, UnsentNotice
from articles.notices.own import doubles_of_told, worth_telling
from articles.notices.schedule import LONGEST, OFF_AFTER, next_time, wait_after
from articles.querysets import FEED_COLUMNS
from feeds.http import FetchPolicy
from feeds.leases.hosts import REFUSALS, Refusal, refused
from feeds.leases.queues import FREE, Claim, LeaseLost, Queue
from feeds.leases.visits import Visits

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
PER_HOST = 20
LONGEST_ERROR = 500
_OF_ARTICLE = ("id", "title", "summary", "url", "published_at", "language", *(f"feed__{name}" for name in FEED_COLUMNS))
_COLUMNS = (*(f"article__{name}" for name in _OF_ARTICLE), "rule__name")


def _live() -> QuerySet[Channel]:
    """Those that send: of readers who may sign in, confirmed, switched on, and with something to send."""
    waiting = Exists(UnsentNotice.objects.filter(channel=OuterRef("pk")))
    return Channel.objects.filter(waiting, is_on=True, confirmed_at__isnull=False, user__is_active=True)


QUEUE = Queue(model=Channel, rows=_live, due_at="send_at", longest_wait=LONGEST, lease=LEASE, asked_at="tried_at")


def claim_due(now: datetime, *, limit: int = 100) -> list[Claim]:
    """Lease what is due, some of each host, and none of one that is sent to right now or is to be left alone."""
    busy = Channel.objects.filter(QUEUE.is_held(now))
    return QUEUE.claims(QUEUE.turns(QUEUE.due(now), now, busy=busy, per_host=PER_HOST, limit=limit), now)


@dataclass
class Tally:
    """The result of a claim."""

    sent: int = 0
    failed: int = 0


def send_claim(policy: FetchPolicy, claim: Claim, *, pause: float) -> Tally:
    """Send what waits for the channels of a claim, `pause` seconds between two of one host."""
    tally, visits = Tally(), Visits(pause)
    for channel in QUEUE.in_turn(claim, visits):
        try:
            answer = _send(policy, channel, visits)
        except LeaseLost:
            logger.warning("channel %d: another worker took over", channel.pk)
            continue
        except Exception as error:  # noqa: BLE001  (whatever one does, the next ones send; its text may hold a secret)
            logger.error("channel %d: %s", channel.pk, type(error).__name__)
            answer = Answer(is_taken=False, said=f"Newsreader failed on this channel: {type(error).__name__}")
            _fail_of_ours(channel, answer)
        if answer:
            tally.sent, tally.failed = tally.sent + answer.is_taken, tally.failed + (not answer.is_taken)
    return tally


def _send(policy: FetchPolicy, channel: Channel, visits: Visits) -> Answer | None:
    """The outcome of the next message of a channel; None where there is nothing to tell any more. Raises LeaseLost."""
    with translation.override(channel.language):
        message = _next_message(channel)
        if message is None:
            QUEUE.store(channel, **FINE, **FREE)
            return None
        if not connection.in_atomic_block:
            connection.close()  # whoever waits for a server needs none
        answer = senders.send(channel, message, policy, seconds=senders.SECONDS)
    with transaction.atomic():
        QUEUE.hold(channel)
        if answer.is_taken:
            _taken(channel, message)
        else:
            _failed(channel, answer, visits)
    return answer


def _next_message(channel: Channel) -> Message | None:
    """The message that was tried before, else one of what waits; without what the reader has read meanwhile, or may not
    read any more. Raises LeaseLost."""
    with transaction.atomic():
        QUEUE.hold(channel)
        _let_go_of_old(channel)
        rows = list(channel.unsent.order_by("notice")[: senders.at_once(channel)])
        if not rows:
            return None
        begun = next((row.delivery for row in rows if row.delivery), None)
        delivery: UUID = begun or uuid4()
        chosen = [row for row in rows if row.delivery == begun] if begun else rows
        UnsentNotice.objects.filter(pk__in=[row.pk for row in chosen]).update(delivery=delivery)
        notices = Notice.objects.filter(pk__in=[row.notice_id for row in chosen])
        notices = notices.select_related("article__feed", "rule").only("rule", *_COLUMNS)
        return message_of(channel, notices.order_by("pk"), delivery)


def _let_go_of_old(channel: Channel) -> None:
    articles = dict(channel.unsent.values_list("notice__article", "pk"))
    told = worth_telling(channel.user, articles)
    told -= doubles_of_told(channel.user, told)
    channel.unsent.filter(pk__in=[row for article, row in articles.items() if article not in told]).delete()


def _taken(channel: Channel, message: Message) -> None:
    now = timezone.now()
    channel.unsent.filter(delivery=message.id).delete()
    channel.sent_at = now
    # What found no room in a digest follows it; what came while it was under way, or tried again, is for the next.
    is_full = channel.pace != Channel.Pace.AT_ONCE and len(message.items) >= senders.at_once(channel)
    is_more = is_full and channel.unsent.exists()
    due = now if is_more else next_time(channel, now)
    QUEUE.store(channel, send_at=due, tried_at=now, sent_at=now, **FINE, **FREE)


def _failed(channel: Channel, answer: Answer, visits: Visits) -> None:
    """Note why nothing was sent. It is tried again later and later, and after days no more: then what waits is let go,
    and the reader sees why."""
    now = timezone.now()
    is_streak = channel.failing_since and channel.tried_at and now - channel.tried_at < OFF_AFTER
    failures = channel.failures + 1 if is_streak else 1
    if channel.host:
        _leave_host_alone(channel, answer, visits, now)
    wait = max(wait_after(failures), min(timedelta(seconds=answer.retry_after or 0), OFF_AFTER / 2))
    since = min(channel.failing_since, now) if is_streak and channel.failing_since else now
    is_over = answer.is_gone or now - since > OFF_AFTER
    failed = {"failures": failures, "failing_since": since, "last_error": answer.said[:LONGEST_ERROR]}
    QUEUE.store(channel, send_at=now + wait, tried_at=now, is_on=not is_over, **failed, **FREE)
    if is_over:
        channel.unsent.all().delete()


def _leave_host_alone(channel: Channel, answer: Answer, visits: Visits, now: datetime) -> None:
    """Send nothing more to a host that said nothing, or that it wants no more now."""
    if answer.is_silent:  # whoever did not answer this one keeps no other worker waiting
        visits.refused(channel.host)
    elif answer.status in REFUSALS:
        failed_at = channel.tried_at if channel.failures else None
        visits.refused(channel.host)
        refused(channel.host, Refusal(status=answer.status, retry_after=answer.retry_after, failed_at=failed_at), now)


def _fail_of_ours(channel: Channel, answer: Answer) -> None:
    try:
        with transaction.atomic():
            _failed(channel, answer, Visits(0))
    except LeaseLost:
        pass
    except Exception as error:  # noqa: BLE001  (the database may be away; the lease ends, and it is due again)
        logger.error("channel %d: the failure could not be recorded: %s", channel.pk, type(error).__name__)
