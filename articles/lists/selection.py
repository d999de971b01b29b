"""The selection of articles: the value that lists, searches, outputs, books, commands and addresses share.

A new way to narrow is a field here, a line in `params`, and one where an address is read
(articles.views.selection.selection_of).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from articles.models import Article
from articles.querysets import ARRIVED, Key
from articles.search.query.syntax import asks_reader, parse
from feeds.models import Category, Feed


class Show(StrEnum):
    """The kind of articles that a signed-in reader wants to see."""

    ALL = "all"
    UNREAD = "unread"
    STARRED = "starred"


class Order(StrEnum):
    """`DATE` is newest first, `OLDEST` the other way round, both by publication; `LAST_IN` and `FIRST_IN` the same by
    arrival; by relevance only hits can stand."""

    DATE = "date"
    OLDEST = "oldest"
    LAST_IN = "last_in"
    FIRST_IN = "first_in"
    RELEVANCE = "relevance"


ORDERS = (Order.DATE, Order.OLDEST, Order.LAST_IN, Order.FIRST_IN)
"""The orders of lists."""
ORDERS_OF_HITS = (*ORDERS, Order.RELEVANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The feed, category, state and query that the list is narrowed to, and its order. A category includes the
    categories inside it; a reader who is not signed in has neither unread nor starred articles and sees all. `query` as
    it was typed. `usual` is the order that the list has without a word of it in its address, and tells nothing of which
    articles."""

    feed: Feed | None = None
    category: Category | None = None
    show: Show = Show.ALL
    query: str = ""
    order: Order = Order.DATE
    usual: Order = field(default=Order.DATE, compare=False)

    def params(self) -> dict[str, str]:
        """The selection as addresses and forms have it. What narrows nothing is not there."""
        named = {
            "feed": str(self.feed.pk) if self.feed else "",
            "category": self.category.slug if self.category else "",
            "show": "" if self.show is Show.ALL else self.show.value,
            "q": self.query,
            "order": "" if self.order == self.usual else self.order.value,
        }
        return {name: value for name, value in named.items() if value}

    def identity(self) -> tuple[int | None, int | None, str, str, str]:
        """The selection by what never changes: rows' ids, not names."""
        feed = self.feed.pk if self.feed else None
        category = self.category.pk if self.category else None
        return feed, category, self.show.value, self.query, self.order.value

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Self:
        """The selection of its fields' values, `show` and `order` as text, as rows and commands have them."""
        return cls(**{**values, "show": Show(values["show"]), "order": Order(values["order"])})

    @property
    def is_oldest_first(self) -> bool:
        """True where newer articles are further down."""
        return self.order in {Order.OLDEST, Order.FIRST_IN}

    @property
    def is_by_arrival(self) -> bool:
        return self.order in {Order.LAST_IN, Order.FIRST_IN}

    def key_of(self, article: Article) -> Key:
        """The article's place in the list."""
        return ARRIVED if self.is_by_arrival else article.published_at, article.pk

    def by_publication(self) -> Self:
        """The same from the same end, by publication: for what is cut by days."""
        if not self.is_by_arrival:
            return self
        return replace(self, order=Order.OLDEST if self.is_oldest_first else Order.DATE)

    def without_query(self) -> Self:
        """The list that the query searches."""
        return replace(self, query="", order=Order.DATE if self.order is Order.RELEVANCE else self.order)

    def newest_first(self) -> Self:
        """The same for who takes what is new from the top, as programs that poll do."""
        order = {Order.OLDEST: Order.DATE, Order.FIRST_IN: Order.LAST_IN}.get(self.order, self.order)
        return replace(self, order=order, usual=Order.DATE)

    @property
    def is_personal(self) -> bool:
        """True where the answer depends on what the reader did: not for who is not signed in."""
        return self.show is not Show.ALL or asks_reader(parse(self.query).tree)
