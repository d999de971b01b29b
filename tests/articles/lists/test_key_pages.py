"""Pages of keys, in lists of every small length: no database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise, product

import pytest

from articles.lists.cursors import BadCursor, Cursor
from articles.lists.key_pages import KeysOfPage, cursor_before, keys_of_page
from articles.lists.scope import Finder, Span
from articles.querysets import Key
from tests.factories import FIRST_DAY

LENGTHS = range(10)
CASES = list(product(range(1, 5), (False, True)))


def listed(length: int, *, newer: bool) -> list[Key]:
    """Keys in the order of their list, two and two of one time."""
    return sorted(((FIRST_DAY + timedelta(hours=pk // 2), pk) for pk in range(1, length + 1)), reverse=not newer)


def finder(keys: list[Key]) -> Finder:
    def find(span: Span) -> list[Key]:
        assert span.limit > 0  # no list is read to its end
        return span.nearest(keys)

    return find


def down(keys: list[Key], size: int, *, newer: bool) -> Iterator[KeysOfPage]:
    page = keys_of_page(finder(keys), "", size, newer=newer)
    yield page
    while page.next_cursor:
        page = keys_of_page(finder(keys), page.next_cursor, size, newer=newer)
        yield page


@pytest.mark.parametrize(("size", "newer"), CASES)
def test_pages_hold_everything_in_its_order_on_the_way_down(size: int, newer: bool):
    for length in LENGTHS:
        keys = listed(length, newer=newer)
        pages = [page.keys for page in down(keys, size, newer=newer)]
        assert pages == ([keys[at : at + size] for at in range(0, length, size)] or [[]])


@pytest.mark.parametrize(("size", "newer"), CASES)
def test_each_page_leads_back_to_the_one_before(size: int, newer: bool):
    for length in LENGTHS:
        keys = listed(length, newer=newer)
        first, *later = down(keys, size, newer=newer)
        assert (first.place, first.previous_cursor) == (None, "")
        for before, page in pairwise([first, *later]):
            back = keys_of_page(finder(keys), page.previous_cursor, size, newer=newer)
            assert (back.keys, bool(back.next_cursor), bool(back.previous_cursor)) == (
                before.keys,
                True,
                before != first,
            )
            assert keys_of_page(finder(keys), back.next_cursor, size, newer=newer).keys == page.keys


@pytest.mark.parametrize(("size", "newer"), CASES)
def test_a_page_tells_on_which_side_of_it_a_key_is(size: int, newer: bool):
    for length in LENGTHS:
        keys = listed(length, newer=newer)
        pages = list(down(keys, size, newer=newer))
        pages += [keys_of_page(finder(keys), page.previous_cursor, size, newer=newer) for page in pages[1:]]
        for page, key in product(pages, keys):
            at, ends = keys.index(key), [keys.index(each) for each in page.keys]
            assert (page.is_before(key), page.is_behind(key)) == (at > ends[-1], at < ends[0])


@pytest.mark.parametrize("newer", [False, True])
def test_what_came_in_or_went_at_the_edge_of_a_page_is_beside_it_or_on_it(newer: bool):
    """A page keeps to the place that it was asked by: not to the article that stood there."""
    first, _, place, gone, on, last, beyond = listed(7, newer=newer)
    kept = finder([first, place, on, last, beyond])
    page = keys_of_page(kept, str(Cursor(place, newer)), 2, newer=newer)
    assert page.keys == [on, last]
    assert [page.is_behind(key) for key in (first, place, gone, on)] == [True, True, False, False]
    back = keys_of_page(kept, str(Cursor(beyond, not newer)), 2, newer=newer)
    assert back.keys == [on, last]
    assert [back.is_before(key) for key in (last, beyond)] == [False, True]
    assert [back.is_behind(key) for key in (place, gone, on)] == [True, True, False]


@pytest.mark.parametrize("newer", [False, True])
def test_the_last_page_is_before_nothing_and_the_first_behind_nothing(newer: bool):
    first, middle, last = listed(3, newer=newer)
    [page] = down([middle], 2, newer=newer)
    assert not page.is_before(last)
    assert not page.is_behind(first)


@pytest.mark.parametrize(("size", "newer"), CASES)
def test_a_page_that_begins_with_a_key_is_asked_for_by_it(size: int, newer: bool):
    for length in LENGTHS:
        keys = listed(length, newer=newer)
        for at, key in enumerate(keys):
            page = keys_of_page(finder(keys), str(cursor_before(key, newer=newer)), size, newer=newer)
            assert page.keys == keys[at : at + size]
            assert bool(page.previous_cursor) is (at > 0)


@pytest.mark.parametrize("newer", [False, True])
def test_a_page_whose_keys_are_gone_leads_back_to_what_is_left(newer: bool):
    keys = listed(4, newer=newer)
    gone = keys_of_page(finder(keys[:2]), str(Cursor(keys[1], newer)), 2, newer=newer)
    assert (gone.keys, gone.place, gone.next_cursor) == ([], Cursor(keys[1], newer), "")
    assert not gone.is_before(keys[3])
    assert gone.is_behind(keys[1])
    assert keys_of_page(finder(keys[:2]), gone.previous_cursor, 1, newer=newer).keys == [keys[1]]


@pytest.mark.parametrize("newer", [False, True])
def test_a_way_back_that_would_reach_the_top_is_the_first_page(newer: bool):
    keys = listed(5, newer=newer)
    for at, size in ((1, 2), (2, 2), (2, 3)):
        page = keys_of_page(finder(keys), str(Cursor(keys[at], not newer)), size, newer=newer)
        assert (page.keys, page.place, page.previous_cursor) == (keys[:size], None, "")
        assert page.next_cursor == str(Cursor(keys[size - 1], newer))


def test_what_is_no_cursor_is_refused():
    with pytest.raises(BadCursor):
        keys_of_page(finder([]), "x", 2)


def test_lists_run_towards_older_ones_unless_told_otherwise():
    keys = listed(3, newer=False)
    assert keys_of_page(finder(keys), "", 2) == keys_of_page(finder(keys), "", 2, newer=False)
