"""The unread hits of saved searches, from which their numbers are made: by what came in, changed or was read since,
and not by searching anew.

A search keeps its newest unread hits, each article of a story by itself. Where these are all there are, its number
follows from them for ever after; where there are more, for as long as enough of them are unread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import AnonymousUser, User

from articles.lists.pages import fold_in, scope_of, unread_among
from articles.lists.selection import Show
from articles.rules.judge import query_of
from articles.saved_searches.models import SavedSearch
from articles.saved_searches.own import selection_of
from articles.search.query.matching import Condition, HasMedia, InFeeds, OfReader, Property, Text
from articles.search.query.syntax import asks_doubles
from articles.search.query.tree import And, evaluate, leaves
from articles.search.reader_leaves import facts
from articles.search.resolve import Names
from articles.search.texts import loaded_texts

MOST = 99  # unread hits of a saved search that are told exactly
KEPT = 150  # unread hits that are kept of a search
AT_ONCE = 2_000  # articles in one query
TEXTS_AT_ONCE = 100  # articles whose texts are in memory, each with what is derived from it


@dataclass(frozen=True, slots=True)
class Hits:
    """Unread hits of a search, all there are or some of them. `asked`: what the search stood for when they were
    found."""

    asked: str
    ids: frozenset[int]
    is_all: bool

    def of(self, ids: Collection[int]) -> Hits:
        """The same with these ids, as many as are kept."""
        return replace(self, ids=frozenset(sorted(ids)[-KEPT:]), is_all=self.is_all and len(ids) <= KEPT)


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """The meaning of a saved search now. `feed_ids`: the feeds in which its hits are; None: in any."""

    saved: SavedSearch
    asked: str
    condition: Condition
    matches: Callable[[Text], bool]
    feed_ids: frozenset[int] | None

    @property
    def asks_reader(self) -> bool:
        """True where what the reader does decides what is a hit, beside that it is unread."""
        asked = {leaf for leaf, _ in leaves(self.condition) if isinstance(leaf, OfReader)}
        return not asked <= {OfReader("is", "unread"), OfReader("is", "read")}

    def is_hit(self, text: Text) -> bool:
        """True where the text is one that it finds."""
        if self.feed_ids is not None and text.feed_id not in self.feed_ids:
            return False
        if self.saved.show == Show.STARRED and _STARRED not in text.of_reader:
            return False
        return self.matches(text)


_STARRED = OfReader("is", Show.STARRED.value)
_ANY_MEDIA = HasMedia("image")


def meant(searches: Iterable[SavedSearch], reader: User, now: datetime) -> list[Meant]:
    """The searches by the names that feeds and categories have now, all read once."""
    names, scopes = Names(reader), dict[tuple[object, ...], frozenset[int] | None]()
    found = []
    for saved in searches:
        query, selection = query_of(saved.text), selection_of(saved)
        key = (saved.feed_id, saved.category_id, saved.show, query.asks_kept)
        if key not in scopes:
            scope = scope_of(selection, reader, quiet=True, is_own=query.asks_kept, with_doubles=True)
            scopes[key] = None if scope.is_all else frozenset(scope.feed_ids())
        condition, test = query.made(now, names)
        if saved.show == Show.STARRED:
            condition = And((_STARRED, condition))
        found.append(Meant(saved, _text_of(saved, condition, scopes[key]), condition, test, scopes[key]))
    return found


def _text_of(saved: SavedSearch, condition: Condition, feed_ids: frozenset[int] | None) -> str:
    """The same for as long as a search stands for the same."""
    feeds = None if feed_ids is None else sorted(feed_ids)
    written = f"{saved.text}|{saved.show}|{feeds}|{evaluate(condition, _leaf, every=_all, some=_either, no=_not)}"
    return sha256(written.encode()).hexdigest()[:16]


def _leaf(leaf: Property) -> str:
    return f"in {sorted(leaf.feed_ids)}" if isinstance(leaf, InFeeds) else repr(leaf)


def _all(parts: Iterable[str]) -> str:
    return f"({' & '.join(parts)})"


def _either(parts: Iterable[str]) -> str:
    return f"({' | '.join(parts)})"


def _not(part: str) -> str:
    return f"-{part}"


def moved(kept: Mapping[Meant, Hits], reader: User, recent: Collection[int]) -> dict[int, Hits]:
    """The hits that are kept, by the ids of their searches, with those among the `recent` articles, and without what is
    read by now or gone."""
    new = _new_hits(list(kept), reader, recent)
    ids = {pk for hits in kept.values() for pk in hits.ids}
    unread = {pk for some in _batches(ids, AT_ONCE) for pk in unread_among(some, reader)} - set(recent)
    return {each.saved.pk: hits.of((hits.ids & unread) | new[each]) for each, hits in kept.items()}


def _new_hits(searches: Sequence[Meant], reader: User, recent: Collection[int]) -> dict[Meant, set[int]]:
    """Those of the `recent` articles that are unread and that each search finds."""
    new: dict[Meant, set[int]] = {each: set() for each in searches}
    for some in _batches(unread_among(recent, reader), TEXTS_AT_ONCE):
        for pk, text in _texts(some, searches, reader).items():
            for each, found in new.items():
                if each.is_hit(text):
                    found.add(pk)
    return new


def _texts(ids: Collection[int], searches: Sequence[Meant], reader: User) -> dict[int, Text]:
    asking = And(tuple(each.condition for each in searches))
    media = (_ANY_MEDIA,) if any(isinstance(leaf, HasMedia) for leaf, _ in leaves(asking)) else ()
    texts = loaded_texts(ids, And(media), AnonymousUser())
    known = facts(texts.keys(), asking, reader)
    return {pk: replace(text, of_reader=known[pk]) for pk, text in texts.items()}


def numbers(reader: User, searches: Iterable[SavedSearch], found: Mapping[int, Hits]) -> dict[int, int]:
    """The numbers of rows that the hits have, no more than one over MOST; those that they don't tell are left out."""
    told: dict[int, int] = {}
    kept = [(saved, found[saved.pk]) for saved in searches if saved.pk in found]
    earlier = {
        starred: _earlier([each for each in kept if (each[0].show == Show.STARRED) is starred], reader)
        for starred in (False, True)
    }
    for saved, hits in kept:
        doubles = {} if asks_doubles(query_of(saved.text).tree) else earlier[saved.show == Show.STARRED]
        number = _number_of_rows(hits, doubles)
        if hits.is_all or number > MOST:
            told[saved.pk] = min(number, MOST + 1)
    return told


def _earlier(kept: Sequence[tuple[SavedSearch, Hits]], reader: User) -> dict[int, frozenset[int]]:
    """The articles that stand before each hit in its story, where one row stands for all. The searches show the same
    selection."""
    fold = fold_in(selection_of(kept[0][0]), reader) if kept else None
    return fold.earlier({pk for _, hits in kept for pk in hits.ids}) if fold else {}


def _number_of_rows(hits: Hits, earlier: Mapping[int, frozenset[int]]) -> int:
    """The number of hits that are not doubles of one; of some hits only that of which this is certain."""
    if hits.is_all:
        return sum(not earlier.get(pk, frozenset()) & hits.ids for pk in hits.ids)
    return sum(not earlier.get(pk) for pk in hits.ids)  # what is a double may be one of a hit that is not kept


def _batches(ids: Collection[int], size: int) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
