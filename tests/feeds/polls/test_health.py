from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.models import Feed
from feeds.polls.health import SILENCE, Health, health
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
LIST = "/admin/feeds/feed/"
LONG_AGO = timedelta(days=400)


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client


def test_a_feed_that_never_had_an_article_is_silent_only_when_it_is_here_for_long():
    now = timezone.now()
    make_feed(title="new", last_success_at=now)
    make_feed(title="old", last_success_at=now, added_at=now - LONG_AGO)
    feeds = Feed.objects.annotate(health=health(now))
    assert dict(feeds.values_list("title", "health")) == {"new": Health.FINE, "old": Health.SILENT}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, Health.FINE),
        ({"failures": 1}, Health.FAILING),
        ({"failures": 1, "last_success_at": None}, Health.NEVER),
        ({"last_success_at": None}, Health.WAITING),
        ({"newest_article_at": LONG_AGO}, Health.SILENT),
        ({"newest_article_at": LONG_AGO, "failures": 1}, Health.FAILING),
        ({"newest_article_at": LONG_AGO, "last_success_at": None}, Health.WAITING),
        ({"newest_article_at": SILENCE}, Health.FINE),
        ({"newest_article_at": SILENCE + timedelta(seconds=1)}, Health.SILENT),
        ({"newest_article_at": timedelta(0), "added_at": LONG_AGO}, Health.FINE),
        ({"state": Feed.State.PAUSED, "failures": 1, "last_success_at": None}, Health.PAUSED),
        ({"state": Feed.State.GONE, "failures": 1, "last_success_at": None}, Health.GONE),
    ],
)
def test_a_feed_is_the_first_that_is_true_of_it(columns, expected):
    """Times are given by how long ago they were."""
    now = timezone.now()
    told = {"added_at": timedelta(days=1), "last_success_at": timedelta(hours=1)} | columns
    make_feed(**{name: now - value if isinstance(value, timedelta) else value for name, value in told.items()})
    assert Feed.objects.annotate(health=health(now)).get().health == expected


def test_a_feed_that_never_succeeded_is_not_fine_once_its_errors_are_reset(operator):
    feed = make_feed(
        title="dead", failures=3, last_error="The host name does not exist.", last_checked_at=timezone.now()
    )
    assert "failed 3 times since it was added" in operator.get(LIST).content.decode()
    operator.post(LIST, {"action": "reset_errors", "index": 0, "_selected_action": [feed.pk]})
    assert Feed.objects.annotate(health=health(timezone.now())).get().health == Health.WAITING
    assert "no successful check yet" in operator.get(LIST, {"health": "waiting"}).content.decode()


def test_the_list_of_feeds_says_which_one_never_worked(operator):
    for title, reason in {"dead": "no connection to x.example", "lost": "x.example broke the connection off"}.items():
        make_feed(title=title, failures=3, last_error=reason, last_checked_at=timezone.now())
    page = operator.get("/feeds/", {"health": "never"}).content.decode()
    assert "No check has succeeded yet." in page
    assert "No connection to x.example" in page
    assert "x.example broke the connection off" in page
