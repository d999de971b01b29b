from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.models import Feed
from feeds.polls.health import Health, health
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
