"""One list of articles, newest or oldest first, by publication or by arrival, and the neighbours of an article in it.

Pages are found by key, not by counting rows: none is slower than the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Q

from articles.lists import article_keys, cursors
from articles.lists.article_keys import newest_id
from articles.lists.bare_articles import bare_articles
from articles.lists.cursors import BadCursor
from articles.lists.hidden import shown
from articles.lists.key_pages import cursor_before, keys_of_page
from articles.lists.low_feeds import OneADay, low_feeds
from articles.lists.readable import readable
from articles.lists.scope import NO_FEED, Finder, Scope, Span
from articles.lists.selection import Selection, Show
from articles.models import Article, ArticleState, HistoryRange, ReadMark
from articles.querysets import is_by_arrival
from articles.settled_ids import settled_id
from articles.stories.rows import Fold, fold_of, fold_of_starred
from feeds.statements import Given, Statement, columns_of, parts
from feeds.subscriptions import own
from feeds.subscriptions.visibility import (
    Operator,
    Reader,
    feed_set_within,
    followed_feed_set,
    sees,
    sight_of,
    within_among,
)

__all__ = [
    "BadCursor", "ListPage", "Reader", "Selection", "Show",
    "article_in", "cursor_of", "finder", "list_page", "load", "neighbours", "newest_id",
]  # fmt: skip

_OF_STATE = columns_of(ArticleState, ("article_id", "is_read", "changed_at", "starred_at"))
_OF_MARK = columns_of(ReadMark, ("feed_id", "up_to", "created_at"))
_OF_HISTORY = columns_of(HistoryRange, ("feed_id", "first", "last"))
_OF_KEY = columns_of(Article, ("id", "feed_id"))
_GIVEN = Given("reader")
_KEYS = Statement(lambda: Article.objects.filter(pk__in=[Given("articles")]).values_list(*_OF_KEY))
_STATES = Statement(
    lambda: ArticleState.objects.filter(user=_GIVEN, article__pk__in=[Given("articles")]).values_list(*_OF_STATE)
)
_MARKS = Statement(
    lambda: ReadMark.objects.filter(Q(feed=None) | Q(feed__pk__in=[Given("feeds")]), user=_GIVEN).values_list(*_OF_MARK)
)
_HISTORY = Statement(
    lambda: HistoryRange.objects.filter(
        feed__pk__in=[Given("feeds")], first__lte=Given("newest"), last__gte=Given("oldest")
    ).values_list(*_OF_HISTORY)
)
PAGE = 50
MOST_TURNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Articles without their bodies (touching one raises), each with `feed` loaded and, for a signed-in reader,
    `is_unread` and `is_starred`. Next is further down the list, in whichever order it is; a cursor is empty where there
    is no such page. `latest_id` is what "mark all read before this moment" takes."""

    articles: list[Article]
    next_cursor: str
    previous_cursor: str
    latest_id: int


def list_page(
    selection: Selection, reader: Reader, *, cursor: str = "", size: int = PAGE, is_short: bool = False
) -> ListPage:
    """A page of the list. A page on the way back that would reach the top is the first page instead, and so is never
    short while more articles are left. With `is_short` feeds of low importance have one row a day. Raises BadCursor."""
    latest_id = settled_id()  # before all else: what comes in while the page is made must not count as seen
    cursor = _in_this_order(cursor, selection)
    find = _short(selection, reader) if is_short else finder(selection, reader)
    page = keys_of_page(find, cursor, size, newer=selection.is_oldest_first)
    articles = load([pk for _, pk in page.keys], reader)
    if isinstance(find, OneADay):
        let_stand(articles, find.stands_for, reader)
    return ListPage(
        articles=articles,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        latest_id=latest_id,
    )


def cursor_of(
    article: Article,
    selection: Selection,
    reader: Reader,
    cursor: str,
    *,
    size: int = PAGE,
    find: Finder | None = None,
) -> str:
    """The cursor of the page that `article` is on, or was on before it was read: `cursor`, where it is there, else
    that of a page near by, else of the page that begins with it. Pages are as with `is_short`. `find`: the list's
    finder. Raises BadCursor."""
    find, key, cursor = _short(selection, reader, find), selection.key_of(article), _in_this_order(cursor, selection)
    for _ in range(MOST_TURNS):
        page = keys_of_page(find, cursor, size, newer=selection.is_oldest_first)
        if page.is_before(key) and page.next_cursor:
            cursor = page.next_cursor
        elif page.is_behind(key):
            cursor = page.previous_cursor
        else:
            return cursor
    return str(cursor_before(key, newer=selection.is_oldest_first))


