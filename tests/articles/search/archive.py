"""Articles to be searched, and searches as a reader makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from articles.lists.pages import Reader, Selection
from articles.models import Article
from articles.search import index
from articles.search.find import Order, Search, SearchPage, found_ids, search_page
from feeds.models import Feed
from tests.factories import make_article

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANYBODY = AnonymousUser()


def store(text: str = "", title: str = "", feed: Feed | None = None, **fields: Any) -> Article:
    """An article that is stored and indexed, as articles.ingest.store does."""
    fields.setdefault("content_html", f"<p>{text}</p>")
    article = make_article(feed, title=title, content_text=text, **fields)
    index.index([article])
    return article


def search_for(query: str, *, reader: Reader = ANYBODY, order: Order = Order.DATE, **selected: Any) -> Search:
    return Search(selection=Selection(query=query, order=order, **selected), reader=reader, now=NOW)


def found(query: str, **options: Any) -> list[int]:
    """The ids of all hits, in order."""
    return found_ids(search_for(query, **options), size=10_000)


def page(query: str, *, cursor: str = "", size: int = 30, **options: Any) -> SearchPage:
    return search_page(search_for(query, **options), cursor=cursor, size=size)
