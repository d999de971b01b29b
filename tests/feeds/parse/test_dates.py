from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.parse.dates import EARLIEST, LATEST, month_number, parse_date

AFTERNOON = datetime(2021, 11, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 05 Nov 2021 14:30:00 GMT",
        "Mon, 05 Nov 2021 14:30:00 GMT",  # it was a Friday
        "5 Nov 21 14:30 UT",
        "Fri, 05 Nov 2021 14:30:00 +0000",
        "Fri, 05 Nov 2021 22:30:00 +0800",
        "Fri, 05 Nov 2021 22:30:00 +08:00",
        "Fri, 05 Nov 2021 22:30:00 GMT+8",
        "Fri, 05 Nov 2021 22:30:00 GMT+08:00",
        "Fri, 05 Nov 2021 09:30:00 EST",
        "Fri Nov 05 17:30:00 IDT 2021",
        "Fri, 05 Nov 2021 09:30:00 (EST)",
        "Fri, 05 Nov 2021 22:30:00 (Asia/Shanghai)",
        "2021-11-05 22:30:00 (UTC+08:00)",
        "5 Nov 2021 (Fri) 15:30 (MET)",
        "Fri, 05 Nov 2021 08:30:00 CST",  # North America's, as RFC 822 has it
        "Fri,05 Nov 2021 14:30:00 XYZ",  # an unknown zone is UTC
        "Fri, 5 November 2021 14:30:00 -0000",
        "Friday, 05-Nov-21 14:30:00 GMT",
        "Fri Nov  5 14:30:00 2021",
        "Fri Nov  5 08:30:00 CST 2021",
        "Fri Nov 05 2021 22:30:00 GMT+0800 (China Standard Time)",
        "Fri Nov 05 2021 22:30:00 GMT+0800 (中国标准时间)",
        "2021-11-05T14:30:00Z",
        "2021-11-05T22:30:00+08:00",
        "2021-11-05T22:30:00+0800",
        "2021-11-05T22:30:00+08",
        "2021-11-05T14:30Z",
        "2021-11-05 14:30:00",
        "2021-11-05T14:30:00",
        "20211105T143000Z",
        "20211105143000",
        "202111051430",
        "2021/11/05 14:30:00",
        "2021.11.05 14:30",
        "05.11.2021 14:30",
        "5.11.21 14:30",
        "11/05/2021 2:30 PM",
        "05-11-2021 14:30",
        "November 5, 2021 2:30 PM",
        "5th November 2021 2:30 p.m.",
        "5. November 2021, 14:30 Uhr",
        "5. Nov. 2021 14.30 Uhr",
        "vendredi 5 novembre 2021 à 14h30",
        "5 de noviembre de 2021, 14:30",
        "5 ноября 2021 14:30",
        "Пт, 05 ноя 2021 17:30:00 +0300",
        "5 listopada 2021 14:30",
        "5 Kasım 2021 Cuma 14:30",
        "٥ نوفمبر ٢٠٢١ 14:30",
        "２０２１-１１-０５T14:30:00Z",
        "2021年11月5日 22:30",
        "2021年11月5日 下午10:30",
        "2021年11月05日22时30分00秒",
        "2021年11月5日 CST 22:30",
        "２０２１年１１月５日 ２２：３０",
        "民國110年11月5日 22:30",
        "周五, 05 11月 2021 22:30:00 +0800",
        "星期五, 05 十一月 2021 22:30:00 +0800",
        "2021年11月5日 午後11時30分",
        "令和3年11月5日 23時30分",
        "2021년 11월 5일 오후 11:30",
        "2021. 11. 5. 오후 11:30",
        "1636122600",
        "1636122600000",
        "1636122600000000",
        "1636122600.25",
        1636122600,
        1636122600.25,
    ],
)
def test_a_moment_is_read_in_every_form(text):
    assert parse_date(text) == AFTERNOON


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021-11-05", (2021, 11, 5)),
        ("20211105", (2021, 11, 5)),
        ("2021-11", (2021, 11, 1)),
        ("2021", (2021, 1, 1)),
        ("Fri, 05 Nov 2021", (2021, 11, 5)),
        ("25/11/2021", (2021, 11, 25)),
        ("3/4/2021", (2021, 3, 4)),
        ("Thu, 3/4/2021", (2021, 3, 4)),
        ("Sat, 3/4/2021", (2021, 4, 3)),
        ("sam, 03/04/2021", (2021, 4, 3)),
        ("sáb, 03/04/2021", (2021, 4, 3)),
        ("Сб, 03/04/2021", (2021, 4, 3)),
        ("Mon, 3/4/2021", (2021, 3, 4)),  # neither was one
        ("3.4.2021", (2021, 4, 3)),
        ("Fr, 05 Mär 2021", (2021, 3, 5)),
        ("mar. 02 nov. 2021", (2021, 11, 2)),  # a Tuesday, not March
        ("12 févr. 2021", (2021, 2, 12)),
        ("Mo, 01 Mrz 2021", (2021, 3, 1)),
        ("17 Agt 2021", (2021, 8, 17)),
        ("5 maja 2021", (2021, 5, 5)),
        ("1 Jan 99", (1999, 1, 1)),
        ("1 Jan 69", (2069, 1, 1)),
        ("2021-11-05T24:00:00Z", (2021, 11, 6)),
    ],
)
def test_a_day_without_time_is_its_midnight(text, date):
    assert parse_date(text) == datetime(*date, tzinfo=UTC)


