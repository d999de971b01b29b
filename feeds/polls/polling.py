"""The feeds that are due, who polls them, and what a poll leaves on the feed. The database is the schedule: a feed is a
row with a lease (feeds.leases)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import RowNumber

from feeds import addresses, sight_changes
from feeds.http.fetch import Failed, Fetched, Gone, Outcome, Unchanged
from feeds.leases import hosts, waits
from feeds.leases.queues import FREE, Claim, Queue
from feeds.models import MAIL_SCHEME, Feed, Poll, Subscription, host_of
from feeds.polls import network, poll_row
from feeds.polls.times import schedule

if TYPE_CHECKING:
    from feeds.parse import ParsedFeed

# A batch of the slowest feeds, each at the total time limit of a fetch, ends before its lease does.
BATCH_SIZE = 10
SLOW_BATCH_SIZE = 5
LEASE = timedelta(minutes=15)
# A feed whose poll takes longer is slow. It shares no batch with others, and so many are polled at once that some
# threads stay free for those others.
SLOW = timedelta(seconds=10)
SLOW_AT_ONCE = 10
CLAIM_LIMIT = 300
FEEDS_PER_HOST = 10
# A permanent redirect is believed, and the stored address changed, when so many polls in a row have met it.
POLLS_BEFORE_MOVING = 3
HISTORY = timedelta(days=30)
PRUNED_AT_ONCE = 2000  # rows, by a statement of their own: whoever else wants to write waits for no more
NOT_MODIFIED = 304
# A document that took too much to read is tried again after so long, though it has not changed: a newer Newsreader, or
# a machine that is less busy, may be able to.
REFUSED_FOR = timedelta(days=1)

QUEUE = Queue(
    model=Feed,
    rows=lambda: Feed.objects.filter(state=Feed.State.ACTIVE).exclude(url__startswith=MAIL_SCHEME),
    due_at="next_check_at",
    longest_wait=schedule.LONGEST_WAIT,
    lease=LEASE,
    asked_at="last_checked_at",
)


class Stored(NamedTuple):
    """The changes that a poll made in the archive."""

    new: int = 0
    changed: int = 0


def due(now: datetime) -> models.QuerySet[Feed]:
    """Active feeds whose time has come and that nobody is polling."""
    return QUEUE.due(now)


def claim_due(now: datetime) -> list[Claim]:
    """Lease what is due, at most FEEDS_PER_HOST of a host, and none of a host that is being polled right now or is to
    be left alone. Of a host that has a pace of its own it is one feed, of the slow feeds some, and in an outage only a
    few feeds are tried."""
    busy = Feed.objects.filter(QUEUE.is_held(now)).values("host")
    resting, paced = hosts.resting_and_paced(now)
    most = models.Case(models.When(host__in=paced, then=1), default=FEEDS_PER_HOST) if paced else FEEDS_PER_HOST
    turn = models.Window(RowNumber(), partition_by="host", order_by="next_check_at")
    candidates = due(now).exclude(host__in=busy)
    if resting:
        candidates = candidates.exclude(host__in=resting)
    is_out = network.is_out(now)
    in_turn = candidates.annotate(turn=turn).filter(turn__lte=1 if is_out else most)
    rows = in_turn.order_by("is_slow", "next_check_at").values_list("id", "is_slow")
    chosen = dict(rows[: network.PROBES if is_out else CLAIM_LIMIT])
    if slow := [feed_id for feed_id, is_slow in chosen.items() if is_slow]:
        under_way = Feed.objects.filter(QUEUE.is_held(now), is_slow=True).count()
        for feed_id in slow[max(SLOW_AT_ONCE - under_way, 0) :]:
            del chosen[feed_id]
    return claim(due(now).filter(id__in=chosen), now) if chosen else []


def claim(feeds: models.QuerySet[Feed], now: datetime) -> list[Claim]:
    """Claims of those of `feeds` that are free. All feeds of one host are in one claim; slow ones are in claims of
    their own, as are those of which nobody knows yet."""
    ordered = feeds.order_by("host", "next_check_at")
    token, rows = QUEUE.lease_rows(ordered, now, "host", "is_slow", "last_success_at")
    return [Claim(token, ids) for ids in _batches(rows)]


class _Lane(IntEnum):
    """Feeds that go into one batch. What is known to be quick comes first."""

    PROVEN = 0
    NEW = 1  # never polled well: nobody knows
    SLOW = 2


def _batches(rows: Iterable[tuple[Any, ...]]) -> list[tuple[int, ...]]:
    """Ids in batches of about BATCH_SIZE; a host's feeds stay together, in the lane of the last of them."""
    of_hosts: dict[str, list[int]] = {}
    lanes: dict[str, _Lane] = {}
    for feed_id, host, is_slow, last_success_at in rows:
        of_hosts.setdefault(host, []).append(feed_id)
        lane = _Lane.SLOW if is_slow else _Lane.PROVEN if last_success_at else _Lane.NEW
        lanes[host] = max(lane, lanes.get(host, _Lane.PROVEN))
    batches: list[list[int]] = []
    last_lane = None
    for host in sorted(of_hosts, key=lanes.__getitem__):
        size = SLOW_BATCH_SIZE if lanes[host] is _Lane.SLOW else BATCH_SIZE
        if lanes[host] is not last_lane or len(batches[-1]) >= size:
            batches.append([])
        batches[-1] += of_hosts[host]
        last_lane = lanes[host]
    return [tuple(batch) for batch in batches]


