"""The feeds that a list takes its articles from, and the stretch of it that is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db import connection
from django.db.models import QuerySet

from articles.querysets import ARRIVED, ArticleQuerySet, Key
from articles.stories.rows import Fold
from feeds.models import Feed
from feeds.statements import fetched
from feeds.subscriptions.visibility import FeedSet

NO_FEED = 0  # no row has that id


@dataclass(frozen=True, slots=True)
class Scope:
    """The feeds that a list takes from: one, some, or (where both are None) all. `fold`: which articles have no row of
    their own in it, as they are doubles of others; None where each has one."""

    feed_id: int | None = None
    some: FeedSet | None = None
    fold: Fold | None = None

    @property
    def is_all(self) -> bool:
        return self.feed_id is None and self.some is None

    @property
    def is_nothing(self) -> bool:
        return self.feed_id == NO_FEED

    @property
    def is_one_walk(self) -> bool:
        """True where any span of its articles is one walk of an index; else they are put together."""
        return self.some is None

    def feeds(self) -> QuerySet[Feed]:
        if self.feed_id is not None:
            return Feed.objects.filter(pk=self.feed_id)
        return Feed.objects.all() if self.some is None else self.some.feeds()

    def without(self, feeds: frozenset[int]) -> Scope:
        """The same scope of several feeds without these."""
        return replace(
            self, some=FeedSet(lambda: self.feeds().exclude(pk__in=feeds), lambda: self.feed_ids().difference(feeds))
        )

    def feed_ids(self, among: Collection[int] | None = None) -> set[int]:
        """The ids of these feeds, or of those of them that are `among` some."""
        if self.feed_id is not None:
            return {self.feed_id} if among is None else {self.feed_id}.intersection(among)
        if among is None and self.some:
            return set(self.some.ids())
        feeds = self.feeds() if among is None else self.feeds().filter(pk__in=among)
        return set(feeds.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Up to `limit` articles away from `key` in one direction, nearest first; from the end of the list without key.
    `by_arrival`: of a list by arrival, whose keys `key` is of."""

    key: Key | None
    newer: bool
    limit: int
    by_arrival: bool = False

    def of(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles.beside(self.key, newer=self.newer, by_arrival=self.by_arrival)

    def take(self, articles: ArticleQuerySet) -> list[Key]:
        return self.keys(fetched(self.of(articles).values_list(*self.columns)[: self.limit]))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the list runs along."""
        return ("id",) if self.by_arrival else ("published_at", "id")

    def keys(self, rows: Iterable[tuple[Any, ...]]) -> list[Key]:
        """The keys of rows of these columns."""
        return [(ARRIVED, pk) for (pk,) in rows] if self.by_arrival else [(at, pk) for at, pk in rows]

    def beyond(self) -> tuple[str, list[Any]]:
        """The condition, in SQL with its parameters, that an article (id, published_at) is beyond `key`."""
        if self.key is None:
            return "TRUE", []
        published_at, pk = self.key
        sign = ">" if self.newer else "<"
        if self.by_arrival:
            return f"id {sign} %s", [pk]
        return f"(published_at, id) {sign} (%s, %s)", [connection.ops.adapt_datetimefield_value(published_at), pk]

    def order(self) -> str:
        """The columns in the order that goes on from `key`, as SQL has it."""
        return ", ".join(self.columns if self.newer else [f"{column} DESC" for column in self.columns])

    def nearest(self, keys: Iterable[Key]) -> list[Key]:
        """The same of keys that are at hand."""
        key = self.key
        beside = {other for other in keys if key is None or (other > key if self.newer else other < key)}
        return sorted(beside, reverse=not self.newer)[: self.limit]


class Finder(Protocol):
    """Finds what a span asks of one list."""

    def __call__(self, span: Span) -> list[Key]: ...
