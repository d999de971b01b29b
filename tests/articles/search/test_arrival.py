"""Hits by arrival: exact whichever way they are found, on whichever database the suite runs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.lists.reader_state import mark_read
from articles.lists.selection import Order, Show
from articles.models import Article
from articles.search.backend import BadPlace, arrival_place
from articles.search.databases import backend
from articles.search.find import found_page
from articles.search.query.plan import Lexeme, Plan
from articles.search.query.tree import EVERYTHING, And, Not
from articles.views.matches import beside
from tests.articles.search.archive import ANYBODY, found, page, search_for, store
from tests.articles.search.fuzz import FUZZ
from tests.factories import FIRST_DAY, make_feed, make_reader

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"
EASY, HARD = 10**9, 0
TEXTS = st.sampled_from(["rain", "rain snow", "snow", "rain wind", "wind in the rain", "sun"])
DRAWN = st.lists(st.tuples(TEXTS, st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=14)
QUERIES = st.sampled_from(
    [
        "rain", "rain snow", "-rain", "rain -snow", '"the rain"', "rain OR sun", "rain after:2026-01-03",
        "before:2026-01-04", "after:2026-01-03", "rain before:2026-01-04", "is:unread rain", "is:unread", "-is:unread",
    ]
)  # fmt: skip


@pytest.fixture(params=["walk", "short walk", "all"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How hits are found: looked through as they came in, a few of them before all are taken, or all taken."""
    if SQLITE:
        few, windows = {"walk": (0, (1_000,)), "short walk": (0, (1, 3)), "all": (EASY, (1,))}[request.param]
        monkeypatch.setattr("articles.search.sqlite_arrivals.FEW", few)
        monkeypatch.setattr("articles.search.sqlite_arrivals.WINDOWS", windows)
        monkeypatch.setattr("articles.search.sqlite_arrivals.PASSED_OVER", 2)
    else:
        walked, longest = {"walk": (0, 20_000), "short walk": (0, 3), "all": (EASY, 3)}[request.param]
        monkeypatch.setattr("articles.search.postgres.WALKED", walked)
        monkeypatch.setattr("articles.search.postgres.LONGEST_WALK", longest)
        monkeypatch.setattr("articles.search.postgres.PASSED_OVER", 2)
    return str(request.param)


def test_pages_by_arrival_are_what_sorting_all_hits_gives(way: str) -> None:
    @settings(FUZZ, max_examples=12)
    @given(drawn=DRAWN, query=QUERIES, size=st.integers(1, 4))
    def check(drawn: list[tuple[str, int, int]], query: str, size: int) -> None:
        with transaction.atomic():
            reader, articles = make_site(drawn)
            expected = sorted(found(query, reader=reader))
            for order, in_order in ((Order.FIRST_IN, expected), (Order.LAST_IN, expected[::-1])):
                assert_pages(query, reader, order, in_order, size, articles)
            transaction.set_rollback(True)

    check()


def make_site(drawn: list[tuple[str, int, int]]) -> tuple[Any, list[Article]]:
    feeds = [make_feed() for _ in range(3)]
    articles = [
        store(text, f"Title {at}", feeds[feed], published_at=FIRST_DAY + timedelta(days=day))
        for at, (text, feed, day) in enumerate(drawn)
    ]
    reader = make_reader()
    mark_read(reader, articles[::3])
    return reader, articles


def assert_pages(query: str, reader: Any, order: Order, expected: list[int], size: int, articles: Any) -> None:
    search = search_for(query, reader=reader, order=order)
    shown, cursor, cursors, last = [], "", [""], None
    while True:
        last = found_page(search, cursor=cursor, size=size)
        shown.append(last.article_ids)
        cursor = last.next_cursor
        if not cursor:
            break
        cursors.append(cursor)
    assert [pk for ids in shown for pk in ids] == expected
    back, cursor = [shown[-1]], last.previous_cursor
    while cursor:
        last = found_page(search, cursor=cursor, size=size)
        back.append(last.article_ids)
        cursor = last.previous_cursor
    if len(expected) > size:
        assert back[-1] == expected[:size]
    by_pk = {article.pk: article for article in articles}
    for at, pk in enumerate(expected):
        hits = beside(by_pk[pk], search, "")
        assert hits.before is None if at == 0 else hits.before.pk == expected[at - 1]
        assert (hits.after and hits.after.pk) == (expected[at + 1] if at + 1 < len(expected) else None)