def leased(claim: Claim) -> list[Feed]:
    """The feeds of a claim that still belong to it, with what their publishers demand and with all columns: to leave
    some out Django looks for each in a list."""
    return list(QUEUE.of_claim(claim).select_related("access").order_by("host", "next_check_at"))


def record(
    feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, stored: Stored, *, started_at: datetime, now: datetime
) -> Poll:
    """Write what a poll found: the feed's new state, its next check, and a row of history. Raises LeaseLost."""
    poll = _row(feed, outcome, parsed, stored, started_at, now)
    fields = _after(feed, outcome, parsed, stored, now)
    if "failures" in fields:  # in an outage everything is slow
        fields["is_slow"] = was_slow(poll)
    # Most polls change next to nothing, and every column in an UPDATE costs.
    changed = {name: value for name, value in fields.items() if getattr(feed, name) != value}
    with transaction.atomic() if "url" in changed else nullcontext():
        poll_row.write(feed, {**changed, **FREE}, poll)
        if sight_changes.is_of_sight(Feed, changed):
            sight_changes.tell()
        _drop_names_like(feed, parsed)
        if "url" in changed:
            addresses.note_move(feed, changed["url"])
    if outcome.status in hosts.REFUSALS:
        failed_at = feed.last_checked_at if feed.failures else None
        refusal = hosts.Refusal(status=outcome.status, retry_after=outcome.retry_after, failed_at=failed_at)
        hosts.refused(feed.host, refusal, now, feed=feed)
    return poll


def _row(
    feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, stored: Stored, started_at: datetime, now: datetime
) -> Poll:
    """The row of history, which is not written yet."""
    return Poll(
        feed=feed,
        started_at=started_at,
        outcome=_outcome_name(outcome),
        status=outcome.status,
        duration_ms=round((now - started_at).total_seconds() * 1000),
        received_bytes=outcome.received_bytes,
        new_articles=stored.new,
        changed_articles=stored.changed,
        is_damaged=bool(parsed and parsed.is_cut_off),
        error=outcome.reason,
    )


def was_slow(poll: Poll) -> bool:
    """True where a poll kept its worker waiting for so long that its feed is polled apart from others."""
    return poll.duration_ms >= SLOW / timedelta(milliseconds=1)


def _outcome_name(outcome: Outcome) -> Poll.Outcome:
    match outcome:
        case Fetched():
            return Poll.Outcome.UPDATED
        case Unchanged():
            return Poll.Outcome.UNCHANGED
        case Gone():
            return Poll.Outcome.GONE
        case Failed():
            return Poll.Outcome.FAILED


