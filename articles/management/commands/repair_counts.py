"""Count the articles of every feed anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from articles.ingest import store


class Command(BaseCommand):
    help = "Count the articles of every feed anew, should the kept counts ever be wrong. Exit code: 0."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"repaired {store.repair_counts()}")
