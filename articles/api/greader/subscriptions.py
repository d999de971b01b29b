"""The lists that an app shows beside the articles: subscriptions, folders, numbers of unread articles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from articles.api.doors import microsecond
from articles.api.greader import stream_names
from articles.api.labels import shelf_of
from articles.api.shelves import folders_of, icon_address, subscribed
from articles.kept_counts.counting import unread_of_labels
from articles.lists.unread_counts import unread_counts
from feeds.categories import tree_of
from feeds.models import Feed


def subscriptions(reader: User, site: str) -> dict[str, Any]:
    """The reader's feeds. No value is null."""
    names = folders_of(reader).names
    return {
        "subscriptions": [_subscription(row.feed, names.get(row.category_id or 0), site) for row in subscribed(reader)]
    }


def tags(reader: User, *, with_counts: bool = True) -> dict[str, Any]:
    """The tags that articles may be marked with, labels among them, and the folders of feeds."""
    shelf = shelf_of(reader)
    folders = [{"id": stream_names.of_label(name), "type": "folder"} for name in shelf.folders.names.values()]
    unread = unread_of_labels(reader) if with_counts else {}
    labels = [
        {"id": stream_names.of_label(name), "type": "tag"} | ({"unread_count": unread[label.pk]} if with_counts else {})
        for name, label in shelf.labels.items()
    ]
    return {"tags": [{"id": stream_names.STARRED}, *folders, *labels]}


def counts(reader: User) -> dict[str, Any]:
    """The numbers of unread articles: exact, of each feed, each folder with the folders in it, each label, and all.
    When the newest came in is told as apps compare it, in microseconds."""
    unread = unread_counts(reader, most=None)
    rows, shelf = subscribed(reader), shelf_of(reader)
    folders = shelf.folders
    tree = tree_of(folders.rows.values())
    labels: dict[int, list[tuple[int, int]]] = {pk: [] for pk in folders.names}
    listed = []
    for row in rows:
        count, newest = unread.get(row.feed.pk, 0), _newest(row.feed)
        listed.append(_count(stream_names.of_feed(row.feed.pk), count, newest))
        for pk in tree.ancestry(row.category_id or 0):
            labels[pk].append((count, newest))
    for pk, inside in labels.items():
        listed.append(_count(stream_names.of_label(folders.names[pk]), *_together(inside)))
    newest = max((_newest(row.feed) for row in rows), default=0)
    if shelf.labels:
        labelled = unread_of_labels(reader)
        listed += [_count(stream_names.of_label(name), labelled[row.pk], newest) for name, row in shelf.labels.items()]
    total = sum(unread.values())
    return {"max": total, "unreadcounts": [_count(stream_names.READING_LIST, total, newest), *listed]}


def _subscription(feed: Feed, label: str | None, site: str) -> dict[str, Any]:
    folder = {"id": stream_names.of_label(label), "label": label, "type": "folder"} if label else None
    return {
        "id": stream_names.of_feed(feed.pk),
        "title": feed.name,
        "categories": [folder] if folder else [],
        "url": feed.url,
        "htmlUrl": feed.site_url or feed.url,
        "iconUrl": icon_address(feed, site),
        "firstitemmsec": "0",
    }


def _together(feeds: list[tuple[int, int]]) -> tuple[int, int]:
    """The number of unread articles of these feeds, and when the newest came in; 0 without any."""
    return sum(count for count, _newest in feeds), max((newest for _count, newest in feeds), default=0)


def _count(name: str, count: int, newest: int) -> dict[str, Any]:
    return {"id": name, "count": count, "newestItemTimestampUsec": str(newest)}


def _newest(feed: Feed) -> int:
    moment = feed.last_changed_at or feed.newest_article_at
    return microsecond(moment) if moment else 0
