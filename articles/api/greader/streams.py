"""Streams by their names: which articles of a reader's, in which order, and a page of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.contrib.auth.models import User

from articles.api.fields import Fields, NoSense, moment
from articles.api.greader import places, stream_names
from articles.api.greader.stream_names import NoSuchStream
from articles.api.labels import shelf_of
from articles.labels.models import Label
from articles.lists.pages import Selection, Show, scope_of
from articles.lists.scope import Scope, Span
from articles.lists.stream_keys import Stream, stream_keys
from articles.querysets import Key
from articles.stories.rows import fold_of_labelled
from feeds.models import Feed, feeds_at
from feeds.subscriptions.visibility import visible_feeds

# What an app asks for since its last visit may have come in before that, and been seen by nobody until the transaction
# that stored it was committed: a hundred entries take a second, of which a busy machine makes many.
UNSEEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The articles that a stream's name and the filters beside it ask for, with the label where one is asked for.
    `is_empty`: nothing can fit."""

    selection: Selection = field(default_factory=Selection)
    is_read: bool | None = None
    is_starred: bool | None = None
    label: Label | None = None
    is_empty: bool = False

    def and_read(self, is_read: bool) -> Asked:
        return replace(self, is_read=is_read, is_empty=self.is_empty or self.is_read is (not is_read))

    def and_starred(self, is_starred: bool) -> Asked:
        return replace(self, is_starred=is_starred, is_empty=self.is_empty or self.is_starred is (not is_starred))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPage:
    """Keys in the stream's order, and the place of the next page; empty where there is none."""

    keys: list[Key]
    continuation: str

    @property
    def ids(self) -> list[int]:
        return [pk for _, pk in self.keys]


def _scope(asked: Asked, reader: User) -> Scope:
    show = Show.STARRED if asked.is_starred else Show.ALL
    scope = scope_of(replace(asked.selection, show=show), reader, quiet=True, is_own=asked.label is not None)
    return scope if asked.label is None else replace(scope, fold=fold_of_labelled(reader, asked.label.pk))


def asked_for(name: str, reader: User) -> Asked:
    """The articles of the stream called `name`, for the reader. Raises NoSuchStream, also for a feed that they may not
    see."""
    stream = stream_names.read(name)
    if stream.feed:
        return Asked(selection=Selection(feed=feed_called(stream.feed, reader)))
    if stream.label:
        shelf = shelf_of(reader)
        if category := shelf.folders.named(stream.label):
            return Asked(selection=Selection(category=category))
        if label := shelf.label(stream.label):
            return Asked(label=label)
        raise NoSuchStream(name[:200])
    return _of_state(Asked(), stream.state, is_in=True)


def feed_called(name: str, reader: User) -> Feed:
    """The feed of that id, or at that address. Raises NoSuchStream."""
    feeds = visible_feeds(reader)
    if name.isascii() and name.isdecimal() and len(name) < 19:
        feed = feeds.filter(pk=int(name)).first()
    else:
        feed = feeds.filter(pk__in=feeds_at(name).values("pk")).first()
    if feed is None:
        raise NoSuchStream(name[:200])
    return feed


def page_of(name: str, fields: Fields, reader: User, *, usual: int, most: int) -> StreamPage:
    """The page of the stream that the fields ask for. Raises NoSuchStream, NoSense."""
    asked = asked_for(name, reader)
    for target in fields.all("xt"):
        asked = _without(asked, target)
    for target in fields.all("it"):
        asked = _within(asked, target, reader)
    size = max(1, min(fields.number("n", usual), most))
    since, until = fields.number("ot", 0), fields.number("nt", 0)
    try:
        place = places.read(fields.first("c"))
    except places.BadPlace as error:
        raise NoSense("c") from error
    if asked.is_empty:
        return StreamPage(keys=[], continuation="")
    stream = Stream(
        scope=_scope(asked, reader),
        is_read=asked.is_read,
        is_starred=asked.is_starred,
        label_id=asked.label.pk if asked.label else None,
        since=moment(since) - UNSEEN if since else None,
        until=moment(until) if until else None,
    )
    span = Span(key=place, newer=fields.first("r") == "o", limit=size + 1)
    found = stream_keys(stream, reader, span)
    return StreamPage(keys=found[:size], continuation=places.written(found[size - 1]) if len(found) > size else "")


def _of_state(asked: Asked, state: str, *, is_in: bool) -> Asked:
    if state in {"read", "unread"}:
        return asked.and_read((state == "read") is is_in)
    if state == "starred":
        return asked.and_starred(is_in)
    return replace(asked, is_empty=True) if (state == "empty") is is_in else asked


def _without(asked: Asked, target: str) -> Asked:
    """The stream without what `target` names, which is a state of articles."""
    stream = stream_names.read(target)
    if not stream.state:
        raise NoSense("xt")
    return _of_state(asked, stream.state, is_in=False)


def _within(asked: Asked, target: str, reader: User) -> Asked:
    """The articles that the stream and `target` share."""
    stream = stream_names.read(target)
    if stream.state:
        return _of_state(asked, stream.state, is_in=True)
    other = asked_for(target, reader)
    if other.label is None and asked.selection == Selection():
        return replace(asked, selection=other.selection)
    if other.label is None or asked.label is not None:
        raise NoSense("it")
    return replace(asked, label=other.label)
