"""Turns in which articles that wait are compared: what they take, and what they leave to others."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.ingest.arrivals import came_in
from articles.ingest.single_poll import poll_now
from articles.models import (
    WaitingArticle,
)
from articles.stories import fold
from feeds.models import Feed
from tests.articles.stories.telling import fold_all, stories, tell, text_of
from tests.documents import items, rss
from tests.effort import statements_asked
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = pytest.mark.django_db


def test_a_turn_ends_where_its_texts_grow_long(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [tell(make_feed(), number) for number in range(3)]
    monkeypatch.setattr(fold, "MOST_LETTERS", len(articles[0].content_text) + len(articles[1].content_text))
    fold.fold_waiting(seconds=0)
    assert WaitingArticle.objects.count() == 1
    fold.fold_waiting()
    fold.forget_progress()
    assert list(fold.fold_some()) == [2, 1]


def test_who_has_polled_begins_no_turn_after_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        tell(make_feed(), number)
    monkeypatch.setattr(fold, "MOST_LETTERS", 1)
    fold.fold_waiting(seconds=0)
    assert WaitingArticle.objects.count() == 2


def test_who_has_polled_begins_no_turn_when_as_many_are_compared_as_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        tell(make_feed(), number)
    monkeypatch.setattr(fold, "MOST_LETTERS", 1)
    came_in(2)
    assert WaitingArticle.objects.count() == 1


@pytest.mark.usefixtures("loopback_allowed")
def test_a_poll_that_brings_nothing_compares_nothing(publisher: Publisher) -> None:
    feed = make_feed(url=publisher.serve("/feed.xml", rss(items(1))))
    for is_left in (False, True):
        tell(make_feed(), 1)
        poll_now(feed)
        assert WaitingArticle.objects.exists() is is_left


def test_what_came_in_is_compared_by_few_statements_and_where_nothing_has_nothing_is_written() -> None:
    feed = make_feed()
    fold_all()
    tell(feed, 1)
    with CaptureQueriesContext(connection) as one:
        fold.fold_waiting()
    assert len(one) <= 16, [query["sql"] for query in one]
    with statements_asked() as none:
        fold.fold_waiting()
    assert [each.sql.split()[0] for each in none] == ["SELECT", "SELECT"]


def test_an_article_that_can_t_be_compared_holds_nobody_up() -> None:
    bad = tell(make_feed(), 1)
    with connection.cursor() as cursor:  # the second likeness of that article can't be written
        cursor.execute(f"CREATE UNIQUE INDEX one_only ON articles_likeness (article_id) WHERE article_id = {bad.pk}")
    for number in (1, 1, 2, 2):
        tell(make_feed(), number)
    fold.fold_waiting()
    assert not WaitingArticle.objects.exists()
    assert [len(story) for story in stories()] == [2, 2]


def test_what_changes_while_it_is_compared_is_compared_anew() -> None:
    one, other = tell(make_feed(), 1), tell(make_feed(), 2)
    changes = [one]

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if "content_text" in sql and "SELECT" in sql and "url" in sql and changes:
            article = changes.pop()
            article.title, article.content_text = text_of(2)
            article.save()
            fold.want([article])
            fold.fold_waiting()
        return result

    with connection.execute_wrapper(meanwhile):
        fold.fold_waiting()
    fold_all()
    assert stories() == [sorted([one.guid, other.guid], key=[one.guid, other.guid].index)]


def test_what_changes_while_it_is_compared_still_waits_and_nothing_else_does() -> None:
    one, _other = tell(make_feed(), 1), tell(make_feed(), 2)
    changes = [one]

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if "content_text" in sql and "url" in sql and changes:
            fold.want([changes.pop()])
        return result

    with connection.execute_wrapper(meanwhile):
        assert next(fold.fold_some()) == 2
    assert list(WaitingArticle.objects.values_list("pk", flat=True)) == [one.pk]
    fold_all()
    assert not WaitingArticle.objects.exists()


def test_what_waits_is_taken_by_one_statement() -> None:
    for _ in range(2):
        tell(make_feed(), 1)
        tell(make_feed(), 2)
    with statements_asked() as asked:
        fold.fold_waiting()
    assert [each.sql.split()[0] for each in asked if "articles_waitingarticle" in each.sql] == ["SELECT", "DELETE"]


@pytest.mark.django_db(transaction=True)
def test_texts_are_taken_apart_in_no_transaction() -> None:
    for _ in range(2):
        tell(make_feed(), 1)
    with statements_asked() as asked:
        fold.fold_waiting()
    inside = [each.sql for each in asked if each.is_atomic]
    assert any("articles_likeness" in sql for sql in inside)
    assert not any("content_text" in sql for sql in inside)
    assert not any("articles_keptcounts" in sql for sql in inside)  # whose rows readers hold while they mark something
    assert any("articles_keptcounts" in each.sql for each in asked)
    assert len(stories()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_miss_nothing() -> None:
    feeds = [make_feed() for _ in range(2)]
    failed: list[Any] = []

    def work(feed: Feed) -> None:
        try:
            for number in range(6):
                with transaction.atomic():
                    tell(feed, number)
                fold.fold_waiting()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(feed,)) for feed in feeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fold_all()
    assert failed == []
    assert len(stories()) == 6
