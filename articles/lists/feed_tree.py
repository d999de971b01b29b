"""The feeds beside a list: a reader's categories and feeds, in their order and by their names, with what is unread.

What each costs is bounded: ids and counts of all feeds, names and icons of those that stand in an open category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from django.contrib.auth.models import User

from articles.lists.unread_counts import unread_counts
from feeds.categories import tree_of
from feeds.models import Category, Feed, Subscription
from feeds.statements import Given, Statement, columns_of
from feeds.subscriptions.own import position_of
from feeds.subscriptions.tree_state import TreeState, tree_state
from feeds.subscriptions.visibility import Reader, Sight, categories_in, feeds_in, reader_id, sight_of

FEW = 30  # feeds: up to so many all categories are open as long as the reader shuts none
UNPLACED = 0  # the id of the shelf for feeds without a category
# What a row of the tree shows of a feed.
_COLUMNS = columns_of(Feed, ("id", "url", "title", "custom_title", "host", "language", "icon_url", "images"))
_NAMED_FEEDS = Statement(lambda: Feed.objects.filter(pk__in=[Given("feeds")]).order_by().values_list(*_COLUMNS))
_OF_CATEGORY = columns_of(Category, ("id", "owner_id", "name", "slug", "parent_id", "position"))
_CATEGORIES = Statement(lambda sight: categories_in(sight).order_by().values_list(*_OF_CATEGORY))
_FEEDS = Statement(
    lambda sight: (
        feeds_in(sight, quiet=True).order_by("pk").values_list("pk", "category", "position", "state", "failures")
    )
)
_SUBSCRIPTIONS = Statement(
    lambda: Subscription.objects.filter(user=Given("reader")).values_list(
        "feed", "category", "title", "position", "in_all"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category with what is in it; None for feeds without a category. Of a shut one only what leads to the feed or
    category that is shown now is there. `unread` of all that is inside, at any depth."""

    category: Category | None
    unread: int
    is_open: bool
    shelves: tuple[Shelf, ...]
    feeds: tuple[Feed, ...]

    @property
    def pk(self) -> int:
        return self.category.pk if self.category else UNPLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTree:
    """`counts`: unread articles by feed id. `total` is that of the list of all articles, `broken` the number of feeds
    that somebody should look at. `loose`: feeds without a category, where no shelf is needed for them."""

    shelves: tuple[Shelf, ...]
    loose: tuple[Feed, ...]
    counts: Mapping[int, int]
    by_category: Mapping[int, int]
    total: int
    broken: int
    only_unread: bool

    def unread(self, feed: Feed | None, category: Category | None) -> int:
        """The unread articles of a feed, of a category, else of all."""
        if feed:
            return self.counts.get(feed.pk, 0)
        return self.by_category.get(category.pk, 0) if category else self.total


@dataclass(frozen=True, slots=True)
class _Own:
    """A subscription's own settings for its feed."""

    category: int | None = None
    title: str = ""
    position: int = 0
    in_all: bool = True


@dataclass(slots=True)
class _Places:
    """The places of the feeds. `children` by the id of the parent, None at the top; in order."""

    categories: dict[int, Category]
    children: dict[int | None, list[int]]
    own: dict[int, _Own]
    feeds: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    positions: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    _within: dict[int, list[int]] = field(default_factory=dict)

    def within(self, place: int) -> list[int]:
        """The feeds of a category and of those inside it."""
        if place not in self._within:
            inside = (self.within(child) for child in self.children.get(place, ()))
            self._within[place] = list(chain(self.feeds.get(place, ()), *inside))
        return self._within[place]


def feed_tree(reader: Reader, *, feed: Feed | None = None, category: Category | None = None) -> FeedTree:
    """The reader's tree, with `feed` or `category` shown beside it."""
    sight, state = sight_of(reader), tree_state(reader)
    places, counts = _places(reader, sight), _counts(reader)
    by_category = _by_category(places, counts)
    builder = _Builder(places, counts, by_category, state, feed.pk if feed else 0, category.pk if category else 0)
    return builder.tree()


def _counts(reader: Reader) -> dict[int, int]:
    """Nobody counts for who is not signed in."""
    return unread_counts(reader) if isinstance(reader, User) else {}


def _places(reader: Reader, sight: Sight) -> _Places:
    shape, pk = sight.shape, reader_id(reader)
    categories = _categories(sight, pk)
    places = _Places(categories, _children(categories), _own(reader))
    gone, active = Feed.State.GONE.value, Feed.State.ACTIVE.value
    for feed, site_category, site_position, state, failures in _FEEDS.rows(shape, reader=pk):
        own, place = places.own.get(feed) if places.own else None, site_category
        if own or site_position:  # most feeds have neither
            mine, place = (own.position, own.category or place) if own else (0, place)
            places.positions[feed] = position_of(mine, site_position, follows_all=sight.follows_all)
        places.feeds[place if place in categories else UNPLACED].append(feed)
        places.broken += state == gone or (failures > 0 and state == active)
    return places


def _categories(sight: Sight, reader: int | None) -> dict[int, Category]:
    return {row.pk: row for row in _CATEGORIES.objects(Category, _OF_CATEGORY, sight.shape, reader=reader)}


