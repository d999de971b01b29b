"""What of a feed's history is unread: nothing, but for what a poll missed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from articles.lists import article_keys
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_read
from articles.models import Article, HistoryRange, ReadMark
from tests.articles.older_documents import archived, link, poll, step, stories, titles
from tests.documents import items, rss
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def unread(reader: User) -> list[str]:
    return [article.title for article in list_page(Selection(show=Show.UNREAD), reader).articles]


def test_history_is_read_for_everybody_and_what_polls_bring_is_not(publisher):
    early = make_reader()
    feed = archived(publisher, (6,), (5, 4), (3,))
    poll(feed)
    step(feed, times=1)
    publisher.serve("/feed.xml", rss(items(6, 7)))
    poll(feed)
    step(feed)
    late = make_reader()
    assert titles(feed) == stories(7, 6, 5, 4, 3)
    assert unread(early) == unread(late) == stories(7, 6)
    assert [article.is_unread for article in list_page(Selection(feed=feed), late).articles] == [True, True] + [
        False
    ] * 3
    mark_read(early, [Article.objects.get(title="Story 4")], read=False)
    assert unread(early) == stories(7, 6, 4)
    assert unread(late) == stories(7, 6)


def test_history_that_comes_in_documents_one_after_the_other_is_one_range(publisher):
    feed = archived(publisher, (9,), (8, 7), (6, 5), (4, 3))
    poll(feed)
    step(feed)
    [known] = HistoryRange.objects.all()
    assert known.last - known.first == 5


def test_what_was_missed_is_news(publisher):
    reader = make_reader()
    feed = archived(publisher, (2,), (1,))
    poll(feed)
    step(feed)
    publisher.serve("/feed.xml", rss(items(9), extra=link("prev-archive", "/new.xml")))
    publisher.serve("/new.xml", rss(items(8)))
    poll(feed)
    step(feed)
    assert unread(reader) == stories(9, 8, 2)


@pytest.mark.parametrize("is_marked", [False, True])
def test_unread_lists_look_at_nothing_of_a_large_history(monkeypatch, is_marked):
    monkeypatch.setattr(article_keys, "WALK", 5)
    reader, feed, other = make_reader(), make_feed(), make_feed()
    before, *history = make_articles(40, feed)
    news = [make_article(feed), make_article(other)]
    middle = history[20].pk
    HistoryRange.objects.create(feed=feed, first=history[0].pk, last=middle)
    HistoryRange.objects.create(feed=feed, first=middle + 1, last=history[-1].pk)
    if is_marked:
        ReadMark.objects.create(user=reader, up_to=history[5].pk)
    for selection in (Selection(show=Show.UNREAD), Selection(feed=feed, show=Show.UNREAD)):
        expected = {article.pk for article in news if selection.feed in (None, article.feed)}
        expected |= set() if is_marked else {before.pk}
        with statements_asked() as asked:
            assert {article.pk for article in list_page(selection, reader).articles} == expected
        gaps = next(each for each in asked if "gaps" in each.sql)
        # What the query finds before anything is left out: no article of history.
        with connection.cursor() as cursor:
            found = gaps.sql.partition("SELECT id, published_at FROM found")[0]
            cursor.execute(f"{found} SELECT id FROM found", gaps.params[: found.count("%s")])
            assert {pk for (pk,) in cursor.fetchall()} == expected