def _after(feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, stored: Stored, now: datetime) -> dict[str, Any]:
    """The columns that a poll changes."""
    wishes = _wishes(feed, outcome, parsed)
    if isinstance(outcome, Failed | Gone):
        return {"last_checked_at": now, **_after_failure(feed, outcome, wishes, now)}
    gap, newest = _rhythm(feed, parsed)
    wait = schedule.interval(gap=gap, newest=newest, now=now, wishes=wishes, limits=settings.INTERVALS)
    return {
        "last_checked_at": now,
        "last_success_at": now,
        "failures": 0,
        "last_error": "",
        "unreached_since": None,
        "refused_hash": "",
        "refused_at": None,
        "next_check_at": schedule.next_check(now=now, wait=wait, wishes=wishes),
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
        **_moving(feed, outcome.permanent_url),
        **(_described(feed, outcome, parsed) if isinstance(outcome, Fetched) and parsed else {}),
        **({"last_changed_at": now} if stored.new else {}),
        **({"articles_changed_at": now} if stored.new or stored.changed else {}),
        **({"gap_minutes": round(gap.total_seconds() / 60)} if parsed and gap is not None else {}),
    }


def _wishes(feed: Feed, outcome: Outcome, parsed: ParsedFeed | None) -> schedule.Wishes:
    return schedule.Wishes(
        check_every_minutes=feed.check_every_minutes,
        ttl_minutes=parsed.ttl_minutes if parsed else feed.ttl_minutes,
        max_age=outcome.max_age,
        retry_after=outcome.retry_after,
        pushed_until=feed.pushed_until,
        has_validators=bool(outcome.etag or outcome.last_modified or outcome.status == NOT_MODIFIED),
        skip_hours=parsed.skip_hours if parsed else _of_bits(feed.skip_hours),
        skip_days=parsed.skip_days if parsed else _of_bits(feed.skip_days),
    )


def _after_failure(feed: Feed, outcome: Failed | Gone, wishes: schedule.Wishes, now: datetime) -> dict[str, Any]:
    """The columns of a poll that failed. One that reached nobody is the feed's own failure only where another host has
    been reached since (feeds.polls.network), or it never went well: then somebody wants to know why."""
    is_unreached = isinstance(outcome, Failed) and outcome.is_unreached
    columns: dict[str, Any] = {"unreached_since": feed.unreached_since or now if is_unreached else None}
    blame = network.blame(feed, now) if is_unreached else network.Blame.HOST
    if blame is network.Blame.NETWORK and feed.last_success_at:
        wait = network.RETRY
        return {**columns, "next_check_at": schedule.next_check(now=now, wait=wait, wishes=wishes)}
    failures = feed.failures + 1
    is_answered, is_refused = outcome.status is not None, outcome.status in hosts.REFUSALS
    wait = schedule.after_failure(failures, wishes=wishes, is_answered=is_answered, is_refused=is_refused)
    if blame is not network.Blame.HOST:
        wait = min(wait, network.LONGEST_RETRY_ALONE)
    return {
        **columns,
        "failures": failures,
        "last_error": outcome.reason,
        "next_check_at": schedule.next_check(now=now, wait=wait, wishes=wishes),
        **({"state": Feed.State.GONE} if isinstance(outcome, Gone) else _refused(outcome, now)),
    }


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _of_bits(bits: int) -> frozenset[int]:
    return frozenset(number for number in range(bits.bit_length()) if bits >> number & 1) if bits else frozenset()


def _refused(outcome: Failed, now: datetime) -> dict[str, Any]:
    return {"refused_hash": outcome.refused_hash, "refused_at": now} if outcome.refused_hash else {}


def is_refused(feed: Feed, body_hash: str, now: datetime) -> bool:
    """True of a document that took too much to read a while ago: the same bytes would do it again."""
    is_recent = feed.refused_at is not None and abs(now - feed.refused_at) < REFUSED_FOR
    return is_recent and feed.refused_hash == body_hash


def _rhythm(feed: Feed, parsed: ParsedFeed | None) -> tuple[timedelta | None, datetime | None]:
    """The feed's typical gap and its newest article's date: from the document at hand, else as remembered."""
    if parsed is not None:
        published = (*(entry.published_at for entry in parsed.entries), *(parsed.left_out or ()))
        dates = [date for date in published if date]
        if dates:
            return schedule.typical_gap(dates), max(dates)
    gap = timedelta(minutes=feed.gap_minutes) if feed.gap_minutes is not None else None
    return gap, feed.newest_article_at or feed.added_at  # an empty feed has been silent since it is here


