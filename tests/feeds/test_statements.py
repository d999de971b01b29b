"""A statement answers as the query that it was made of does, with whichever values."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import OuterRef, QuerySet, Subquery

from feeds.models import Category, Feed
from feeds.statements import Given, Statement, changing, columns_of, fetched, removing, standing_cursor
from tests.effort import calls_of
from tests.factories import make_category, make_feed

pytestmark = pytest.mark.django_db

COLUMNS = columns_of(Feed, ("added_at", "title", "id", "opml_attributes"))
CHOSEN = Statement(
    lambda: (
        Feed.objects.filter(pk__in=[Given("feeds")], title__gt=Given("after")).order_by("title").values_list(*COLUMNS)
    )
)
OF_CATEGORY = Statement(
    lambda placed: (
        Feed.objects.filter(**({"category": Given("category")} if placed else {"category": None}))
        .order_by("pk")
        .values_list("title")
    )
)


def test_a_statement_answers_as_its_query_does_with_other_values_each_time(django_assert_num_queries) -> None:
    feeds = [make_feed(title=title, opml_attributes={"of": title}) for title in ("ash", "oak", "yew", "100%s")]
    pks = [feed.pk for feed in feeds]
    for some, after in ((pks, "b"), (pks[:1], "a"), ([], "a"), (pks, "%s"), (pks, "' OR 1=1 --")):
        wanted = list(Feed.objects.filter(pk__in=some, title__gt=after).order_by("title").values_list(*COLUMNS))
        with django_assert_num_queries(1):
            assert CHOSEN.rows(feeds=some, after=after) == wanted


def test_a_query_that_is_asked_once_has_the_rows_that_the_orm_reads(django_assert_num_queries) -> None:
    for title in ("ash", "oak", "100%s"):
        make_feed(title=title, opml_attributes={"of": title})
    feeds = Feed.objects.order_by("title").values_list(*COLUMNS)
    for query in (feeds, feeds.filter(title="100%s"), feeds.filter(title__contains="%"), feeds[1:2]):
        wanted = list(query)
        with django_assert_num_queries(1):
            assert fetched(query) == wanted != []
    assert fetched(feeds.filter(pk__in=[])) == fetched(feeds.none()) == []


def test_each_row_of_it_costs_less_than_the_orm_takes() -> None:
    def calls(read: Callable[[QuerySet[Any, Any]], object]) -> int:
        return calls_of(lambda: read(Feed.objects.order_by("pk").values_list("added_at", "pk")))

    few = {read: calls(read) for read in (fetched, list)}
    for _ in range(20):
        make_feed()
    added = {read: calls(read) - before for read, before in few.items()}
    assert added[fetched] < added[list]


def test_objects_have_what_was_asked_and_nothing_else() -> None:
    feed = make_feed(title="oak", opml_attributes={"of": "oak"})
    (found,) = CHOSEN.objects(Feed, COLUMNS, feeds=[feed.pk], after="a")
    assert (found.pk, found.title, found.added_at) == (feed.pk, "oak", feed.added_at)
    assert found.opml_attributes == {"of": "oak"}
    assert "url" in found.get_deferred_fields()
    assert found.url == feed.url


def test_a_statement_is_made_once_for_each_shape() -> None:
    category: Category = make_category()
    make_feed(title="in", category=category)
    make_feed(title="out")
    assert OF_CATEGORY.column(True, category=category.pk) == ["in"]
    assert OF_CATEGORY.column(False) == ["out"]
    assert OF_CATEGORY.column(True, category=category.pk + 1) == []


def test_it_may_stand_inside_another() -> None:
    feed = make_feed(title="oak")
    sql, params = CHOSEN.sql(feeds=[feed.pk, 0], after="a")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS chosen WHERE title = %s", [*params, "oak"])
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_threads_ask_it_by_connections_of_their_own() -> None:
    feed = make_feed(title="oak")

    def ask() -> str:
        try:
            return CHOSEN.objects(Feed, COLUMNS, feeds=[feed.pk], after="a")[0].added_at.isoformat()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        assert first.submit(ask).result() == second.submit(ask).result() == feed.added_at.isoformat()


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_takes_its_connection_with_it_whatever_it_asked_first() -> None:
    kept = list[weakref.ref[object]]()
    asked = Statement(
        lambda: Feed.objects.filter(pk=Given("pk")).values_list("added_at", "is_shared", "opml_attributes")
    )

    def ask() -> None:
        asked.rows(pk=0)
        kept.append(weakref.ref(connections["default"]))
        connection.close()  # which only SQLite's do by themselves without a word

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    assert [found() for found in kept] == [None]


def test_who_asks_while_another_reads_takes_nothing_from_them() -> None:
    def asked(cursor: CursorWrapper, number: int) -> CursorWrapper:
        cursor.execute("SELECT %s + 0", [number])
        return cursor

    with standing_cursor() as outer:
        asked(outer, 1)
        with standing_cursor() as inner:
            assert asked(inner, 2).fetchall() == [(2,)]
        assert outer.fetchall() == [(1,)]
    with pytest.raises(DatabaseError), transaction.atomic(), standing_cursor() as failing:
        failing.execute("SELECT nothing FROM nowhere")
    with standing_cursor() as after:
        assert asked(after, 3).fetchall() == [(3,)]


def test_what_was_told_is_let_go_with_the_cursor() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's are made anew")
    with standing_cursor() as cursor:
        cursor.execute("SELECT repeat('x', 1000)")
        result = cursor.pgresult
        assert result is not None
    assert sys.getrefcount(result) == 2  # this one's name, and what asks


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_asked_by_a_cursor_of_its_own() -> None:
    for _ in range(2):
        with standing_cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.connection is connection.connection
        connection.close()


def test_a_change_is_made_of_the_rows_that_it_asks_for(django_assert_num_queries) -> None:
    change = Statement(lambda: changing(Feed.objects.filter(title=Given("title"), failures=0), failures=3))
    feeds = [make_feed(title=title, failures=failures) for title, failures in (("oak", 0), ("ash", 0), ("oak", 1))]
    for changed in (1, 0):
        with django_assert_num_queries(1):
            assert change.change(title="oak") == changed
    assert [Feed.objects.get(pk=feed.pk).failures for feed in feeds] == [3, 0, 1]


def test_rows_are_removed_that_it_asks_for(django_assert_num_queries) -> None:
    remove = Statement(lambda: removing(Feed.objects.filter(pk__in=[Given("feeds")], title=Given("title"))))
    feeds = [make_feed(title=title) for title in ("oak", "ash", "oak")]
    ids = [feed.pk for feed in feeds[:2]]
    for removed in (1, 0):
        with django_assert_num_queries(1):
            assert remove.change(feeds=ids, title="oak") == removed
    assert set(Feed.objects.values_list("pk", flat=True)) == {feed.pk for feed in feeds[1:]}


@pytest.mark.django_db(transaction=True)
def test_postgres_plans_a_statement_once_in_a_connection_however_many_it_is_asked_for() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's driver keeps what it has prepared")
    pks = [make_feed(title="oak").pk for _ in range(9)]
    connection.close()  # what other tests have asked
    for number in range(9):
        assert len(CHOSEN.rows(feeds=pks[:number], after="a")) == number
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%ANY%'")
        assert cursor.fetchall() == [(7,)]  # of two it was not known that more would follow
    assert connection.connection.prepare_threshold is None  # so that nothing is kept of what others ask


@pytest.mark.django_db(transaction=True)
def test_postgres_plans_for_any_list_where_a_plan_for_a_short_one_is_the_cheaper() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans for no values")
    feed = make_feed(title="oak")
    news = Feed.objects.filter(title=OuterRef("title")).order_by("pk")
    asked = Statement(
        lambda: (
            Feed.objects.filter(pk__in=[Given("feeds", is_any=True)])
            .annotate(first=Subquery(news.values("pk")[:1]), last=Subquery(news.reverse().values("pk")[:1]))
            .values_list("pk", "first", "last")
        )
    )
    connection.close()
    for _ in range(12):
        assert asked.rows(feeds=[feed.pk]) == [(feed.pk, feed.pk, feed.pk)]
    assert asked.rows(feeds=[]) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans > 0 FROM pg_prepared_statements WHERE statement LIKE '%ANY%'")
        assert cursor.fetchall() == [(True,)]  # told the list, it would mostly plan each time
