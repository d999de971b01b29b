"""Keep the pictures of the whole archive."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from articles.images import archive, wants
from articles.images.fetch import patient_policy
from articles.images.obtain import is_over_budget, wanted
from articles.models import Article
from feeds.http import Client
from feeds.leases.queues import Claim
from feeds.management.options import ID_OR_URL, feed_named
from feeds.models import Feed

_REPORT_EVERY = 5.0  # seconds
_LOOK_AGAIN = 1.0


class Command(BaseCommand):
    help = (
        "Fetch and keep the pictures of all articles of the feeds whose rule is to keep all. It may be stopped and "
        "started again, and goes on where it was; what failed is tried again when its pause is over. Workers may run "
        "meanwhile. Last line: 'kept N, failed N, waiting N'. Exit code: 0, or 1 where the feed is not known, the "
        "budget is spent or the store fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--feed", metavar=ID_OR_URL, help="only the articles of this feed, whatever its rule")
        parser.add_argument("--again", action="store_true", help="look through all articles, not only those since then")
        parser.add_argument("--workers", type=int, default=4, metavar="N", help="hosts asked at once; 4")

    def handle(self, *args: Any, **options: Any) -> None:
        self.next_report = time.monotonic() + _REPORT_EVERY
        resume = options["feed"] is None and not options["again"]
        for articles in wants.want_archive(self.feeds(options["feed"]), Article.objects.all(), resume=resume):
            self.report(f"{articles} articles looked through")
        archive.try_store_again()
        tally = self.fetch_all(options["workers"])
        if tally.problem:
            raise CommandError(tally.problem)
        if is_over_budget():
            raise CommandError("the budget for pictures is spent: NEWSREADER_IMAGE_BUDGET")
        self.stdout.write(f"kept {tally.kept}, failed {tally.failed}, waiting {wanted().count()}")

    def feeds(self, name: str | None) -> Any:
        if name is None:
            return Feed.objects.filter(images=Feed.Images.KEEP)
        return Feed.objects.filter(pk=feed_named(name).pk)

    def fetch_all(self, workers: int) -> archive.Tally:
        """Until nothing is due and nobody else is fetching."""
        total, running = archive.Tally(), set[Future[archive.Tally]]()
        with ThreadPoolExecutor(workers) as pool:
            while True:
                claims = archive.claim_due(timezone.now()) if len(running) < workers else []
                running |= {pool.submit(_fetch, claim) for claim in claims}
                if not running and not self.is_somebody_fetching():
                    return total
                done, running = wait(running, _LOOK_AGAIN, FIRST_COMPLETED) if running else self.pause()
                for future in done:
                    tally = future.result()
                    total.kept += tally.kept
                    total.failed += tally.failed
                    total.problem = tally.problem or total.problem
                self.report(f"{total.kept} kept, {total.failed} failed, {wanted().count()} to go")

    def is_somebody_fetching(self) -> bool:
        """A worker, or one that was killed and whose lease is not over yet."""
        return archive.being_fetched(timezone.now()).exists()

    def pause(self) -> Any:
        time.sleep(_LOOK_AGAIN)
        return set(), set()

    def report(self, line: str) -> None:
        """A line now and then, so that a person sees it going on."""
        if time.monotonic() >= self.next_report:
            self.stdout.write(line)
            self.stdout.flush()
            self.next_report = time.monotonic() + _REPORT_EVERY


def _fetch(claim: Claim) -> archive.Tally:
    try:
        with Client(patient_policy()) as client:
            return archive.fetch_claim(client, claim, pause=settings.HOST_PAUSE)
    finally:
        connections.close_all()
