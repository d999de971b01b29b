"""The demands of a feed's publisher are met for the pictures of its articles, too, and to nobody else."""

from __future__ import annotations

from html import escape

import pytest
from django.utils import timezone

from articles.display.article import may_keep
from articles.images import archive
from articles.images.fetch import MISSING, patient_policy
from articles.images.models import ImageAddress, key_of
from articles.images.urls import signed_path
from articles.ingest.single_poll import poll_now
from feeds.http import Client
from feeds.models import Feed
from tests.articles.images import pictures
from tests.articles.images.conftest import own_folders
from tests.documents import item, rss
from tests.factories import make_feed
from tests.feeds.access.demands import SECRET, asked, keep, members_only
from tests.publisher import Publisher

__all__ = ["own_folders"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def pictured(client, staff, publisher, feed):
    """Has an article of the feed name a picture, as its poll brings it."""

    def poll(url):
        keep(client, feed, token=SECRET)
        publisher.serve("/feed", rss([item(1, body=f'<p>Look</p><img src="{escape(url)}" alt="">')]))
        poll_now(feed)
        return url

    return poll


def fetch_due():
    with Client(patient_policy()) as client:
        return [archive.fetch_claim(client, claim, pause=0) for claim in archive.claim_due(timezone.now())]


def test_a_picture_on_the_feed_s_own_server_is_kept(publisher, pictured):
    pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())))
    fetch_due()
    assert ImageAddress.objects.get().image


@pytest.mark.parametrize("width", [0, 320])
def test_it_is_shown_to_who_looks_before_it_is_kept(client, publisher, pictured, width):
    url = pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())))
    assert MISSING not in client.get(signed_path(url, width))


def test_no_other_server_is_told_a_secret(client, pictured):
    with Publisher() as other:
        url = pictured(other.respond("/a.jpg", members_only(pictures.jpeg())))
        fetch_due()
        client.get(signed_path(url, 0))
        assert other.requests
        assert all("authorization" not in request.headers for request in other.requests)
    assert not ImageAddress.objects.get().image


def test_what_another_feed_alone_names_is_asked_for_without_it(client, publisher, pictured):
    """Else readers could have fetched what the site's sign-in lets in by feeds of their own."""
    pictured(publisher.url("/a.jpg?of=1"))
    url = publisher.respond("/a.jpg", members_only(pictures.jpeg()))
    ImageAddress.objects.create(key=key_of(url), url=url, feed=make_feed(is_shared=False), is_wanted=True)
    fetch_due()
    client.get(signed_path(url))
    assert "authorization" not in asked(publisher, "/a.jpg")


def test_a_picture_that_another_feed_has_named_first_is_the_feed_s_all_the_same(publisher, pictured):
    pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())))
    ImageAddress.objects.update(feed=make_feed())
    fetch_due()
    assert ImageAddress.objects.get().image


@pytest.mark.parametrize("images", [Feed.Images.VIEWED, Feed.Images.PROXY])
def test_where_pictures_are_kept_when_they_are_seen_or_never_they_are_asked_for_with_it(
    client, publisher, feed, pictured, images
):
    Feed.objects.update(images=images)
    feed.refresh_from_db()
    url = pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())) + "?a=1&b=2")
    assert MISSING not in client.get(signed_path(url, 320, is_kept=may_keep(feed)))


def test_a_feed_that_is_not_the_site_s_gives_nothing(publisher, pictured):
    """A kept picture is shown wherever its address stands."""
    pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())))
    Feed.objects.update(is_shared=False)
    fetch_due()
    assert "authorization" not in asked(publisher, "/a.jpg")


def test_under_another_key_of_the_site_nobody_is_asked(settings, publisher, pictured):
    pictured(publisher.respond("/a.jpg", members_only(pictures.jpeg())))
    settings.SECRET_KEY = "another key of this site, long enough to be one"
    fetch_due()
    assert "encrypted under another key" in ImageAddress.objects.get().last_error
