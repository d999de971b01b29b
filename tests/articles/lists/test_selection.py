"""A selection that an address prints is the same when it is read again."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from articles.export.feeds import view_key
from articles.export.secret_addresses import create, search_of
from articles.lists.selection import Order, Selection, Show
from articles.search.find import Search
from articles.views.selection import address_of, selection_of
from tests.articles.search.archive import NOW
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def every_way() -> list[Selection]:
    feed, category = make_feed(), make_category()
    return [
        Selection(),
        Selection(feed=feed, show=Show.UNREAD),
        Selection(category=category, query='title:"a & b" is:read', order=Order.RELEVANCE),
        Selection(feed=feed, category=category, show=Show.STARRED, query="雨 OR 雪"),
        Selection(category=category, order=Order.OLDEST),
        Selection(feed=feed, show=Show.UNREAD, order=Order.LAST_IN),
        Selection(order=Order.FIRST_IN),
    ]


def test_an_address_is_read_as_what_it_was_printed_from() -> None:
    for selection in every_way():
        address = address_of(selection, cursor="x")
        assert selection_of(QueryDict(address.removeprefix("?")), AnonymousUser()) == selection
        assert address.endswith("cursor=x")


def test_what_narrows_nothing_is_not_printed() -> None:
    assert address_of(Selection()) == ""
    assert unquote(address_of(Selection(query="rain", show=Show.UNREAD))) == "?show=unread&q=rain"


def test_an_output_keeps_all_of_it() -> None:
    reader = make_reader()
    for selection in every_way():
        output, _secret = create(reader, Search(selection=selection, reader=reader, now=NOW))
        output.refresh_from_db()
        assert search_of(output).selection == selection


def test_ids_of_views_stay_what_they_were() -> None:
    feed, reader = make_feed(), make_reader()
    of_feed = Search(selection=Selection(feed=feed), reader=reader, now=NOW)
    assert view_key(of_feed) == f"('view', {feed.pk}, None, 'all', '', 'date', None)"
    assert view_key(of_feed.narrowed(query="is:read")).endswith(f"'is:read', 'date', {reader.pk})")
    assert (
        view_key(of_feed.narrowed(show=Show.UNREAD, feed=None))
        == f"('view', None, None, 'unread', '', 'date', {reader.pk})"
    )


def test_without_its_query_a_search_runs_the_same_way() -> None:
    assert Selection(query="rain", order=Order.OLDEST).without_query() == Selection(order=Order.OLDEST)
    assert Selection(query="rain", order=Order.RELEVANCE).without_query() == Selection()


def test_hits_stand_in_the_order_that_their_address_names() -> None:
    for order in Order:
        asked = selection_of(QueryDict(f"q=rain&order={order}"), AnonymousUser())
        assert asked == Selection(query="rain", order=order)


def test_programs_find_what_is_new_at_the_top_whichever_order_a_list_has() -> None:
    at_top = {Order.OLDEST: Order.DATE, Order.FIRST_IN: Order.LAST_IN}
    for order in Order:
        assert Selection(order=order, usual=order).newest_first().params().get("order", "date") == at_top.get(
            order, order
        )


def test_what_a_reader_did_makes_a_list_theirs() -> None:
    assert not Selection(query="rain").is_personal
    assert Selection(query="rain OR -is:read").is_personal
    assert Selection(show=Show.STARRED).is_personal
    assert not Selection(show=Show.ALL, query="rain is:starred").without_query().is_personal
