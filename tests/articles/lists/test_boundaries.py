"""Where a mark, a page or a prefix ends: the article at the very edge is on the right side of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from articles.lists.pages import Selection, Show, list_page, newest_id
from articles.lists.reader_state import mark_all_read, mark_read, undo
from articles.lists.unread_counts import unread_counts, unread_ids
from articles.models import Article, HistoryRange, ReadMark
from feeds.models import Feed
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


def ids(selection: Selection, reader: User, *, cursor: str = "", size: int = 50) -> list[int]:
    return [article.pk for article in list_page(selection, reader, cursor=cursor, size=size).articles]


@pytest.mark.parametrize("place", ["all", "feed"])
def test_the_newest_article_is_read_after_mark_all_read_like_every_other(place: str) -> None:
    feed = make_feed()
    make_articles(3, feed)
    reader = make_reader()
    selection = Selection(feed=feed if place == "feed" else None)
    mark_all_read(reader, selection, up_to=newest_id())
    assert [article.is_unread for article in list_page(selection, reader).articles] == [False] * 3
    assert ids(Selection(feed=selection.feed, show=Show.UNREAD), reader) == []
    later = make_article(feed)
    assert ids(Selection(feed=selection.feed, show=Show.UNREAD), reader) == [later.pk]


def test_the_newest_article_of_a_feed_is_read_where_one_feed_was_marked_and_all_are_listed() -> None:
    marked, other = make_feed(), make_feed()
    make_articles(2, marked)
    unread = make_articles(2, other)
    reader = make_reader()
    mark_all_read(reader, Selection(feed=marked), up_to=newest_id())
    assert set(ids(Selection(show=Show.UNREAD), reader)) == {article.pk for article in unread}


def test_marks_that_reach_as_far_are_kept_once() -> None:
    make_articles(3)
    reader = make_reader()
    for _click in range(4):
        mark_all_read(reader, Selection(), up_to=newest_id())
    assert ReadMark.objects.filter(user=reader).count() <= 2


def test_an_undo_brings_back_what_the_newest_mark_took_and_no_more() -> None:
    first, second = make_articles(2)
    reader = make_reader()
    mark_read(reader, [first])
    batch = mark_all_read(reader, Selection(), up_to=newest_id())
    assert ids(Selection(show=Show.UNREAD), reader) == []
    undo(reader, batch)
    assert ids(Selection(show=Show.UNREAD), reader) == [second.pk]


def test_the_way_back_from_an_emptied_page_loses_no_article() -> None:
    """The cursor that led to a page names its neighbour, which is still there."""
    make_articles(5)
    reader = make_reader()
    first = list_page(Selection(), reader, size=2)
    second = list_page(Selection(), reader, cursor=first.next_cursor, size=2)
    Article.objects.filter(pk__in=ids(Selection(), reader, cursor=second.next_cursor, size=2)).delete()
    emptied = list_page(Selection(), reader, cursor=second.next_cursor, size=2)
    assert emptied.articles == []
    back = list_page(Selection(), reader, cursor=emptied.previous_cursor, size=2)
    assert [article.pk for article in back.articles] == [article.pk for article in second.articles]


@pytest.mark.parametrize("place", ["all", "feed"])
def test_what_is_at_the_edge_of_a_mark_or_of_history_is_counted_and_listed_once(place: str) -> None:
    feed, reader = make_feed(), make_reader()
    articles = make_articles(8, feed)
    HistoryRange.objects.create(feed=feed, first=articles[3].pk, last=articles[4].pk)
    mark_all_read(reader, Selection(feed=feed if place == "feed" else None), up_to=articles[1].pk)

    def check(*places: int) -> None:
        unread = [articles[place].pk for place in places]
        assert unread_ids(reader, Feed.objects.all()) == unread
        for most in (None, 10, 6, 5, 4, 1):
            bound = len(unread) if most is None else min(len(unread), most)
            assert unread_counts(reader, Feed.objects.all(), most=most) == {feed.pk: bound}
        for some in (feed, None):
            assert sorted(ids(Selection(feed=some, show=Show.UNREAD), reader)) == unread

    check(2, 5, 6, 7)
    mark_read(reader, [articles[place] for place in (1, 2, 3, 4)], read=False)
    mark_read(reader, [articles[7]])
    check(1, 2, 3, 4, 5, 6)
