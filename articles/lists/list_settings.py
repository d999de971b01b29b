"""The settings of a reader's lists: order, layout, length, what comes at their end and where their articles open,
chosen for a feed, a category, or all.

What is not chosen for a list is as in the list of all articles, so that one choice there is one for all lists; choosing
for a list what it has anyway takes its own choice away.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from articles.lists.models import ListSettings
from articles.lists.pages import PAGE
from articles.lists.selection import ORDERS, Order, Selection
from feeds.statements import Given, Statement, all_columns
from feeds.subscriptions.visibility import Reader

SIZES = (PAGE, 100, 200)


_COLUMNS = all_columns(ListSettings)


def _settings(is_of_feed: bool, is_of_category: bool) -> QuerySet[ListSettings, Any]:
    place = {"feed": Given("feed") if is_of_feed else None, "category": Given("category") if is_of_category else None}
    rows = ListSettings.objects.filter(Q(**place) | Q(feed=None, category=None), user=Given("reader"))
    return rows.values_list(*_COLUMNS)


_ROWS = Statement(_settings)


class Layout(StrEnum):
    """The look of the rows of a list."""

    COMPACT = "compact"
    COSY = "cosy"
    EXCERPT = "excerpt"
    CARDS = "cards"


class Opening(StrEnum):
    """The place where the articles of a list open: a page of their own, beside the list, or in their row."""

    PAGE = "page"
    BESIDE = "beside"
    ROW = "row"


class AtEnd(StrEnum):
    """At the end of a page the next one is linked, or comes by itself."""

    STOP = "stop"
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChoice:
    """The settings that hold for a list."""

    order: Order = Order.DATE
    layout: Layout = Layout.COSY
    size: int = PAGE
    opening: Opening = Opening.PAGE
    at_end: AtEnd = AtEnd.STOP

    @classmethod
    def of_texts(cls, texts: dict[str, str]) -> dict[str, Any]:
        """Those values of a choice that `texts` gives by their names. Raises ValueError for what nobody can choose."""
        allowed: dict[str, tuple[Any, ...]] = {
            "order": ORDERS, "layout": tuple(Layout), "size": SIZES, "opening": tuple(Opening), "at_end": tuple(AtEnd),
        }  # fmt: skip
        chosen = {}
        for name, text in texts.items():
            value = next((value for value in allowed.get(name, ()) if str(value) == text), None)
            if value is None:
                raise ValueError(f"{name}={text[:40]}")
            chosen[name] = value
        return chosen

    def with_row(self, row: ListSettings | None) -> Self:
        """The same but for what a row has, as far as it can be chosen: another version may have had other values."""
        if row is None:
            return self
        kept = {name: str(getattr(row, name) or "") for name in NAMES}
        chosen = asdict(self)
        for name, text in kept.items():
            try:
                chosen |= self.of_texts({name: text}) if text else {}
            except ValueError:
                continue
        return type(self)(**chosen)


NAMES = [field.name for field in fields(ListChoice)]


def choice_of(selection: Selection, reader: Reader) -> ListChoice:
    """The reader's choice for the list that the selection is of."""
    return _choices(selection, reader)[0] if isinstance(reader, User) else ListChoice()


def keep(reader: User, selection: Selection, **chosen: Any) -> None:
    """Keep values of a ListChoice for the list that the selection is of."""
    with transaction.atomic():
        inherited = _choices(selection, reader)[1]
        unchosen = ListSettings()
        values = {
            name: getattr(unchosen, name) if value == getattr(inherited, name) else value
            for name, value in chosen.items()
        }
        ListSettings.objects.update_or_create(user=reader, **_place(selection), defaults=values)


def _choices(selection: Selection, reader: User) -> tuple[ListChoice, ListChoice]:
    """The choice that holds for the list, and the one that would hold without a choice of its own."""
    place, of_all = _place(selection), _place(Selection())
    feed, category = selection.feed, None if selection.feed else selection.category
    rows = _ROWS.objects(
        ListSettings, _COLUMNS, feed is not None, category is not None,
        reader=reader.pk, feed=feed and feed.pk, category=category and category.pk,
    )  # fmt: skip
    all_row = next((row for row in rows if row.feed_id is None and row.category_id is None), None)
    if place == of_all:
        return ListChoice().with_row(all_row), ListChoice()
    inherited = ListChoice().with_row(all_row)
    return inherited.with_row(next((row for row in rows if row is not all_row), None)), inherited


def _place(selection: Selection) -> dict[str, Any]:
    """The list by its row's columns; where a selection has both, it is a list of the feed."""
    return {"feed": selection.feed, "category": None if selection.feed else selection.category}