def _short(selection: Selection, reader: Reader, find: Finder | None = None) -> Finder:
    """The finder of the list in which feeds of low importance have one row a day."""
    find, low = find or finder(selection, reader), low_feeds(selection, reader)
    return OneADay(find, low) if low else find


def let_stand(articles: Sequence[Article], stands_for: Mapping[int, tuple[int, ...]], reader: Reader) -> None:
    """Let those of `articles` whose rows stand for others say so, and be unread where any of these is."""
    for article in articles:
        article.stands_for = stands_for.get(article.pk, ())
    if isinstance(reader, User):
        read = [article for article in articles if article.stands_for and not article.is_unread]
        unread = unread_among({pk for article in read for pk in article.stands_for}, reader) if read else set()
        for article in read:
            article.is_unread = not unread.isdisjoint(article.stands_for)


def _in_this_order(cursor: str, selection: Selection) -> str:
    """The cursor, if it is of a list in the selection's order; else none, which is the top: the reader has chosen
    another order since they were given it. Raises BadCursor."""
    place = cursors.read(cursor)
    return cursor if place and is_by_arrival(place.key) == selection.is_by_arrival else ""


def article_in(selection: Selection, pk: int, reader: Reader) -> Article | None:
    """An article of the selection's feeds as a list has it, whether it is unread, or starred, or not. None where the
    reader may not read it: starred ones are taken from all feeds there are."""
    scope = scope_of(selection, reader)
    articles = readable(reader) if scope.is_all else readable(reader).filter(feed__in=scope.feeds())
    found = load([pk], reader) if articles.filter(pk=pk).exists() else []
    return found[0] if found else None


def neighbours(
    article: Article, selection: Selection, reader: Reader, *, find: Finder | None = None
) -> tuple[Article | None, Article | None]:
    """The articles before and after `article` in the list, without bodies and without what the reader did with them.
    `article` itself need not be in it: what was unread is read once it is open. What feeds of low importance have in a
    list of several is passed over. `find`: the list's finder."""
    if low := low_feeds(selection, reader):  # left out from the start: there may be thousands beside the article
        find = finder(selection, reader, but=low)
    find = find or finder(selection, reader)
    key, down = selection.key_of(article), selection.is_oldest_first
    before, after = (find(Span(key=key, newer=newer, limit=1)) for newer in (not down, down))
    loaded = {article.pk: article for article in bare_articles([pk for _, pk in (*before, *after)])}
    return loaded.get(before[0][1]) if before else None, loaded.get(after[0][1]) if after else None


def finder(selection: Selection, reader: Reader, *, quiet: bool = False, but: frozenset[int] = frozenset()) -> Finder:
    """The function that finds the keys of the list in its order, a span at a time; `quiet` as in `scope_of`. `but`: the
    feeds of which a list of several leaves all out."""
    scope = scope_of(selection, reader, quiet=quiet)
    if but:
        scope = scope.without(but)
    if scope.is_nothing:
        return lambda span: []
    find = _finder(scope, selection, reader)
    return (lambda span: find(replace(span, by_arrival=True))) if selection.is_by_arrival else find


def _finder(scope: Scope, selection: Selection, reader: Reader) -> Finder:
    every = partial(article_keys.all_keys, scope)
    if isinstance(reader, Operator):
        return every
    if not isinstance(reader, User) or selection.show is Show.ALL:
        return shown(every, reader)
    plan = article_keys.unread_keys if selection.show is Show.UNREAD else article_keys.starred_keys
    return partial(plan, scope, reader)


def scope_of(
    selection: Selection, reader: Reader, *, quiet: bool = False, is_own: bool = False, with_doubles: bool = False
) -> Scope:
    """The feeds that the selection takes from, of those that the reader may see: what they follow where it names none,
    with `quiet` also what they have left out of the list of all. Starred articles are the reader's, whatever became of
    their feed; so is what a query finds that asks for a label (`is_own`). A story has one row, but
    for `with_doubles`."""
    scope = _feeds_of(selection, reader, quiet=quiet, is_own=is_own)
    if with_doubles:
        return scope
    return replace(scope, fold=fold_in(selection, reader))


def fold_in(selection: Selection, reader: Reader) -> Fold | None:
    """The doubles that a list leaves out, whatever feeds it takes from; None where each article has a row."""
    if isinstance(reader, User) and selection.show is Show.STARRED:
        return fold_of_starred(reader)
    return fold_of(reader)


