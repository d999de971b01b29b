"""Changes that apps make to a reader's feeds: which they follow, what they call them, in which folder they have them.

Each is a call of what the pages call, within the rights of the account. Who follows all of the site's feeds has its
folders too, which are not theirs to change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User

from articles.api.doors import Call
from articles.api.fields import NoSense
from articles.api.follow import NotAllowed, add, change, own_folder
from articles.api.greader import stream_names
from articles.api.greader.stream_names import NoSuchStream
from articles.api.greader.streams import feed_called
from articles.api.labels import shelf_of
from articles.ingest.feed_deletion import leave_for_now
from articles.labels.models import Label
from articles.labels.own import BadLabel, rename_label
from feeds.models import Category, Feed
from feeds.subscribe.add import NothingFound
from feeds.subscribe.outlines import import_opml, import_opml_for
from feeds.subscribe.own_feeds import MOST_SECONDS, may_add
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds

MOST_AT_ONCE = 20  # feeds in one request
LONGEST_NAME = 200  # of a category


def edit(call: Call) -> None:
    """Subscribe to, end or change the subscriptions that `s` names. New addresses are looked for within MOST_SECONDS in
    all; those that come after it are not there. Raises NoSense, NoSuchStream, NotAllowed."""
    until = time.monotonic() + MOST_SECONDS
    actions: dict[str, Callable[[Call, str, str], None]] = {
        "subscribe": lambda call, name, title: _subscribe(call, name, title, until),
        "unsubscribe": _unsubscribe,
        "edit": _change,
    }
    action = actions.get(call.fields.last("ac"))
    names = call.fields.all("s")
    if action is None or not 0 < len(names) <= MOST_AT_ONCE:
        raise NoSense("ac" if action is None else "s")
    titles = call.fields.all("t")
    for number, name in enumerate(names):
        feed = stream_names.read(name).feed
        if not feed:
            raise NoSense("s")
        action(call, feed, titles[number] if number < len(titles) else "")


def quick_add(call: Call) -> dict[str, Any]:
    """The result of adding the address in `quickadd`: the first feed that is there. Raises NotAllowed."""
    query = call.fields.last("quickadd").strip()
    address = query.removeprefix("feed/")
    try:
        feed = add(call.reader, address, "", None)
    except (NothingFound, ValueError):
        return {"numResults": 0, "query": query}
    return {
        "numResults": 1,
        "query": address,
        "streamId": stream_names.of_feed(feed.pk),
        "streamName": feed.name,
    }


def rename_tag(call: Call) -> None:
    """Call the folder or label `s` what `dest` says. Raises NoSense, NoSuchStream, NotAllowed."""
    name = stream_names.read(call.fields.last("dest")).label
    if not name or len(name) > LONGEST_NAME:
        raise NoSense("dest")
    found = _called(call.reader, call.fields.last("s"))
    try:
        if isinstance(found, Label):
            rename_label(found, name)
        else:
            own.rename_category(call.reader, found, name)
    except BadLabel as error:
        raise NoSense("dest") from error
    except PermissionError as error:
        raise NotAllowed from error


def disable_tags(call: Call) -> None:
    """Take the folders and labels `s` away; their feeds and articles stay. Raises NoSense, NoSuchStream, NotAllowed."""
    all_found = [_called(call.reader, name) for name in call.fields.all("s")]
    if not all_found:
        raise NoSense("s")
    try:
        for found in all_found:
            if isinstance(found, Label):
                found.delete()
            else:
                own.empty_category(call.reader, found)
    except PermissionError as error:
        raise NotAllowed from error


def import_document(call: Call, document: bytes) -> None:
    """Follow every feed of an OPML document: staff for the site, others for themselves. Raises NoSense, NotAllowed."""
    if not may_add(call.reader):
        raise NotAllowed
    try:
        if call.reader.is_staff:
            import_opml(document)
        else:
            import_opml_for(call.reader, document)
    except ValueError as error:
        raise NoSense("no OPML") from error


def _subscribe(call: Call, name: str, title: str, until: float) -> None:
    folder = _wanted_folder(call)
    try:
        feed = feed_called(name, call.reader)
    except NoSuchStream:
        try:
            add(call.reader, name, title, folder, until=until)
        except (NothingFound, ValueError) as error:
            raise NoSuchStream(name[:200]) from error
    else:
        own.follow(call.reader, feed, category=own_folder(call.reader, folder) if folder else None, title=title)


def _unsubscribe(call: Call, name: str, _title: str) -> None:
    leave_for_now(call.reader, _followed(call.reader, name))


def _change(call: Call, name: str, title: str) -> None:
    """A new title, another folder, or none. What is not told stays as it is."""
    folder = _wanted_folder(call) or ("" if any(call.fields.all("r")) else None)
    change(call.reader, _followed(call.reader, name), title=title or None, folder=folder)


def _followed(reader: User, name: str) -> Feed:
    feed = feed_called(name, reader)
    if not followed_feeds(reader, quiet=True).filter(pk=feed.pk).exists():
        raise NoSuchStream(name[:200])
    return feed


def _called(reader: User, name: str) -> Category | Label:
    """The folder, or else the label, of that stream."""
    shelf, called = shelf_of(reader), stream_names.read(name).label
    found = (shelf.folders.named(called) or shelf.label(called)) if called else None
    if found is None:
        raise NoSuchStream(name[:200])
    return found


def _wanted_folder(call: Call) -> str:
    """The name of the folder that `a` tells; empty without one. Raises NoSense for what is no label."""
    labels = [label for label in call.fields.all("a") if label]
    if not labels:
        return ""
    name = stream_names.read(labels[0]).label
    if not name or len(name) > LONGEST_NAME:
        raise NoSense("a")
    return name
