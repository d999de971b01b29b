"""The list: its order, its pages, what it loads, and that it does not work harder as the archive grows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.lists import article_keys
from articles.lists.article_keys import newest_id
from articles.lists.pages import BadCursor, ListPage, Selection, Show, finder, list_page, neighbours
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.lists.scope import Span
from articles.lists.selection import Order
from articles.models import Article
from articles.querysets import ARRIVED, BodyNotLoaded
from benchmarks import generated
from feeds.models import Category
from tests.effort import statements_asked, steps_of_sqlite
from tests.factories import (
    FIRST_DAY,
    build_article,
    count_articles,
    make_article,
    make_articles,
    make_category,
    make_feed,
    make_reader,
)  # fmt: skip

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()


def pages(selection: Selection, reader: User | AnonymousUser, *, size: int) -> Iterator[ListPage]:
    """All pages, from the newest to the oldest."""
    page = list_page(selection, reader, size=size)
    yield page
    while page.next_cursor:
        page = list_page(selection, reader, cursor=page.next_cursor, size=size)
        yield page


def ids(page: ListPage) -> list[int]:
    return [article.pk for article in page.articles]


def test_articles_come_newest_first_and_by_id_where_dates_are_equal() -> None:
    old, first, second = (make_article(published_at=FIRST_DAY + timedelta(days=day)) for day in (0, 1, 1))
    assert ids(list_page(Selection(), ANYBODY)) == [second.pk, first.pk, old.pk]


def test_an_empty_list_is_a_page_without_articles() -> None:
    page = list_page(Selection(), ANYBODY)
    assert page == ListPage(articles=[], next_cursor="", previous_cursor="", latest_id=0)


def test_the_last_page_has_no_next_cursor_even_when_it_is_full() -> None:
    make_articles(6)
    first, last = pages(Selection(), ANYBODY, size=3)
    assert (first.previous_cursor, last.next_cursor) == ("", "")
    assert (len(first.articles), len(last.articles)) == (3, 3)


def test_a_body_in_a_list_raises_instead_of_asking_the_database() -> None:
    make_articles(1)
    (article,) = list_page(Selection(), ANYBODY).articles
    for name in ("content_html", "content_text"):
        with pytest.raises(BodyNotLoaded, match=name):
            getattr(article, name)
    assert Article.objects.get(pk=article.pk).content_html.startswith("<p>")


def test_a_loaded_body_can_be_loaded_again() -> None:
    article = make_article()
    Article.objects.filter(pk=article.pk).update(content_html="<p>new</p>")
    article.refresh_from_db(fields=["content_html"])
    assert article.content_html == "<p>new</p>"


def test_what_a_row_shows_needs_no_further_query() -> None:
    make_articles(3, make_feed(title="The Feed"))
    articles = list_page(Selection(), make_reader()).articles
    with CaptureQueriesContext(connection) as queries:
        shown = [(article.name, article.feed.name, article.summary, article.is_unread) for article in articles]
    assert not queries.captured_queries
    assert {feed for _, feed, _, _ in shown} == {"The Feed"}


def test_pages_stay_in_place_while_articles_come_in() -> None:
    feed = make_feed()
    make_articles(6, feed)
    first = list_page(Selection(), ANYBODY, size=3)
    before = ids(list_page(Selection(), ANYBODY, cursor=first.next_cursor, size=3))
    make_articles(4, feed)
    second = list_page(Selection(), ANYBODY, cursor=first.next_cursor, size=3)
    assert ids(second) == before
    assert ids(list_page(Selection(), ANYBODY, cursor=second.previous_cursor, size=3)) == ids(first)


def test_going_back_to_the_top_gives_the_whole_first_page() -> None:
    articles = make_articles(6)
    first = list_page(Selection(), ANYBODY, size=4)
    second = list_page(Selection(), ANYBODY, cursor=first.next_cursor, size=4)
    Article.objects.filter(pk=articles[-1].pk).delete()
    back = list_page(Selection(), ANYBODY, cursor=second.previous_cursor, size=4)
    assert ids(back) == [article.pk for article in articles[4:0:-1]]
    assert back.previous_cursor == ""


def test_a_page_whose_articles_are_gone_leads_back_to_the_one_before() -> None:
    make_articles(6)
    first = list_page(Selection(), ANYBODY, size=3)
    Article.objects.exclude(pk__in=ids(first)).delete()
    gone = list_page(Selection(), ANYBODY, cursor=first.next_cursor, size=3)
    assert (gone.articles, gone.next_cursor) == ([], "")
    assert ids(list_page(Selection(), ANYBODY, cursor=gone.previous_cursor, size=3)) == ids(first)


@pytest.mark.parametrize(
    "cursor",
    ["x", "0", "AAAA", "é", "\0", "A" * 22, "A" * 24, "A" * 9_999, "_" * 23, "A" * 22 + "B", "' OR 1=1 --", "%00"],
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        list_page(Selection(), ANYBODY, cursor=cursor)


def test_a_cursor_goes_into_an_address_as_it_is() -> None:
    make_articles(2)
    cursor = list_page(Selection(), ANYBODY, size=1).next_cursor
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_an_article_from_before_1970_is_paged_too() -> None:
    ancient = make_article(published_at=FIRST_DAY.replace(year=1901))
    make_articles(1)
    assert [ids(page) for page in pages(Selection(), ANYBODY, size=1)][-1] == [ancient.pk]


def test_a_category_includes_the_categories_inside_it() -> None:
    outer = make_category()
    inner = make_category(parent=make_category(parent=outer))
    article = make_article(make_feed(category=inner))
    make_article(make_feed(category=make_category()))
    make_article()
    assert ids(list_page(Selection(category=outer), ANYBODY)) == [article.pk]


def test_categories_that_lie_inside_each_other_end_somewhere() -> None:
    outer = make_category()
    inner = make_category(parent=outer)
    Category.objects.filter(pk=outer.pk).update(parent=inner)
    article = make_article(make_feed(category=inner))
    assert ids(list_page(Selection(category=outer), ANYBODY)) == [article.pk]


@pytest.mark.parametrize("show", [Show.ALL, Show.UNREAD])
def test_a_feed_outside_the_category_has_no_articles_in_it(show: Show) -> None:
    reader, category = make_reader(), make_category()
    inside, outside = make_article(make_feed(category=category)), make_article()
    assert ids(list_page(Selection(feed=inside.feed, category=category, show=show), reader)) == [inside.pk]
    assert ids(list_page(Selection(feed=outside.feed, category=category, show=show), reader)) == []


@pytest.mark.parametrize("show", [Show.UNREAD, Show.STARRED])
def test_who_is_not_signed_in_sees_all(show: Show) -> None:
    article = make_article()
    page = list_page(Selection(show=show), ANYBODY)
    assert ids(page) == [article.pk]
    assert not page.articles[0].is_unread
    assert not page.articles[0].is_starred


def test_one_reader_s_stars_and_marks_are_not_another_s() -> None:
    article, one, other = make_article(), make_reader(), make_reader()
    star(one, article, on=True)
    mark_all_read(one, Selection(), up_to=article.pk)
    assert ids(list_page(Selection(show=Show.STARRED), other)) == []
    assert ids(list_page(Selection(show=Show.UNREAD), other)) == [article.pk]
    (seen,) = list_page(Selection(), other).articles
    assert (seen.is_unread, seen.is_starred) == (True, False)


def test_the_neighbours_of_an_article_that_was_unread_until_it_was_opened() -> None:
    older, opened, newer = make_articles(3)
    reader = make_reader()
    mark_read(reader, [opened])
    assert neighbours(opened, Selection(show=Show.UNREAD), reader) == (newer, older)


@pytest.mark.parametrize("walk", [20, article_keys.WALK])
def test_the_number_of_queries_does_not_grow(walk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article_keys, "WALK", walk)
    reader, wide, rare = make_reader(), make_category(), make_category()
    feed = make_feed(category=wide)
    places: dict[str, dict[str, Any]] = {
        "all": {}, "feed": {"feed": feed}, "category": {"category": wide}, "rare category": {"category": rare},
    }  # fmt: skip

    def grow(times: int) -> None:
        for _ in range(times):
            make_articles(8, make_feed(category=rare))
            make_articles(30, make_feed(category=wide))
            articles = make_articles(30, feed)
            mark_read(reader, articles[::3])
            mark_all_read(reader, Selection(feed=feed), up_to=articles[4].pk)
            for article in articles[::9]:
                star(reader, article, on=True)

    def queries(narrowed_to: str, show: Show) -> int:
        with CaptureQueriesContext(connection) as captured:
            for order in (Order.DATE, Order.OLDEST):
                selection = Selection(**places[narrowed_to], show=show, order=order)
                page = list_page(selection, reader, size=5)
                list_page(selection, reader, size=5, cursor=page.next_cursor)
        return len(captured)

    def of_all() -> dict[tuple[str, Show], int]:
        return {asked: queries(*asked) for asked in product(places, Show)}

    grow(2)
    before = of_all()
    grow(5)
    assert {asked: count for asked, count in of_all().items() if not count <= before[asked] <= 68} == {}


def test_a_page_by_arrival_is_a_walk_of_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an index that has all that is asked: with ten times the articles a page takes as many steps."""
    if connection.vendor != "sqlite":
        pytest.skip("counts the steps of SQLite")
    monkeypatch.setattr(article_keys, "WALK", 40)
    reader, category = make_reader(), make_category()
    feed, other = make_feed(category=category), make_feed()
    places: tuple[dict[str, Any], ...] = ({}, {"feed": feed}, {"category": category})
    selections = [
        Selection(**place, show=show, order=Order.LAST_IN) for place in places for show in (Show.ALL, Show.UNREAD)
    ]

    def grow(times: int) -> None:
        Article.objects.bulk_create(build_article((feed, other)[n % 2]) for n in range(times))
        count_articles(feed, other)
        generated.settle()

    def steps(selection: Selection) -> int:
        second = list_page(selection, reader, size=5).next_cursor
        return steps_of_sqlite(lambda: list_page(selection, reader, size=5, cursor=second))

    grow(200)
    few = list(map(steps, selections))
    grow(1_800)
    for selection, steps_of_few in zip(selections, few, strict=True):
        assert steps(selection) < 1.5 * steps_of_few, selection
        with CaptureQueriesContext(connection) as captured:
            assert len(finder(selection, reader)(Span(key=(ARRIVED, newest_id()), newer=False, limit=5))) == 5
        with connection.cursor() as cursor:
            asked = [f"EXPLAIN QUERY PLAN {query['sql']}" for query in captured.captured_queries]
            plans = [cursor.execute(sql).fetchall() for sql in asked]
        walks = [step for plan in plans for *_, step in plan if re.match("(SCAN|SEARCH) articles_article ", step)]
        assert walks
        assert all("COVERING INDEX article_arrivals" in step for step in walks), selection


