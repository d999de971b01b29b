"""One list of articles, newest first, and the neighbours of an article in it.

Pages are found by key, not by counting rows: none is slower than the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Max, Q

from articles.lists import article_keys, cursors
from articles.lists.article_keys import NO_FEED, Scope, Span
from articles.lists.cursors import BadCursor, Cursor
from articles.lists.selection import Selection, Show
from articles.models import Article, ArticleState, HistoryRange, ReadMark
from articles.querysets import Key
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Reader, feeds_within, followed_feeds, sees, sight_of

__all__ = [
    "BadCursor", "ListPage", "Reader", "Selection", "Show",
    "article_in", "cursor_of", "list_page", "load", "neighbours",
]  # fmt: skip

PAGE = 50
MOST_TURNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Articles without their bodies (touching one raises), each with `feed` loaded and, for a signed-in reader,
    `is_unread` and `is_starred`. A cursor is empty where there is no such page. `latest_id` is what "mark all read
    before this moment" takes."""

    articles: list[Article]
    older_cursor: str
    newer_cursor: str
    latest_id: int


def list_page(selection: Selection, reader: Reader, *, cursor: str = "", size: int = PAGE) -> ListPage:
    """A page of the list. A newer page that would reach the top is the first page instead, and so is never short
    while older articles are left. Raises BadCursor."""
    latest_id = newest_id()  # before all else: what comes in while the page is made must not count as seen
    page = _keys_of_page(finder(selection, reader), cursor, size)
    return ListPage(
        articles=load([pk for _, pk in page.keys], reader),
        older_cursor=page.older_cursor,
        newer_cursor=page.newer_cursor,
        latest_id=latest_id,
    )


def cursor_of(article: Article, selection: Selection, reader: Reader, cursor: str, *, size: int = PAGE) -> str:
    """The cursor of the page that `article` is on, or was on before it was read: `cursor`, where it is there, else
    that of a page near by, else of the page that begins with it. Raises BadCursor."""
    find, key = finder(selection, reader), (article.published_at, article.pk)
    for _ in range(MOST_TURNS):
        page = _keys_of_page(find, cursor, size)
        if page.is_before(key) and page.older_cursor:
            cursor = page.older_cursor
        elif page.is_behind(key):
            cursor = page.newer_cursor
        else:
            return cursor
    return str(Cursor((article.published_at, article.pk + 1)))


def article_in(selection: Selection, pk: int, reader: Reader) -> Article | None:
    """An article of the selection's feeds as a list has it, whether it is unread, or starred, or not."""
    scope = scope_of(selection, reader)
    articles = Article.objects.all() if scope.is_all else Article.objects.filter(feed__in=scope.feeds())
    found = load([pk], reader) if articles.filter(pk=pk).exists() else []
    return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeysOfPage:
    """What is on a page, and from where on: None for the first page. A cursor is empty where there is no such page."""

    keys: list[Key]
    place: Cursor | None
    older_cursor: str = ""
    newer_cursor: str = ""

    def is_before(self, key: Key) -> bool:
        """The page ends before it comes to `key`."""
        if self.place and self.place.newer:
            return key <= self.place.key
        return bool(self.older_cursor) and key < self.keys[-1]

    def is_behind(self, key: Key) -> bool:
        """The page begins behind `key`."""
        if self.place is None:
            return False
        return key > self.keys[0] if self.place.newer else key >= self.place.key


def _keys_of_page(find: article_keys.Finder, cursor: str, size: int) -> _KeysOfPage:
    place = cursors.read(cursor)
    if place and place.newer:
        found = find(Span(key=place.key, newer=True, limit=size + 1))
        if len(found) > size:
            keys = found[size - 1 :: -1]
            older = bool(find(Span(key=keys[-1], newer=False, limit=1)))
            return _between(keys, place, older=older, newer=True)
        place = None
    found = find(Span(key=place.key if place else None, newer=False, limit=size + 1))
    keys = found[:size]
    if place and not keys:
        return _KeysOfPage(keys=[], place=place, newer_cursor=_back_from(place.key))
    newer = bool(place and find(Span(key=keys[0], newer=True, limit=1)))
    return _between(keys, place, older=len(found) > size, newer=newer)


def _between(keys: list[Key], place: Cursor | None, *, older: bool, newer: bool) -> _KeysOfPage:
    return _KeysOfPage(
        keys=keys,
        place=place,
        older_cursor=str(Cursor(keys[-1])) if older else "",
        newer_cursor=str(Cursor(keys[0], newer=True)) if newer else "",
    )


def neighbours(article: Article, selection: Selection, reader: Reader) -> tuple[Article | None, Article | None]:
    """The newer and the older article beside `article` in the list, without bodies and without what the reader did with
    them. `article` itself need not be in it: what was unread is read once it is open."""
    find = finder(selection, reader)
    key = (article.published_at, article.pk)
    newer, older = (find(Span(key=key, newer=direction, limit=1)) for direction in (True, False))
    loaded = Article.objects.for_list().in_bulk([pk for _, pk in (*newer, *older)])
    return loaded.get(newer[0][1]) if newer else None, loaded.get(older[0][1]) if older else None


def newest_id() -> int:
    """The greatest article id, 0 where there is none."""
    return Article.objects.aggregate(id=Max("pk"))["id"] or 0


