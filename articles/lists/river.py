"""The river of today: what came out in the last 24 hours, with a share for each feed, so that who publishes much does
not bury who publishes little.

First stand rounds, in each of which every feed has its next article: important feeds first, those of low importance
last, else who published last. After SHARE rounds the rest follows, newest first. A feed of low importance has one row a
day, as in lists: among what is unread, for what is unread of that day. The order is one of the articles that there were
when the reader came, read or not, so that pages stay as they are while one reads.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from articles.lists.bare_articles import bare_articles
from articles.lists.cursors import BadCursor
from articles.lists.low_feeds import OneADay, edge_of_day, low_feeds
from articles.lists.pages import PAGE, ListPage, finder, let_stand, load, unread_among
from articles.lists.scope import Finder, Span
from articles.lists.selection import Order, Selection, Show
from articles.models import Article
from articles.querysets import Key
from articles.settled_ids import settled_id
from feeds.models import Importance
from feeds.subscriptions.visibility import Reader, feed_ids_of_importance

LENGTH = timedelta(days=1)
LATEST = timedelta(days=2)  # after one came, that the pages stay
SHARE = 3  # rounds
MOST = 2_000  # rows, the newest
MOST_STEPS = 20  # over what came in since
FEW = 400  # that are looked up first: mostly a day has no more
_CURSOR = re.compile(r"([0-9]{1,10})_([0-9]{1,18})_([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class _Place:
    """The beginning of a page: in a river from `since` on, of articles with ids up to `latest_id`, at so many rows."""

    since: int
    latest_id: int
    start: int = 0

    def __str__(self) -> str:
        return f"{self.since}_{self.latest_id}_{self.start}"


def river_page(
    selection: Selection, reader: Reader, now: datetime, *, cursor: str = "", kept: int = 0, size: int = PAGE
) -> ListPage:
    """A page of the river of the selection's feeds; of what is unread, where that is what it shows, and of the article
    `kept`, read or not. A query and an order mean nothing here. Raises BadCursor."""
    place = _place_at(cursor, now)
    rows = _rows(selection, reader, place, kept)
    places = list(rows)
    at = bisect_left(places, place.start)
    before, ahead = places[:at], places[at:]
    shown = [rows[number] for number in ahead[:size]]
    articles = load([some[0] for some in shown], reader)
    let_stand(articles, {some[0]: some for some in shown if len(some) > 1}, reader)
    back = before[-size] if len(before) >= size else 0
    return ListPage(
        articles=articles,
        next_cursor=str(replace(place, start=ahead[size])) if len(ahead) > size else "",
        previous_cursor=str(replace(place, start=back)) if before else "",
        latest_id=place.latest_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The articles before and after one in the river, without bodies, and the cursor of the page that it is on, empty
    for the top. What a row stands for that has a whole day is passed over."""

    before: Article | None
    after: Article | None
    cursor: str


def beside(
    article: Article, selection: Selection, reader: Reader, now: datetime, *, cursor: str = "", size: int = PAGE
) -> Beside | None:
    """The neighbours of an article in the river that it was opened from, on the page at `cursor` or on another; read or
    not, it is where it was. None where it is not in it. Raises BadCursor."""
    place = _place_at(cursor, now)
    rows = _rows(selection, reader, place, article.pk)
    own = next((number for number, some in rows.items() if article.pk in some), None)
    if own is None:
        return None
    before, after = _neighbours(rows, own)
    found = {each.pk: each for each in bare_articles([pk for pk in (before, after) if pk])}
    return Beside(
        before=found.get(before),
        after=found.get(after),
        cursor=_other_page(own, list(rows), place, size) or cursor,
    )


def _neighbours(rows: Mapping[int, tuple[int, ...]], own: int) -> tuple[int, int]:
    """The articles of the rows before and after the row `own`, 0 where there is none."""
    alone = [number for number, some in rows.items() if len(some) == 1 or number == own]
    ids = [0, *(rows[number][0] for number in alone), 0]
    at = alone.index(own)
    return ids[at], ids[at + 2]


def _other_page(own: int, places: list[int], place: _Place, size: int) -> str:
    """The cursor of the page that has the row `own`; empty where it is the page at `place`."""
    start = bisect_left(places, place.start)
    pages = (places.index(own) - start) // size
    if not pages:
        return ""
    first = max(start + pages * size, 0)
    return str(replace(place, start=places[first] if first else 0))


def next_unread_in(
    selection: Selection, reader: User, now: datetime, *, after: int = 0, cursor: str = ""
) -> Article | None:
    """The next unread article of the river behind that with the id `after`, or from the page at `cursor` on; None where
    only rows that have a whole day are left. Raises BadCursor."""
    place = _place_at(cursor, now)
    rows = _rows(replace(selection, show=Show.UNREAD), reader, place, after)
    start = next((number + 1 for number, some in rows.items() if after in some), place.start)
    ahead = (some[0] for number, some in rows.items() if number >= start and len(some) == 1 and some[0] != after)
    return next(iter(bare_articles([pk for pk in (next(ahead, None),) if pk])), None)


