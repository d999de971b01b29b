"""The keys on a page of a list that a function finds a span at a time, and the cursors of the pages beside it."""

from __future__ import annotations

from dataclasses import dataclass

from articles.lists import cursors
from articles.lists.cursors import Cursor
from articles.lists.scope import Finder, Span
from articles.querysets import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysOfPage:
    """The keys on a page, and the place that the page runs from: None for the first page. A cursor is empty where there
    is no such page. `newer`: the list runs towards newer articles."""

    keys: list[Key]
    place: Cursor | None
    newer: bool
    next_cursor: str = ""
    previous_cursor: str = ""

    def is_before(self, key: Key) -> bool:
        """The page ends before it comes to `key`."""
        if self.place and self.place.newer != self.newer:
            return not self._is_further(self.place.key, key)
        return bool(self.next_cursor) and self._is_further(key, self.keys[-1])

    def is_behind(self, key: Key) -> bool:
        """The page begins behind `key`."""
        if self.place is None:
            return False
        if self.place.newer != self.newer:
            return self._is_further(self.keys[0], key)
        return not self._is_further(key, self.place.key)

    def _is_further(self, key: Key, other: Key) -> bool:
        """`key` is further down the list than `other`."""
        return key > other if self.newer else key < other


def keys_of_page(find: Finder, cursor: str, size: int, *, newer: bool = False) -> KeysOfPage:
    """The page of that cursor in a list that runs towards newer articles, or towards older ones. One on the way back
    that would reach the top is the first page instead. Raises BadCursor."""
    place = cursors.read(cursor)
    if place and place.newer != newer:
        found = find(Span(key=place.key, newer=not newer, limit=size + 1))
        if len(found) > size:
            keys = found[size - 1 :: -1]
            is_more = bool(find(Span(key=keys[-1], newer=newer, limit=1)))
            return _between(keys, place, newer=newer, has_next=is_more, has_previous=True)
        place = None
    found = find(Span(key=place.key if place else None, newer=newer, limit=size + 1))
    keys = found[:size]
    if place and not keys:
        # The page that ends with the article at this place, if it is still there.
        back = cursor_before(place.key, newer=not newer)
        return KeysOfPage(keys=[], place=place, newer=newer, previous_cursor=str(back))
    is_behind = bool(place and find(Span(key=keys[0], newer=not newer, limit=1)))
    return _between(keys, place, newer=newer, has_next=len(found) > size, has_previous=is_behind)


def _between(keys: list[Key], place: Cursor | None, *, newer: bool, has_next: bool, has_previous: bool) -> KeysOfPage:
    return KeysOfPage(
        keys=keys,
        place=place,
        newer=newer,
        next_cursor=str(Cursor(keys[-1], newer=newer)) if has_next else "",
        previous_cursor=str(Cursor(keys[0], newer=not newer)) if has_previous else "",
    )


def cursor_before(key: Key, *, newer: bool) -> Cursor:
    """The page that begins with the article at `key` and runs towards newer articles, or towards older ones."""
    published_at, pk = key
    return Cursor((published_at, pk - 1 if newer else pk + 1), newer=newer)
