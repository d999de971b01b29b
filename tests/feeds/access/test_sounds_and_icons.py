"""The demands of a feed's publisher are met for the sounds and films that it names, and for its icon, on its own server
and on no other."""

from __future__ import annotations

import pytest
from django.utils import timezone

from articles.images import archive, demands
from articles.images.fetch import MISSING, patient_policy
from articles.images.icons import find_icons
from articles.images.models import ImageAddress, key_of
from articles.images.urls import signed_path
from articles.ingest.single_poll import poll_now
from feeds.http import Client
from feeds.models import Feed
from tests.articles.images import pictures
from tests.articles.images.conftest import own_folders
from tests.documents import item, rss
from tests.effort import statements_asked
from tests.factories import make_article, make_feed
from tests.feeds.access.demands import SECRET, asked, keep, members_only
from tests.publisher import Publisher

__all__ = ["own_folders"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("servers are told secrets or are not, whatever keeps these"),
]
SOUND = pictures.MP3


@pytest.fixture
def episode(client, staff, publisher, feed):
    """Has an entry of the feed carry a sound, as its poll brings it."""

    def poll(url, *, in_text=False):
        keep(client, feed, token=SECRET, user_agent="Mozilla/5.0 (X11)")
        enclosure = f'<enclosure url="{url}" type="audio/mpeg" length="{len(SOUND)}"/></item>'
        body = f'<p>Listen</p><audio controls src="{url}"></audio>' if in_text else "<p>Listen</p>"
        entry = item(1, body=body)
        publisher.serve("/feed", rss([entry if in_text else entry.replace("</item>", enclosure)]))
        poll_now(feed)
        return url

    return poll


def played(client, url) -> bytes:
    answer = client.get(signed_path(url), headers={"Range": "bytes=0-"})
    return b"".join(answer.streaming_content) if answer.streaming else b""


def queries_of(work) -> list[str]:
    with statements_asked() as queries:
        work()
    return [query.sql for query in queries]


@pytest.mark.both_databases
def test_the_articles_of_a_feed_are_looked_through_once_for_all_pieces_of_a_film(client, publisher, episode):
    url = episode(publisher.respond("/1.mp3", members_only(SOUND, "audio/mpeg")), in_text=True)
    other = publisher.url("/of-nobody.mp3")
    for named in (url, other):
        first = queries_of(lambda named=named: demands.demanding(named))
        assert len(first) > 1
        assert len(queries_of(lambda named=named: demands.demanding(named))) == 1
    assert demands.demanding(url)
    assert not demands.demanding(other)
    publisher.serve("/feed", rss([item(2, body=f'<p>Listen</p><audio controls src="{other}"></audio>')]))
    poll_now(Feed.objects.get())
    assert demands.demanding(other)


def fetch_due():
    with Client(patient_policy()) as client:
        return [archive.fetch_claim(client, claim, pause=0) for claim in archive.claim_due(timezone.now())]


@pytest.mark.both_databases
@pytest.mark.parametrize("in_text", [False, True])
def test_a_sound_on_the_feed_s_own_server_is_played_and_kept(client, publisher, episode, in_text):
    url = episode(publisher.respond("/1.mp3", members_only(SOUND, "audio/mpeg")), in_text=in_text)
    assert played(client, url) == SOUND
    assert asked(publisher, "/1.mp3")["user-agent"] == "Mozilla/5.0 (X11)"
    fetch_due()
    assert ImageAddress.objects.get().image


def test_no_other_server_is_told_a_secret(client, episode):
    with Publisher() as other:
        url = episode(other.respond("/1.mp3", members_only(SOUND, "audio/mpeg")))
        assert played(client, url) != SOUND
        headers = asked(other, "/1.mp3")
    assert "authorization" not in headers
    assert headers["user-agent"] != "Mozilla/5.0 (X11)"


def test_a_redirect_to_another_server_takes_no_secret_along(client, publisher, episode):
    with Publisher() as other:
        there = other.respond("/1.mp3", members_only(SOUND, "audio/mpeg"))
        url = episode(publisher.redirect("/1.mp3", there, 302))
        assert played(client, url) != SOUND
        fetch_due()
        assert asked(publisher, "/1.mp3")["authorization"] == f"Bearer {SECRET}"
        assert other.requests
        assert all("authorization" not in request.headers for request in other.requests)


@pytest.mark.both_databases
def test_a_sound_that_the_feed_does_not_name_is_asked_for_without_it(client, publisher, episode):
    episode(publisher.url("/1.mp3?of=1"))
    url = publisher.respond("/1.mp3", members_only(SOUND, "audio/mpeg"))
    article = make_article(make_feed(is_shared=False))
    article.enclosures.create(url=url, media_type="audio/mpeg")
    assert played(client, url) != SOUND
    assert "authorization" not in asked(publisher, "/1.mp3")


@pytest.mark.both_databases
def test_a_feed_that_is_not_the_site_s_gives_nothing(client, publisher, episode):
    url = episode(publisher.respond("/1.mp3", members_only(SOUND, "audio/mpeg")))
    Feed.objects.update(is_shared=False)
    assert played(client, url) != SOUND
    assert "authorization" not in asked(publisher, "/1.mp3")


# --- icons --------------------------------------------------------------------------------------------------------


@pytest.fixture
def demanding(client, staff, publisher, feed):
    keep(client, feed, token=SECRET)
    Feed.objects.filter(pk=feed.pk).update(site_url=publisher.url("/"), last_success_at=timezone.now())
    return feed


@pytest.mark.both_databases
@pytest.mark.parametrize("is_known", [False, True])
def test_the_page_and_the_icon_that_it_names_are_given_what_is_demanded(publisher, demanding, is_known):
    publisher.respond("/", members_only(b"<link rel=icon href=/i.png>", "text/html"))
    icon = publisher.respond("/i.png", members_only(pictures.transparent_png(32), "image/png"))
    if is_known:  # and no feed is known to name it
        ImageAddress.objects.create(key=key_of(icon), url=icon)
    assert find_icons(pause=0) == 1
    assert Feed.objects.get().icon_url == icon


def test_an_icon_elsewhere_is_told_no_secret(publisher, demanding):
    with Publisher() as other:
        icon = other.respond("/i.png", members_only(pictures.transparent_png(32), "image/png"))
        publisher.respond("/", members_only(f"<link rel=icon href={icon}>".encode(), "text/html"))
        find_icons(pause=0)
        assert "authorization" not in asked(other, "/i.png")
    assert not Feed.objects.get().icon_url


@pytest.mark.both_databases
def test_the_icon_of_a_feed_that_is_not_the_site_s_is_asked_for_without_it(publisher, demanding):
    Feed.objects.update(is_shared=False)
    find_icons(pause=0)
    assert publisher.requests
    assert all("authorization" not in request.headers for request in publisher.requests if request.path != "/feed")


def test_an_icon_that_the_feed_itself_names_is_shown(client, publisher, demanding):
    icon = publisher.respond("/i.png", members_only(pictures.transparent_png(32), "image/png"))
    Feed.objects.update(icon_url=icon)
    assert MISSING not in client.get(signed_path(icon, 64))
