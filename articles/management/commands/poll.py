"""Poll feeds now, in the foreground."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles import ingest
from feeds import polling
from feeds.http import Client
from feeds.models import Feed, Poll

CLAIM_AT_ONCE = 50


class Command(BaseCommand):
    help = (
        "Poll the feeds that are due, one line per feed. "
        "Exit code: 0 all went well, 1 at least one feed failed or is being polled elsewhere, 2 wrong use."
    )

    # The checks load every page and the admin: half a second of processor time that a poll has no use for.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--feed", metavar="ID_OR_URL", help="this feed, due or not, paused or not")
        parser.add_argument("--all", action="store_true", help="every active feed, due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(self._wanted(options).order_by("host", "id").values_list("id", flat=True))
        failed = 0
        with Client(settings.FETCH_POLICY) as client:
            for start in range(0, len(ids), CLAIM_AT_ONCE):
                failed += self._poll(client, ids[start : start + CLAIM_AT_ONCE])
        if failed:
            raise CommandError(f"{failed} of {len(ids)} feeds failed", returncode=1)

    def _wanted(self, options: dict[str, Any]) -> QuerySet[Feed]:
        name = options["feed"]
        if name is None:
            return Feed.objects.filter(state=Feed.State.ACTIVE) if options["all"] else polling.due(timezone.now())
        feeds = Feed.objects.filter(Q(url=name) | Q(id=int(name)) if name.isdecimal() else Q(url=name))
        if not feeds:
            raise CommandError(f"no feed {name!r}: give an id or an address as in `export_opml`", returncode=2)
        return feeds

    def _poll(self, client: Client, ids: list[int]) -> int:
        """Poll a few feeds; the number that failed."""
        failed = 0
        polled = set()
        for poll in self._polls(client, ids):
            polled.add(poll.feed_id)
            failed += poll.outcome in {Poll.Outcome.FAILED, Poll.Outcome.GONE}
            self.stdout.write(line(poll))
        for feed in Feed.objects.filter(id__in=set(ids) - polled):
            failed += 1
            self.stdout.write(f"busy      {feed.url}  another worker is polling it")
        return failed

    def _polls(self, client: Client, ids: list[int]) -> Iterator[Poll]:
        # The command asks one host at a time and waits for each answer: that is polite enough without a pause.
        for claim in polling.claim(Feed.objects.filter(id__in=ids), timezone.now()):
            for feed in polling.leased(claim):
                if poll := ingest.refresh(client, feed):
                    yield poll


def line(poll: Poll) -> str:
    """`updated   https://…  200  3 new, 1 changed  120 ms`: what came of a poll."""
    status = poll.status or "-"
    found = poll.error or f"{poll.new_articles} new, {poll.changed_articles} changed"
    return f"{poll.outcome:<9} {poll.feed.url}  {status}  {found}  {poll.duration_ms} ms"
