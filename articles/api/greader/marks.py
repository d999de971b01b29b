"""Changes that apps make to articles: read, unread, starred, labels; and "everything up to here is read"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from articles.api.doors import Call
from articles.api.fields import Fields, NoSense, moment
from articles.api.greader import item_ids, stream_names
from articles.api.greader.streams import asked_for
from articles.api.labels import Shelf, shelf_of
from articles.api.looks import looks_around
from articles.labels.models import ArticleLabel, Label
from articles.labels.own import BadLabel, change_labels, make_label
from articles.lists import reader_state
from articles.lists.arrival import NO_LOOKS, Looks, had_come_in
from articles.lists.pages import newest_id
from articles.lists.readable import readable_among
from feeds.writes import soon


@soon()
def edit(call: Call) -> None:
    """Change the tags of the items as the fields say: all of `a` are added, all of `r` taken away; a label that is not
    there yet is made. Raises NoSense for what is no item or no tag, and where one is added and taken away at once."""
    added, removed = _tags(call.fields.all("a")), _tags(call.fields.all("r"))
    is_read, is_starred = _changes(added, removed)
    ids = readable_among(ids_in(call.fields), call.reader)
    with transaction.atomic():
        if added.labels or removed.labels:
            _label(call.reader, ids, added.labels, removed.labels)
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
    until = moment(at) if at else None
    looks = looks_around(call.password, until) if until else NO_LOOKS
    if asked.label:
        _mark_labelled(call.reader, asked.label, until, looks)
    elif until:
        reader_state.mark_all_read_until(call.reader, asked.selection, until, looks)
    else:
        reader_state.mark_all_read(call.reader, asked.selection, up_to=newest_id())


@dataclass(frozen=True, slots=True)
class _Tags:
    """States of articles, and names of labels."""

    states: frozenset[str]
    labels: frozenset[str]


def _changes(added: _Tags, removed: _Tags) -> tuple[bool | None, bool | None]:
    """The new values of read, and of starred; None for no change. To add "unread" is to take "read" away."""
    read = {state == "read" for state in added.states & {"read", "unread"}}
    read |= {state != "read" for state in removed.states & {"read", "unread"}}
    starred = ({True} if "starred" in added.states else set()) | ({False} if "starred" in removed.states else set())
    if len(read) > 1 or len(starred) > 1 or added.labels & removed.labels:
        raise NoSense("a and r say opposite things")
    return next(iter(read), None), next(iter(starred), None)


def _tags(tags: Iterable[str]) -> _Tags:
    """The states and labels that the tags name. Raises NoSense for a feed."""
    try:
        names = [stream_names.read(tag) for tag in tags if tag]
    except stream_names.NoSuchStream as error:
        raise NoSense("tag") from error
    if any(name.feed for name in names):
        raise NoSense("feed")
    return _Tags(
        frozenset(name.state for name in names if name.state), frozenset(name.label for name in names if name.label)
    )


def _label(reader: User, ids: Collection[int], added: Iterable[str], removed: Iterable[str]) -> None:
    """Raises NoSense for a folder, which feeds are in and no articles, and for what is no name of a label."""
    shelf = shelf_of(reader)
    if any(shelf.folders.named(name) and not shelf.label(name) for name in (*added, *removed)):
        raise NoSense("a folder")
    wanted = _labels(reader, shelf, added) if ids else []
    gone = [label.pk for name in removed if (label := shelf.label(name))]
    change_labels(reader, ids, add=[label.pk for label in wanted], remove=gone)


def _labels(reader: User, shelf: Shelf, names: Iterable[str]) -> list[Label]:
    """The labels of these names, made where there are none. Raises NoSense for what is no name of one."""
    try:
        return [shelf.label(name) or make_label(reader, name) for name in names]
    except BadLabel as error:
        raise NoSense("label") from error


def _mark_labelled(reader: User, label: Label, until: datetime | None, looks: Looks) -> None:
    """Count what has the label as read; with `until` only what had come in by then."""
    rows = ArticleLabel.objects.filter(label=label)
    if until is not None:
        rows = rows.filter(had_come_in(until, looks, "article__"))
    reader_state.mark_ids_read(reader, rows.values_list("article", flat=True))
