"""Compare the search index with the articles."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from articles.search import index

_BATCH = 500


class Command(BaseCommand):
    help = (
        "Compare the search index's entry of every article with the text that is stored, and print the ids of articles "
        "whose entry is missing or wrong: `reindex`, or `reindex --all`, puts them right. Last line: "
        "'checked N, wrong N'. Exit code: 0, or 1 where anything is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        checked, wrong = 0, 0
        ids = Article.objects.order_by("id").values_list("id", flat=True).iterator(_BATCH)
        while batch := list(islice(ids, _BATCH)):
            checked += len(batch)
            for article_id in index.wrong(batch):
                wrong += 1
                self.stdout.write(f"article {article_id}: its entry is missing or not what its text says")
        self.stdout.write(f"checked {checked}, wrong {wrong}")
        if wrong:
            raise CommandError("the index does not hold what the articles say: run `reindex`, or `reindex --all`")