def finder(selection: Selection, reader: Reader, *, quiet: bool = False) -> article_keys.Finder:
    """What finds the keys of the list, a span at a time; `quiet` as in `scope_of`."""
    scope = scope_of(selection, reader, quiet=quiet)
    if scope.is_nothing:
        return lambda span: []
    if not isinstance(reader, User) or selection.show is Show.ALL:
        return partial(article_keys.all_keys, scope)
    plan = article_keys.unread_keys if selection.show is Show.UNREAD else article_keys.starred_keys
    return partial(plan, scope, reader)


def scope_of(selection: Selection, reader: Reader, *, quiet: bool = False) -> Scope:
    """The feeds that the selection takes from, of those that the reader may see: what they follow where it names none,
    with `quiet` also what they have left out of the list of all. Starred articles are the reader's, whatever became of
    their feed."""
    is_starred = isinstance(reader, User) and selection.show is Show.STARRED
    if selection.feed is not None:
        is_there = is_starred or sees(reader, selection.feed)
        return Scope(feed_id=selection.feed.pk if is_there and _is_inside(selection, reader) else NO_FEED)
    if selection.category is not None:
        return Scope(some=feeds_within(selection.category, reader))
    if is_starred or (sight := sight_of(reader)).is_all:
        return Scope()
    return Scope(some=followed_feeds(reader, sight, quiet=quiet))


def _is_inside(selection: Selection, reader: Reader) -> bool:
    """True where the selection's feed is in its category, if it names one."""
    if selection.category is None or selection.feed is None:
        return True
    return feeds_within(selection.category, reader).filter(pk=selection.feed.pk).exists()


def _back_from(key: Key) -> str:
    """The cursor of the page that ends with the article at `key`, if it is still there."""
    return str(Cursor((key[0], key[1] - 1), newer=True))


def load(pks: Sequence[int], reader: Reader) -> list[Article]:
    """These articles, in that order, without bodies and with what the reader did with them."""
    loaded = Article.objects.for_list().in_bulk(pks)
    articles = [loaded[pk] for pk in pks if pk in loaded]
    own.call_by_own_titles((article.feed for article in articles), reader)
    rows = _rows(articles, reader) if isinstance(reader, User) else None
    for article in articles:
        article.is_starred = rows is not None and rows.is_starred(article)
        article.is_unread = rows is not None and rows.is_unread(article)
    return articles


def unread_among(pks: Collection[int], reader: User) -> set[int]:
    """Those of these articles that are unread."""
    articles = list(Article.objects.filter(pk__in=pks).only("pk", "feed"))
    rows = _rows(articles, reader)
    return {article.pk for article in articles if rows.is_unread(article)}


def starred_among(pks: Collection[int], reader: User) -> set[int]:
    """Those of these articles that are starred."""
    states = ArticleState.objects.filter(user=reader, article__in=pks, starred_at__isnull=False)
    return set(states.values_list("article", flat=True))


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is stored of a reader that bears on some articles: states by article, marks and history by feed."""

    states: dict[int, ArticleState]
    marks: dict[int | None, list[ReadMark]]
    history: dict[int, list[HistoryRange]]

    def is_starred(self, article: Article) -> bool:
        state = self.states.get(article.pk)
        return bool(state and state.starred_at)

    def is_unread(self, article: Article) -> bool:
        marks = [*self.marks.get(None, ()), *self.marks.get(article.feed_id, ())]
        return is_unread(article, self.states.get(article.pk), marks, self.history.get(article.feed_id, ()))


def _rows(articles: Sequence[Article], reader: User) -> _Rows:
    marks: dict[int | None, list[ReadMark]] = {}
    for mark in _marks(articles, reader):
        marks.setdefault(mark.feed_id, []).append(mark)
    history: dict[int, list[HistoryRange]] = {}
    for old in _history(articles):
        history.setdefault(old.feed_id, []).append(old)
    return _Rows(_states(articles, reader), marks, history)


def _states(articles: Iterable[Article], reader: User) -> dict[int, ArticleState]:
    states = ArticleState.objects.filter(user=reader, article__in=[article.pk for article in articles])
    return {state.article_id: state for state in states}


def _marks(articles: Iterable[Article], reader: User) -> list[ReadMark]:
    feeds = {article.feed_id for article in articles}
    return list(ReadMark.objects.filter(Q(feed=None) | Q(feed__in=feeds), user=reader))


def _history(articles: Sequence[Article]) -> list[HistoryRange]:
    ids = [article.pk for article in articles]
    if not ids:
        return []
    feeds = {article.feed_id for article in articles}
    return list(HistoryRange.objects.filter(feed__in=feeds, first__lte=max(ids), last__gte=min(ids)))


def is_unread(
    article: Article, state: ArticleState | None, marks: Iterable[ReadMark], history: Iterable[HistoryRange] = ()
) -> bool:
    """The rule of ReadMark, HistoryRange and ArticleState, which `article_keys` states once more in SQL."""
    if state and state.is_read:
        return False
    covering = [mark for mark in marks if mark.feed_id in {None, article.feed_id} and mark.up_to >= article.pk]
    if state and state.is_read is False:
        return all(mark.created_at < state.changed_at for mark in covering)
    return not covering and not any(
        old.feed_id == article.feed_id and old.first <= article.pk <= old.last for old in history
    )
