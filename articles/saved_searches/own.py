"""The saved searches of a reader: which there are, and every change to them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from articles.kept_counts.rows import have_counted_at_once
from articles.lists.selection import Selection
from articles.saved_searches.models import LONGEST_NAME, SavedSearch
from articles.search.analyze.fold import fold
from articles.search.query.syntax import LONGEST_QUERY
from feeds.parse.text import line
from feeds.statements import Given, Statement, all_columns

MOST_SAVED = 200
"""The most saved searches that one reader may have: as many as a page can show."""
_NAMES = Statement(lambda: SavedSearch.objects.filter(user=Given("reader")).order_by().values_list("pk", "name"))
# The column that keeps each field of the selection.
_COLUMNS = {field.name: field.name for field in fields(Selection) if field.compare} | {"query": "text"}

_PLACES = ("feed", "category")
_ALL_COLUMNS = all_columns(SavedSearch)


def _the_same(places: tuple[str, ...]) -> QuerySet[SavedSearch, Any]:
    """The searches that are a selection with these places and without the others."""
    equal = {name: Given(name) for name in (*_COLUMNS.values(), "of_category") if name not in _PLACES or name in places}
    none = {f"{name}__isnull": True for name in _PLACES if name not in places}
    rows = SavedSearch.objects.filter(user=Given("reader"), **equal, **none)
    return rows.order_by("pk").values_list(*_ALL_COLUMNS)[:1]


_SAVED_AS = Statement(_the_same)


class TooManySaved(ValueError):
    """One search more than a reader may have."""


def saved_searches(reader: User) -> list[SavedSearch]:
    """The reader's saved searches, by name, with their categories. One query."""
    rows = SavedSearch.objects.filter(user=reader).select_related("category")
    return sorted(rows, key=lambda saved: (fold(saved.name), saved.pk))


def saved_names(reader: User) -> list[tuple[int, str]]:
    """Their ids and names alone, in no order: what every list shows. One query."""
    return _NAMES.rows(reader=reader.pk)


def saved_as(reader: User, selection: Selection) -> SavedSearch | None:
    """The saved search that is this selection. One query, whatever the reader has saved."""
    values = _columns(selection)
    places = tuple(name for name in _PLACES if values[name] is not None)
    given = {name: getattr(value, "pk", value) for name, value in values.items()}
    return next(iter(_SAVED_AS.objects(SavedSearch, _ALL_COLUMNS, places, reader=reader.pk, **given)), None)


def save_search(reader: User, selection: Selection) -> SavedSearch:
    """Keep the selection, under its query for a name; where it is kept already, that. Raises TooManySaved, ValueError
    for a selection without a query."""
    if not selection.query:
        raise ValueError("a saved search has a query")
    if known := saved_as(reader, selection):
        return known
    if SavedSearch.objects.filter(user=reader).count() >= MOST_SAVED:
        raise TooManySaved
    have_counted_at_once(reader)
    return SavedSearch.objects.create(user=reader, name=selection.query[:LONGEST_NAME], **_columns(selection))


def rename(saved: SavedSearch, name: str) -> bool:
    """Call it otherwise. False, and nothing is done, where that is no name."""
    name = line(name, LONGEST_NAME + 1)
    if not name or len(name) > LONGEST_NAME:
        return False
    saved.name = name
    saved.save(update_fields=["name"])
    return True


def selection_of(saved: SavedSearch) -> Selection:
    """The selection that was kept; without its category, where that is gone."""
    return Selection.of_values({name: getattr(saved, column) for name, column in _COLUMNS.items()})


def _columns(selection: Selection) -> dict[str, object]:
    values = {column: getattr(selection, name) for name, column in _COLUMNS.items()}
    return values | {"text": selection.query[:LONGEST_QUERY], "of_category": selection.category is not None}
