"""Search as pages and scripts call it: a query and a selection in, a page of marked articles out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from articles.lists.cursors import BadCursor
from articles.lists.pages import load
from articles.lists.selection import Order
from articles.models import Article
from articles.search.backend import BadPlace, SearchTimeout
from articles.search.databases import backend
from articles.search.hit_page import Asked, HitPage, Search, hit_page, newest_hits, row_count, understand
from articles.search.query import snippets
from articles.search.query.matching import Text
from articles.search.query.syntax import Note
from articles.search.texts import texts_of
from articles.settled_ids import settled_id

__all__ = [
    "BadCursor", "Facets", "Found", "Order", "Search", "SearchPage", "SearchTimeout", "facets", "found_ids",
    "found_page", "search_page", "shown_again", "total_of",
]  # fmt: skip

# Totals up to here are exact where the index alone can tell.
COUNTED = 1000
FACETED = 1000
MOST_COUNTED = 10_000_000
COUNTED_AT_ONCE = 400  # of what has to be looked through


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as it is shown; `article` is without its bodies, as in a list. Author and address where they answer the
    query."""

    article: Article
    title: tuple[snippets.Piece, ...]
    snippet: tuple[snippets.Piece, ...]
    author: tuple[snippets.Piece, ...] = ()
    address: tuple[snippets.Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`total` counts all hits; where it is not exact there are more. `timed_out`: the database gave up."""

    found: list[Found] = field(default_factory=list)
    next_cursor: str = ""
    previous_cursor: str = ""
    latest_id: int = 0
    total: int = 0
    total_is_exact: bool = True
    notes: tuple[Note, ...] = ()
    timed_out: bool = False


def search_page(search: Search, *, cursor: str = "", size: int = 30) -> SearchPage:
    """A page of hits. Raises BadCursor."""
    asked = understand(search)
    latest_id = settled_id()  # before all else: what comes in while the page is made must not count as seen
    try:
        page = _page(search, asked, cursor, size)
        total, exact = _total(search, asked, page)
        found = _shown(search, asked, page)
    except SearchTimeout:
        return SearchPage(notes=asked.notes, timed_out=True, total_is_exact=False, latest_id=latest_id)
    return SearchPage(
        found=found,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        latest_id=latest_id,
        total=total,
        total_is_exact=exact,
        notes=asked.notes,
    )


def shown_again(search: Search, article: Article) -> Found | None:
    """An article as the hit that it was before it was read; None where its text is gone."""
    texts = texts_of([article.pk], {})
    return _found(understand(search), article, texts[article.pk]) if article.pk in texts else None


def found_page(search: Search, *, cursor: str = "", size: int = 30) -> HitPage:
    """The hits of a page, and no more of them than had to be read. Raises BadCursor, SearchTimeout."""
    return _page(search, understand(search), cursor, size)


def found_ids(search: Search, *, cursor: str = "", size: int = 30) -> list[int]:
    """The ids of a page, in its order. Raises BadCursor, SearchTimeout."""
    return found_page(search, cursor=cursor, size=size).article_ids


def _page(search: Search, asked: Asked, cursor: str, size: int) -> HitPage:
    try:
        return hit_page(search, asked, cursor, size)
    except BadPlace as error:
        raise BadCursor(cursor) from error


def _total(search: Search, asked: Asked, page: HitPage) -> tuple[int, bool]:
    """The number of hits, or a number that they exceed for certain; and True where it is the exact one."""
    if page.is_all:
        return page.known, True
    if asked.plan.exact:
        counted, is_all = row_count(search, asked, COUNTED)
        return (max(counted, page.known), True) if is_all else (max(counted, page.known - 1), False)
    return max(page.known - 1, 0), False


def total_of(search: Search) -> tuple[int, bool]:
    """The number of hits in the whole archive, and True where it is exact: where the index alone can't tell, as many
    are counted as `search.patience` reaches. Raises SearchTimeout."""
    asked = understand(search)
    if asked.plan.exact and asked.fold is None:
        return backend().count(asked.plan, limit=MOST_COUNTED), True
    total, cursor, end = 0, "", monotonic() + search.patience
    while True:
        page = _page(search, asked, cursor, COUNTED_AT_ONCE)
        total, cursor = total + len(page.article_ids), page.next_cursor
        if not cursor or monotonic() > end:
            return total, not cursor


def _shown(search: Search, asked: Asked, page: HitPage) -> list[Found]:
    texts = texts_of(page.article_ids, page.texts)
    articles = load(page.article_ids, search.reader)
    return [_found(asked, article, texts[article.pk]) for article in articles if article.pk in texts]


def _found(asked: Asked, article: Article, text: Text) -> Found:
    return Found(
        article,
        snippets.marked(text.title, asked.condition, field="title", language=text.language),
        snippets.snippet(text.text, asked.condition, language=text.language),
        _if_marked(snippets.marked(text.author, asked.condition, field="author", language=text.language)),
        _if_marked(snippets.marked(text.url, asked.condition, field="url", language=text.language)),
    )


def _if_marked(pieces: tuple[snippets.Piece, ...]) -> tuple[snippets.Piece, ...]:
    return pieces if any(piece.is_match for piece in pieces) else ()


# --- facets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facets:
    """The spread of the newest hits: by feed id and by month, the most first and the newest first. Where these are not
    all the hits there are, as `is_complete` says, each number is a lower bound, and there are more than `total`."""

    feeds: list[tuple[int, int]]
    months: list[tuple[date, int]]
    total: int
    is_complete: bool


def facets(search: Search) -> Facets:
    """Counts among the newest FACETED hits. Raises SearchTimeout."""
    found, is_complete = newest_hits(search, FACETED)
    hits = found[:FACETED]
    return Facets(
        feeds=Counter(hit.feed_id for hit in hits).most_common(),
        months=sorted(Counter(hit.month for hit in hits).items(), reverse=True),
        total=len(found) if is_complete else max(len(found) - 1, 0),
        is_complete=is_complete,
    )
