"""Whatever readers did, streams are what sorting and filtering all articles in plain Python gives."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.lists import stream_keys as module
from articles.lists.arrival import JITTER, border_of, last_until
from articles.lists.pages import Selection, scope_of
from articles.lists.scope import Span
from articles.lists.stream_keys import Stream, stream_keys
from articles.models import Article
from tests.articles.lists.test_pages_properties import ACTIONS, ARTICLES, PLACES, act, build
from tests.factories import FIRST_DAY, make_articles, make_feed, make_reader

STEP = JITTER / 4  # ids may be out of order by less than the jitter


def key_of(article: Article) -> Any:
    return article.published_at, article.pk


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", [2, module.CHUNK])
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(drawn=ARTICLES, actions=ACTIONS, arrived=st.lists(st.integers(0, 2), min_size=14, max_size=14))
def test_streams_are_what_a_plain_sort_gives(monkeypatch, chunk, drawn, actions, arrived):
    monkeypatch.setattr(module, "CHUNK", chunk)
    with transaction.atomic():
        site = build(drawn)
        for place, article in enumerate(site.articles):
            article.received_at = FIRST_DAY + STEP * (place * 2 + arrived[place])
            article.save(update_fields=["received_at"])
        memory = act(site, actions)
        middle = FIRST_DAY + STEP * len(site.articles)
        windows = [(None, None), (middle, None), (None, middle), (middle, middle + STEP * 6)]
        asked = product((None, True, False), (None, True, False))
        for number, (read, starred) in enumerate(asked, start=len(actions)):
            where = PLACES[(number + number // 3) % 3]  # each three times; other sites have others there
            since, until = windows[number % 4]
            scope = scope_of(Selection(**site.selections[where]), site.reader)
            stream = Stream(scope=scope, is_read=read, is_starred=starred, since=since, until=until)
            expected = [
                article
                for article in site.inside(where)
                if read in {None, not memory.is_unread(article)}
                and starred in {None, article.pk in memory.starred}
                and (since is None or article.received_at >= since)
                and (until is None or article.received_at <= until)
            ]
            for newer in (False, True):
                keys = sorted(map(key_of, expected), reverse=not newer)
                first = stream_keys(stream, site.reader, Span(key=None, newer=newer, limit=2))
                assert first == keys[:2]
                if first:
                    rest = stream_keys(stream, site.reader, Span(key=first[-1], newer=newer, limit=50))
                    assert rest == keys[len(first) :]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_border_is_surely_before_and_after():
    articles = make_articles(50)
    for number, article in enumerate(articles):
        article.received_at = FIRST_DAY + timedelta(minutes=number)
    Article.objects.bulk_update(articles, ["received_at"])
    border = border_of(FIRST_DAY + timedelta(minutes=25))
    assert border.before == articles[14].pk
    assert border.after == articles[35].pk
    assert border_of(FIRST_DAY - timedelta(days=1)).before == 0
    assert border_of(FIRST_DAY + timedelta(days=1)).after == articles[-1].pk + 1


@pytest.mark.django_db
def test_what_came_in_by_a_moment_is_told_apart_though_ids_are_out_of_order():
    early, late, straggler, last = make_articles(4)
    for article, minute in ((early, 0), (late, 2), (straggler, 1), (last, 3)):
        Article.objects.filter(pk=article.pk).update(received_at=FIRST_DAY + timedelta(minutes=minute))
    assert last_until(FIRST_DAY + timedelta(minutes=1)) == (early.pk, [straggler.pk])
    assert last_until(FIRST_DAY + timedelta(minutes=2)) == (straggler.pk, [])
    assert last_until(FIRST_DAY + timedelta(minutes=9)) == (last.pk, [])
    assert last_until(FIRST_DAY - timedelta(days=1)) == (0, [])


@pytest.mark.django_db
def test_a_stream_of_nothing_is_empty():
    reader = make_reader()
    category_feed = make_feed()
    make_articles(3, category_feed)
    scope = scope_of(Selection(feed=make_feed()), reader)
    assert stream_keys(Stream(scope=scope, is_read=True), reader, Span(key=None, newer=False, limit=5)) == []
