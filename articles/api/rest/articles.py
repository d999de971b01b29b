"""Articles: lists of them, one with its text, what the reader did with them, how many are unread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils import timezone

from articles.api.contents import Whole, wholes
from articles.api.fields import NoSense
from articles.api.rest.operation import Asked, NotThere, TakesTooLong
from articles.api.rest.shapes import ARTICLE, COUNT
from articles.labels.own import labels_on
from articles.lists import reader_state
from articles.lists.pages import BadCursor, Selection, list_page
from articles.lists.readable import readable, readable_among
from articles.lists.unread_counts import unread_counts
from articles.models import Article
from articles.search.find import Search, search_page
from articles.search.query.syntax import parse
from articles.search.resolve import asks_for_something
from articles.views.search_messages import message
from articles.views.selection import selection_of
from feeds.writes import soon

USUAL, MOST = 50, 200
NARROWING = ("feed", "category", "show", "q", "order")


def articles(asked: Asked) -> dict[str, Any]:
    """A page of the list, or of the hits of a query in it."""
    selection, size, cursor = selection_asked(asked), asked.values.get("n", USUAL), asked.values.get("cursor", "")
    try:
        return _hits(asked, selection, cursor, size) if selection.query else _list(asked, selection, cursor, size)
    except BadCursor as error:
        raise NoSense("“cursor” names no page of this list.") from error


def article(asked: Asked) -> Whole:
    """One article, whole."""
    found = readable(asked.reader).filter(pk=asked.pk).values_list("pk", flat=True)
    whole = next(wholes(list(found), asked.reader, asked.site), None)
    if whole is None:
        raise NotThere("There is no such article.")
    _with_labels([whole.article], asked)
    return whole


@soon()
def set_states(asked: Asked) -> dict[str, Any]:
    """The articles that are read, unread, starred or not from now on: those of `ids` that are there for the reader."""
    is_read, is_starred = asked.values.get("is_read"), asked.values.get("is_starred")
    if is_read is None and is_starred is None:
        raise NoSense("Give “is_read” or “is_starred”.")
    ids = sorted(readable_among(asked.values["ids"], asked.reader))
    with transaction.atomic():
        if is_read is not None:
            reader_state.mark_ids_read(asked.reader, ids, read=is_read)
        if is_starred is not None:
            reader_state.star_ids(asked.reader, ids, on=is_starred)
    return {"ids": ids}


@soon()
def mark_all(asked: Asked) -> dict[str, Any]:
    """All that a list's feeds had up to an article is read."""
    batch = reader_state.mark_all_read(asked.reader, selection_asked(asked), up_to=asked.values["up_to"])
    return {"batch": str(batch)}


@soon()
def undo(asked: Asked) -> None:
    """Make unread again what a mark of all took, but for what the reader has touched since."""
    try:
        batch = UUID(asked.values["batch"])
    except ValueError as error:
        raise NoSense("“batch” is none.") from error
    if not reader_state.undo(asked.reader, batch):
        raise NotThere("This is not the reader's newest mark, or it is undone already.")


def counts(asked: Asked) -> dict[str, Any]:
    """The numbers of unread articles, in all and by feed."""
    unread = unread_counts(asked.reader, most=None)
    written = [COUNT.written(row, asked.site) for row in sorted(unread.items())]
    return {"total": sum(unread.values()), "subscriptions": written}


def selection_asked(asked: Asked) -> Selection:
    """The articles that the fields narrow to. Raises NotThere, NoSense."""
    query = QueryDict(mutable=True)
    query.update({name: str(asked.values[name]) for name in NARROWING if name in asked.values})
    try:
        return selection_of(query, asked.reader)
    except Http404 as error:
        raise NotThere("There is no such feed or category.") from error
    except BadRequest as error:
        raise NoSense(str(error)) from error


def _list(asked: Asked, selection: Selection, cursor: str, size: int) -> dict[str, Any]:
    page = list_page(selection, asked.reader, cursor=cursor, size=size)
    return _page(asked, page.articles, page, [])


def _hits(asked: Asked, selection: Selection, cursor: str, size: int) -> dict[str, Any]:
    parsed = parse(selection.query)
    if not asks_for_something(parsed.tree):
        raise NoSense("“q” asks for nothing. " + " ".join(message(note) for note in parsed.notes))
    search = Search(selection=selection, reader=asked.reader, now=timezone.localtime(asked.now))
    page = search_page(search, cursor=cursor, size=size)
    if page.timed_out:
        raise TakesTooLong("The search took too long.")
    return _page(asked, [hit.article for hit in page.found], page, [message(note) for note in page.notes])


def _with_labels(articles: Sequence[Article], asked: Asked) -> None:
    on = labels_on([article.pk for article in articles], asked.reader)
    for article in articles:
        article.label_ids = [label.pk for label in on.get(article.pk, ())]


def _page(asked: Asked, found: list[Article], page: Any, notes: list[str]) -> dict[str, Any]:
    _with_labels(found, asked)
    return {
        "articles": [ARTICLE.written(row, asked.site) for row in found],
        "next_cursor": page.next_cursor or None,
        "previous_cursor": page.previous_cursor or None,
        "latest_id": page.latest_id,
        "notes": notes,
    }
