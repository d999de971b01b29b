"""Feeds of low importance have one row a day in lists of several feeds, and nothing that is counted changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.lists import article_keys, low_feeds
from articles.lists.pages import Selection, Show, cursor_of, list_page, neighbours, unread_among
from articles.lists.reader_state import mark_read
from articles.lists.selection import Order
from articles.lists.unread_counts import unread_counts
from articles.models import Article
from feeds import statements
from feeds.models import Feed, ReaderSettings
from feeds.subscriptions import own
from feeds.subscriptions.visibility import feed_ids_of_importance
from tests.effort import steps_of_sqlite
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

ZONE = ZoneInfo("Asia/Taipei")
# Feed (the first two are low), hours.
ARTICLES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 80)), min_size=1, max_size=30)


class Over(Exception):
    """Takes back what an example has stored."""


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=ARTICLES,
    show=st.sampled_from([Show.ALL, Show.UNREAD]),
    order=st.sampled_from([Order.DATE, Order.OLDEST]),
    few=st.sampled_from([1, 3, 200]),
    size=st.integers(1, 5),
    read=st.sets(st.integers(0, 29), max_size=8),
)
def test_pages_have_each_day_of_a_low_feed_once(
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[tuple[int, int]],
    show: Show,
    order: Order,
    few: int,
    size: int,
    read: set[int],
) -> None:
    monkeypatch.setattr(low_feeds, "FEW", few)
    with suppress(Over), transaction.atomic(), timezone.override(ZONE):
        feeds = [make_feed(importance="low" if number < 2 else "normal") for number in range(4)]
        articles = Article.objects.bulk_create(
            build_article(feeds[feed], published_at=FIRST_DAY + timedelta(hours=hours)) for feed, hours in drawn
        )
        count_articles(*feeds)
        reader = make_reader()
        mark_read(reader, [articles[number] for number in read if number < len(articles)])
        selection = Selection(show=show, order=order)
        listed = list_page(selection, reader, size=1000).articles
        rows = _expected(listed, feeds[:2])
        pages = _pages(selection, reader, size)
        assert [row for page in pages for row in page] == rows
        _check_way_back(selection, reader, size, rows)
        raise Over


def _expected(listed: list[Article], low: list[Feed]) -> list[tuple[int, tuple[int, ...]]]:
    """The rows of a list: the id of the article, and the ids of those it stands for."""
    groups: dict[tuple[int, date], list[Article]] = {}
    for article in listed:
        if article.feed in low:
            day = article.published_at.astimezone(ZONE).date()
            groups.setdefault((article.feed_id, day), []).append(article)
    firsts = {max(group, key=_key).pk: sorted(group, key=_key, reverse=True) for group in groups.values()}
    return [
        (article.pk, _ids(firsts.get(article.pk, [])))
        for article in listed
        if article.feed not in low or article.pk in firsts
    ]


def _ids(group: list[Article]) -> tuple[int, ...]:
    return tuple(article.pk for article in group) if len(group) > 1 else ()


def _key(article: Article) -> tuple[datetime, int]:
    return article.published_at, article.pk


def _pages(selection: Selection, reader: User, size: int) -> list[list[tuple[int, tuple[int, ...]]]]:
    found, cursor = [], ""
    while True:
        page = list_page(selection, reader, cursor=cursor, size=size, is_short=True)
        found.append([(article.pk, article.stands_for) for article in page.articles])
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


def _check_way_back(selection: Selection, reader: User, size: int, rows: list[tuple[int, tuple[int, ...]]]) -> None:
    last = list_page(selection, reader, size=size, is_short=True)
    while last.next_cursor:
        last = list_page(selection, reader, cursor=last.next_cursor, size=size, is_short=True)
    while last.previous_cursor:
        last = list_page(selection, reader, cursor=last.previous_cursor, size=size, is_short=True)
        got = [(article.pk, article.stands_for) for article in last.articles]
        at = rows.index(got[0])
        assert got == rows[at : at + size]


def test_what_others_list_and_count_has_each_article() -> None:
    reader, low = make_reader(), make_feed(importance="low")
    for hours in range(5):
        make_article(low, published_at=FIRST_DAY + timedelta(hours=hours))
    assert len(list_page(Selection(), reader, is_short=True).articles) == 1
    assert len(list_page(Selection(), reader).articles) == 5
    assert len(list_page(Selection(feed=low), reader, is_short=True).articles) == 5
    assert len(list_page(Selection(order=Order.LAST_IN), reader, is_short=True).articles) == 5
    assert unread_counts(reader) == {low.pk: 5}


def test_a_day_of_one_article_is_that_article() -> None:
    alone = make_article(make_feed(importance="low"))
    [row] = list_page(Selection(), make_reader(), is_short=True).articles
    assert (row.pk, row.stands_for) == (alone.pk, ())


def test_who_goes_from_article_to_article_passes_low_feeds_over_but_in_their_own_lists() -> None:
    feed, low, reader = make_feed(), make_feed(importance="low"), make_reader()
    first = make_article(feed)
    few = [make_article(low) for _ in range(3)]
    last = make_article(feed)
    assert neighbours(first, Selection(), reader)[0] == last
    assert neighbours(few[0], Selection(feed=low), reader)[0] == few[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts steps of SQLite")
def test_the_next_article_is_found_as_soon_however_much_low_feeds_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article_keys, "WALK", 100)
    category = make_category()
    low, feed, reader = make_feed(importance="low", category=category), make_feed(category=category), make_reader()
    opened, last = (make_article(feed, published_at=_at(number)) for number in (100, -100_000))
    places = product((Show.ALL, Show.UNREAD), (None, category))
    selections = [Selection(show=show, category=within) for show, within in places]
    work: list[list[tuple[int, int]]] = []
    for number in (1_000, 9_000):
        Article.objects.bulk_create(build_article(low, published_at=_at(-number - each)) for each in range(number))
        count_articles(low, feed)
        work.append([])
        for selection in selections:
            with CaptureQueriesContext(connection) as queries:
                assert neighbours(opened, selection, reader) == (None, last)
            steps = steps_of_sqlite(lambda selection=selection: neighbours(opened, selection, reader))
            work[-1].append((len(queries), steps))
    for few, many in zip(*work, strict=True):
        assert many[0] <= few[0]
        assert many[1] <= 1.2 * few[1]


def test_a_day_without_end_has_a_row_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(low_feeds, "MOST", 100)
    monkeypatch.setattr(low_feeds, "MOST_AT_ONCE", 60)
    low, feed, reader = make_feed(importance="low"), make_feed(), make_reader()
    articles = Article.objects.bulk_create(
        [build_article(low, published_at=_at(0) + timedelta(seconds=number)) for number in range(700)]
        + [build_article(feed, published_at=_at(-100 - number)) for number in range(5)]
    )
    count_articles(low, feed)
    rows = [row for page in _pages(Selection(), reader, 3) for row in page]
    assert sorted({pk for pk, others in rows for pk in others or (pk,)}) == [article.pk for article in articles]


def test_a_day_of_more_articles_than_a_query_takes_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_VALUES", 200)
    low, reader = make_feed(importance="low"), make_reader()
    moments = [_at(0) + timedelta(seconds=number) for number in range(600)]
    articles = Article.objects.bulk_create([build_article(low, published_at=moment) for moment in moments])
    count_articles(low)
    mark_read(reader, articles[300:])
    with values_at_most(400):
        (((row, others),),) = _pages(Selection(), reader, 3)
        assert {row, *others} == {article.pk for article in articles}
        (page,) = list_page(Selection(), reader, is_short=True).articles
        assert page.is_unread
        assert unread_among({article.pk for article in articles}, reader) == {article.pk for article in articles[:300]}


@contextmanager
def values_at_most(number: int) -> Iterator[None]:
    """SQLite as it is built by default, and narrower: it refuses a query with more values."""
    if connection.vendor != "sqlite":
        yield
        return
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, number)
    try:
        yield
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_first_and_the_last_days_there_are_have_their_rows(zone: str) -> None:
    low, feed, reader = make_feed(importance="low"), make_feed(), make_reader()
    first_day, last_day = datetime(1, 1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
    for moment in (first_day, first_day + timedelta(days=1), last_day - timedelta(days=1), last_day):
        for each in (low, low, feed):
            make_article(each, published_at=moment)
    with timezone.override(zone):
        rows = [row for page in _pages(Selection(), reader, 2) for row in page]
        [first] = list_page(Selection(), reader, size=1, is_short=True).articles
        assert list_page(Selection(order=Order.OLDEST), reader, is_short=True).articles
    assert first.published_at.year == 9999
    assert len({pk for pk, others in rows for pk in others or (pk,)}) == 12


def test_an_article_is_found_again_on_its_page() -> None:
    feed, low, reader = make_feed(), make_feed(importance="low"), make_reader()
    articles = [make_article([feed, low, low][number % 3], published_at=_at(number)) for number in range(30)]
    page = list_page(Selection(), reader, size=3, is_short=True)
    second = list_page(Selection(), reader, size=3, cursor=page.next_cursor, is_short=True).articles[0]
    assert cursor_of(second, Selection(), reader, "", size=3) == page.next_cursor
    assert len(articles) == 30


def _at(number: int) -> datetime:
    return FIRST_DAY + timedelta(minutes=40 * number)


def test_a_reader_s_own_importance_wins_over_the_site_s() -> None:
    reader, other = make_reader(), make_reader()
    feed, usual = make_feed(importance="low"), make_feed()
    ids = feed_ids_of_importance
    assert (ids(reader, "low"), ids(reader, "high"), ids(reader, "normal")) == ({feed.pk}, set(), {usual.pk})
    own.choose_importance(reader, feed, "normal")
    own.choose_importance(reader, usual, "high")
    assert (ids(reader, "low"), ids(reader, "high")) == (set(), {usual.pk})
    assert (ids(other, "low"), ids(other, "high")) == ({feed.pk}, set())
    own.choose_importance(reader, usual, "")
    assert ids(reader, "high") == set()
    assert not reader.subscriptions.filter(feed=usual).exists()


def test_own_importance_stays_with_another_title_place_or_choice_of_feeds() -> None:
    reader, category = make_reader(), make_category()
    feed = make_feed(category=category)
    own.choose_importance(reader, feed, "low")
    own.change(reader, feed, title="Mine")
    own.choose_own(reader)
    row = reader.subscriptions.get(feed=feed)
    assert (row.title, row.importance, row.category and row.category.name) == ("Mine", "low", category.name)
    own.change(reader, feed, title="", category=None, in_all=False)
    own.choose_importance(reader, feed, "high")
    row.refresh_from_db()
    assert (row.importance, row.in_all) == ("high", False)


def test_it_costs_no_query_where_all_feeds_are_alike() -> None:
    reader = make_reader()
    make_article(make_feed())
    with CaptureQueriesContext(connection) as usual:
        list_page(Selection(), reader)
    with CaptureQueriesContext(connection) as short:
        list_page(Selection(), reader, is_short=True)
    assert len(short) - len(usual) <= 1  # the reader's view, which a request asks for once


def test_a_busy_low_feed_takes_few_queries() -> None:
    reader, low, feed = make_reader(), make_feed(importance="low"), make_feed()
    Article.objects.bulk_create(
        build_article(low if number % 40 else feed, published_at=_at(number)) for number in range(2_000)
    )
    count_articles(low, feed)
    ReaderSettings.objects.create(user=reader)
    with CaptureQueriesContext(connection) as queries:
        page = list_page(Selection(), reader, is_short=True)
    assert len(page.articles) == 50
    assert len(queries) <= 16
