"""The reader's feeds and categories: what they follow, and changes of it within the rights of the account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from articles.api import follow
from articles.api.rest.operation import Asked, NoFeed, NotThere
from articles.api.rest.shapes import CATEGORY, SUBSCRIPTION
from articles.api.shelves import Subscribed, folders_of, subscribed
from articles.ingest.feed_deletion import leave_for_now
from feeds.models import Category, Feed, feeds_at
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds, visible_feeds


def subscriptions(asked: Asked) -> dict[str, Any]:
    """All feeds that the reader follows."""
    return {"subscriptions": [SUBSCRIPTION.written(row, asked.site) for row in subscribed(asked.reader)]}


def categories(asked: Asked) -> dict[str, Any]:
    """All categories that the reader has."""
    folders = folders_of(asked.reader)
    return {"categories": [CATEGORY.written(folders.rows[pk], asked.site) for pk in folders.names]}


def add(asked: Asked) -> Subscribed:
    """The feed at an address, or that the page there names, which the reader follows from now on. Who may add none may
    still follow what is there."""
    reader, values = asked.reader, asked.values
    address, title, folder = values["address"], values.get("title", ""), values.get("category")
    feed = visible_feeds(reader).filter(pk__in=feeds_at(address).values("pk")).first()
    if feed is not None:
        own.follow(reader, feed, category=follow.own_folder(reader, folder) if folder else None, title=title)
        return _subscribed(reader, feed)
    try:
        return _subscribed(reader, follow.add(reader, address, title, folder))
    except ValueError as error:
        raise NoFeed(str(error)) from error


def change(asked: Asked) -> Subscribed:
    """A feed that the reader calls otherwise from now on, has in another category, or finds more or less important."""
    feed, folder = _followed(asked), None
    if "category" in asked.values:
        folder = asked.values["category"] or ""
    follow.change(asked.reader, feed, title=asked.values.get("title"), folder=folder)
    if "importance" in asked.values:
        own.choose_importance(asked.reader, feed, asked.values["importance"] or "")
    return _subscribed(asked.reader, feed)


def end(asked: Asked) -> None:
    """The reader does not follow the feed any more."""
    leave_for_now(asked.reader, _followed(asked))


def rename_category(asked: Asked) -> None:
    """A category of the reader's own is called otherwise; one that is called so already takes its feeds."""
    try:
        own.rename_category(asked.reader, _category(asked), asked.values["name"])
    except PermissionError as error:
        raise follow.NotAllowed from error


def dissolve_category(asked: Asked) -> None:
    """A category of the reader's own goes; its feeds stay."""
    try:
        own.empty_category(asked.reader, _category(asked))
    except PermissionError as error:
        raise follow.NotAllowed from error


def _subscribed(reader: User, feed: Feed) -> Subscribed:
    return next(row for row in subscribed(reader) if row.feed.pk == feed.pk)


def _followed(asked: Asked) -> Feed:
    feed = followed_feeds(asked.reader, quiet=True).filter(pk=asked.pk).first()
    if feed is None:
        raise NotThere("The reader follows no such feed.")
    return feed


def _category(asked: Asked) -> Category:
    category = folders_of(asked.reader).rows.get(asked.pk)
    if category is None:
        raise NotThere("There is no such category.")
    return category
