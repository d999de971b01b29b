"""A worker that stores what polls would bring, as quickly as it can, until its input ends, in the site of its
environment: `benchmarks.storing NUMBER WORKERS`. Then it prints how many articles were new, and how many changed.

Each document has new entries, dated now and years ago, and changed ones; each is a transaction of its own.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.parse.document import ParsedEntry

NEW, CHANGED = 10, 2
FEEDS = 40


def main() -> None:
    import django

    django.setup()
    number, workers = map(int, sys.argv[1:])
    stop = Event()

    def wait() -> None:
        sys.stdin.read()
        stop.set()

    Thread(target=wait, daemon=True).start()
    print("ready", flush=True)
    new, changed = _store(number, workers, stop)
    print(json.dumps({"new": new, "changed": changed}), flush=True)


def _store(number: int, workers: int, stop: Event) -> tuple[int, int]:
    from articles.ingest.pipeline import store_entries
    from feeds.models import Feed

    feeds = list(Feed.objects.order_by("pk")[number::workers][:FEEDS])
    chance, numbers = random.Random(number), count(1)
    new = changed = 0
    while not stop.is_set():
        feed = chance.choice(feeds)
        stored = store_entries(feed, [*_new(chance, number, numbers), *_changed(chance, feed.pk)])
        new, changed = new + stored.new, changed + stored.changed
    return new, changed


def _new(chance: random.Random, number: int, numbers: Iterator[int]) -> Iterator[ParsedEntry]:
    from benchmarks.vocabulary import ENGLISH
    from feeds.parse.document import ParsedEntry

    now = datetime.now(UTC)
    for place in range(NEW):
        guid = f"{now.timestamp()}-{number}-{next(numbers)}"
        text = " ".join(chance.choices(ENGLISH.split(), k=90))
        yield ParsedEntry(
            guid=guid,
            url=f"https://new.example/{guid}",
            title=text[:50],
            content_html=f"<p>{text}</p>",
            published_at=now - (timedelta(days=3650) * chance.random() if place % 2 else timedelta()),
        )


def _changed(chance: random.Random, feed: int) -> Iterator[ParsedEntry]:
    from articles.models import Article
    from feeds.parse.document import ParsedEntry

    rows = Article.objects.filter(feed=feed).order_by("-pk").values_list("guid", "url", "title", "published_at")
    for guid, url, title, published_at in chance.sample(list(rows[:100]), CHANGED):
        text = f"<p>{title}, once more: {chance.random()}</p>"
        yield ParsedEntry(guid=guid, url=url, title=title, content_html=text, published_at=published_at)


if __name__ == "__main__":
    main()
