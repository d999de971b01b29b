"""Searches as addresses name them, and the queries near to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from articles.lists.pages import Selection
from articles.search.find import Search
from articles.search.query.syntax import Filter, Node, Words, parse, to_text
from articles.search.query.tree import And, joined, required
from articles.views.selection import address_of

_MOST_LOOSENED = 5


def search_of(request: HttpRequest, selection: Selection) -> Search | None:
    """The search that a selection is; None where it asks for nothing."""
    return view_of(request, selection) if selection.query else None


def view_of(request: HttpRequest, selection: Selection) -> Search:
    """The selection for the reader who asks; without a query the search is for nothing."""
    return Search(selection=selection, reader=request.user, now=timezone.localtime())


def address(search: Search, **more: str) -> str:
    """The search as a query string with its question mark."""
    return address_of(search.selection, **more)


def loosened(search: Search) -> Iterator[Search]:
    """Searches that find more: with one part of the query less, with a phrase as its words."""
    tree = parse(search.text).tree
    parts = _parts(tree)
    for part in parts[:_MOST_LOOSENED] if len(parts) > 1 else ():
        yield _with_parts(search, [other for other in parts if other is not part])
    if isinstance(tree, Words) and " " in tree.text:
        yield search.narrowed(query=tree.text)


def in_span(search: Search, name: str) -> Search:
    """The search within a year or a month, as `date:` takes it, instead of the one that it was narrowed to."""
    return _with_parts(search, [*_parts_but_dates(search), Filter("date", name)])


def without_span(search: Search) -> Search:
    """The search without what `in_span` gave it."""
    return _with_parts(search, _parts_but_dates(search))


def span_of(search: Search) -> str:
    """The year or month that the search is narrowed to; empty where it isn't."""
    dates = [part.value for part in _parts(parse(search.text).tree) if _is_span(part) and isinstance(part, Filter)]
    return dates[-1] if dates else ""


def month_name(month: date) -> str:
    """A month as `date:` takes it."""
    return f"{month.year:04}-{month.month:02}"


def _parts_but_dates(search: Search) -> list[Node]:
    return [part for part in _parts(parse(search.text).tree) if not _is_span(part)]


def _is_span(part: Node) -> bool:
    return isinstance(part, Filter) and part.field == "date" and re.fullmatch(r"\d{4}(-\d\d?)?", part.value) is not None


def _parts(tree: Node | None) -> list[Node]:
    """The parts that must all be true of a hit."""
    return [] if tree is None else list(required(tree))


def _with_parts(search: Search, parts: list[Node]) -> Search:
    return search.narrowed(query=to_text(joined(And, parts)))
