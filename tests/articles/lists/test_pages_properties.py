"""Whatever readers did, the pages are what sorting and filtering all articles in plain Python gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.lists import article_keys, mark_extent
from articles.lists.pages import Selection, Show, cursor_of, list_page, neighbours
from articles.lists.reader_state import (
    Made,
    mark_all_read,
    mark_beside_read,
    mark_read,
    mark_these_read,
    star,
    undo,
)
from articles.lists.selection import ORDERS, Order
from articles.models import Article, HistoryRange
from feeds.models import Feed
from tests.factories import FIRST_DAY, build_article, count_articles, make_category, make_feed, make_reader

PLACES = ("all", "first feed", "outer category", "inner category")
ARTICLES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=14)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "read",
                "unread",
                "star",
                "unstar",
                "mark",
                "above",
                "below",
                "before",
                "after",
                "these",
                "undo",
                "history",
            ]
        ),
        st.integers(0, 13),
        st.integers(0, 3),
    ),
    max_size=10,
)


@dataclass
class Memory:
    """What the reader did and when, remembered in the plainest way."""

    touched: dict[int, tuple[bool, int]] = field(default_factory=dict)  # article: is it read, since when
    starred: set[int] = field(default_factory=set)
    marks: list[tuple[set[int], int]] = field(default_factory=list)  # articles, when
    newest: UUID | None = None
    history: set[int] = field(default_factory=set)

    def is_unread(self, article: Article) -> bool:
        marked = [when for covered, when in self.marks if article.pk in covered]
        if article.pk not in self.touched:
            return not marked and article.pk not in self.history
        is_read, since = self.touched[article.pk]
        return not is_read and all(when < since for when in marked)

    def shows(self, article: Article, show: Show) -> bool:
        return {Show.ALL: True, Show.UNREAD: self.is_unread(article), Show.STARRED: article.pk in self.starred}[show]


@dataclass
class Site:
    feeds: list[Feed]
    articles: list[Article]
    selections: dict[str, dict[str, Any]]
    reader: User

    def inside(self, place: str) -> list[Article]:
        feeds = {"all": self.feeds, "first feed": self.feeds[:1], "outer category": self.feeds[1:]}
        chosen = feeds.get(place, self.feeds[2:])
        return [article for article in self.articles if article.feed in chosen]


def build(drawn: list[tuple[int, int]]) -> Site:
    """Four feeds: one outside all categories, one in the outer, two in the inner one."""
    outer = make_category()
    inner = make_category(parent=outer)
    feeds = [make_feed(category=category) for category in (None, outer, inner, inner)]
    articles = Article.objects.bulk_create(
        [build_article(feeds[at], published_at=FIRST_DAY + timedelta(minutes=minute)) for at, minute in drawn]
    )
    count_articles(*feeds)
    narrowed: tuple[dict[str, Any], ...] = ({}, {"feed": feeds[0]}, {"category": outer}, {"category": inner})
    return Site(feeds, articles, dict(zip(PLACES, narrowed, strict=True)), make_reader())


def act(site: Site, actions: list[tuple[str, int, int]], history: Iterable[int] = ()) -> Memory:
    memory = Memory(history=set(history))
    for when, (action, number, place_number) in enumerate(actions):
        article, place = site.articles[number % len(site.articles)], PLACES[place_number]
        if action in {"read", "unread"}:
            mark_read(site.reader, [article], read=action == "read")
            memory.touched[article.pk] = (action == "read", when)
        elif action in {"star", "unstar"}:
            star(site.reader, article, on=action == "star")
            (memory.starred.add if action == "star" else memory.starred.discard)(article.pk)
        elif action == "mark":
            memory.newest = mark_all_read(site.reader, Selection(**site.selections[place]), up_to=article.pk)
            memory.marks.append(({other.pk for other in site.inside(place) if other.pk <= article.pk}, when))
        elif action in {"above", "below", "before", "after", "these"}:
            made, covered = mark_some(site, action, article, place)
            was_unread = {other.pk for other in covered if memory.is_unread(other)}
            assert (made.count if made else 0) == len(was_unread)
            if made:
                memory.newest = made.batch
                memory.marks.append(({other.pk for other in covered}, when))
        elif action == "history":
            last = article.pk + place_number
            HistoryRange.objects.create(feed=article.feed, first=article.pk, last=last)
            feed = (other for other in site.articles if other.feed == article.feed)
            memory.history |= {other.pk for other in feed if article.pk <= other.pk <= last}
        elif memory.newest:
            undo(site.reader, memory.newest)
            memory.marks.pop()
            memory.newest = None
    return memory


def by_publication(article: Article) -> tuple[datetime, int]:
    return article.published_at, article.pk


def by_arrival(article: Article) -> tuple[int]:
    return (article.pk,)


KEYS: dict[Order, Callable[[Article], tuple[Any, ...]]] = {
    Order.DATE: by_publication,
    Order.OLDEST: by_publication,
    Order.LAST_IN: by_arrival,
    Order.FIRST_IN: by_arrival,
}


def mark_some(site: Site, action: str, article: Article, place: str) -> tuple[Made | None, list[Article]]:
    """Marks what is above an article in a list, or below, in one by arrival what came in after it, or before, or an
    article and the next; all but the last two articles had come in. Gives the articles that this means, too."""
    inside = site.inside(place)
    if action == "these":
        these = [other for other in site.articles if article.pk <= other.pk <= article.pk + 1]
        return mark_these_read(site.reader, [other.pk for other in these]), these
    up_to, newer = site.articles[-1].pk - 2, action in {"above", "after"}
    order = Order.DATE if action in {"above", "below"} else Order.LAST_IN
    selection, key = Selection(**site.selections[place], order=order), KEYS[order](article)
    known = [other for other in inside if other.pk <= up_to]
    with pytest.MonkeyPatch.context() as patch:
        if article.pk % 2:  # a border for the fewest, with exceptions on both sides
            patch.setattr(mark_extent, "FEW", 0)
            patch.setattr(mark_extent, "PUT_BACK", 1)
        made = mark_beside_read(site.reader, selection, selection.key_of(article), newer=newer, up_to=up_to)
    return made, [other for other in known if other != article and (KEYS[order](other) > key) == newer]


def walk_down_and_up(selection: Selection, reader: User, size: int) -> tuple[list[list[Article]], list[list[Article]]]:
    """The pages from the first to the last, and from there back to the first."""
    page = list_page(selection, reader, size=size)
    down = [page]
    while page.next_cursor:
        page = list_page(selection, reader, cursor=page.next_cursor, size=size)
        down.append(page)
    up = [page]
    while page.previous_cursor:
        page = list_page(selection, reader, cursor=page.previous_cursor, size=size)
        up.append(page)
    return [page.articles for page in down], [page.articles for page in up]


def check(site: Site, memory: Memory, place: str, show: Show, order: Order, *, opened: Article, turn: int) -> None:
    """`turn`: which of the articles the page with it is looked for."""
    selection = Selection(**site.selections[place], show=show, order=order)
    downwards: dict[str, Any] = {"key": KEYS[order], "reverse": order in {Order.DATE, Order.LAST_IN}}
    articles = sorted(site.inside(place), **downwards)
    expected = [article for article in articles if memory.shows(article, show)]
    down, up = walk_down_and_up(selection, site.reader, size=3)
    assert down == ([expected[at : at + 3] for at in range(0, len(expected), 3)] or [[]])
    if len(expected) % 3 == 0:
        assert up == down[::-1]
    assert up[-1] == down[0]
    for shown in chain.from_iterable([*down, *up]):
        assert shown.is_unread == memory.is_unread(shown)
        assert shown.is_starred == (shown.pk in memory.starred)
    others = sorted({*expected, opened}, **downwards)
    at = others.index(opened)
    beside = (others[at - 1] if at else None, next(iter(others[at + 1 :]), None))
    assert neighbours(opened, selection, site.reader) == beside
    if expected:
        check_cursor(selection, site, expected[turn % len(expected)])


def check_cursor(selection: Selection, site: Site, shown: Article) -> None:
    """From any page one is led to the page with an article."""
    page = list_page(selection, site.reader, size=3)
    cursor = cursor_of(shown, selection, site.reader, page.next_cursor, size=3)
    assert shown in list_page(selection, site.reader, cursor=cursor, size=3).articles


@pytest.mark.django_db
@pytest.mark.parametrize("walk", [2, article_keys.WALK])
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(drawn=ARTICLES, actions=ACTIONS, opened=st.integers(0, 13))
def test_pages_are_what_a_plain_sort_gives(
    monkeypatch: pytest.MonkeyPatch, walk: int, drawn: list[tuple[int, int]], actions: list[Any], opened: int
) -> None:
    """A walk of two entries never fills a page: that leaves it to the other plans. On a site each place is looked at with
    each choice of what is shown, and each order three times; other sites have other orders there."""
    monkeypatch.setattr(article_keys, "WALK", walk)
    with transaction.atomic():
        site = build(drawn)
        memory = act(site, actions)
        for turn, (place, show) in enumerate(product(PLACES, Show)):
            order = ORDERS[(opened + turn + turn // len(ORDERS)) % len(ORDERS)]
            check(site, memory, place, show, order, opened=site.articles[(opened + turn) % len(drawn)], turn=turn)
        transaction.set_rollback(True)
