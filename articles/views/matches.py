"""An article that was found: its matches marked, and its neighbours among the hits."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from articles.display.highlight import Highlighted, Places, highlight
from articles.lists.pages import load
from articles.models import Article
from articles.search.find import Search, SearchTimeout, found_page
from articles.search.hit_page import HitPage
from articles.search.query import parse, snippets
from articles.search.resolve import Names, resolve

PAGE = 30


@dataclass(frozen=True, slots=True)
class Marked:
    """Title, author, address and sanitized content with `count` matches marked, in that order; the address is empty
    where it has none."""

    title: SafeString
    author: SafeString
    address: SafeString
    content_html: str
    count: int


def marked(article: Article, search: Search) -> Marked:
    """The article with the query's matches in it."""
    condition = resolve(parse(search.text).tree, now=search.now, names=Names(search.reader))

    def find(field: str, text: str) -> Places:
        return snippets.places(text, condition, field=field, language=article.language)

    count = 0

    def mark(html: str, field: str) -> Highlighted:
        nonlocal count
        found = highlight(html, lambda text: find(field, text), first=count + 1)
        count += found.count
        return found

    title, author, url = (mark(escape(getattr(article, field)), field) for field in ("title", "author", "url"))
    body = mark(article.content_html, "")
    return Marked(
        mark_safe(title.html),  # noqa: S308 - escaped
        mark_safe(author.html),  # noqa: S308 - escaped
        mark_safe(url.html if url.count else ""),  # noqa: S308 - escaped
        body.html,
        count,
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """The hits before and after an article, each with the cursor of the page that it is on."""

    before: Article | None = None
    before_cursor: str = ""
    after: Article | None = None
    after_cursor: str = ""


def beside(article: Article, search: Search, cursor: str) -> Beside:
    """The neighbours of an article on the page of hits at `cursor`, or on the pages beside that. None where the
    article is not on the page (any more), or where looking takes too long. Raises BadCursor."""
    try:
        before, after = _ids_beside(article.pk, search, cursor)
    except SearchTimeout:
        return Beside()
    loaded = {found.pk: found for found in load([pk for pk, _ in (before, after) if pk], search.reader)}
    return Beside(loaded.get(before[0]), before[1], loaded.get(after[0]), after[1])


def _ids_beside(pk: int, search: Search, cursor: str) -> tuple[tuple[int, str], tuple[int, str]]:
    """Id and cursor of the hits on both sides; 0 where there is none."""
    page = _page(search, cursor)
    ids = page.article_ids
    if pk not in ids:
        return (0, ""), (0, "")
    at = ids.index(pk)
    before = (ids[at - 1], cursor) if at else _before(pk, search, page.previous_cursor)
    after = (ids[at + 1], cursor) if at + 1 < len(ids) else _after(search, page.next_cursor)
    return before, after


def _before(pk: int, search: Search, cursor: str) -> tuple[int, str]:
    """The last hit of the page at `cursor`. The first page may reach as far as `pk`, or beyond it."""
    ids = _page(search, cursor).article_ids if cursor else []
    ids = ids[: ids.index(pk)] if pk in ids else ids
    return (ids[-1], cursor) if ids else (0, "")


def _after(search: Search, cursor: str) -> tuple[int, str]:
    ids = _page(search, cursor).article_ids if cursor else []
    return (ids[0], cursor) if ids else (0, "")


def _page(search: Search, cursor: str) -> HitPage:
    return found_page(search, cursor=cursor, size=PAGE)
