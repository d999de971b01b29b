"""The way on to what is unread elsewhere, counted when somebody takes it: a page that offers it costs nothing more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User

from articles.lists.list_settings import choice_of
from articles.lists.low_feeds import low_feeds
from articles.lists.pages import Selection, Show, finder
from articles.lists.scope import Span
from articles.lists.unread_counts import unread_counts
from articles.models import Article
from feeds.categories import tree_of
from feeds.models import Feed
from feeds.subscriptions.own import call_by_own_titles, follows_all, position_of, subscriptions_of
from feeds.subscriptions.visibility import categories_for, places_of, visible_feeds


def next_unread(reader: User, after: Article | None, here: Selection) -> tuple[Article, Selection] | None:
    """The next unread article and the list that it is in: further down the list `here` than `after`; where nothing is,
    of the list of all in the order that the reader chose for it, behind `after` or from the top on. What the rows of
    feeds of low importance stand for comes when nothing else is left. Never `after` itself; None where nothing else is
    unread."""
    order = choice_of(Selection(), reader).order
    within, everything = replace(here, show=Show.UNREAD), Selection(show=Show.UNREAD, order=order, usual=order)
    ways = ((within, after), (everything, after), (everything, None))
    folded = {selection: low_feeds(selection, reader) for selection in (within, everything)}
    for but in (folded, {}) if any(folded.values()) else (folded,):
        for selection, start in ways:
            key = selection.key_of(start) if start else None
            find = finder(selection, reader, but=but.get(selection, frozenset()))
            for _at, pk in find(Span(key=key, newer=selection.is_oldest_first, limit=2)):
                if after is None or pk != after.pk:
                    return Article.objects.for_list().get(pk=pk), selection
    return None


def feed_beside(reader: User, feed_id: int, *, step: int) -> int:
    """The id of the next feed with unread articles, or of the previous one (`step` -1), in the
    order of the reader's feeds, and from the other end where there is none; 0 where no other has any."""
    with_unread = set(unread_counts(reader, most=1)) - {feed_id}
    ordered = _in_order(reader, {*with_unread, feed_id})
    if not with_unread:
        return 0
    at = ordered.index(feed_id) if feed_id in ordered else -1 if step > 0 else 0
    return (ordered * 2)[(at + step) % len(ordered)]


def _in_order(reader: User, feed_ids: set[int]) -> list[int]:
    """As the tree beside lists has them (articles.lists.feed_tree): in each category those of the categories inside it,
    then its own by position and name. Without those that the reader may not see, whose place would tell their name."""
    columns = ("id", "url", "title", "custom_title", "host", "position")
    feeds, with_all = list(visible_feeds(reader).filter(pk__in=feed_ids).only(*columns)), follows_all(reader)
    call_by_own_titles(feeds, reader)
    own, places = subscriptions_of(reader), places_of(reader, feed_ids)
    tree = tree_of(categories_for(reader).order_by())

    def place(feed: Feed) -> list[tuple[Any, ...]]:
        category = places.get(feed.pk, 0)
        steps = [(0, *step) for step in tree.place(category)] if category in tree.names else []
        mine = own[feed.pk].position if feed.pk in own else 0
        position = position_of(mine, feed.position, follows_all=with_all)
        return [*steps, (1, position, feed.name.lower(), feed.pk)]

    return [feed.pk for feed in sorted(feeds, key=place)]
