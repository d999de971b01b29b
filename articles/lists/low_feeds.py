"""The rows that lists of several feeds have of feeds of low importance: one a day for each, in the place of its newest
article of that day that is in the list.

What the row stands for is in the list: cursors, marks and counts are as without it. So a list is looked through day by
day, and what else there is of a day is not looked for anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from articles.lists.scope import Finder, Span
from articles.lists.selection import Selection, Show
from articles.models import Article
from articles.querysets import Key
from feeds.models import Importance
from feeds.statements import Given, Statement, parts
from feeds.subscriptions.visibility import Reader, feed_ids_of_importance

_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)  # days that each zone has
_FEEDS = Statement(lambda: Article.objects.filter(pk__in=[Given("articles")]).values_list("pk", "feed_id"))
FEW = 200  # keys that are looked through first
MOST_AT_ONCE = 4_000
MOST = 40_000  # of a day: of one that is longer each part has a row


def low_feeds(selection: Selection, reader: Reader) -> frozenset[int]:
    """The feeds that have one row a day in the list. None in a feed's own list, among starred articles and hits, which
    somebody has asked for, and by arrival, where days are no days of articles. No query where all feeds are alike."""
    if selection.feed or selection.query or selection.show is Show.STARRED or selection.is_by_arrival:
        return frozenset()
    return feed_ids_of_importance(reader, Importance.LOW)


class OneADay:
    """The finder of a list with one row a day of each of `feeds`, of days in the current time zone. When it has found
    such a row, `stands_for` has all articles of the list for which it stands, by the id of its own, if there are
    others."""

    def __init__(self, find: Finder, feeds: frozenset[int]) -> None:
        self._find, self._feeds = find, feeds
        self.stands_for: dict[int, tuple[int, ...]] = {}

    def __call__(self, span: Span) -> list[Key]:
        near = replace(span, limit=max(4 * span.limit, FEW))
        if span.key:  # its whole day: what stands for an article may be on the other side of the key
            edge = (edge_of_day(span.key[0], is_end=not span.newer), 0)
            near = replace(near, key=min(edge, span.key) if span.newer else max(edge, span.key))
        found: list[Key] = []
        open_day: list[Key] = []
        while True:
            keys = self._find(near)
            is_end = len(keys) < near.limit
            open_day += keys
            days, open_day = _apart(open_day, newer=span.newer, is_end=is_end or len(open_day) > MOST)
            found += [key for key in self._rows(days, newer=span.newer) if _is_beyond(key, span)]
            if is_end or len(found) >= span.limit:
                return found[: span.limit]
            near = replace(near, key=keys[-1], limit=min(4 * near.limit, MOST_AT_ONCE))

    def _rows(self, keys: list[Key], *, newer: bool) -> list[Key]:
        """The keys of the rows of whole days, in their order."""
        low = _feeds_among(keys, self._feeds)
        rows = [key for key in keys if key[1] not in low]
        for day in _days(keys, newer=newer):
            groups: dict[int, list[Key]] = {}
            for key in day:
                if key[1] in low:
                    groups.setdefault(low[key[1]], []).append(key)
            for group in groups.values():
                row = max(group)
                rows.append(row)
                if len(group) > 1:
                    self.stands_for[row[1]] = tuple(pk for _, pk in sorted(group, reverse=True))
        return sorted(rows, reverse=not newer)


def _feeds_among(keys: Iterable[Key], feeds: frozenset[int]) -> dict[int, int]:
    """The feed of each of the articles with these keys that is in one of `feeds`."""
    of_articles = (pair for some in parts(pk for _, pk in keys) for pair in _FEEDS.rows(articles=some))
    return {pk: feed for pk, feed in of_articles if feed in feeds}


def _apart(keys: list[Key], *, newer: bool, is_end: bool) -> tuple[list[Key], list[Key]]:
    """The keys of days that are whole, and those of the last one, of which more may come."""
    if is_end:
        return keys, []
    first = _first_beyond(keys, edge_of_day(keys[-1][0], is_end=not newer), newer=newer)
    return keys[:first], keys[first:]


def _days(keys: list[Key], *, newer: bool) -> Iterator[list[Key]]:
    """The keys of each day, in their order."""
    at = 0
    while at < len(keys):
        end = max(at + 1, _first_beyond(keys, edge_of_day(keys[at][0], is_end=newer), newer=newer, start=at))
        yield keys[at:end]
        at = end


def _first_beyond(keys: list[Key], edge: datetime, *, newer: bool, start: int = 0) -> int:
    """The place of the first key on the other side of the edge between two days; looked up in steps, as there may be
    thousands, and what day it is somewhere takes long to tell."""
    return bisect_left(keys, True, lo=start, key=lambda key: (key[0] >= edge) is newer)


def _is_beyond(key: Key, span: Span) -> bool:
    return span.key is None or (key > span.key if span.newer else key < span.key)


def edge_of_day(moment: datetime, *, is_end: bool) -> datetime:
    """The beginning of the day that `moment` is in, or of the one after it."""
    day = timezone.localdate(min(max(moment, _FIRST), _LAST)) + timedelta(days=is_end)
    return datetime.combine(day, time.min, timezone.get_current_timezone())
