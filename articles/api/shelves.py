"""A reader's feeds and categories as apps see them: subscriptions, and folders by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User

from articles.display.article import may_keep
from articles.images.urls import ICON, signed_path
from feeds.categories import Tree
from feeds.models import Category, Feed
from feeds.subscriptions import own
from feeds.subscriptions.visibility import categories_for, followed_feeds, importances_of, places_of

# Not what the schedule keeps: of 500 feeds that is megabytes.
COLUMNS = (
    "url", "title", "custom_title", "host", "site_url", "icon_url", "images", "is_shared", "last_changed_at",
    "newest_article_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folders:
    """A reader's categories. Apps know them by their names alone: where two share one, by their paths."""

    names: Mapping[int, str]
    rows: Mapping[int, Category]

    def named(self, name: str) -> Category | None:
        """The category that an app calls `name`."""
        return next((self.rows[pk] for pk, known in self.names.items() if known == name), None)


def folders_of(reader: User) -> Folders:
    """All categories of the reader, in the order of their names."""
    rows = {row.pk: row for row in categories_for(reader).order_by()}
    tree = Tree({pk: row.name for pk, row in rows.items()}, {pk: row.parent_id for pk, row in rows.items()})
    often = Counter(row.name for row in rows.values())
    names = {pk: row.name if often[row.name] == 1 else tree.path(pk) for pk, row in rows.items()}
    return Folders(dict(sorted(names.items(), key=lambda item: item[1].casefold())), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A feed that a reader follows, called as they call it, with the id of its category, and how important it is to
    them."""

    feed: Feed
    category_id: int | None
    importance: str


def subscribed(reader: User) -> list[Subscribed]:
    """All feeds that the reader follows, by their names."""
    feeds = list(followed_feeds(reader, quiet=True).only(*COLUMNS).order_by("pk"))
    own.call_by_own_titles(feeds, reader)
    places, importances = places_of(reader), importances_of(reader, [feed.pk for feed in feeds])
    return sorted(
        (Subscribed(feed=feed, category_id=places.get(feed.pk), importance=importances[feed.pk]) for feed in feeds),
        key=lambda row: (row.feed.name.casefold(), row.feed.pk),
    )


def icon_address(feed: Feed, site: str) -> str:
    """The address of the feed's icon at this site; "" where it has none."""
    path = signed_path(feed.icon_url, ICON, is_kept=may_keep(feed)) if feed.icon_url else ""
    return site + path if path else ""
