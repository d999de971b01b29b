"""The names of items, places and streams in all their forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.api.greader import item_ids, places, stream_names
from articles.api.greader.stream_names import StreamName

PREFIX = item_ids.PREFIX


@pytest.mark.parametrize(
    ("text", "pk"),
    [
        (f"{PREFIX}00000000000003e9", 1001),
        (f"{PREFIX}3e9", 1001),
        (f"{PREFIX}00000000000003E9", 1001),
        ("00000000000003e9", 1001),
        ("1001", 1001),
        ("1001\n", 1001),
        ("0000000000000100", 256),  # begins with a zero: hexadecimal
        ("0", 0),
        ("1000000000000000", 10**15),  # sixteen digits that do not: decimal
        ("-1", 2**64 - 1),
        ("-9223372036854775808", 2**63),
        ("18446744073709551615", 2**64 - 1),
    ],
)
def test_an_item_is_known_in_each_form(text, pk):
    assert item_ids.read(text) == pk


@pytest.mark.parametrize(
    "text", ["", "-", "x", PREFIX, f"{PREFIX}zz", f"{PREFIX}{'1' * 17}", "12.5", "٣", "0x1", "010"]
)
def test_what_is_no_item_is_refused(text):
    with pytest.raises(item_ids.BadItemId):
        item_ids.read(text)


@given(st.integers(0, 2**63 - 1))
def test_the_long_form_is_read_again(pk):
    assert item_ids.read(item_ids.long_form(pk)) == pk == item_ids.read(str(pk))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_place_is_digits_alone_and_read_again(moment, pk):
    text = places.written((moment, pk))
    assert text.isascii()
    assert text.isdecimal()
    assert places.read(text) == (moment, pk)


def test_no_place_is_the_beginning():
    assert places.read("") is None


@pytest.mark.parametrize("text", ["1", "x", "-1", "9" * 37, "9" * 38, "0" * 37, "1" * 5000, "١" * 30])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(places.BadPlace):
        places.read(text)


def test_a_place_has_one_spelling():
    text = places.written((datetime(2026, 1, 1, tzinfo=UTC), 7))
    with pytest.raises(places.BadPlace):
        places.read(f"0{text}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("feed/7", StreamName(feed="7")),
        ("feed/https://x.example/a/b?c", StreamName(feed="https://x.example/a/b?c")),
        ("user/-/label/News", StreamName(label="News")),
        ("user/42/label/News / Asia", StreamName(label="News / Asia")),
        ("user/-/state/com.google/read", StreamName(state="read")),
        ("user/0000/state/com.google/reading-list", StreamName(state="reading-list")),
        ("user/-/state/com.google/starred", StreamName(state="starred")),
        ("user/-/state/com.google/kept-unread", StreamName(state="unread")),
        ("user/-/state/com.google/broadcast", StreamName(state="empty")),
    ],
)
def test_a_stream_is_known_whatever_user_it_says(text, name):
    assert stream_names.read(text) == name


@pytest.mark.parametrize(
    "text", ["", "feed/", "feed", "user/-/label/", "user/-", "user/-/state/com.google/x", "splice/1"]
)
def test_a_stream_that_is_not_known_is_none(text):
    with pytest.raises(stream_names.NoSuchStream):
        stream_names.read(text)
