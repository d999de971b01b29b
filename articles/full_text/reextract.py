"""A better extractor, run over the pages that are kept: nothing is fetched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from articles.compression import decompressed
from articles.extract import VERSION
from articles.full_text import choice
from articles.full_text.fetch import directions_for, pages_of_text
from articles.full_text.models import FullText
from articles.full_text.page_body import read_again
from articles.full_text.queue import QUEUE
from articles.models import Article
from feeds import sandbox
from feeds.leases.queues import FREE, LeaseLost
from feeds.models import Feed

logger = logging.getLogger(__name__)

_BATCH = 100


@dataclass(slots=True)
class Progress:
    """The progress of a run. `changed` articles read differently now; `passed_over`: somebody fetches them just now,
    their entries came anew meanwhile, or their pages take too much."""

    changed: int = 0
    unchanged: int = 0
    passed_over: int = 0


def reextract(
    *, feed: Feed | None = None, everything: bool = False, report: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Find the articles in their kept pages anew, of `feed` or of all: those that an older extractor found, or, after a
    selector or a site's rule changed, `everything`. A run that was interrupted goes on where it stopped."""
    progress = Progress()
    for pk in _keys(feed, everything):
        token = QUEUE.claim_one(pk, timezone.now())
        outcome = None if token is None else _again(pk, token)
        progress.passed_over += outcome is None
        progress.changed += outcome is True
        progress.unchanged += outcome is False
        report(progress)
    return progress


def _keys(feed: Feed | None, everything: bool) -> Iterator[int]:
    rows = FullText.objects.exclude(pages_zlib=b"").order_by("pk")
    if feed is not None:
        rows = rows.filter(article__feed=feed)
    if not everything:
        rows = rows.filter(extractor_version__lt=VERSION)
    last = 0
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:_BATCH]):
        yield from keys
        last = keys[-1]


def _again(pk: int, token: UUID) -> bool | None:
    row = FullText.objects.select_related("article__feed").get(pk=pk)
    row.lease = token
    article: Article = row.article
    before = article.content_html
    pages = pages_of_text(decompressed(row.pages_zlib))
    try:
        found = sandbox.run(read_again, pages, directions_for(article.feed, pages[0].url))
        made = choice.choose(article, row, pages, found)
        with transaction.atomic():
            QUEUE.hold(row)
            columns = choice.write(article, row, made)
            if made.content or not row.is_shown:
                columns |= choice.kept(pages, found)
            QUEUE.store(row, **columns | {"extractor_version": VERSION}, **FREE)
    except (choice.Changed, LeaseLost, sandbox.OverBudget) as error:
        logger.warning("%s: its whole text stays as it is. %s", row.url, error)
        QUEUE.put_back([row])
        return None
    return bool(made.content and made.content.content_html != before)
