"""Poll feeds now, in the foreground."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.ingest import pipeline
from articles.ingest.arrivals import brought, came_in
from articles.ingest.concurrent_fetch import Asked, Manner, ask_all, ask_in_turn
from feeds.http import Client
from feeds.leases import holders, hosts, waits
from feeds.management.options import ID_OR_URL, feed_named
from feeds.models import Feed, Poll
from feeds.polls import network, polling
from feeds.polls.subscribers import count_of_subscribers

CLAIM_AT_ONCE = 50


class Command(BaseCommand):
    help = (
        "Poll the feeds that are due, one line per feed. "
        "Exit code: 0 all went well, 1 at least one feed failed or is being polled elsewhere, 2 wrong use."
    )

    # The checks load every page and the admin: half a second of processor time that a poll has no use for.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--feed", metavar=ID_OR_URL, help="this feed, due or not, paused or not")
        parser.add_argument("--all", action="store_true", help="every active feed, due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        with holders.holding():
            self._poll(options)

    def _poll(self, options: dict[str, Any]) -> None:
        wanted = self._wanted(options)
        self.started_at = timezone.now()
        self.failed = self.busy = 0
        self.paced: dict[str, hosts.Wish] = {}
        if options["feed"] is None:  # who names a feed wants that one now
            wanted = self._awake(wanted)
        rows = list(wanted.order_by("host", "id").values_list("id", "host"))
        self.has_new = len(rows) > 1 and wanted.filter(last_success_at=None).exists()
        self.held: dict[int, Feed] = {}
        self.brought = 0
        try:
            self._ask(rows, Manner(settings.HOST_PAUSE, count_of_subscribers()))
        except pipeline.NotStored as error:
            raise CommandError(str(error), returncode=1) from error
        finally:  # also after Ctrl-C: nobody else would poll them before their leases end
            pipeline.put_back(self.held.values())
            came_in(self.brought)
        network.is_out(timezone.now())  # where no worker runs, this notices that it is over
        counts = ((self.failed, "failed"), (self.busy, "are being polled elsewhere"))
        if told := [f"{count} of {len(rows)} feeds {what}" for count, what in counts if count]:
            raise CommandError(", ".join(told), returncode=1)

    def _awake(self, wanted: QuerySet[Feed]) -> QuerySet[Feed]:
        """Those whose hosts may be asked now. Notes which of the hosts are asked at a pace of their own."""
        wishes = hosts.wishes()
        self.paced = {name: wish for name, wish in wishes.items() if wish.gap}
        resting = [name for name, wish in wishes.items() if not wish.is_free(self.started_at)]
        if not resting:
            return wanted
        for feed in wanted.filter(host__in=resting):
            self._tell_of_waiting(feed)
        return wanted.exclude(host__in=resting)

    def _ask(self, rows: list[tuple[int, str]], manner: Manner) -> None:
        if self.has_new or len({host for _, host in rows}) > 1:
            for asked in ask_all(settings.FETCH_POLICY, self._claimed(rows), manner):
                self._settle(asked)
        else:  # threads would cost another child (feeds.sandbox), and have little to do at once
            with Client(settings.FETCH_POLICY) as client:
                for asked in ask_in_turn(client, chain.from_iterable(self._claimed(rows)), manner):
                    self._settle(asked)

    def _wanted(self, options: dict[str, Any]) -> QuerySet[Feed]:
        name = options["feed"]
        if name is None:
            return polling.QUEUE.rows() if options["all"] else polling.due(timezone.now())
        feed = feed_named(name)
        if feed.comes_by_mail:
            raise CommandError(f"{feed.url} comes by mail: `read_mailboxes` reads it", returncode=2)
        return Feed.objects.filter(pk=feed.pk)

    def _claimed(self, rows: list[tuple[int, str]]) -> Iterator[list[Feed]]:
        """The feeds of one host after the other, claimed some hosts at a time; none that another worker has polled
        since this command began."""
        for ids in _by_hosts(rows):
            wanted = Feed.objects.filter(id__in=ids).exclude(_polled_since(self.started_at))
            claims = polling.claim(wanted, timezone.now())
            feeds = [feed for claim in claims for feed in polling.leased(claim)]
            self.held |= {feed.pk: feed for feed in feeds}
            self._tell_of_others(set(ids) - {feed.id for feed in feeds})
            for host, group in groupby(feeds, attrgetter("host")):
                of_host = list(group)
                asked = self._in_turn(host, of_host)
                for feed in of_host[len(asked) :]:
                    self._put_back(feed)
                if asked:
                    yield asked

    def _tell_of_others(self, ids: set[int]) -> None:
        """Tell of feeds that could not be claimed."""
        others = Feed.objects.filter(id__in=ids)
        polled = set(others.filter(_polled_since(self.started_at)).values_list("id", flat=True))
        for feed in others:
            if feed.id in polled:
                self.stdout.write(f"polled    {feed.url}  another worker has just polled it")
            else:
                self._tell(feed, None)

    def _in_turn(self, host: str, feeds: list[Feed]) -> list[Feed]:
        """The first of `feeds`, as many as their host wants to be asked for now."""
        if wish := self.paced.get(host):
            return feeds[:1] if hosts.take_turn(wish, timezone.now()) else []
        return feeds

    def _settle(self, asked: Asked) -> None:
        if asked.outcome is None:
            self._put_back(asked.feed)
            return
        poll = pipeline.settle(asked.feed, asked.outcome, started_at=asked.started_at)
        self.held.pop(asked.feed.pk, None)
        self.brought += brought(poll)
        self._tell(asked.feed, poll)

    def _put_back(self, feed: Feed) -> None:
        pipeline.put_back([feed])
        self.held.pop(feed.pk, None)
        self._tell_of_waiting(feed)

    def _tell_of_waiting(self, feed: Feed) -> None:
        self.stdout.write(f"waits     {feed.url}  its host wants to be left alone for a while")

    def _tell(self, feed: Feed, poll: Poll | None) -> None:
        if poll is None:
            self.stdout.write(f"busy      {feed.url}  another worker is polling it")
            self.busy += 1
        else:
            self.stdout.write(line(poll))
            self.failed += poll.outcome in {Poll.Outcome.FAILED, Poll.Outcome.GONE}


def _by_hosts(rows: Iterable[tuple[int, str]]) -> Iterator[list[int]]:
    """The ids of `rows`, some CLAIM_AT_ONCE at a time, those of one host together: a host is asked by one thread."""
    ids: list[int] = []
    for _, of_host in groupby(rows, itemgetter(1)):
        ids += [feed_id for feed_id, _ in of_host]
        if len(ids) >= CLAIM_AT_ONCE:
            yield ids
            ids = []
    if ids:
        yield ids


def line(poll: Poll) -> str:
    """`updated   https://…  200  3 new, 1 changed  120 ms`: what came of a poll."""
    status = poll.status or "-"
    found = poll.error or f"{poll.new_articles} new, {poll.changed_articles} changed"
    return f"{poll.outcome:<9} {poll.feed.url}  {status}  {found}  {poll.duration_ms} ms"


def _polled_since(moment: datetime) -> Q:
    """The condition that another worker has polled a feed since then. A poll that is yet to come was none: a clock that
    was ahead has noted it."""
    return Q(last_checked_at__gte=moment) & ~waits.ahead("last_checked_at", timezone.now())
