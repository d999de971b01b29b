"""Search as pages and scripts call it: a query and a selection in, a page of marked articles out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from django.contrib.auth.models import User

from articles.cursors import BadCursor
from articles.listing import Reader, Selection, Show, load, newest_id
from articles.models import Article
from articles.search import query, snippets
from articles.search.backend import BadPlace, Hit, SearchTimeout, backend
from articles.search.index import media_of
from articles.search.matching import Condition, Contains, Every, InFeeds, Neither, Some, Text, atoms, matches
from articles.search.plan import Plan, plan
from articles.search.query import Note, Problem
from articles.search.rank import score
from articles.search.resolve import feeds_in, resolve

# Totals up to here are exact where the index alone can tell.
COUNTED = 1000
# A page is filled up from no more candidates than this; what is left waits behind "older".
MOST_CHECKED = 3000
# By relevance: how many of the newest hits, and of the newest with the words in the title, are weighed.
WEIGHED = 120
WEIGHED_TITLES = 120
FACETED = 1000


class Order(StrEnum):
    DATE = "date"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked, and by whom: the query's text within a selection. `now` carries the reader's time zone."""

    text: str
    selection: Selection
    reader: Reader
    now: datetime
    order: Order = Order.DATE


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as it is shown; `article` is without its bodies, as in a list."""

    article: Article
    title: tuple[snippets.Piece, ...]
    snippet: tuple[snippets.Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`total` counts all hits; where it is not exact there are more. `timed_out`: the database gave up."""

    found: list[Found] = field(default_factory=list)
    older_cursor: str = ""
    newer_cursor: str = ""
    latest_id: int = 0
    total: int = 0
    total_is_exact: bool = True
    notes: tuple[Note, ...] = ()
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search, understood: the condition, its plan, and the notes on the query."""

    condition: Condition
    plan: Plan
    notes: tuple[Note, ...]


def understand(search: Search) -> _Asked:
    parsed = query.parse(search.text)
    asked = resolve(parsed.tree, now=search.now)
    empty = [words for words in snippets.asked_for(asked) if not atoms(words.words)]
    parts = [*_selected(search.selection), *(asked.parts if isinstance(asked, Every) else (asked,))]
    notes = (*parsed.notes, *(Note(Problem.PUNCTUATION, words.words) for words in empty))
    condition = Every(tuple(parts))
    return _Asked(condition, plan(condition, backend().stem_languages()), notes)


def _selected(selection: Selection) -> list[Condition]:
    conditions: list[Condition] = []
    if selection.feed is not None:
        conditions.append(InFeeds(frozenset({selection.feed.pk})))
    if selection.category is not None:
        conditions.append(InFeeds(feeds_in({selection.category.pk})))
    return conditions


def search_page(search: Search, *, cursor: str = "", size: int = 30) -> SearchPage:
    """A page of hits. Raises BadCursor."""
    asked = understand(search)
    latest_id = newest_id()
    try:
        page = (
            _relevance_page(search, asked, cursor, size)
            if _by_relevance(search)
            else _date_page(search, asked, cursor, size)
        )
    except SearchTimeout:
        return SearchPage(notes=asked.notes, timed_out=True, total_is_exact=False, latest_id=latest_id)
    except BadPlace as error:
        raise BadCursor(cursor) from error
    return replace(page, notes=asked.notes, latest_id=latest_id)


def _by_relevance(search: Search) -> bool:
    return search.order is Order.RELEVANCE


# --- newest first -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """Hits that stood the recheck, in the order walked; `more` where the walk ended before the hits did."""

    hits: list[Hit] = field(default_factory=list)
    texts: dict[int, Text] = field(default_factory=dict)
    articles: dict[int, Article] = field(default_factory=dict)
    more: bool = False
    place: str = ""


def _date_page(search: Search, asked: _Asked, cursor: str, size: int) -> SearchPage:
    newer, place = _read(cursor)
    walk = _walk(search, asked, place, newer=newer, wanted=size + 1)
    if newer and len(walk.hits) <= size:  # at the top: the first page, full
        newer, place = False, ""
        walk = _walk(search, asked, place, newer=False, wanted=size + 1)
    hits = walk.hits[:size]
    beyond = len(walk.hits) > size or walk.more
    if newer:
        hits = hits[::-1]
    total, exact = _total(search, asked, walk, first=not place)
    edge = walk.place if walk.more and len(walk.hits) <= size else (hits[-1].place if hits else "")
    return SearchPage(
        found=_shown(asked, hits, walk),
        older_cursor=f"o{edge}" if (beyond or newer) and edge else "",
        newer_cursor=f"n{hits[0].place}" if hits and place and (beyond or not newer) else "",
        total=total,
        total_is_exact=exact,
    )


def _read(cursor: str) -> tuple[bool, str]:
    """Whether a cursor leads to newer hits, and the place it starts from."""
    if cursor and (cursor[0] not in "on" or len(cursor) < 2):
        raise BadCursor(cursor)
    return cursor[:1] == "n", cursor[1:]


def _walk(search: Search, asked: _Asked, place: str, *, newer: bool, wanted: int) -> _Walk:
    walk = _Walk(place=place)
    checked = 0
    every_hit_counts = asked.plan.exact and not _by_state(search)
    while len(walk.hits) < wanted:
        missing = wanted - len(walk.hits)
        limit = missing if every_hit_counts else max(50, missing * 2)
        candidates = backend().hits(asked.plan, place=walk.place, newer=newer, limit=limit)
        _keep(search, asked, candidates, walk)
        checked += len(candidates)
        if len(candidates) < limit:
            return walk
        walk.place = candidates[-1].place
        if checked >= max(MOST_CHECKED, wanted * 2):
            walk.more = True
            return walk
    walk.more = True
    return walk


def _by_state(search: Search) -> bool:
    return isinstance(search.reader, User) and search.selection.show is not Show.ALL


def _keep(search: Search, asked: _Asked, candidates: Sequence[Hit], walk: _Walk) -> None:
    """Recheck candidates against their own text and the reader's state; those that stand go on the walk."""
    texts = _texts([hit.article_id for hit in candidates], asked)
    if not asked.plan.exact:
        texts = {article_id: text for article_id, text in texts.items() if matches(asked.condition, text)}
    articles = {article.id: article for article in load(list(texts), search.reader)}
    if _by_state(search):
        wanted = "is_unread" if search.selection.show is Show.UNREAD else "is_starred"
        articles = {article_id: article for article_id, article in articles.items() if getattr(article, wanted)}
    walk.hits += [hit for hit in candidates if hit.article_id in articles]
    walk.texts |= texts
    walk.articles |= articles


