"""Changes that apps make to articles: read, unread, starred; and "everything up to here is read"."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from articles.api.contents import visible_ids
from articles.api.doors import Call
from articles.api.fields import Fields, NoSense, moment
from articles.api.greader import item_ids, stream_names
from articles.api.greader.streams import asked_for
from articles.lists import reader_state
from articles.lists.pages import newest_id
from feeds.writes import soon


@soon()
def edit(call: Call) -> None:
    """Change the tags of the items as the fields say: all of `a` are added, all of `r` taken away. Raises NoSense for
    what is no item or no tag, and where one is added and taken away at once."""
    is_read, is_starred = _changes(call.fields)
    ids = visible_ids(call.reader, ids_in(call.fields))
    with transaction.atomic():
        if is_read is not None:
            reader_state.mark_ids_read(call.reader, ids, read=is_read)
        if is_starred is not None:
            reader_state.star_ids(call.reader, ids, on=is_starred)


def ids_in(fields: Fields) -> list[int]:
    """The ids of all items that the fields name. Raises NoSense."""
    try:
        return [item_ids.read(text) for text in fields.all("i")]
    except item_ids.BadItemId as error:
        raise NoSense("i") from error


@soon()
def mark_all(call: Call) -> None:
    """Mark as read what the stream had at `ts`; without it what it has now. Raises NoSuchStream, NoSense."""
    asked = asked_for(call.fields.last("s") or stream_names.READING_LIST, call.reader)
    if asked.is_starred is not None or asked.is_read or asked.is_empty:
        raise NoSense("s")
    at = call.fields.number("ts", 0)
    if at:
        reader_state.mark_all_read_until(call.reader, asked.selection, moment(at))
    else:
        reader_state.mark_all_read(call.reader, asked.selection, up_to=newest_id())


def _changes(fields: Fields) -> tuple[bool | None, bool | None]:
    """The new values of read, and of starred; None for no change. To add "unread" is to take "read" away."""
    added, removed = _states(fields.all("a")), _states(fields.all("r"))
    read = {state == "read" for state in added & {"read", "unread"}}
    read |= {state != "read" for state in removed & {"read", "unread"}}
    starred = ({True} if "starred" in added else set()) | ({False} if "starred" in removed else set())
    if len(read) > 1 or len(starred) > 1:
        raise NoSense("a and r say opposite things")
    return next(iter(read), None), next(iter(starred), None)


def _states(tags: Iterable[str]) -> set[str]:
    """The states that the tags name. Raises NoSense for a label: articles have none."""
    try:
        names = [stream_names.read(tag) for tag in tags if tag]
    except stream_names.NoSuchStream as error:
        raise NoSense("tag") from error
    if any(not name.state for name in names):
        raise NoSense("label")
    return {name.state for name in names}
