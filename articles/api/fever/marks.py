"""Marks that a Fever app sets. Each may be sent twice, and does what it says once."""

from __future__ import annotations

from datetime import timedelta

from articles.api.doors import Call
from articles.api.fields import NoSense, is_number, moment
from articles.api.looks import looks_around
from articles.lists import reader_state
from articles.lists.pages import Selection
from articles.lists.readable import readable_among
from articles.models import ArticleState
from feeds.subscriptions.visibility import categories_for, visible_feeds
from feeds.writes import soon

EVERYTHING, SPARKS = "0", "-1"
RECENTLY = timedelta(minutes=15)


@soon()
def mark(call: Call) -> None:
    """Do what `mark`, `as`, `id` and `before` say. Raises NoSense."""
    what, how, which = (call.fields.last(name) for name in ("mark", "as", "id"))
    if what == "item":
        _mark_item(call, how, which)
    elif what in {"feed", "group"} and how == "read":
        if (selection := _selection(call, what, which)) is not None:
            before = call.fields.number("before", 0)
            until = moment(before) if before else call.now
            reader_state.mark_all_read_until(call.reader, selection, until, looks_around(call.password, until))
    else:
        raise NoSense("mark")


@soon()
def put_back_recent(call: Call) -> None:
    """Put back to unread what was read one by one in the last quarter of an hour."""
    recent = ArticleState.objects.filter(user=call.reader, is_read=True, changed_at__gte=call.now - RECENTLY)
    reader_state.mark_ids_read(call.reader, recent.values_list("article", flat=True), read=False)


def _mark_item(call: Call, how: str, which: str) -> None:
    if not is_number(which):
        raise NoSense("id")
    ids = readable_among([int(which)], call.reader)
    if how in {"read", "unread"}:
        reader_state.mark_ids_read(call.reader, ids, read=how == "read")
    elif how in {"saved", "unsaved"}:
        reader_state.star_ids(call.reader, ids, on=how == "saved")
    else:
        raise NoSense("as")


def _selection(call: Call, what: str, which: str) -> Selection | None:
    """The articles that are marked as a whole; None for sparks, which are nothing here, and for what is not there."""
    if which == SPARKS:
        return None
    if not is_number(which):
        raise NoSense("id")
    if what == "group" and which == EVERYTHING:
        return Selection()
    if what == "feed":
        feed = visible_feeds(call.reader).filter(pk=int(which)).first()
        return Selection(feed=feed) if feed else None
    category = categories_for(call.reader).filter(pk=int(which)).first()
    return Selection(category=category) if category else None