WORDS = ["", "  ", "Today", "yesterday", "2 hours ago", "今天", "nonsense", "11月5日 14:30", "5"]
TOO_FAR = ["0000-00-00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0", "31 Dec 1989", "9999-12-31", "9" * 14]
IMPOSSIBLE = ["31 Nov 2021 10:00:00 GMT", "29 Feb 2021", "2021-13-01", "2021-11-05T25:00:00Z", "1" * 10_000]
OTHER = [None, True, [], b"2021-11-05", float("nan"), float("inf"), 1e300, pytest.param(10**5000, id="endless")]


@pytest.mark.parametrize("text", [*WORDS, *TOO_FAR, *IMPOSSIBLE, *OTHER])
def test_what_names_no_moment_is_none(text):
    assert parse_date(text) is None


def test_the_future_is_kept_as_it_is():
    assert parse_date("2099-01-01T00:00:00Z") == datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "month"),
    [("SEPTEMBRE", 9), ("août", 8), ("aout", 8), ("Dez", 12), ("мая", 5), ("juil", 7), ("jui", 0), ("x", 0)],
)
def test_months_are_known_by_name_and_by_a_start_that_only_one_has(word, month):
    assert month_number(word) == month


PIECES = st.sampled_from(
    [*"0123456789 :-/.,+TZ年月日时午下上", "Nov", "nov.", "2021", "GMT", "+08", "오후", "Uhr", "令和", "'"]
)


def test_half_past_twelve_at_night_is_the_days_beginning():
    assert parse_date("5 November 2021 12:30 am") == datetime(2021, 11, 5, 0, 30, tzinfo=UTC)


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join), st.floats(), st.integers()))
def test_whatever_comes_a_date_is_utc_and_within_bounds_or_none(value):
    date = parse_date(value)
    assert date is None or (date.tzinfo is UTC and EARLIEST <= date.year <= LATEST)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2021-11-05T14:30:00.123456789Z", 123456),
        ("2021-11-05T14:30:00.5Z", 500_000),
        ("2021-11-05T14:30:00,25Z", 250_000),
    ],
)
def test_parts_of_a_second_are_kept(text, microsecond):
    assert parse_date(text) == datetime(2021, 11, 5, 14, 30, 0, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 31 Mar 2023 20:19:00 America/Los_Angeles", (2023, 4, 1, 3, 19)),
        ("Tue, 31 Jan 2023 20:19:00 America/Los_Angeles", (2023, 2, 1, 4, 19)),
        ("2023-07-01 10:00:00 Europe/Brussels", (2023, 7, 1, 8, 0)),
        ("2023-07-01T10:00:00+05:00[Europe/Brussels]", (2023, 7, 1, 5, 0)),
        ("2023-07-01 10:00 America/Argentina/Buenos_Aires", (2023, 7, 1, 13, 0)),
        ("Sat, 01 Jul 2023 10:00:00 Etc/GMT-3", (2023, 7, 1, 7, 0)),  # the sign is POSIX's
        ("2023-07-01T10:00:00+02:00[Etc/GMT-3]", (2023, 7, 1, 8, 0)),
        ("2023-07-01 10:00 Nowhere/At_All", (2023, 7, 1, 10, 0)),
        ("2023-07-01 10:00 ../../etc/passwd", (2023, 7, 1, 10, 0)),
        ("Mon, 26 Jan 2004 16:31:00 ET", (2004, 1, 26, 21, 31)),
        ("Mon, 26 Jul 2004 16:31:00 ET", (2004, 7, 26, 20, 31)),
        ("Mon, 26 Jan 2004 16:31:00 CT", (2004, 1, 26, 22, 31)),
        ("Mon, 26 Jan 2004 16:31:00 MT", (2004, 1, 26, 23, 31)),
        ("Mon, 26 Jan 2004 16:31:00 PT", (2004, 1, 27, 0, 31)),
        ("Mon, 26 Jan 2004 16:31:00 AT", (2004, 1, 26, 20, 31)),
        ("Thu, 30 Apr 2015 08:57:00 MET", (2015, 4, 30, 7, 57)),
        ("Thu, 30 Apr 2015 08:57:00 MEST", (2015, 4, 30, 6, 57)),
        ("Sat, 11 04 2020 08:51:49 +0100", (2020, 4, 11, 7, 51)),
        ("11 25 2020 08:51", (2020, 11, 25, 8, 51)),
        ("2003-012-31T10:14:55Z", (2003, 12, 31, 10, 14)),
        ("2004-július-13T9:15-05:00", (2004, 7, 13, 14, 15)),
        ("2004-july-13", (2004, 7, 13, 0, 0)),
        ("Nov. 2020", (2020, 11, 1, 0, 0)),
        ("November 2020 10:30", (2020, 11, 1, 10, 30)),
    ],
)
def test_places_and_forms_that_are_nearly_right(text, expected):
    assert parse_date(text) == datetime(*expected, tzinfo=UTC).replace(second=parse_date(text).second)


@pytest.mark.parametrize("text", ["31 31 2020 10:00", "Nov.", "12 2020", "2003-0012-31"])
def test_what_names_no_day_still_names_none(text):
    assert parse_date(text) is None
