"""Icons of feeds: found where the publisher has them, once; shown beside every name, from this site alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import tasks
from articles.images.icons import find_icons
from articles.images.models import ImageAddress, StoredImage
from articles.images.urls import ICON, read_path
from articles.search import index
from feeds.models import Feed, Host
from tests.articles.images import pictures
from tests.articles.images.test_archive import poll
from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
ICO = b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(1000)


def feed_of(publisher, **fields):
    return make_feed(
        url=publisher.url(fields.pop("path", "/feed")), site_url=publisher.url("/"), last_success_at=timezone.now(), **fields
    )  # fmt: skip


def find():
    return find_icons(pause=0)


def asked(publisher):
    return [request.path for request in publisher.requests]


def test_what_the_page_names_is_taken_and_kept(publisher):
    feed = feed_of(publisher)
    publisher.serve(
        "/", '<link rel="shortcut icon" href="i/32.png" sizes="32x32"><link rel=icon href=/none.png sizes=48x48>'
    )
    icon = publisher.serve("/i/32.png", pictures.transparent_png(32))
    assert find() == 1
    feed.refresh_from_db()
    assert feed.icon_url == icon
    assert asked(publisher) == ["/", "/none.png", "/i/32.png"]
    assert StoredImage.objects.count() == 1
    assert find() == 0
    assert len(publisher.requests) == 3


@pytest.mark.parametrize("page", ["<p>no icon here</p>", "", '<link rel=icon href="data:image/png;base64,AA">'])
def test_else_it_is_looked_for_where_browsers_look(publisher, page):
    feed = feed_of(publisher)
    publisher.serve("/", page)
    publisher.serve("/favicon.ico", ICO)
    assert find() == 1
    feed.refresh_from_db()
    assert feed.icon_url == publisher.url("/favicon.ico")


def test_a_page_that_fails_is_no_reason_not_to_look(publisher):
    feed_of(publisher)
    publisher.serve("/", "no", status=500)
    publisher.serve("/favicon.ico", ICO)
    assert find() == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_refuses_its_page_is_left_alone_longer_each_time(publisher, status):
    feed = feed_of(publisher)
    publisher.serve("/", "no", status=status)
    publisher.serve("/favicon.ico", ICO)
    assert find() == 0
    host = Host.objects.get()
    Host.objects.update(free_at=timezone.now())
    assert find() == 0
    assert asked(publisher) == ["/"]
    ImageAddress.objects.update(retry_at=timezone.now())
    Feed.objects.update(last_success_at=timezone.now())
    other = make_feed(url=publisher.url("/other"), last_success_at=timezone.now(), icon_url=publisher.url("/i.png"))
    assert (other.host, find()) == (feed.host, 0)
    assert asked(publisher) == ["/", "/"]
    again = Host.objects.get()
    assert (again.gap_seconds, again.refused_at) == (host.gap_seconds, host.refused_at)  # its feeds are served


def test_a_site_that_refuses_its_page_has_the_icon_that_came_before(publisher):
    one = feed_of(publisher)
    publisher.serve("/favicon.ico", ICO)
    assert find() == 1
    two = feed_of(publisher, path="/two")
    publisher.serve("/", "no", status=429)
    assert find() == 1
    two.refresh_from_db()
    one.refresh_from_db()
    assert two.icon_url == one.icon_url == publisher.url("/favicon.ico")


def test_who_has_none_is_left_alone_longer_each_time(publisher):
    feed_of(publisher)
    assert find() == 0
    once = len(publisher.requests)
    assert find() == 0
    assert len(publisher.requests) == once == 2
    address = ImageAddress.objects.get()
    assert address.retry_at > timezone.now() + timedelta(hours=23)
    ImageAddress.objects.update(retry_at=timezone.now())
    publisher.serve("/favicon.ico", ICO)
    assert find() == 1


def test_feeds_of_one_site_share_what_was_fetched_once(publisher):
    publisher.serve("/favicon.ico", ICO)
    for number in range(3):
        feed_of(publisher, path=f"/{number}")
    assert find() == 3
    assert asked(publisher).count("/favicon.ico") == 1


def test_a_feed_that_was_never_read_or_has_an_icon_is_not_looked_for(publisher):
    make_feed(url=publisher.url("/never"))
    feed_of(publisher, icon_url="https://a.example/i.png")
    make_feed(url="archive:mill", last_success_at=timezone.now())
    assert find() == 0
    assert not publisher.requests


def test_html_under_the_name_of_an_icon_is_none(publisher):
    feed = feed_of(publisher)
    publisher.serve("/", '<link rel=icon href="/">')
    publisher.serve("/favicon.ico", pictures.HTML, content_type="image/x-icon")
    assert find() == 0
    feed.refresh_from_db()
    assert feed.icon_url == ""


def test_no_private_address_is_asked(publisher, settings):
    from dataclasses import replace

    feed_of(publisher)
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=())
    assert find() == 0
    assert not publisher.requests


def test_icons_of_a_feed_whose_pictures_are_only_shown_are_not_kept(publisher):
    feed_of(publisher, images=Feed.Images.PROXY)
    publisher.serve("/favicon.ico", ICO)
    assert find() == 1
    assert not StoredImage.objects.exists()


def test_a_pause_lies_between_two_requests_to_a_host(publisher):
    import time

    feed_of(publisher)
    started = time.monotonic()
    find_icons(pause=0.1)
    assert time.monotonic() - started >= 0.1


def test_time_that_is_over_ends_the_search_and_the_task_begins_another(publisher):
    feed_of(publisher)
    publisher.serve("/favicon.ico", ICO)
    assert find_icons(pause=0, seconds=-1) == 0
    tasks.find_icons()
    assert Feed.objects.exclude(icon_url="").count() == 1


def test_a_poll_leaves_an_icon_that_was_found(publisher):
    feed = make_feed(url=publisher.url("/feed"), icon_url="https://a.example/found.ico")
    poll(publisher, feed, "<p>text</p>")
    feed.refresh_from_db()
    assert feed.icon_url == "https://a.example/found.ico"


def test_an_icon_that_the_feed_names_is_kept_with_the_pictures(publisher):
    feed = make_feed(url=publisher.url("/feed"), icon_url=publisher.url("/icon.png"))
    poll(publisher, feed, "<p>no picture</p>")
    assert [address.url for address in ImageAddress.objects.filter(is_wanted=True)] == [feed.icon_url]


# --- pages ------------------------------------------------------------------------------------------------------


def icons_in(page):
    return [read_path(path) for path in re.findall(r"<img class=feed-icon src=([^ >]+)", page)]


@pytest.mark.parametrize("place", ["/", "/?feed={feed}", "/?q=harbour", "/feeds/", "article"])
def test_pages_show_the_icon_from_this_site(client, place):
    client.force_login(make_reader())
    feed = make_feed(title="Harbour Post", icon_url="https://publisher.example/i.png", images=Feed.Images.PROXY)
    article = make_article(feed, title="The harbour")
    index.index([article])
    page = client.get(article.get_absolute_url() if place == "article" else place.format(feed=feed.pk)).text
    (icon,) = set(icons_in(page))
    assert (icon.url, icon.width, icon.is_kept) == ("https://publisher.example/i.png", ICON, False)
    assert "https://publisher.example" not in page
    assert "alt loading=lazy" in page


def test_a_feed_without_one_shows_its_letter_to_eyes_alone(client):
    client.force_login(make_reader())
    make_article(make_feed(title="élan"))
    make_article(make_feed(title="(臺)中央社"))
    page = client.get("/").text
    assert re.search(r"<span class=feed-icon data-letter=É data-hue=\d+></span>élan", page)
    assert re.search(r"<span class=feed-icon data-letter=臺 data-hue=\d+></span>\(臺\)中央社", page)


@pytest.mark.parametrize("page", ["/", "/feeds/"])
def test_icons_cost_no_queries(client, page):
    client.force_login(make_reader())

    def queries():
        client.get(page)
        with CaptureQueriesContext(connection) as taken:
            client.get(page)
        return len(taken)

    make_article()
    before = queries()
    for number in range(5):
        make_article(make_feed(icon_url=f"https://a.example/{number}.ico"))
    assert queries() == before


def test_an_icon_that_does_not_come_leaves_its_place_empty(client, publisher):
    from articles.images.urls import signed_path

    answer = client.get(signed_path(publisher.url("/none.ico"), ICON))
    assert answer["X-Image-Missing"]
    assert len(answer.content) < 100