def _children(categories: Mapping[int, Category]) -> dict[int | None, list[int]]:
    """The categories in each, and at the top, in order."""
    children: dict[int | None, list[int]] = defaultdict(list)
    tree = tree_of(categories.values())
    for row in sorted(categories.values(), key=lambda row: (row.position, row.name.casefold(), row.pk)):
        parent = row.parent_id if row.parent_id in categories else None
        is_in_ring = parent is not None and row.pk in tree.ancestry(parent)  # which leads to no top
        children[None if is_in_ring else parent].append(row.pk)
    return children


def _own(reader: Reader) -> dict[int, _Own]:
    pk = reader_id(reader)
    if pk is None:
        return {}
    rows = _SUBSCRIPTIONS.rows(reader=pk)
    return {feed: _Own(category, title, position, in_all) for feed, category, title, position, in_all in rows}


def _by_category(places: _Places, counts: Mapping[int, int]) -> dict[int, int]:
    ids = [UNPLACED, *places.categories]
    return {place: sum([counts[pk] for pk in places.within(place) if pk in counts]) for place in ids}


@dataclass(slots=True)
class _Builder:
    """Puts the tree together around what is shown now, by the ids of it; 0 for none."""

    places: _Places
    counts: Mapping[int, int]
    by_category: Mapping[int, int]
    state: TreeState
    feed: int
    category: int
    is_small: bool = False
    found: dict[int, Feed] = field(default_factory=dict)

    def tree(self) -> FeedTree:
        self.is_small = sum(map(len, self.places.feeds.values())) <= FEW
        unplaced = self.places.feeds.get(UNPLACED, [])
        tops = [pk for pk in self.places.children.get(None, ()) if self._is_there(pk)]
        is_loose = not tops and self.is_small
        if unplaced and not is_loose and self._is_there(UNPLACED):
            tops.append(UNPLACED)
        self.found = self._load([*self._needed(tops), *(self._kept(unplaced) if is_loose else ())])
        return FeedTree(
            shelves=tuple(map(self._shelf, tops)),
            loose=self._rows(self._kept(unplaced)) if is_loose else (),
            counts=self.counts,
            by_category=self.by_category,
            total=self._total(),
            broken=self.places.broken,
            only_unread=self.state.only_unread,
        )

    def _total(self) -> int:
        left_out = {pk for pk, own in self.places.own.items() if not own.in_all}
        return sum([count for pk, count in self.counts.items() if pk not in left_out])

    def _own(self, pk: int) -> _Own:
        return self.places.own.get(pk, _NOTHING)

    def _is_there(self, place: int) -> bool:
        """True for what has feeds; where only unread is wanted, unread ones; and for what is shown now."""
        feeds = self.places.within(place)
        if self._holds_current(place, feeds):
            return True
        return bool(self.by_category.get(place)) if self.state.only_unread else bool(feeds)

    def _holds_current(self, place: int, feeds: list[int]) -> bool:
        return bool(self.feed in feeds or (self.category and self.category in self._inside(place)))

    def _inside(self, place: int) -> list[int]:
        return [place, *(pk for child in self.places.children.get(place, ()) for pk in self._inside(child))]

    def _is_open(self, place: int) -> bool:
        return self.state.is_open(place, otherwise=self.is_small)

    def _kept(self, feeds: Iterable[int]) -> list[int]:
        if not self.state.only_unread:
            return list(feeds)
        return [pk for pk in feeds if pk == self.feed or self.counts.get(pk)]

    def _shown(self, place: int) -> list[int]:
        """The feeds that stand in a category: of a shut one only that which is shown now."""
        feeds = self.places.feeds.get(place, [])
        return self._kept(feeds) if self._is_open(place) else [pk for pk in feeds if pk == self.feed]

    def _children(self, place: int) -> list[int]:
        children = [] if place == UNPLACED else self.places.children.get(place, [])
        if self._is_open(place):
            return [pk for pk in children if self._is_there(pk)]
        return [pk for pk in children if self._holds_current(pk, self.places.within(pk))]

    def _needed(self, shelves: Iterable[int]) -> Iterable[int]:
        for place in shelves:
            yield from self._shown(place)
            yield from self._needed(self._children(place))

    def _load(self, pks: Iterable[int]) -> dict[int, Feed]:
        wanted = list(pks)
        found = {row.pk: row for row in _NAMED_FEEDS.objects(Feed, _COLUMNS, feeds=wanted)} if wanted else {}
        for pk, feed in found.items():
            feed.own_title = self._own(pk).title
        return found

    def _rows(self, pks: Iterable[int]) -> tuple[Feed, ...]:
        feeds = [self.found[pk] for pk in pks if pk in self.found]
        return tuple(
            sorted(feeds, key=lambda feed: (self.places.positions.get(feed.pk, 0), feed.name.lower(), feed.pk))
        )

    def _shelf(self, place: int) -> Shelf:
        return Shelf(
            category=self.places.categories.get(place),
            unread=self.by_category.get(place, 0),
            is_open=self._is_open(place),
            shelves=tuple(map(self._shelf, self._children(place))),
            feeds=self._rows(self._shown(place)),
        )


_NOTHING = _Own()