def _place_at(cursor: str, now: datetime) -> _Place:
    """The place of that cursor, or the top of the river as it is now. Raises BadCursor."""
    return _read(cursor, now) if cursor else _Place(int((now - LENGTH).timestamp()), settled_id())


def _rows(selection: Selection, reader: Reader, place: _Place, kept: int) -> dict[int, tuple[int, ...]]:
    """The articles of each row, by its number in the river, in order: all, or those that are unread, and `kept`."""
    of_all = replace(selection.without_query(), show=Show.ALL, order=Order.DATE)
    order, stands_for = _order(of_all, reader, place)
    rows = {number: stands_for.get(pk, (pk,)) for number, pk in enumerate(order)}
    if selection.show is not Show.UNREAD or not isinstance(reader, User):
        return rows
    return _unread_rows(rows, reader, kept)


def _unread_rows(rows: Mapping[int, tuple[int, ...]], reader: User, kept: int) -> dict[int, tuple[int, ...]]:
    """The unread articles of each row, and `kept`; without the rows of which nothing is left."""
    unread = unread_among({pk for some in rows.values() for pk in some}, reader)
    left = {number: tuple(pk for pk in some if pk in unread) for number, some in rows.items()}
    return {number: left[number] or (kept,) for number, some in rows.items() if left[number] or kept in some}


def is_page(cursor: str, now: datetime) -> bool:
    """True where a page begins at the cursor; False where one did for as long as pages stay. Raises BadCursor."""
    return _place(cursor).since >= (now - LENGTH - LATEST).timestamp()


def _read(cursor: str, now: datetime) -> _Place:
    if not is_page(cursor, now):
        raise BadCursor(cursor)
    place = _place(cursor)
    return replace(place, latest_id=min(place.latest_id, settled_id()))


def _place(cursor: str) -> _Place:
    if found := _CURSOR.fullmatch(cursor):
        return _Place(*map(int, found.groups()))
    raise BadCursor(cursor)


def _order(selection: Selection, reader: Reader, place: _Place) -> tuple[list[int], Mapping[int, tuple[int, ...]]]:
    """The ids of the river's articles in its order, and of those that stand for others the ids of these."""
    find, low = finder(selection, reader), low_feeds(selection, reader)
    short: OneADay | None = None
    since = datetime.fromtimestamp(place.since, UTC)
    if low:  # a row that is inside stands for its whole day
        find = short = OneADay(_of_river(find, place.latest_id, edge_of_day(since, is_end=False)), low)
    else:
        find = _of_river(find, place.latest_id, since)
    keys = [key for key in _newest(find) if key[0] >= since]
    high = feed_ids_of_importance(reader, Importance.HIGH)
    ids = [pk for _, pk in keys]
    feeds = dict(Article.objects.filter(pk__in=ids).values_list("pk", "feed_id")) if ids else {}
    return in_rounds(keys, feeds, high=high, low=low), short.stands_for if short else {}


def _of_river(find: Finder, latest_id: int, since: datetime) -> Finder:
    """The list as far as the river goes, without what came in since."""

    def find_inside(span: Span) -> list[Key]:
        found: list[Key] = []
        for _ in range(MOST_STEPS):
            keys = find(span)
            inside = [key for key in keys if key[0] >= since]
            found += [key for key in inside if key[1] <= latest_id]
            if len(found) >= span.limit or len(inside) < len(keys) or len(keys) < span.limit:
                break
            span = replace(span, key=keys[-1])
        return found[: span.limit]

    return find_inside


def _newest(find: Finder) -> list[Key]:
    """The newest keys of the list, MOST at most."""
    keys = find(Span(key=None, newer=False, limit=FEW))
    return keys if len(keys) < FEW else find(Span(key=None, newer=False, limit=MOST))


def in_rounds(keys: Sequence[Key], feeds: Mapping[int, int], *, high: frozenset[int], low: frozenset[int]) -> list[int]:
    """The ids of articles in the order of the river. `keys`: newest first; `feeds`: by article."""
    by_feed: dict[int, list[int]] = {}
    for _, pk in keys:
        if pk in feeds:
            by_feed.setdefault(feeds[pk], []).append(pk)
    ranked = sorted(by_feed, key=lambda feed: (feed in low) - (feed in high))  # stable: else who published last
    rounds = [by_feed[feed][number] for number in range(SHARE) for feed in ranked if number < len(by_feed[feed])]
    stand = set(rounds)
    return [*rounds, *(pk for _, pk in keys if pk in feeds and pk not in stand)]