def _described(feed: Feed, outcome: Fetched, parsed: ParsedFeed) -> dict[str, Any]:
    """The columns of a feed as its document gives them. The validators are kept only now that the body could be read.

    A name that the feed was given before anybody had asked it, by a list of feeds, is its reader's own where the
    document says another."""
    is_named = feed.title and not feed.custom_title and feed.title not in {parsed.title, host_of(feed.url)}
    return {
        **({"custom_title": feed.title} if is_named and feed.last_success_at is None else {}),
        "is_damaged": parsed.is_cut_off,
        "body_hash": outcome.body_hash,
        "seen_entries": parsed.seen,
        "title": parsed.title,
        "site_url": parsed.site_url,
        "description": parsed.description,
        "language": parsed.language,
        **({"icon_url": parsed.icon_url} if parsed.icon_url else {}),  # one that was found elsewhere stays
        "hub_url": parsed.hub_url,
        "topic_url": (parsed.self_url or outcome.url) if parsed.hub_url else "",
        "ttl_minutes": parsed.ttl_minutes,
        "skip_hours": _bits(parsed.skip_hours),
        "skip_days": _bits(parsed.skip_days),
    }


def _drop_names_like(feed: Feed, parsed: ParsedFeed | None) -> None:
    """Forget names of readers' own that turn out to be the publisher's: lists of feeds bring such along."""
    if parsed and feed.last_success_at is None and not feed.is_shared:
        Subscription.objects.filter(feed=feed, title=parsed.title).exclude(title="").update(title="")


def _moving(feed: Feed, permanent_url: str) -> dict[str, Any]:
    """Count the polls that met the same permanent redirect; believe it in the end, unless that feed is here already. A
    feed that a reader has alone stays at its address for as long as it is another host's: whoever follows later what is
    there should find nothing that came from elsewhere."""
    if not permanent_url or permanent_url == feed.url:
        return {"moved_to": "", "moved_polls": 0} if feed.moved_to else {}
    polls = feed.moved_polls + 1 if permanent_url == feed.moved_to else 1
    is_elsewhere = not feed.is_shared and _site(host_of(permanent_url)) != _site(feed.host)
    if polls < POLLS_BEFORE_MOVING or is_elsewhere or Feed.objects.filter(url=permanent_url).exists():
        return {"moved_to": permanent_url, "moved_polls": min(polls, POLLS_BEFORE_MOVING)}
    return {**addresses.columns_at(permanent_url), "moved_to": "", "moved_polls": 0}


def _site(host: str) -> str:
    return host.removeprefix("www.")


def make_due(feeds: models.QuerySet[Feed], now: datetime) -> int:
    """Have `feeds` polled at the next tick. Returns how many."""
    return feeds.filter(state=Feed.State.ACTIVE).update(next_check_at=now)


def prune_history(now: datetime) -> int:
    """Delete poll rows older than HISTORY; returns how many. The archive itself is never pruned."""
    deleted = 0
    while rows := list(Poll.objects.order_by("pk").values_list("pk", "started_at")[:PRUNED_AT_ONCE]):
        # Also what a clock that was ahead has written, which would stand before all others.
        old = [pk for pk, started_at in rows if not now - HISTORY <= started_at <= now + waits.SLACK]
        deleted += Poll.objects.filter(pk__in=old).order_by().delete()[0]
        if len(old) < len(rows):
            break
    return deleted


def in_order(feeds: Sequence[Feed]) -> list[Feed]:
    """Feeds so that two of one host stand as far apart as they can: their host gets a rest in between."""
    turns: dict[str, int] = {}
    ranked = []
    for feed in feeds:
        turns[feed.host] = turns.get(feed.host, 0) + 1
        ranked.append((turns[feed.host], feed))
    return [feed for _, feed in sorted(ranked, key=lambda pair: pair[0])]