def test_no_page_looks_at_every_article_on_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("asks Postgres for its plans")
    reader, feed, other = make_reader(), make_feed(), make_feed()
    Article.objects.bulk_create(build_article((feed, other)[n % 2]) for n in range(6_000))
    count_articles(feed, other)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for show, order, place in product((Show.ALL, Show.UNREAD), (Order.DATE, Order.LAST_IN), (None, feed)):
        with statements_asked() as asked:
            assert len(list_page(Selection(feed=place, show=show, order=order), reader).articles) == 50
        with connection.cursor() as cursor:
            for each in asked:
                plan = cursor.execute(f"EXPLAIN {each.sql}", each.params).fetchall()
                assert not [step for (step,) in plan if re.search(r"Seq Scan on articles_article\b", step)], plan


@pytest.mark.parametrize("order", [Order.DATE, Order.LAST_IN])
def test_a_walk_goes_through_no_array_of_feeds_for_each_article_on_postgres(order: Order) -> None:
    """An array it hashes only in a plan for these feeds alone: a plan for any of 800 took 40 ms for 4,000 articles."""
    if connection.vendor != "postgresql":
        pytest.skip("asks Postgres for its plans")
    category = make_category()
    feeds = [make_feed(category=category), make_feed(category=category), make_feed()]
    Article.objects.bulk_create(build_article(feeds[n % 3]) for n in range(60))
    count_articles(*feeds)
    with statements_asked() as asked:
        page = list_page(Selection(category=category, order=order), make_reader(), size=30)
    assert {article.feed_id for article in page.articles} == {feed.pk for feed in feeds[:2]}
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN {each.sql}", each.params).fetchall() for each in asked]
    filters = [step for plan in plans for (step,) in plan if "Filter: " in step and "on articles_article" in str(plan)]
    assert any("hashed SubPlan" in step for step in filters)
