"""What a reader did is kept, wins over what they did before, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from articles.kept_counts.models import RecentArticle
from articles.lists.pages import Selection, Show, list_page, newest_id
from articles.lists.reader_state import (
    mark_all_read,
    mark_beside_read,
    mark_read,
    mark_read_by_rule,
    star,
    take_back_read,
    undo,
)
from articles.models import Article, ArticleState, ReadMark
from articles.saved_searches.models import SavedSearch
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_reader()


def shown(reader: User, show: Show = Show.UNREAD) -> set[int]:
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


def pks(articles: list[Article]) -> set[int]:
    return {article.pk for article in articles}


def test_an_article_is_unread_until_it_is_marked_and_again_when_put_back(reader: User) -> None:
    article = make_article()
    assert shown(reader) == {article.pk}
    mark_read(reader, [article])
    assert shown(reader) == set()
    mark_read(reader, [article], read=False)
    assert shown(reader) == {article.pk}


def test_what_is_unread_again_is_noted_for_saved_searches_and_what_is_read_is_not(reader: User) -> None:
    article = make_article()
    SavedSearch.objects.create(user=reader, name="fog", text="fog")
    mark_read(reader, [article])
    assert not RecentArticle.objects.exists()
    mark_read(reader, [article], read=False)
    assert RecentArticle.objects.get().article == article
    taken_back = make_article()
    mark_read_by_rule(reader, [taken_back.pk], at=timezone.now())
    RecentArticle.objects.all().delete()
    take_back_read(reader, [taken_back.pk])
    assert RecentArticle.objects.get().article == taken_back


def test_marking_twice_or_the_same_article_twice_is_marking_once(reader: User) -> None:
    article = make_article()
    mark_read(reader, [article, article])
    mark_read(reader, [article])
    assert ArticleState.objects.get(user=reader).is_read is True


def test_nothing_to_mark_is_no_error(reader: User) -> None:
    mark_read(reader, [])
    assert not ArticleState.objects.exists()


def test_a_star_says_nothing_of_reading_and_reading_keeps_the_star(reader: User) -> None:
    article = make_article()
    star(reader, article, on=True)
    assert shown(reader) == {article.pk}
    mark_read(reader, [article])
    assert (shown(reader), shown(reader, Show.STARRED)) == (set(), {article.pk})


def test_a_second_star_keeps_the_time_of_the_first(reader: User) -> None:
    article = make_article()
    star(reader, article, on=True)
    first = ArticleState.objects.get().starred_at
    star(reader, article, on=True)
    assert ArticleState.objects.get().starred_at == first


def test_a_star_comes_off_also_where_there_was_none(reader: User) -> None:
    article = make_article()
    star(reader, article, on=False)
    star(reader, article, on=True)
    star(reader, article, on=False)
    assert shown(reader, Show.STARRED) == set()


def test_what_comes_in_after_a_mark_is_unread(reader: User) -> None:
    feed = make_feed()
    make_articles(3, feed)
    latest_id = list_page(Selection(), reader).latest_id
    late = make_article(feed, published_at=Article.objects.earliest("published_at").published_at - timedelta(days=9))
    mark_all_read(reader, Selection(), up_to=latest_id)
    assert shown(reader) == {late.pk}


def test_a_mark_never_reaches_what_is_still_to_come(reader: User) -> None:
    feed = make_feed()
    make_articles(2, feed)
    mark_all_read(reader, Selection(), up_to=2**63 - 1)
    assert shown(reader) == set()
    assert {make_article(feed).pk} == shown(reader)


def test_a_mark_of_an_empty_site_or_of_nonsense_changes_nothing(reader: User) -> None:
    mark_all_read(reader, Selection(), up_to=5)
    article = make_article()
    mark_all_read(reader, Selection(), up_to=-(2**70))
    assert shown(reader) == {article.pk}


def test_a_mark_covers_the_feed_or_the_category_with_those_inside_it_and_no_more(reader: User) -> None:
    outer = make_category()
    inside = make_articles(2, make_feed(category=make_category(parent=outer)))
    alone, elsewhere = make_articles(2), make_articles(2)
    mark_all_read(reader, Selection(category=outer), up_to=newest_id())
    assert shown(reader) == pks(alone) | pks(elsewhere)
    mark_all_read(reader, Selection(feed=alone[0].feed), up_to=newest_id())
    assert shown(reader) == pks(elsewhere)
    assert pks(inside).isdisjoint(shown(reader))


@pytest.mark.parametrize("show", list(Show))
def test_what_the_list_shows_does_not_narrow_the_mark(reader: User, show: Show) -> None:
    make_articles(3)
    mark_all_read(reader, Selection(show=show), up_to=newest_id())
    assert shown(reader) == set()


def test_what_was_put_back_after_the_mark_is_unread_and_before_it_is_read(reader: User) -> None:
    before, after = make_articles(2)
    mark_read(reader, [before], read=False)
    mark_all_read(reader, Selection(), up_to=newest_id())
    mark_read(reader, [after], read=False)
    assert shown(reader) == {after.pk}
    mark_all_read(reader, Selection(feed=after.feed), up_to=newest_id())
    assert shown(reader) == set()


def test_undo_brings_back_exactly_what_was_unread(reader: User) -> None:
    read, put_back, _, opened_later = make_articles(4)
    mark_read(reader, [read])
    mark_read(reader, [put_back], read=False)
    before = shown(reader)
    batch = mark_all_read(reader, Selection(), up_to=newest_id())
    mark_read(reader, [opened_later])
    undo(reader, batch)
    undo(reader, batch)
    assert shown(reader) == before - {opened_later.pk}


def test_undo_of_a_mark_leaves_the_one_before_it(reader: User) -> None:
    first, second = make_articles(2), make_articles(2)
    mark_all_read(reader, Selection(), up_to=first[-1].pk)
    batch = mark_all_read(reader, Selection(), up_to=second[-1].pk)
    undo(reader, batch)
    assert shown(reader) == pks(second)


def test_nobody_undoes_what_another_reader_did(reader: User) -> None:
    make_articles(2)
    batch = mark_all_read(reader, Selection(), up_to=newest_id())
    assert not undo(make_reader(), batch)
    assert not undo(reader, uuid4())
    assert shown(reader) == set()
    assert undo(reader, batch)


def test_a_part_of_a_list_is_marked_by_one_border_and_few_exceptions(reader: User) -> None:
    feed, noon = make_feed(), timezone.now() - timedelta(days=1)
    ahead = make_article(feed, published_at=noon + timedelta(hours=2))
    older = [make_article(feed, published_at=noon + timedelta(minutes=minute)) for minute in range(12)]
    opened = make_article(feed, published_at=noon + timedelta(hours=1))
    key = Selection().key_of(opened)
    made = mark_beside_read(reader, Selection(), key, newer=False, up_to=newest_id())
    assert made is not None
    assert (made.count, shown(reader)) == (12, {ahead.pk, opened.pk})
    assert ReadMark.objects.get().up_to >= older[-1].pk
    assert undo(reader, made.batch)
    assert len(shown(reader)) == 14
    assert not ArticleState.objects.exists()
    mark_beside_read(reader, Selection(), key, newer=True, up_to=newest_id())
    assert (ahead.pk in shown(reader), ReadMark.objects.exists()) == (False, False)
    mark_all_read(reader, Selection(), up_to=opened.pk)
    mark_read(reader, [opened], read=False)
    mark_beside_read(reader, Selection(), Selection().key_of(older[0]), newer=True, up_to=opened.pk)
    assert shown(reader) == set()


def test_marks_do_not_pile_up_and_the_newest_can_still_be_undone(reader: User) -> None:
    category = make_category()
    feeds = [make_feed(category=category) for _ in range(3)]
    selections = [Selection(), Selection(category=category), Selection(feed=feeds[0])]
    for round_ in range(6):
        articles = [make_article(feed) for feed in feeds]
        before = shown(reader)
        batch = mark_all_read(reader, selections[round_ % 3], up_to=articles[-1].pk)
    assert ReadMark.objects.count() <= 2 * (1 + len(feeds))
    undo(reader, batch)
    assert shown(reader) == before


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Run the works in threads that start together. Returns what they raised."""
    barrier, raised = Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:  # noqa: BLE001, the test shows it
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_the_same_things_done_at_once_by_one_reader_do_not_collide() -> None:
    reader, articles = make_reader(), make_articles(20)
    works: list[Callable[[], object]] = [
        lambda: star(reader, articles[0], on=True),
        lambda: star(reader, articles[0], on=True),
        lambda: mark_read(reader, articles),
        lambda: mark_read(reader, articles[::-1]),
        lambda: mark_all_read(reader, Selection(), up_to=newest_id()),
        lambda: mark_all_read(reader, Selection(), up_to=newest_id()),
    ]
    assert at_once(*works) == []
    assert ArticleState.objects.filter(user=reader, is_read=True).count() == 20
    assert shown(reader, Show.STARRED) == {articles[0].pk}
