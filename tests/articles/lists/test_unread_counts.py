"""Whatever readers did, the counts are what counting all articles in plain Python gives, or the bound."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from articles.lists import unread_counts as counting
from articles.lists.pages import Selection
from articles.lists.reader_state import mark_all_read, mark_read
from articles.lists.unread_counts import MOST, unread_counts, unread_ids
from feeds.models import Feed
from feeds.subscriptions.visibility import keeping_sight, sight_of
from tests.articles.lists.test_pages_properties import ACTIONS, ARTICLES, act, build
from tests.effort import steps_of_sqlite
from tests.factories import make_article, make_articles, make_feed, make_reader


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(drawn=ARTICLES, actions=ACTIONS)
def test_counts_are_what_a_plain_count_gives(drawn: list[tuple[int, int]], actions: list[Any]) -> None:
    with transaction.atomic():
        site = build(drawn)
        memory = act(site, actions)
        expected = Counter(article.feed_id for article in site.articles if memory.is_unread(article))
        for most in (None, MOST, 4, 2, 1):
            bounded = {pk: count if most is None else min(count, most) for pk, count in expected.items()}
            assert unread_counts(site.reader, Feed.objects.all(), most=most) == bounded
        ids = sorted(article.pk for article in site.articles if memory.is_unread(article))
        assert unread_ids(site.reader, Feed.objects.all()) == ids
        inner = Feed.objects.filter(pk__in=[feed.pk for feed in site.feeds[2:]])
        feeds = {feed.pk for feed in inner}
        assert unread_counts(site.reader, inner, most=None) == {pk: n for pk, n in expected.items() if pk in feeds}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_counting_takes_two_queries_however_many_feeds_there_are(django_assert_num_queries):
    reader = make_reader()
    feeds = [make_feed() for _ in range(12)]
    for number, feed in enumerate(feeds):
        make_articles(number, feed)
    sight_of(keeping_sight(reader))
    with django_assert_num_queries(2):
        counts = unread_counts(reader, Feed.objects.all())
    assert counts == {feed.pk: number for number, feed in enumerate(feeds) if number}


@pytest.mark.django_db
@pytest.mark.parametrize("spare", [0, 1, 3, 4, 250])
def test_what_was_read_one_by_one_is_counted_beyond_the_bound(spare: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SPARE", spare)
    reader, feed, other = make_reader(), make_feed(), make_feed()
    mark_all_read(reader, Selection(), up_to=make_article().pk)
    mark_read(reader, make_articles(9, feed)[:2])
    mark_read(reader, make_articles(12, other)[:4])
    for most in (1, 3, 5):
        assert unread_counts(reader, Feed.objects.all(), most=most) == {feed.pk: most, other.pk: most}


@pytest.mark.django_db
def test_what_is_more_than_is_told_is_not_counted_of_feeds_without_marks() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("counts steps of SQLite")
    reader, feeds = make_reader(), [make_feed() for _ in range(3)]
    for feed in feeds:
        make_articles(200, feed)

    def count(most: int) -> None:
        assert unread_counts(reader, Feed.objects.all(), most=most) == {feed.pk: most for feed in feeds}

    few, many = (steps_of_sqlite(partial(count, most)) for most in (10, 190))
    assert many < 1.2 * few
