"""The page of statistics: numbers, drawings that have words, and a way to leave what is never read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.lists.reader_state import mark_read
from articles.models import Article
from feeds.models import Feed
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
PAGE = "/statistics/"


@pytest.fixture
def ann(client):
    made = make_reader("ann")
    client.force_login(made)
    return made


@pytest.fixture
def feeds(ann):
    mole, fog = make_feed(title="Mole <b>"), make_feed(title="Fog")
    Article.objects.filter(pk__in=[each.pk for each in make_articles(3, mole)]).update(received_at=timezone.now())
    read = make_articles(2, fog)
    Article.objects.filter(feed=fog).update(received_at=timezone.now())
    mark_read(ann, read)
    return mole, fog


def test_it_tells_what_came_and_what_was_read(client, feeds):
    page = client.get(PAGE).text
    assert "Came in: 5. Read: 2. Starred: 0." in page
    assert page.count('role="img" aria-labelledby=') == 2
    assert "Mole &lt;b&gt;" in page
    assert 'href="?days=30" aria-current="true"' in page


@pytest.mark.parametrize("days", ["", "0", "-1", "31", "9" * 5000, "x", "٣٠"])
def test_other_periods_are_the_usual_one(client, feeds, days):
    assert client.get(PAGE, {"days": days}).context["days"] == 30


def test_it_costs_the_same_with_many_feeds(client, feeds):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    few = queries()
    for number in range(30):
        make_articles(1, make_feed(title=f"Feed {number}"))
    assert queries() <= few + 6  # to find by halves where the time began


def test_what_is_never_read_can_be_left_at_once(client, ann, feeds):
    mole, fog = feeds
    page = client.get(PAGE)
    assert [row.feed.pk for row in page.context["never_read"]] == [mole.pk]
    said = client.post(f"{PAGE}?days=7", {"picked": [mole.pk]}, follow=True)
    assert "You no longer follow 1 feed." in said.text
    assert said.request["QUERY_STRING"] == "days=7"
    assert list(followed_feeds(ann)) == [fog]
    assert Article.objects.filter(feed=mole).count() == 3


def test_articles_that_nobody_else_has_go_after_a_warning(client, ann, feeds):
    private = make_feed(is_shared=False)
    own.follow(ann, private)
    make_articles(2, private)
    warned = client.post(PAGE, {"picked": [private.pk]})
    assert "deleted for good" in warned.text
    assert Feed.objects.filter(pk=private.pk).exists()
    client.post(PAGE, {"picked": [private.pk], "confirmed": "1"})
    assert not Article.objects.filter(feed_id=private.pk).exists()


def test_nobody_leaves_what_is_not_theirs(client, ann, feeds):
    other = make_feed(is_shared=False)
    own.follow(make_reader("bob"), other)
    assert "Choose at least one feed." in client.post(PAGE, {"picked": [other.pk, "x"]}, follow=True).text


def test_nobody_else_sees_it(client):
    assert client.get(PAGE).status_code == 302
