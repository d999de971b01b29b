"""Deleting an account: what goes, what stays, and who may not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.lists.reader_state import star
from articles.models import Article, ArticleState
from articles.notes.own import add_note
from feeds.models import Category, Feed, Subscription
from feeds.subscriptions import own
from newsreader.housekeeping import keep_house
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
PAGE, PASSWORD = "/account/delete/", "correct horse battery"


@pytest.fixture
def reader(client):
    made = make_reader("ann")
    client.force_login(made)
    return made


def test_it_says_what_goes_and_then_that_goes(client, reader):
    shared, private = make_feed(category=make_category()), make_feed(is_shared=False)
    make_articles(3, private)
    kept = make_article(shared)
    own.follow(reader, private)
    own.choose_own(reader)
    star(reader, kept, on=True)
    add_note(reader, kept.pk, "Since when?")
    text = " ".join(client.get(PAGE).text.split())
    for part in (
        "2 subscriptions",
        "1 feed that nobody else follows, with 3 articles",
        "1 star,",
        "1 note or highlighted passage,",
        "0 ways on which notices are sent,",
        "0 secret addresses",
    ):
        assert part in text
    response = client.post(PAGE, {"password": PASSWORD}, follow=True)
    assert "The account is deleted." in response.text
    assert not User.objects.exists()
    assert (list(Feed.objects.all()), list(Article.objects.all())) == ([shared], [kept])
    assert not Subscription.objects.exists()
    assert not ArticleState.objects.exists()
    assert not Category.objects.exclude(owner=None).exists()


def test_what_another_starred_or_follows_stays(client, reader):
    private, both, other = make_feed(is_shared=False), make_feed(is_shared=False), make_reader()
    starred = make_article(private)
    make_article(private)
    make_article(both)
    for each in (reader, other):
        own.follow(each, private)
        own.follow(each, both)
    star(other, starred, on=True)
    own.unfollow(other, private)
    client.post(PAGE, {"password": PASSWORD})
    assert {*Article.objects.filter(feed=private)} == {starred}
    assert Article.objects.filter(feed=both).count() == 1


def test_a_wrong_password_deletes_nothing_and_is_counted(client, reader, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(PAGE, {"password": "wrong"})
    assert User.objects.exists()
    assert response.status_code in {200, 429}
    client.post(PAGE, {"password": PASSWORD})
    assert User.objects.exists()


def test_the_only_administrator_stays(client):
    chief = make_reader(staff=True)
    client.force_login(chief)
    assert "only administrator" in client.get(PAGE).text
    client.post(PAGE, {"password": PASSWORD})
    assert User.objects.exists()
    make_reader(staff=True)
    client.post(PAGE, {"password": PASSWORD})
    assert not User.objects.filter(pk=chief.pk).exists()


def test_feeds_of_an_account_that_the_admin_deleted_go_in_the_night():
    reader, feed, shared = make_reader(), make_feed(is_shared=False), make_feed()
    make_article(feed)
    own.follow(reader, feed)
    reader.delete()
    assert keep_house(timezone.now())["feeds that nobody is left to see"] == 1
    assert list(Feed.objects.all()) == [shared]
    assert not Article.objects.exists()
