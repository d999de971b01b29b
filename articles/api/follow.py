"""Changes that apps make to the feeds that a reader follows, within the rights of the account."""

from __future__ import annotations

from django.contrib.auth.models import User

from articles.api.shelves import folders_of
from feeds.models import Category, Feed
from feeds.subscribe.add import find
from feeds.subscribe.outlines import category_at
from feeds.subscribe.own_feeds import add_for, may_add, waiting_client
from feeds.subscriptions import own


class NotAllowed(Exception):
    """The account may not do that."""


def add(reader: User, address: str, title: str, folder: str | None, *, until: float | None = None) -> Feed:
    """The first feed at the address, which the reader follows from now on. It is looked for until `until`, by the
    monotonic clock. Raises NothingFound, ValueError for what is no address or finds no room, NotAllowed."""
    if not may_add(reader):
        raise NotAllowed
    with waiting_client(until) as client:
        candidate = find(client, address, reader)[0]
    category = None
    if folder:
        category = category_at(folder) if reader.is_staff else own_folder(reader, folder)
    feed, _is_new = add_for(
        reader,
        url=candidate.url,
        title=candidate.title,
        site_url=candidate.site_url,
        recipe=candidate.recipe,
        category=category,
        for_site=reader.is_staff,
    )
    if title:
        mine = own.subscriptions_of(reader).get(feed.pk)
        own.change(reader, feed, title=title[:500], category=mine.category if mine else None)
    return feed


def change(reader: User, feed: Feed, *, title: str | None, folder: str | None) -> None:
    """Another title for a feed that the reader follows, and another folder, "" for none; None: as it was. Raises
    NotAllowed."""
    mine = own.subscriptions_of(reader).get(feed.pk)
    if folder is not None and feed.is_shared and own.follows_all(reader):
        raise NotAllowed
    category = mine.category if mine else None
    if folder is not None:
        category = own_folder(reader, folder) if folder else None
    kept = mine.title if mine else ""
    in_all = mine.in_all if mine else True
    own.change(reader, feed, title=(kept if title is None else title)[:500], category=category, in_all=in_all)


def own_folder(reader: User, name: str) -> Category:
    """The reader's own category of that name, made where there is none."""
    known = folders_of(reader).named(name)
    return known if known and known.owner_id == reader.pk else category_at(name, owner=reader)
