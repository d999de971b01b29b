"""Bring the search index up to date."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.models import Article
from articles.search import index

_REPORT_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = (
        "Index the articles that the search index lacks or has from an older version of the analyzer; with --all, "
        "every article anew. Searching goes on meanwhile, and a run that was stopped is resumed by the next, without "
        "--all. "
        "Last line: 'indexed N'. Exit code: 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also articles whose entry is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            index.forget()
        indexed, reported, articles = 0, time.monotonic(), Article.objects.count()
        for number in index.reindex():
            indexed += number
            if time.monotonic() - reported > _REPORT_EVERY:
                reported = time.monotonic()
                self.stdout.write(f"{indexed} of at most {articles}")
        self.stdout.write(f"indexed {indexed}")
