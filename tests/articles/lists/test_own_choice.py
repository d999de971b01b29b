"""Lists, marks and names of a reader who follows a choice of their own."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.lists import article_keys
from articles.lists.pages import Selection, Show, list_page, scope_of
from articles.lists.reader_state import mark_all_read, mark_read, undo
from articles.models import Article, ReadMark
from articles.search.suggest import suggestions
from feeds import statements
from feeds.models import Category, Feed, Subscription
from feeds.subscriptions import own
from tests.articles.lists.test_low_feeds import values_at_most
from tests.articles.search.archive import found, store
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def ids(selection: Selection, reader) -> list[int]:
    return [article.pk for article in list_page(selection, reader, size=500).articles]


@pytest.fixture(params=[3, article_keys.WALK])
def walk(request, monkeypatch):
    """Pages that a walk fills, and pages that are put together from feeds."""
    monkeypatch.setattr(article_keys, "WALK", request.param)


@pytest.mark.usefixtures("walk")
@pytest.mark.parametrize("show", [Show.ALL, Show.UNREAD])
def test_the_list_has_what_the_reader_follows(show) -> None:
    reader, news = make_reader(), make_category("News")
    followed, left = make_feed(category=news), make_feed(category=news)
    articles = [article.pk for _ in range(4) for feed in (left, followed) for article in make_articles(2, feed)]
    own.unfollow(reader, left)
    mine = [pk for pk in reversed(articles) if Article.objects.get(pk=pk).feed == followed]
    own_news = Category.objects.get(owner=reader)
    assert ids(Selection(show=show), reader) == mine
    assert ids(Selection(show=show, category=own_news), reader) == mine
    assert ids(Selection(show=show, feed=left), reader) == ids(Selection(feed=left), make_reader())
    assert ids(Selection(feed=left, category=own_news), reader) == []
    assert len(ids(Selection(show=show), make_reader())) == len(articles)


def test_marking_all_marks_only_what_is_followed() -> None:
    reader, followed, left, quiet = make_reader(), make_feed(), make_feed(), make_feed()
    articles = {feed.pk: make_article(feed).pk for feed in (followed, left, quiet)}
    own.unfollow(reader, left)
    Subscription.objects.filter(feed=quiet).update(in_all=False)
    batch = mark_all_read(reader, Selection(), up_to=max(articles.values()))
    assert {mark.feed for mark in ReadMark.objects.all()} == {followed}
    assert ids(Selection(show=Show.UNREAD), reader) == []
    assert ids(Selection(show=Show.UNREAD, feed=left), reader) == [articles[left.pk]]
    assert ids(Selection(show=Show.UNREAD, feed=quiet), reader) == [articles[quiet.pk]]
    own.follow(reader, left)
    assert ids(Selection(show=Show.UNREAD), reader) == [articles[left.pk]]
    undo(reader, batch)
    assert {*ids(Selection(show=Show.UNREAD), reader)} == {articles[left.pk], articles[followed.pk]}


def test_marking_all_does_not_reach_what_is_hidden() -> None:
    reader, hidden = make_reader(), make_feed(is_shared=False)
    article = make_article(hidden)
    make_article()
    mark_all_read(reader, Selection(), up_to=article.pk + 1)
    own.follow(reader, hidden)
    assert ids(Selection(show=Show.UNREAD), reader) == [article.pk]


@pytest.mark.parametrize("show", list(Show))
def test_one_mark_is_enough_where_nothing_is_hidden(show) -> None:
    reader, private = make_reader(), make_feed(is_shared=False)
    own.follow(reader, private)
    article = make_article(private)
    mark_all_read(reader, Selection(show=show), up_to=article.pk)
    assert ReadMark.objects.get().feed is None


def test_starred_articles_mark_no_more_than_is_followed() -> None:
    reader, left = make_reader(), make_feed()
    article = make_article(left)
    make_article()
    own.unfollow(reader, left)
    mark_all_read(reader, Selection(show=Show.STARRED), up_to=article.pk + 1)
    assert ids(Selection(show=Show.UNREAD, feed=left), reader) == [article.pk]


def test_a_mark_of_all_made_before_still_holds() -> None:
    reader, left, followed = make_reader(), make_feed(), make_feed()
    articles = [make_article(feed) for feed in (left, followed)]
    mark_all_read(reader, Selection(), up_to=articles[1].pk)
    own.unfollow(reader, left)
    mark_read(reader, articles[1:], read=False)
    assert ids(Selection(show=Show.UNREAD), reader) == [articles[1].pk]


def test_a_search_goes_through_what_is_followed_and_quiet_feeds_too() -> None:
    reader, followed, left, quiet = make_reader(), make_feed(), make_feed(), make_feed()
    hits = {feed.pk: store("rain", "Rain", feed).pk for feed in (followed, left, quiet)}
    own.unfollow(reader, left)
    Subscription.objects.filter(feed=quiet).update(in_all=False)
    assert {*found("rain", reader=reader)} == {hits[followed.pk], hits[quiet.pk]}
    assert {*found("rain", reader=reader, show=Show.UNREAD)} == {hits[followed.pk], hits[quiet.pk]}
    assert found("rain", reader=reader, feed=left) == [hits[left.pk]]
    assert len(suggestions("rai", reader)) == 1


def test_a_search_knows_the_readers_own_names() -> None:
    reader, feed = make_reader(), make_feed(title="Times")
    hit = store("rain", "Rain", feed)
    own.choose_own(reader)
    place = Category.objects.create(owner=reader, name="Mornings", slug="mornings")
    Subscription.objects.update(title="Gazette", category=place)
    assert found("rain feed:gazette", reader=reader) == found("rain category:mornings", reader=reader) == [hit.pk]
    assert found("rain feed:times", reader=reader) == found("rain feed:gazette", reader=make_reader()) == []


def test_articles_come_under_the_readers_own_title() -> None:
    reader, feed = make_reader(), make_feed(title="Times")
    make_article(feed)
    own.choose_own(reader)
    Subscription.objects.update(title="Gazette")
    names = [list_page(Selection(), whose).articles[0].feed.name for whose in (reader, make_reader())]
    assert names == ["Gazette", "Times"]


@pytest.mark.usefixtures("walk")
@pytest.mark.parametrize("show", list(Show))
def test_a_choice_of_many_feeds_costs_as_many_queries_as_one_of_few(show) -> None:
    reader = make_reader()
    own.choose_own(reader)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            list_page(Selection(show=show), reader, size=5)
        return len(queries)

    def grow(feeds: int) -> None:
        for _ in range(feeds):
            own.follow(reader, make_articles(8)[0].feed)
            make_articles(8)

    grow(3)
    before = cost()
    grow(12)
    assert cost() <= before <= 18


def test_a_scope_is_narrow_only_where_something_is_hidden() -> None:
    reader, feed = make_reader(), make_feed()
    assert scope_of(Selection(), reader).is_all
    private = make_feed(is_shared=False)
    assert not scope_of(Selection(), reader).is_all
    assert scope_of(Selection(), reader).feed_ids() == {feed.pk}
    assert scope_of(Selection(feed=private), reader).is_nothing
    own.follow(reader, private)
    assert scope_of(Selection(), reader).is_all


def test_the_list_has_more_feeds_than_a_query_takes_values(monkeypatch) -> None:
    monkeypatch.setattr(statements, "MOST_VALUES", 200)
    monkeypatch.setattr(article_keys, "MOST_FEEDS", 100)
    reader = make_reader()
    own.choose_own(reader)
    feeds = Feed.objects.bulk_create([Feed(url=f"https://feed-{number}.example/") for number in range(600)])
    own.follow_many(reader, dict.fromkeys(feeds))
    mine = [make_article(feed).pk for feed in (feeds[0], feeds[-1])]
    with values_at_most(400):
        assert ids(Selection(), reader) == mine[::-1]
        assert ids(Selection(show=Show.UNREAD), reader) == mine[::-1]
