"""The river of today: each feed's share, the same order while one reads, and few queries."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.lists import river
from articles.lists.cursors import BadCursor
from articles.lists.pages import Selection, Show
from articles.lists.reader_state import mark_read
from articles.lists.river import beside, in_rounds, next_unread_in, river_page
from articles.models import Article
from feeds.models import Feed
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Reader
from tests.articles.stories.telling import one_story
from tests.factories import (
    FIRST_DAY,
    build_article,
    count_articles,
    make_article,
    make_category,
    make_feed,
    make_reader,
)

pytestmark = pytest.mark.django_db

NOW = FIRST_DAY + timedelta(days=40)


class Over(Exception):
    """Takes back what an example has stored."""


def make(feed: Feed, number: int, *, hours: float = 1.0) -> list[Article]:
    """Articles of the last hours, the oldest first, a minute apart."""
    articles = Article.objects.bulk_create(
        build_article(feed, published_at=NOW - timedelta(hours=hours, minutes=-each)) for each in range(number)
    )
    count_articles(feed)
    return articles


def ids(reader: Reader, *, size: int = 100, now: datetime = NOW, **fields: object) -> list[int]:
    """The ids of the whole river, some at a time, looked at from its end to its top, too."""
    selection = Selection(**fields)
    page = river_page(selection, reader, now, size=size)
    pages = [[article.pk for article in page.articles]]
    while page.next_cursor:
        page = river_page(selection, reader, now, cursor=page.next_cursor, size=size)
        pages.append([article.pk for article in page.articles])
    for before in reversed(pages[:-1]):
        page = river_page(selection, reader, now, cursor=page.previous_cursor, size=size)
        assert [article.pk for article in page.articles] == before
    assert not page.previous_cursor
    return [pk for some in pages for pk in some]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_each_feed_has_its_share_before_the_rest(size: int) -> None:
    much, little, old = make_feed(), make_feed(), make_feed()
    many = [article.pk for article in make(much, 6, hours=2)]
    few = [article.pk for article in make(little, 2, hours=5)]
    make(old, 1, hours=25)
    expected = [many[5], few[1], many[4], few[0], many[3], *many[2::-1]]
    assert ids(AnonymousUser(), size=size) == expected


def test_important_feeds_come_first_and_low_ones_last_with_one_row_a_day() -> None:
    reader = make_reader()
    usual, high, low = make_feed(), make_feed(importance="high"), make_feed(importance="low")
    [one], [two] = make(usual, 1, hours=1), make(high, 1, hours=9)
    quiet = make(low, 5, hours=0.5)
    page = river_page(Selection(), reader, NOW)
    assert [article.pk for article in page.articles] == [two.pk, one.pk, quiet[-1].pk]
    assert page.articles[-1].stands_for == tuple(article.pk for article in reversed(quiet))
    own.choose_importance(reader, low, "normal")
    assert len(ids(reader)) == 7


def test_what_is_unread_stays_in_its_place_while_one_reads() -> None:
    reader, feed, other = make_reader(), make_feed(), make_feed()
    make(feed, 6)
    make(other, 6, hours=3)
    everything = ids(reader)
    unread = Selection(show=Show.UNREAD)
    first = river_page(unread, reader, NOW, size=4)
    mark_read(reader, first.articles)
    make(make_feed(), 1)
    second = river_page(unread, reader, NOW + timedelta(hours=1), cursor=first.next_cursor, size=4)
    assert [article.pk for article in [*first.articles, *second.articles]] == everything[:8]
    assert [article.pk for article in river_page(unread, reader, NOW, size=100).articles][1:] == everything[4:]
    assert ids(reader, show=Show.UNREAD, size=3)[1:] == everything[4:]


def test_it_has_what_the_reader_s_list_has() -> None:
    reader, category = make_reader(), make_category()
    inside, outside, hidden = make_feed(category=category), make_feed(), make_feed(is_shared=False)
    [one], [two] = make(inside, 1), make(outside, 1, hours=2)
    make(hidden, 1)
    one_story(one, two)
    assert ids(reader) == [one.pk]
    assert ids(reader, category=category) == [one.pk]


def test_of_a_long_day_it_has_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(river, "FEW", 3)
    monkeypatch.setattr(river, "MOST", 5)
    articles = make(make_feed(), 9)
    assert ids(AnonymousUser()) == [article.pk for article in reversed(articles[4:])]


def test_rounds_take_each_article_once() -> None:
    keys = [(NOW - timedelta(minutes=number), number) for number in range(1, 30)]
    feeds = {pk: pk % 4 for _, pk in keys}
    order = in_rounds(keys, feeds, high=frozenset({3}), low=frozenset({0}))
    assert sorted(order) == [pk for _, pk in keys]
    assert [feeds[pk] for pk in order[:8]] == [3, 1, 2, 0] * 2


@pytest.mark.parametrize("cursor", ["x", "1_2", "1_2_3_4", "-1_2_3", "1_2_99999", "99999999999_1_1", "0_0_0"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        river_page(Selection(), AnonymousUser(), NOW, cursor=cursor)


def test_pages_stay_for_two_days() -> None:
    make(make_feed(), 3)
    cursor = river_page(Selection(), AnonymousUser(), NOW, size=1).next_cursor
    assert river_page(Selection(), AnonymousUser(), NOW + timedelta(days=1, hours=23), cursor=cursor).articles
    with pytest.raises(BadCursor):
        river_page(Selection(), AnonymousUser(), NOW + timedelta(days=2, hours=1), cursor=cursor)


@pytest.mark.parametrize("rest", ["_0_0", f"_{10**18 - 1}_9999"])
def test_a_cursor_that_somebody_made_up_takes_few_queries(rest: str) -> None:
    make(make_feed(), 1_000)
    since = int((NOW - timedelta(days=2, hours=23)).timestamp())
    with CaptureQueriesContext(connection) as queries:
        river_page(Selection(), AnonymousUser(), NOW, cursor=f"{since}{rest}", size=5)
    assert len(queries) <= 12
    assert not river_page(Selection(), AnonymousUser(), NOW, cursor="9999999999_1_0").articles


def test_the_row_of_a_low_feed_stands_for_its_whole_day_as_where_it_leads() -> None:
    reader, low = make_reader(), make_feed(importance="low")
    day = (NOW - timedelta(days=1)).replace(hour=12)
    articles = [make_article(low, published_at=day - timedelta(hours=6 - number)) for number in range(6)]
    [row] = river_page(Selection(), reader, day + timedelta(hours=21)).articles
    assert row.stands_for == tuple(article.pk for article in reversed(articles))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=20),
    read=st.sets(st.integers(0, 19)),
    size=st.integers(1, 4),
)
def test_a_row_of_what_is_unread_is_there_for_what_is_unread_of_its_day(
    drawn: list[tuple[int, int]], read: set[int], size: int
) -> None:
    with suppress(Over), transaction.atomic():
        feeds = [make_feed(importance="low" if number < 2 else "normal") for number in range(4)]
        articles = Article.objects.bulk_create(
            build_article(feeds[feed], published_at=NOW - timedelta(hours=hours)) for feed, hours in drawn
        )
        count_articles(*feeds)
        reader = make_reader()
        everything = [row.stands_for or (row.pk,) for row in river_page(Selection(), reader, NOW, size=100).articles]
        mark_read(reader, [article for number, article in enumerate(articles) if number in read])
        unread = {article.pk for number, article in enumerate(articles) if number not in read}
        left = [tuple(pk for pk in row if pk in unread) for row in everything]
        page = river_page(Selection(show=Show.UNREAD), reader, NOW, size=100)
        assert [row.stands_for or (row.pk,) for row in page.articles] == [row for row in left if row]
        assert all(row.is_unread and len(row.stands_for) != 1 for row in page.articles)
        assert ids(reader, show=Show.UNREAD, size=size) == [row[0] for row in left if row]
        raise Over


def test_it_takes_as_many_queries_whatever_came_in() -> None:
    reader = make_reader()
    selection = Selection(show=Show.UNREAD)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert river_page(selection, reader, timezone.now()).latest_id
        return len(captured)

    feeds = [make_feed(importance="low" if not number % 5 else "normal") for number in range(30)]
    for feed in feeds[:2]:
        make_article(feed, published_at=timezone.now())
    few = queries()
    Article.objects.bulk_create(
        build_article(feeds[number % 30], published_at=timezone.now() - timedelta(minutes=number / 2))
        for number in range(1_500)
    )
    count_articles(*feeds)
    assert queries() <= few + 6 <= 30  # the reader's view among them many times, which a request asks for once


def pages_of(reader: Reader, selection: Selection, *, size: int) -> list[list[Article]]:
    """The rows of each page of the river as it is now."""
    page = river_page(selection, reader, NOW, size=size)
    pages = [page.articles]
    while page.next_cursor:
        page = river_page(selection, reader, NOW, cursor=page.next_cursor, size=size)
        pages.append(page.articles)
    return pages


@pytest.mark.parametrize("show", [Show.ALL, Show.UNREAD])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_neighbours_are_the_rows_beside_and_pages_are_those_that_rows_are_on(show: Show, size: int) -> None:
    reader = make_reader()
    much, little, low = make_feed(importance="high"), make_feed(), make_feed(importance="low")
    articles = [*make(much, 5, hours=3), *make(little, 3, hours=6)]
    make(low, 4, hours=8)  # one row, which is passed over
    mark_read(reader, articles[::4])
    selection = Selection(show=show)
    pages = pages_of(reader, selection, size=size)
    rows = [(article, number) for number, page in enumerate(pages) for article in page if not article.stands_for]
    assert len(rows) == (8 if show is Show.ALL else 6)
    cursor = ""
    for at, (article, number) in enumerate(rows):
        mark_read(reader, [article])  # it is open
        found = beside(article, selection, reader, NOW, cursor=cursor, size=size)
        assert found is not None
        read_before = [] if show is Show.UNREAD else rows[:at]
        assert (found.before and found.before.pk) == (read_before[-1][0].pk if read_before else None)
        assert (found.after and found.after.pk) == (rows[at + 1][0].pk if at + 1 < len(rows) else None)
        page = river_page(selection, reader, NOW, cursor=found.cursor, size=size, kept=article.pk)
        assert article.pk in {row.pk for row in page.articles}
        if show is Show.ALL:
            assert [row.pk for row in page.articles] == [row.pk for row in pages[number]]
        cursor = found.cursor


def test_what_is_not_in_the_river_has_no_place_in_it() -> None:
    (old,) = make(make_feed(), 1, hours=30)
    assert beside(old, Selection(), AnonymousUser(), NOW) is None


def test_the_next_unread_of_the_river_is_further_down_it_and_no_row_of_a_day() -> None:
    reader = make_reader()
    feed, low = make_feed(), make_feed(importance="low")
    articles = make(feed, 5, hours=2)[::-1]
    make(low, 3, hours=1)
    mark_read(reader, [articles[1]])
    on = [next_unread_in(Selection(), reader, NOW, after=article.pk) for article in articles]
    assert [found and found.pk for found in on] == [
        articles[2].pk,
        articles[2].pk,
        articles[3].pk,
        articles[4].pk,
        None,
    ]
    assert next_unread_in(Selection(), reader, NOW) == articles[0]


def test_neighbours_of_the_river_cost_as_many_queries_as_a_page_of_it() -> None:
    reader = make_reader()
    articles = make(make_feed(), 40)
    with CaptureQueriesContext(connection) as of_page:
        river_page(Selection(), reader, NOW)
    with CaptureQueriesContext(connection) as queries:
        beside(articles[20], Selection(), reader, NOW)
    assert len(queries) <= len(of_page)