def _feeds_of(selection: Selection, reader: Reader, *, quiet: bool, is_own: bool) -> Scope:
    is_kept = isinstance(reader, User) and (is_own or selection.show is Show.STARRED)
    if selection.feed is not None:
        is_there = is_kept or sees(reader, selection.feed)
        return Scope(feed_id=selection.feed.pk if is_there and _is_inside(selection, reader) else NO_FEED)
    if selection.category is not None:
        return Scope(some=feed_set_within(selection.category, reader))
    if is_kept or (sight := sight_of(reader)).is_all:
        return Scope()
    return Scope(some=followed_feed_set(sight, quiet=quiet))


def _is_inside(selection: Selection, reader: Reader) -> bool:
    """True where the selection's feed is in its category, if it names one."""
    if selection.category is None or selection.feed is None:
        return True
    return bool(within_among(selection.category, reader, [selection.feed.pk]))


def load(pks: Sequence[int], reader: Reader) -> list[Article]:
    """These articles, in that order, without bodies and with what the reader did with them."""
    articles = bare_articles(pks)
    own.call_by_own_titles((article.feed for article in articles), reader)
    rows = _rows(articles, reader) if isinstance(reader, User) else None
    for article in articles:
        article.is_starred = rows is not None and rows.is_starred(article)
        article.is_unread = rows is not None and rows.is_unread(article)
    return articles


def unread_among(pks: Collection[int], reader: User) -> set[int]:
    """Those of these articles that are unread."""
    found: set[int] = set()
    for some in parts(pks):
        articles = _KEYS.objects(Article, _OF_KEY, articles=some)
        rows = _rows(articles, reader)
        found.update(article.pk for article in articles if rows.is_unread(article))
    return found


def starred_among(pks: Collection[int], reader: User) -> set[int]:
    """Those of these articles that are starred."""
    states = ArticleState.objects.filter(user=reader, starred_at__isnull=False).values_list("article", flat=True)
    return {pk for some in parts(pks) for pk in states.filter(article__in=some)}


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a reader that bear on some articles: states by article, marks and history by feed."""

    states: dict[int, ArticleState]
    marks: dict[int | None, list[ReadMark]]
    history: dict[int, list[HistoryRange]]

    def is_starred(self, article: Article) -> bool:
        state = self.states.get(article.id)
        return bool(state and state.starred_at)

    def is_unread(self, article: Article) -> bool:
        feed, state = article.feed_id, self.states.get(article.id)
        marks, history = [*self.marks.get(None, ()), *self.marks.get(feed, ())], self.history.get(feed, ())
        return not (state or marks or history) or is_unread(article, state, marks, history)


def _rows(articles: Sequence[Article], reader: User) -> _Rows:
    marks: dict[int | None, list[ReadMark]] = {}
    for mark in _marks(articles, reader):
        marks.setdefault(mark.feed_id, []).append(mark)
    history: dict[int, list[HistoryRange]] = {}
    for old in _history(articles):
        history.setdefault(old.feed_id, []).append(old)
    return _Rows(_states(articles, reader), marks, history)


def _states(articles: Iterable[Article], reader: User) -> dict[int, ArticleState]:
    ids = [article.id for article in articles]
    return {
        state.article_id: state for state in _STATES.objects(ArticleState, _OF_STATE, reader=reader.pk, articles=ids)
    }


def _marks(articles: Iterable[Article], reader: User) -> list[ReadMark]:
    feeds = list({article.feed_id for article in articles})
    return _MARKS.objects(ReadMark, _OF_MARK, reader=reader.pk, feeds=feeds)


def _history(articles: Sequence[Article]) -> list[HistoryRange]:
    ids = [article.id for article in articles]
    if not ids:
        return []
    feeds = list({article.feed_id for article in articles})
    return _HISTORY.objects(HistoryRange, _OF_HISTORY, feeds=feeds, newest=max(ids), oldest=min(ids))


def is_unread(
    article: Article, state: ArticleState | None, marks: Iterable[ReadMark], history: Iterable[HistoryRange]
) -> bool:
    """The rule of ReadMark, HistoryRange and ArticleState, which `article_keys` states once more in SQL. `marks` and
    `history`: of the article's feed."""
    if state and state.is_read:
        return False
    covering = [mark for mark in marks if mark.up_to >= article.pk]
    if state and state.is_read is False:
        return all(mark.created_at < state.changed_at for mark in covering)
    return not covering and not any(old.first <= article.pk <= old.last for old in history)
