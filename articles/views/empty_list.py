"""The ways on from a list without articles: places in the tree beside it that have something unread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from articles.lists.feed_tree import FeedTree, Shelf
from articles.lists.pages import Selection, Show
from articles.views.selection import list_address


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`name` and `address` of the next category with unread articles, empty where there is none, and the address of
    the next such feed, empty where nothing is unread at all."""

    name: str
    address: str
    feed_address: str


def elsewhere(tree: FeedTree, selection: Selection) -> Elsewhere:
    """The places behind that of the selection in the order of the tree, and then from its top on."""
    shelves = list(_in_order(tree.shelves))
    here = next((at for at, shelf in enumerate(shelves) if _is_here(shelf, selection)), -1)
    behind = [*shelves[here + 1 :], *shelves[: max(here, 0)]]
    category = next((shelf.category for shelf in behind if shelf.category and shelf.unread), None)
    feed = f"?feed={selection.feed.pk}" if selection.feed else ""
    return Elsewhere(
        name=category.name if category else "",
        address=list_address(Selection(category=category, show=Show.UNREAD)) if category else "",
        feed_address=reverse("feed_on") + feed if tree.counts else "",
    )


def _in_order(shelves: Iterable[Shelf]) -> Iterable[Shelf]:
    for shelf in shelves:
        yield shelf
        yield from _in_order(shelf.shelves)


def _is_here(shelf: Shelf, selection: Selection) -> bool:
    if selection.feed:
        return selection.feed in shelf.feeds
    return bool(selection.category) and shelf.category == selection.category
