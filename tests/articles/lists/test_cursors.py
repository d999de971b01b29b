"""A cursor comes back from an address as it was written, and nothing else is one."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from articles.lists.cursors import FORMAT, BadCursor, Cursor, read
from tests.factories import make_articles, make_reader

TIMES = some.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001
EDGES = [
    (datetime(2026, 1, 1, tzinfo=UTC), 2**63 - 1),
    (datetime(2026, 1, 1, tzinfo=UTC), -(2**63)),
    (datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC), 5),
    (datetime(9999, 12, 31, 23, tzinfo=UTC), 5),
]


@given(moment=TIMES, pk=some.integers(1, 2**48), newer=some.booleans())
def test_a_cursor_is_read_as_it_was_written(moment, pk, newer):
    cursor = Cursor((moment, pk), newer)
    assert read(str(cursor)) == cursor


@given(text=some.binary(min_size=FORMAT.size, max_size=FORMAT.size))
def test_whatever_is_read_can_be_written_with_what_is_beside_it(text):
    try:
        moment, pk = read(_encoded(text)).key
    except BadCursor:
        return
    for beside in (pk - 1, pk + 1):
        assert read(str(Cursor((moment, beside)))).key == (moment, beside)


def _encoded(packed: bytes) -> str:
    return urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.django_db
@pytest.mark.parametrize("key", EDGES)
@pytest.mark.parametrize("order", ["", "oldest", "first_in", "last_in", "date"])
@pytest.mark.parametrize("newer", [True, False])
def test_no_edge_of_time_or_of_ids_is_an_error_of_ours(client, key, order, newer):
    client.force_login(make_reader("ann"))
    make_articles(2)
    for query in ({}, {"show": "unread"}, {"q": "body"}):
        assert client.get("/", {"cursor": str(Cursor(key, newer)), "order": order, **query}).status_code in {200, 400}


def test_an_address_that_was_handed_out_by_an_older_release_still_leads_to_its_place():
    place = Cursor((datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC), 42), newer=True)
    assert str(place) == "AQAGS_Wg_LKQAAAAAAAAACo"
    assert read("AQAGS_Wg_LKQAAAAAAAAACo") == place


def test_no_text_is_no_cursor():
    assert read("") is None


@pytest.mark.parametrize("change", ["!{}", "{}=", "{}\n"])
def test_a_place_has_one_address(change):
    """What base64 reads over is no part of a cursor: one page must not be there under many addresses."""
    address = str(Cursor((datetime(2026, 3, 1, tzinfo=UTC), 42)))
    with pytest.raises(BadCursor):
        read(change.format(address))
