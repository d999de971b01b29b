"""Search from a shell or a script."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from articles.lists.pages import Selection
from articles.lists.selection import ORDERS_OF_HITS
from articles.management.readers import NEEDS_READER, reader_named
from articles.search.describe import note_text
from articles.search.find import Found, Order, Search, SearchPage, search_page
from articles.search.query.snippets import Piece
from feeds.management.options import ID_OR_URL, feed_named_or_none
from feeds.models import Category

MOST = 100_000


class Command(BaseCommand):
    help = (
        'Search the articles, newest first. The query is what the search field takes: words, "phrases", -not, OR, '
        "title:, feed:, after: and so on. Exit code: 0, also where nothing is found; 1 where the database took too "
        "long; 2 for wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", metavar="QUERY")
        parser.add_argument("--feed", metavar=ID_OR_URL, help="only articles of this feed")
        parser.add_argument("--category", metavar="SLUG", help="only of this category and those inside it")
        parser.add_argument("--user", metavar="NAME", help="for whom is:unread, is:read and is:starred are asked")
        parser.add_argument("--order", choices=[order.value for order in ORDERS_OF_HITS], default=Order.DATE.value)
        parser.add_argument("--limit", type=_limit, default=20, metavar="N", help="how many hits to print (20)")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a list to read")

    def handle(self, *args: Any, **options: Any) -> None:
        search = Search(
            selection=Selection(
                feed=feed_named_or_none(options["feed"]),
                category=_category(options["category"]),
                query=options["query"],
                order=Order(options["order"]),
            ),
            reader=reader_named(options["user"]),
            now=timezone.localtime(),
            patience=float("inf"),
        )
        if search.is_personal and not isinstance(search.reader, User):
            raise CommandError(NEEDS_READER, returncode=2)
        page = search_page(search, size=options["limit"])
        if page.timed_out:
            raise CommandError("the database took too long: ask for something rarer, or for a shorter time")
        for note in page.notes:
            self.stderr.write(note_text(note))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(page), ensure_ascii=False))
        else:
            self._print(page)

    def _print(self, page: SearchPage) -> None:
        for found in page.found:
            article = found.article
            self.stdout.write(f"{timezone.localtime(article.published_at):%Y-%m-%d %H:%M}  {article.name}")
            self.stdout.write(f"    {article.feed.name}  {article.url}")
            self.stdout.write(f"    {_plain(found.snippet)}")
        self.stdout.write(f"{page.total} hits" if page.total_is_exact else f"more than {page.total} hits")


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"a number from 1 to {MOST}")
    return int(text)


def _category(slug: str | None) -> Category | None:
    category = None if slug is None else Category.objects.filter(owner=None, slug=slug).first()
    if slug is not None and category is None:
        raise CommandError(f"no category {slug!r}: give its slug, as in the admin", returncode=2)
    return category


def _as_json(page: SearchPage) -> dict[str, Any]:
    return {
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "hits": [_hit(found) for found in page.found],
    }


def _hit(found: Found) -> dict[str, Any]:
    article = found.article
    return {
        "id": article.pk,
        "url": article.url,
        "title": article.name,
        "published": article.published_at.isoformat(),
        "feed": article.feed.name,
        "snippet": _plain(found.snippet),
    }


def _plain(pieces: tuple[Piece, ...]) -> str:
    return " ".join("".join(piece.text for piece in pieces).split())
