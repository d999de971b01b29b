"""The tree of feeds: whose, in which order, what is unread, and how much of it is there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.lists.feed_tree import FEW, FeedTree, Shelf, feed_tree
from articles.lists.reader_state import mark_read
from feeds.models import Category, Feed, Subscription
from feeds.subscriptions import own, places
from feeds.subscriptions.tree_state import show_only_unread, tree_state, turn
from feeds.subscriptions.visibility import keeping_sight
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def names(shelf: Shelf) -> tuple[object, ...]:
    """A shelf as its name, its unread articles, its shelves and its feeds."""
    name = shelf.category.name if shelf.category else ""
    return name, shelf.unread, [names(inner) for inner in shelf.shelves], [feed.name for feed in shelf.feeds]


def shelves(tree: FeedTree) -> list[tuple[object, ...]]:
    return [names(shelf) for shelf in tree.shelves]


def test_categories_nest_and_know_what_is_unread_inside() -> None:
    reader, tech = make_reader(), make_category("Tech")
    inner = make_category("Code", parent=tech)
    make_category("Empty")
    feeds = [make_feed(title=title, category=place) for title, place in (("b", inner), ("A", inner), ("c", tech))]
    for number, feed in enumerate([*feeds, make_feed(title="loose")], 1):
        make_articles(number, feed)
    mark_read(reader, make_articles(1, feeds[0]))
    tree = feed_tree(reader)
    assert shelves(tree) == [("Tech", 6, [("Code", 3, [], ["A", "b"])], ["c"]), ("", 4, [], ["loose"])]
    assert (tree.total, tree.unread(feeds[1], None), tree.unread(None, tech)) == (10, 2, 6)


def test_categories_that_are_inside_each_other_stand_at_the_top() -> None:
    first = make_category("First")
    second = make_category("Second", parent=first)
    third = make_category("Third", parent=second)
    Category.objects.filter(pk=first.pk).update(parent=second)  # as two changes at once may leave them
    for category in (first, second, third):
        make_feed(title=f"of {category}", category=category)
    assert shelves(feed_tree(AnonymousUser())) == [
        ("First", 0, [], ["of First"]),
        ("Second", 0, [("Third", 0, [], ["of Third"])], ["of Second"]),
    ]


def test_a_reader_sees_the_tree_as_their_own() -> None:
    reader, other, news = make_reader(), make_reader(), make_category("News")
    first, second, left = (make_feed(title=title, category=news) for title in ("first", "second", "left"))
    make_articles(2, first)
    make_articles(1, second)
    own.unfollow(reader, left)
    mine = Category.objects.get(owner=reader)
    own.change(reader, first, title="Mine", category=mine, in_all=False)
    places.step_feed(reader, second, down=False)
    assert shelves(feed_tree(reader)) == [("News", 3, [], ["second", "Mine"])]
    assert feed_tree(reader).total == 1
    assert shelves(feed_tree(other)) == [("News", 3, [], ["first", "left", "second"])]
    assert [inner[0].name for inner in [feed_tree(AnonymousUser()).shelves[0].feeds]] == ["first"]
    assert feed_tree(AnonymousUser()).total == 0


def test_feeds_of_a_shut_category_are_not_loaded_but_for_the_one_that_is_shown() -> None:
    reader, outer = make_reader(), make_category("Outer")
    inner = make_category("Inner", parent=outer)
    feed, _other = (make_feed(title=title, category=inner) for title in ("shown", "other"))
    turn(reader, outer.pk, is_open=False)
    turn(reader, inner.pk, is_open=False)
    assert shelves(feed_tree(reader)) == [("Outer", 0, [], [])]
    assert shelves(feed_tree(reader, category=inner)) == [("Outer", 0, [("Inner", 0, [], [])], [])]
    assert shelves(feed_tree(reader, feed=feed)) == [("Outer", 0, [("Inner", 0, [], ["shown"])], [])]
    turn(reader, outer.pk, is_open=True)
    assert shelves(feed_tree(reader)) == [("Outer", 0, [("Inner", 0, [], [])], [])]


def test_with_many_feeds_categories_are_shut_until_they_are_opened() -> None:
    reader, news = make_reader(), make_category("News")
    few = [make_feed(category=news) for _ in range(FEW)]
    assert len(feed_tree(reader).shelves[0].feeds) == FEW
    make_feed()
    assert [shelf.feeds for shelf in feed_tree(reader).shelves] == [(), ()]
    turn(reader, news.pk, is_open=True)
    turn(reader, 0, is_open=True)
    assert [len(shelf.feeds) for shelf in feed_tree(reader).shelves] == [len(few), 1]
    assert [shelf.feeds for shelf in feed_tree(make_reader()).shelves] == [(), ()]


def test_only_what_has_unread_articles_where_that_is_wanted() -> None:
    reader, news, old = make_reader(), make_category("News"), make_category("Old")
    full, empty, done = make_feed(title="full", category=news), make_feed(category=news), make_feed(category=old)
    make_articles(1, full)
    show_only_unread(reader, on=True)
    assert shelves(feed_tree(reader)) == [("News", 1, [], ["full"])]
    assert len(feed_tree(reader, feed=empty).shelves[0].feeds) == 2
    assert shelves(feed_tree(reader, feed=done))[1][0] == "Old"
    show_only_unread(reader, on=False)
    assert len(shelves(feed_tree(reader))) == 2
    assert not tree_state(reader).only_unread


def test_without_categories_feeds_need_no_shelf() -> None:
    make_feed(title="b")
    make_feed(title="a")
    tree = feed_tree(make_reader())
    assert (tree.shelves, [feed.name for feed in tree.loose]) == ((), ["a", "b"])


def test_broken_feeds_are_counted() -> None:
    make_feed(failures=1)
    make_feed(state=Feed.State.GONE)
    make_feed(state=Feed.State.PAUSED, failures=3)
    make_feed()
    assert feed_tree(make_reader()).broken == 2


def test_a_category_of_another_is_no_place() -> None:
    reader, other = make_reader(), make_reader()
    theirs = make_category("Theirs", owner=other)
    Subscription.objects.create(user=reader, feed=make_feed(title="x", is_shared=False), category=theirs)
    assert [feed.name for feed in feed_tree(reader).loose] == ["x"]


def test_many_feeds_take_as_many_queries_as_few() -> None:
    reader, costs = make_reader(), []
    for _ in range(2):
        for _number in range(5):
            make_articles(1, make_feed(category=make_category()))
        with CaptureQueriesContext(connection) as queries:
            feed_tree(keeping_sight(reader))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10
