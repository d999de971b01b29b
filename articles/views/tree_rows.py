"""The rows of the feeds beside a list, as HTML: written by code as those of lists are (articles.views.rows)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape
from urllib.parse import quote_plus

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from articles.display.icons import icon
from articles.display.language import language_of
from articles.lists.feed_tree import FeedTree, Shelf
from articles.lists.selection import Selection
from articles.views.selection import ANY_CATEGORY, ANY_FEED, list_address
from feeds.models import Category, Feed
from feeds.numbered_addresses import around_number

MOST = 999  # told exactly


def number(count: int, most: int = MOST) -> str:
    """A count as it is told, exactly up to `most`: nothing where there is none."""
    return "" if not count else str(count) if count <= most else f"{most}+"


class TreeRows:
    """Writes one tree beside the list of `selection`; what it leads to keeps what that shows and its order. `may_turn`:
    the reader may open and shut categories, and has a menu for each feed."""

    def __init__(self, tree: FeedTree, selection: Selection, *, may_turn: bool) -> None:
        self._tree, self._selection, self._may_turn = tree, selection, may_turn
        self._base = replace(selection.without_query(), feed=None, category=None)
        self._is_list = not selection.query
        first, last = escape(list_address(replace(self._base, feed=ANY_FEED))).split("feed=0", 1)
        self._feed_address = (f"{first}feed=", last)
        first, last = escape(list_address(replace(self._base, category=ANY_CATEGORY))).split("category=0", 1)
        self._category_address = (f"{first}category=", last)
        self._menus = [tuple(map(escape, around_number(name))) for name in ("feed_menu", "category_menu")]
        self._open, self._shut, self._more = escape(_("Open %s")), escape(_("Close %s")), escape(_("Menu of %s"))
        self._unplaced = escape(_("Without a category"))

    def html(self) -> SafeString:
        """The whole tree."""
        rows = "".join(map(self._shelf, self._tree.shelves)) + self._feeds(self._tree.loose)
        return mark_safe(f'<ul class="shelves">{rows}</ul>' if rows else "")  # noqa: S308 - written here

    def _shelf(self, shelf: Shelf) -> str:
        name = escape(shelf.category.name) if shelf.category else self._unplaced
        inside = "".join(map(self._shelf, shelf.shelves)) + self._feeds(shelf.feeds)
        count = f'<b data-n="c{shelf.pk}">{number(shelf.unread)}</b>'
        words = f'<span class="name" dir="auto">{name}</span>{count}'
        if shelf.category:
            language = f' lang="{escape(language_of("", shelf.category.name))}"'
            here = self._here(is_here=shelf.category == self._selection.category)
            link = f'<a href="{self._address(shelf.category)}"{language}{here}>{words}</a>'
            link += self._more_of(1, shelf.pk, name)
        else:
            link = f'<span class="shelf-name">{words}</span>'
        inside = f"<ul>{inside}</ul>" if inside else ""
        return f"<li>{self._twist(shelf, name)}{link}{inside}</li>"

    def _twist(self, shelf: Shelf, name: str) -> str:
        if not self._may_turn:
            return ""
        action, label = ("shut", self._shut) if shelf.is_open else ("open", self._open)
        expanded = "true" if shelf.is_open else "false"
        return (
            f'<button class="twist" id="twist-{shelf.pk}" name="{action}" value="{shelf.pk}"'
            f' aria-expanded="{expanded}" aria-label="{label % name}"></button>'
        )

    def _feeds(self, feeds: Iterable[Feed]) -> str:
        return "".join(map(self._feed, feeds))

    def _feed(self, feed: Feed) -> str:
        name = escape(feed.name)
        here = self._here(is_here=feed == self._selection.feed)
        count = number(self._tree.counts.get(feed.pk, 0))
        return (
            f'<li><a class="of-feed" href="{str(feed.pk).join(self._feed_address)}"'
            f' lang="{escape(language_of(feed.language, feed.name))}"{here}>{icon(feed)}'
            f'<span class="name" dir="auto">{name}</span><b data-n="f{feed.pk}">{count}</b></a>'
            f"{self._more_of(0, feed.pk, name)}</li>"
        )

    def _more_of(self, kind: int, pk: int, name: str) -> str:
        if not self._may_turn:
            return ""
        return f'<a class="more" href="{str(pk).join(self._menus[kind])}" aria-label="{self._more % name}">⋯</a>'

    def _address(self, category: Category) -> str:
        return quote_plus(category.slug).join(self._category_address)

    def _here(self, *, is_here: bool) -> str:
        """Within a search one is in that place, but on another page."""
        return f' aria-current="{"page" if self._is_list else "true"}"' if is_here else ""
