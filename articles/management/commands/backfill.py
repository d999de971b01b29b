"""Fetch what a publisher has older than its feed document, in the foreground."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.ingest import older_documents
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http import Client
from feeds.management.options import ID_OR_URL, feed_named
from feeds.models import Feed


class Command(BaseCommand):
    help = (
        "Fetch a feed's older articles, one line per document. Goes on where the back-fill of the feed stands, whoever "
        "began it. Ctrl-C leaves it where it is: workers go on with it. "
        "Exit code: 0 all is fetched, 1 it failed or is under way elsewhere, 2 wrong use."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("feed", nargs="?", metavar=ID_OR_URL, help="this feed")
        parser.add_argument("--all", action="store_true", help="every feed whose back-fill has not finished")
        parser.add_argument(
            "--numbers", action="store_true", help="ask for pages by number, as WordPress has them (?paged=2)"
        )
        parser.add_argument("--again", action="store_true", help="begin anew; what is here stays as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["feed"]) == options["all"]:
            raise CommandError("give a feed's id or address, or --all", returncode=2)
        feeds = self._unfinished() if options["all"] else [self._feed(options)]
        with Client(settings.FETCH_POLICY) as client:
            try:
                failed = sum(not self._backfill(client, feed) for feed in feeds)
            except KeyboardInterrupt:
                raise CommandError("Left where it is: workers go on from there", returncode=130) from None
        if failed:
            raise CommandError(f"{failed} of {len(feeds)} back-fills have not finished", returncode=1)

    def _unfinished(self) -> list[Feed]:
        unfinished = Backfill.objects.exclude(state=Backfill.State.FINISHED)
        return list(Feed.objects.filter(backfill__in=unfinished).order_by("id"))

    def _feed(self, options: dict[str, Any]) -> Feed:
        """The feed that was named, its back-fill begun where there is none or where it is to begin anew."""
        feed = feed_named(options["feed"])
        if options["again"] or options["numbers"] or not Backfill.objects.filter(pk=feed.pk).exists():
            progress.request(feed, Backfill.Way.NUMBERS if options["numbers"] else None)
        return feed

    def _backfill(self, client: Client, feed: Feed) -> bool:
        """True where the feed's history is here now."""
        progress.resume(Backfill.objects.filter(pk=feed.pk))
        backfill = Backfill.objects.get(pk=feed.pk)
        claim = progress.claim(feed.pk, timezone.now())
        try:
            for backfill in older_documents.steps(client, claim, pause=settings.HOST_PAUSE) if claim else ():
                self.stdout.write(line(backfill))
        finally:
            if claim:
                progress.QUEUE.release(claim)
        if backfill.state == Backfill.State.FINISHED:
            self.stdout.write(f"finished  {feed.url}  {backfill.articles} new in {backfill.documents} documents")
            return True
        reason = backfill.last_error or _why_not(backfill, is_ours=claim is not None)
        self.stdout.write(f"{backfill.state:<9} {feed.url}  {reason}")
        return False


def _why_not(backfill: Backfill, *, is_ours: bool) -> str:
    if is_ours:
        return "its host wants to be left alone for a while; workers go on"
    return "another worker is at it; see its progress in the admin, or try again soon"


def line(backfill: Backfill) -> str:
    """`12 documents  2400 new  https://…`: where a back-fill stands, and what it reads next or what went wrong."""
    what = backfill.last_error or backfill.next_url
    return f"{backfill.documents} documents  {backfill.articles} new  {what}"