def _texts(article_ids: Sequence[int], asked: _Asked) -> dict[int, Text]:
    """The articles' texts as they are matched and cut into snippets."""
    columns = ["id", "title", "content_text", "author", "url", "language", "feed_id", "published_at"]
    if media := not asked.plan.exact:
        columns += ["content_html", "image_url"]
    articles = Article.objects.filter(id__in=article_ids).only(*columns)
    if media:
        articles = articles.prefetch_related("enclosures")
    return {
        article.id: Text(
            title=article.title,
            text=article.content_text,
            author=article.author,
            url=article.url,
            language=article.language,
            feed_id=article.feed_id,
            published_at=article.published_at,
            media=media_of(article, [file.media_type for file in article.enclosures.all()]) if media else frozenset(),
        )
        for article in articles
    }


def _total(search: Search, asked: _Asked, walk: _Walk, *, first: bool) -> tuple[int, bool]:
    if first and not walk.more:
        return len(walk.hits), True
    if asked.plan.exact and not _by_state(search):
        counted = backend().count(asked.plan, limit=COUNTED + 1)
        return min(counted, COUNTED), counted <= COUNTED
    return len(walk.hits) - 1 if first else 0, False


def _shown(asked: _Asked, hits: Sequence[Hit], walk: _Walk) -> list[Found]:
    return [_found(asked, walk.articles[hit.article_id], walk.texts[hit.article_id]) for hit in hits]


def _found(asked: _Asked, article: Article, text: Text) -> Found:
    return Found(
        article,
        snippets.marked(text.title, asked.condition, field="title", language=text.language),
        snippets.snippet(text.text, asked.condition, language=text.language),
    )


# --- by relevance -----------------------------------------------------------------------------------------------


def _relevance_page(search: Search, asked: _Asked, cursor: str, size: int) -> SearchPage:
    """Weighs the newest hits, and the newest that have the words in the title; beyond these there is no order that a
    reader would see."""
    start = _offset(cursor)
    walk = _walk(search, asked, "", newer=False, wanted=WEIGHED)
    titles = in_title(asked.condition)
    if titles is not None and walk.more:
        by_title = _Asked(titles, plan(titles, backend().stem_languages()), ())
        of_titles = _walk(search, by_title, "", newer=False, wanted=WEIGHED_TITLES)
        walk.hits = list({hit.article_id: hit for hit in [*walk.hits, *of_titles.hits]}.values())
        walk.texts |= of_titles.texts
        walk.articles |= of_titles.articles
    words = snippets.asked_for(asked.condition)
    weights = {hit.article_id: score(walk.texts[hit.article_id], words, now=search.now) for hit in walk.hits}
    ranked = sorted(walk.hits, key=lambda hit: (-weights[hit.article_id], -hit.article_id))
    total, exact = _total(search, asked, walk, first=True)
    return SearchPage(
        found=_shown(asked, ranked[start : start + size], walk),
        older_cursor=f"r{start + size}" if start + size < len(ranked) else "",
        newer_cursor=f"r{max(0, start - size)}" if start else "",
        total=max(total, len(ranked)),
        total_is_exact=exact,
    )


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if cursor[0] != "r" or not cursor[1:].isdecimal() or int(cursor[1:]) > WEIGHED + WEIGHED_TITLES:
        raise BadCursor(cursor)
    return int(cursor[1:])


def in_title(condition: Condition) -> Condition | None:
    """The condition with its words looked for in the title; None where it asks for none that may stand there."""
    match condition:
        case Contains(words, ""):
            return Contains(words, "title")
        case Every(parts):
            changed = tuple(in_title(part) or part for part in parts)
            return Every(changed) if changed != parts else None
        case Some(parts):
            found = tuple(part for part in map(in_title, parts) if part is not None)
            return Some(found) if found else None
        case Neither():
            return None
        case _:
            return None


# --- facets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facets:
    """How the newest hits spread: by feed id and by month, the most first and the newest first. `is_complete` where
    these are all the hits there are, not just the newest, and each was looked up exactly."""

    feeds: list[tuple[int, int]]
    months: list[tuple[date, int]]
    is_complete: bool


def facets(search: Search) -> Facets:
    """Counts among the newest FACETED hits of the index. Raises SearchTimeout."""
    asked = understand(search)
    hits = backend().hits(asked.plan, limit=FACETED + 1)
    counted = hits[:FACETED]
    return Facets(
        feeds=Counter(hit.feed_id for hit in counted).most_common(),
        months=sorted(Counter(hit.month for hit in counted).items(), reverse=True),
        is_complete=len(hits) <= FACETED and asked.plan.exact,
    )
