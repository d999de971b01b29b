"""Have the whole texts of a feed's articles fetched."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.full_text.waiting import want_old
from articles.models import Article
from feeds.management.options import ID_OR_URL, feed_named

_REPORT_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = (
        "Have the workers fetch the whole texts of the articles of a feed that are kept: of those that look like a "
        "part, or of all where that is the feed's rule. Last line: 'looked at N, wanted N'. Exit code: 0, or 1 where "
        "the feed is not known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("feed", metavar=ID_OR_URL)

    def handle(self, *args: Any, **options: Any) -> None:
        looked_at, wanted = 0, 0
        next_report = time.monotonic() + _REPORT_EVERY
        for progress in want_old(feed_named(options["feed"]), Article.objects.all()):
            looked_at, wanted = progress
            if time.monotonic() >= next_report:
                self.stdout.write(f"{looked_at} articles so far")
                self.stdout.flush()
                next_report = time.monotonic() + _REPORT_EVERY
        self.stdout.write(f"looked at {looked_at}, wanted {wanted}")
