"""Compare the articles of the archive with each other."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.stories import fold

_REPORT_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = (
        "Compare articles that have not been compared with others yet, so that what several feeds bring has one row; "
        "with --all, every article anew. A run that was stopped is resumed by the next, without --all. Workers do the "
        "same in the background; while one of them is at it, there is nothing to do here. "
        "Last line: 'compared N'. Exit code: 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also articles that were compared before")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            fold.forget_progress()
        compared, reported = 0, time.monotonic()
        for number in fold.fold_some():
            compared += number
            if time.monotonic() - reported > _REPORT_EVERY:
                reported = time.monotonic()
                progress = fold.progress()
                self.stdout.write(f"{progress.done} of {progress.total}")
        self.stdout.write(f"compared {compared}")
