"""The numbers of a reader's last days: exact, of their own feeds alone, in their own day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles.lists.pages import Selection
from articles.lists.reader_state import mark_all_read, mark_read, mark_read_by_rule, star
from articles.models import Article, ArticleState, HistoryRange
from articles.statistics.reading import InTime, reading_of
from feeds.models import ReaderSettings
from feeds.subscriptions import own
from tests.articles.stories.telling import one_story
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def bob():
    return make_reader("bob")


def at(moment: datetime, articles) -> None:
    Article.objects.filter(pk__in=[article.pk for article in articles]).update(received_at=moment)


def read_at(moment: datetime, reader, articles) -> None:
    mark_read(reader, articles)
    ArticleState.objects.filter(user=reader, article__in=articles).update(changed_at=moment)


def row_of(reading, feed):
    (row,) = [row for row in reading.feeds if row.feed.pk == feed.pk]
    return row.came, row.read, row.starred


def test_what_came_and_was_read_of_each_feed(ann, bob):
    mole, fog = make_feed(title="Mole"), make_feed(title="Fog")
    old, new = make_articles(3, mole), make_articles(5, mole)
    at(NOW - timedelta(days=40), old)
    at(NOW - timedelta(days=2), new)
    at(NOW - timedelta(days=2), make_articles(2, fog))
    read_at(NOW - timedelta(days=1), ann, [*new[:2], old[0]])
    read_at(NOW - timedelta(days=39), ann, [old[1]])
    read_at(NOW, bob, new)
    star(ann, new[4], on=True)
    ArticleState.objects.filter(starred_at__isnull=False).update(starred_at=NOW)
    reading = reading_of(ann, 30, NOW)
    assert row_of(reading, mole) == (5, 3, 1)
    assert row_of(reading, fog) == (2, 0, 0)
    assert (reading.came, reading.read, reading.starred) == (7, 3, 1)
    assert [row.feed.name for row in reading.feeds] == ["Mole", "Fog"]
    assert [row.feed.name for row in reading.never_read] == ["Fog"]
    assert row_of(reading_of(ann, 90, NOW), mole) == (8, 4, 1)


def test_what_a_rule_or_a_mark_of_all_reads_is_no_reading(ann):
    feed = make_feed()
    articles = make_articles(4, feed)
    at(timezone.now(), articles)
    mark_read_by_rule(ann, [articles[0].pk], at=timezone.now())
    mark_all_read(ann, Selection(), up_to=articles[-1].pk)
    reading = reading_of(ann, 7, timezone.now())
    assert (reading.came, reading.read) == (4, 0)
    assert reading.never_read == []  # nobody says "unsubscribe from all" to who was away


def test_hours_and_days_are_the_readers_own(ann):
    feed = make_feed()
    articles = make_articles(3, feed)
    at(datetime(2026, 3, 9, 23, 59, 59, 999_999, tzinfo=UTC), articles[:1])
    at(datetime(2026, 3, 10, 0, 0, tzinfo=UTC), articles[1:])
    read_at(datetime(2026, 3, 9, 20, 15, tzinfo=UTC), ann, articles[:2])
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        reading = reading_of(ann, 7, NOW)
    assert reading.hours[7] == InTime(1, 0)
    assert reading.hours[8] == InTime(2, 0)
    assert reading.hours[4] == InTime(0, 2)
    assert {str(day): each for day, each in reading.days.items() if each != InTime()} == {"2026-03-10": InTime(3, 2)}
    assert len(reading.days) == 7
    with timezone.override(UTC):
        told = reading_of(ann, 7, NOW).days
    assert [(str(day), each) for day, each in told.items()][-2:] == [
        ("2026-03-09", InTime(1, 2)),
        ("2026-03-10", InTime(2, 0)),
    ]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns"])
def test_days_begin_where_zones_begin_them(ann, zone):
    local = ZoneInfo(zone)
    articles = make_articles(2, make_feed())
    at(datetime(2026, 3, 4, 0, 0, tzinfo=local), articles[:1])  # the first minute of the first day
    at(datetime(2026, 3, 9, 23, 59, tzinfo=local), articles[1:])
    with timezone.override(local):
        reading = reading_of(ann, 7, datetime(2026, 3, 10, 12, tzinfo=local))
    assert reading.came == sum(each.came for each in reading.days.values()) == 2
    assert {str(day) for day, each in reading.days.items() if each.came} == {"2026-03-04", "2026-03-09"}
    assert (reading.hours[0].came, reading.hours[23].came) == (1, 1)


def test_fetched_history_did_not_come_in(ann):
    feed = make_feed()
    old, new = make_articles(20, feed), make_articles(2, feed)
    at(NOW, [*old, *new])
    HistoryRange.objects.create(feed=feed, first=old[0].pk, last=old[-1].pk)
    assert reading_of(ann, 7, NOW).came == 2


def test_a_story_is_read_in_each_feed_and_once_in_all(ann):
    first, second, alone = make_article(make_feed()), make_article(make_feed()), make_article(make_feed())
    one_story(first, second)
    own.choose_doubles(ann, ReaderSettings.Doubles.TOGETHER)
    mark_read(ann, [first, alone])
    reading = reading_of(ann, 7, timezone.now())
    assert [row_of(reading, article.feed)[1] for article in (first, second, alone)] == [1, 1, 1]
    assert reading.read == sum(each.read for each in reading.hours) == 2


def test_a_feed_that_the_reader_does_not_follow_is_not_told(ann, bob):
    feed = make_feed(title="Bob's own", is_shared=False)
    own.follow(bob, feed)
    at(NOW, make_articles(2, feed))
    assert reading_of(ann, 7, NOW).feeds == []
    assert reading_of(bob, 7, NOW).came == 2
