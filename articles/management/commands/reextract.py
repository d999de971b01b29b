"""Find whole articles anew in the pages that are kept."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.full_text.reextract import Progress, reextract
from feeds.management.options import ID_OR_URL, feed_named_or_none

_REPORT_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = (
        "Find whole articles anew in their pages as they came, those that an older extractor found; with --all every "
        "one, for instance after a selector or a site's rule changed. Nothing is fetched. It may be stopped and "
        "started again. Last line: 'reextracted N, unchanged N, passed over N'. Exit code: 0, or 1 where the feed is "
        "not known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also articles that the current extractor found")
        parser.add_argument("--feed", metavar=ID_OR_URL, help="only the articles of this feed")

    def handle(self, *args: Any, **options: Any) -> None:
        feed = feed_named_or_none(options["feed"])
        self.next_report = time.monotonic() + _REPORT_EVERY
        progress = reextract(feed=feed, everything=options["all"], report=self.report)
        self.stdout.write(
            f"reextracted {progress.changed}, unchanged {progress.unchanged}, passed over {progress.passed_over}"
        )

    def report(self, progress: Progress) -> None:
        """A line now and then, so that a person sees it going on."""
        if time.monotonic() >= self.next_report:
            self.stdout.write(f"{progress.changed + progress.unchanged} articles so far")
            self.stdout.flush()
            self.next_report = time.monotonic() + _REPORT_EVERY
