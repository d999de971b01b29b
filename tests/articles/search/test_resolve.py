"""Names and dates of a query, as they stand here and now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser

from articles.search.query import parse
from articles.search.query.matching import Condition, Contains, InFeeds, InLanguage, Published
from articles.search.query.tree import And, Not
from articles.search.resolve import Names, resolve
from tests.factories import make_category, make_feed

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=ZONE)


def resolved(query: str) -> Condition:
    return resolve(parse(query).tree, now=NOW, names=Names(AnonymousUser()))


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("date:2021", day(2021, 1, 1), day(2022, 1, 1)),
        ("date:2021-12", day(2021, 12, 1), day(2022, 1, 1)),
        ("date:2024-2-29", day(2024, 2, 29), day(2024, 3, 1)),
        ("date:2021-12-31", day(2021, 12, 31), day(2022, 1, 1)),
        ("date:2021-11-05T08:30", day(2021, 11, 5, 8, 30), day(2021, 11, 5, 8, 31)),
        ("date:2021-11-05T08:30:15", day(2021, 11, 5, 8, 30, 15), day(2021, 11, 5, 8, 30, 16)),
        ("after:2021-11-05T00:30Z", day(2021, 11, 5, 8, 30), None),
        ("before:2021-11-05T00:30:15.5+00:00", None, day(2021, 11, 5, 8, 30, 15, 500_000)),
        ("after:2021-11", day(2021, 11, 1), None),
        ("before:2021-11-05", None, day(2021, 11, 5)),
        ("after:7d", NOW - timedelta(days=7), None),
        ("before:12h", None, NOW - timedelta(hours=12)),
        ("date:1d", NOW - timedelta(days=1), NOW),
        ("date:2021-02-30", NOW, NOW),
        ("date:9999", NOW, NOW),
    ],
)
def test_dates_are_the_readers(query: str, start: datetime | None, end: datetime | None) -> None:
    assert resolved(query) == Published(start, end)


def test_a_feed_is_known_by_its_id_a_part_of_its_name_or_its_host() -> None:
    one = make_feed(title="國家地理 Magazine", url="https://geo.example/rss")
    other = make_feed(title="Weather", custom_title="Rain", url="https://rain.example/rss")
    assert resolved(f"feed:{other.pk}") == InFeeds(frozenset({other.pk}))
    for query, feed in {"国家地理": one, "magazine": one, "GEO.example": one, '"地理 mag"': one, "rain": other}.items():
        assert resolved(f"feed:{query}") == InFeeds(frozenset({feed.pk})), query
    radar = make_feed(title="O’Reilly Radar", url="https://radar.invalid/rss")
    for query in ("O'Reilly", "o’reilly", "O´Reilly", "O`Reilly"):
        assert resolved(f"feed:{query}") == InFeeds(frozenset({radar.pk})), query
    assert resolved("feed:nobody") == InFeeds(frozenset())
    assert resolved("feed:example") == InFeeds(frozenset({one.pk, other.pk}))


def test_a_category_has_the_feeds_of_those_inside_it() -> None:
    outer = make_category("世界新聞", slug="world")
    inner = make_category("Asia", parent=outer)
    feeds = {make_feed(category=category).pk for category in (outer, inner)}
    make_feed()
    for query in ("world", "WORLD", "世界新闻"):
        assert resolved(f"category:{query}") == InFeeds(frozenset(feeds))
    assert resolved("category:asia") == InFeeds(frozenset({max(feeds)}))
    assert resolved("category:nothing") == InFeeds(frozenset())


def test_the_share_of_several_feeds_is_known() -> None:
    big, small, other = (make_feed(title=f"x{n}", article_count=n) for n in (60, 20, 20))
    condition = resolved("feed:x")
    assert isinstance(condition, InFeeds)
    assert condition.feed_ids == {big.pk, small.pk, other.pk}
    assert condition.share == 1.0


@pytest.mark.parametrize(
    ("typed", "tag"),
    [("zh-TW", "zh-hant"), ("zh_hk", "zh-hant"), ("zh-cn", "zh-hans"), ("pt_BR", "pt-br"), ("zh", "zh")],
)
def test_regions_of_chinese_are_ways_of_writing(typed: str, tag: str) -> None:
    assert resolved(f"lang:{typed}") == InLanguage(tag)


@pytest.mark.parametrize("query", ["", "!!!", "-!!!", "… OR ???", "(-… ...)"])
def test_punctuation_asks_for_nothing(query: str) -> None:
    assert resolved(query) == And()


def test_punctuation_beside_words_is_left_out() -> None:
    assert resolved("rain -!!!") == And((Contains("rain"),))
    assert resolved("-rain") == Not(Contains("rain"))
