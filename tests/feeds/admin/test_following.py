"""History and hubs as an operator sees and steers them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse
from django.utils import timezone

from articles.models import Origin
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.models import Feed
from feeds.websub.models import HubSubscription
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db
LIST = "admin:feeds_feed_changelist"


@pytest.fixture
def staff(client):
    client.force_login(make_reader(staff=True), backend="django.contrib.auth.backends.ModelBackend")
    return client


def act(client, action: str, *feeds: Feed, **more: str):
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [feed.pk for feed in feeds]}
    return client.post(reverse(LIST), chosen | more, follow=True)


def test_the_action_asks_how_and_then_begins(staff):
    feed = make_feed()
    page = act(staff, "fetch_history", feed).content.decode()
    assert "page numbers" in page
    assert not Backfill.objects.exists()
    page = act(staff, "fetch_history", feed, fetch="1", how="on").content.decode()
    assert "The history of 1 feed is being fetched." in page
    assert (Backfill.objects.get().state, Backfill.objects.get().next_url) == ("running", feed.url)


def test_page_numbers_can_be_asked_for_where_nobody_says_that_there_are_any(staff):
    feed = make_feed(url="https://blog.example/feed/")
    act(staff, "fetch_history", feed, fetch="1", how="numbers")
    backfill = Backfill.objects.get()
    assert (backfill.way, backfill.next_url) == ("numbers", "https://blog.example/feed/?paged=2")


def test_a_back_fill_is_stopped_and_goes_on_where_it_stood(staff):
    feed = make_feed()
    progress.request(feed)
    Backfill.objects.update(next_url="https://a.example/7", documents=6)
    claim = progress.claim(feed.pk, timezone.now())
    assert "1 back-fill is stopped." in act(staff, "stop_history", feed).content.decode()
    assert progress.held(claim) is None
    assert progress.claim_due(timezone.now()) == []
    act(staff, "fetch_history", feed, fetch="1", how="on")
    backfill = Backfill.objects.get()
    assert (backfill.state, backfill.next_url, backfill.documents) == ("running", "https://a.example/7", 6)


def test_list_and_page_of_a_feed_show_progress_and_trouble(staff):
    feed = make_feed()
    progress.request(feed)
    Backfill.objects.update(documents=12, articles=240, failures=1, last_error="news.example answered 503")
    assert "history: under way, 12 documents, 240 articles found" in staff.get(reverse(LIST)).content.decode()
    page = staff.get(reverse("admin:feeds_feed_change", args=[feed.pk])).content.decode()
    assert "under way, 12 documents, 240 articles found" in page
    assert "news.example answered 503" in page


def test_the_list_costs_no_query_more_for_feeds_with_history(staff, django_assert_max_num_queries):
    for _ in range(3):
        progress.request(make_feed())
    staff.get(reverse(LIST))
    with django_assert_max_num_queries(20) as few:
        staff.get(reverse(LIST))
    for _ in range(10):
        progress.request(make_feed())
    with django_assert_max_num_queries(len(few)):
        staff.get(reverse(LIST))


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"state": "live", "live_until": timedelta(hours=1)}, "live"),
        ({"state": "live", "live_until": timedelta(hours=-1)}, "lapsed"),
        ({"state": "denied", "last_error": "too many subscribers"}, "too many subscribers"),
        ({"state": "requested", "deliveries": 1, "refused": 3}, "1 delivery, 3 refused"),
    ],
)
def test_the_page_of_a_feed_shows_how_it_stands_with_its_hub(staff, settings, fields, shown):
    settings.NEWSREADER_URL = "https://news.example"
    settings.ALLOWED_HOSTS = ["*"]
    feed = make_feed(hub_url="https://hub.example/", topic_url="https://feed.example/")
    until = fields.get("live_until")
    fields = {**fields, "live_until": timezone.now() + until if until else None}
    HubSubscription.objects.create(feed=feed, hub_url=feed.hub_url, topic_url=feed.topic_url, **fields)
    assert shown in staff.get(reverse("admin:feeds_feed_change", args=[feed.pk])).content.decode()


def test_a_site_without_an_address_says_that_it_uses_no_hub(staff):
    feed = make_feed(hub_url="https://hub.example/", topic_url="https://feed.example/")
    assert "NEWSREADER_URL is not set" in staff.get(reverse("admin:feeds_feed_change", args=[feed.pk])).content.decode()


def test_staff_fetch_history_from_the_feeds_own_page(staff):
    feed = make_feed()
    page = staff.get(f"/?feed={feed.pk}").content.decode()
    assert "Fetch older articles" in page
    answer = staff.post(reverse("fetch_history", args=[feed.pk]), follow=True)
    assert "one document at a time" in answer.content.decode()
    assert "Fetching older articles:" in answer.content.decode()
    assert "Fetch older articles" not in answer.content.decode()
    Backfill.objects.update(state=Backfill.State.STOPPED, last_error="It broke")
    page = staff.get(f"/?feed={feed.pk}").content.decode()
    assert "It broke" in page
    assert "Continue" in page
    Backfill.objects.update(state=Backfill.State.FINISHED)
    assert "lder articles" not in staff.get(f"/?feed={feed.pk}").content.decode()


def test_a_reader_may_not_and_sees_no_button(client):
    feed = make_feed()
    client.force_login(make_reader(), backend="django.contrib.auth.backends.ModelBackend")
    assert "Fetch older articles" not in client.get(f"/?feed={feed.pk}").content.decode()
    assert client.post(reverse("fetch_history", args=[feed.pk])).status_code == 403
    assert not Backfill.objects.exists()


def test_a_get_starts_nothing(staff):
    assert staff.get(reverse("fetch_history", args=[make_feed().pk])).status_code == 405


def test_a_mirrored_article_names_its_source(staff):
    origin = Origin.objects.create(key="k", title="Tide & Time", site_url="https://tides.example/")
    article = make_article(origin=origin)
    assert "Tide &amp; Time" in staff.get("/").content.decode()
    page = staff.get(article.get_absolute_url()).content.decode()
    assert '<a href="https://tides.example/" rel="noopener noreferrer">Tide &amp; Time</a>' in page