def test_only_chosen_articles_and_articles_without_a_word_are_found_by_arrival(way: str) -> None:
    articles = [store(text, published_at=FIRST_DAY - timedelta(days=at)) for at, text in enumerate(["rain", "sun"] * 4)]
    chosen = frozenset(article.pk for article in articles[1:6])
    for expression, texts in (
        (Lexeme("rain"), {"rain"}),
        (Not(Lexeme("rain")), {"sun"}),
        (And((Lexeme("rain"), Lexeme("sun"))), set()),
        (EVERYTHING, {"rain", "sun"}),
    ):
        wanted = [article.pk for article in articles[1:6] if article.content_text in texts]
        asked = Plan(expression=expression, article_ids=chosen)
        for newer in (True, False):
            hits = backend().hits(asked, newer=newer, by_arrival=True, limit=2)
            assert [hit.article_id for hit in hits] == (wanted if newer else wanted[::-1])[:2]
            assert all(hit.place == arrival_place(hit.article_id) for hit in hits)


def test_what_a_publisher_dates_back_is_the_first_hit_by_arrival_and_its_story_has_one_row(way: str) -> None:
    old, new = store("rain", published_at=FIRST_DAY), store("rain", published_at=FIRST_DAY - timedelta(days=900))
    assert found("rain") == [old.pk, new.pk]
    assert found("rain", order=Order.LAST_IN) == [new.pk, old.pk]
    assert found("rain", order=Order.FIRST_IN) == [old.pk, new.pk]


def test_totals_and_facets_are_those_of_any_order() -> None:
    reader = make_reader()
    for at in range(5):
        store("rain", published_at=FIRST_DAY - timedelta(days=at))
    for show in (Show.ALL, Show.UNREAD):
        pages = [page("rain", order=order, reader=reader, show=show, size=2) for order in (Order.DATE, Order.LAST_IN)]
        assert [(each.total, each.total_is_exact) for each in pages] == [(5, True)] * 2


def test_a_place_of_the_other_order_is_the_top() -> None:
    for at in range(4):
        store("rain", published_at=FIRST_DAY - timedelta(days=at))
    for order, other in ((Order.DATE, Order.LAST_IN), (Order.LAST_IN, Order.DATE), (Order.FIRST_IN, Order.OLDEST)):
        cursor = found_page(search_for("rain", order=order), size=2).next_cursor
        search = search_for("rain", order=other)
        assert found_page(search, cursor=cursor, size=2).article_ids == found_page(search, size=2).article_ids


@pytest.mark.parametrize("place", ["a", "a-1", "ax", "a" + "9" * 19, "a1_2", "1", "a１"])
def test_a_place_that_was_never_given_by_arrival_is_refused(place: str) -> None:
    with pytest.raises(BadPlace):
        backend().hits(Plan(expression=Lexeme("rain")), place=place, by_arrival=True, limit=1)


def test_common_hits_are_found_along_the_index_of_arrivals_and_nothing_is_sorted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for at in range(60):
        store("rain", published_at=FIRST_DAY - timedelta(days=at % 7))
    monkeypatch.setattr("articles.search.sqlite_arrivals.FEW", 10)
    monkeypatch.setattr("articles.search.sqlite_arrivals.WINDOWS", (20,))
    monkeypatch.setattr("articles.search.postgres.WALKED", 0)
    search = search_for("rain -snow after:2020", order=Order.LAST_IN)
    with CaptureQueriesContext(connection) as queries:
        assert len(found_page(search, size=5).article_ids) == 5
    asked = [each["sql"] for each in queries if "articles_search " in each["sql"] and "ORDER BY" in each["sql"]]
    assert len(asked) == 1
    with transaction.atomic(), connection.cursor() as cursor:
        if not SQLITE:
            cursor.execute(
                "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
            )
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if SQLITE else 'EXPLAIN'} {asked[0]}".replace("%", "%%"))
        told = json.dumps(cursor.fetchall(), default=str)
    assert ("sqlite_autoindex_articles_search_1" if SQLITE else "articles_search_pkey") in told
    assert "TEMP B-TREE" not in told
    assert "Sort" not in told


def test_who_is_not_signed_in_has_hits_by_arrival() -> None:
    articles = [store("rain", published_at=FIRST_DAY - timedelta(days=at)) for at in range(3)]
    assert found("rain", order=Order.LAST_IN, reader=ANYBODY) == [article.pk for article in articles[::-1]]
