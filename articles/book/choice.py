"""The articles of a view that stand in a book."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from articles.lists.pages import finder
from articles.lists.scope import Span
from articles.search.find import Search, found_page
from articles.search.query.syntax import Filter, parse, to_text
from articles.search.query.tree import And, required
from articles.search.resolve import asks_for_something

USUAL, MOST = 200, 1_000
PATIENCE = 10.0  # seconds that a search may take
_PERIOD = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


class NoSuchPeriod(ValueError):
    """Neither a day nor a month."""


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month as a reader's calendar has it, under the name that addresses give it."""

    name: str
    first: date
    end: date

    @property
    def is_day(self) -> bool:
        return self.end - self.first == timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The articles, and whether the view has more than fit."""

    article_ids: list[int]
    has_more: bool


def period_named(name: str) -> Period | None:
    """The period that an address names; None for no name. Raises NoSuchPeriod."""
    if not name:
        return None
    found = _PERIOD.fullmatch(name)
    try:
        if not found:
            raise NoSuchPeriod(name)
        first = date(int(found[1]), int(found[2]), int(found[3] or 1))
        after = first + timedelta(days=1 if found[3] else 31)
    except (ValueError, OverflowError) as error:
        raise NoSuchPeriod(name) from error
    return Period(name, first, after if found[3] else after.replace(day=1))


def choose(search: Search, *, period: Period | None = None, size: int = USUAL) -> Choice:
    """The first articles of the view in its order, of that period alone where there is one. Raises
    articles.search.find.SearchTimeout."""
    if search.text:
        return _found(search, period, size)
    selection = search.selection.by_publication() if period else search.selection
    newer = selection.is_oldest_first
    start = (_start(period.first if newer else period.end, search), 0) if period else None
    found = finder(selection, search.reader)(Span(key=start, newer=newer, limit=size + 1))
    keys = [key for key in found if not period or _start(period.first, search) <= key[0] < _start(period.end, search)]
    return Choice(article_ids=[pk for _, pk in keys[:size]], has_more=len(keys) > size)


def _found(search: Search, period: Period | None, size: int) -> Choice:
    if not asks_for_something(parse(search.text).tree):
        return Choice(article_ids=[], has_more=False)
    text = _within(search.text, period) if period else search.text
    page = found_page(replace(search.narrowed(query=text), patience=PATIENCE), size=size)
    return Choice(article_ids=page.article_ids, has_more=bool(page.next_cursor))


def _within(text: str, period: Period) -> str:
    tree = parse(text).tree
    return to_text(And((*(required(tree) if tree else ()), Filter("date", period.name))))


def _start(day: date, search: Search) -> datetime:
    """Midnight where the reader is."""
    return datetime.combine(day, time(), search.now.tzinfo)
