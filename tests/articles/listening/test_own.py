"""A reader's places in sounds and films."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client

from articles.display.media import file_key
from articles.listening import own
from articles.listening.models import PlayPosition
from articles.models import Enclosure
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db

SOUND = "https://harbour.example/1.mp3"
KEY = file_key(SOUND)


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def podcast():
    article = make_article(content_html=f'<p>Hear:</p><audio src="{SOUND}"></audio>')
    Enclosure.objects.create(article=article, url="https://harbour.example/2.mp3", media_type="audio/mpeg")
    return article


def heard(page):
    found = re.search(r'data-hear="([^"]*)" data-heard="([^"]*)"', page.text)
    return found and (found[1], json.loads(unescape(found[2])))


def test_a_place_is_there_on_the_next_device_and_for_nobody_else(client, ann, podcast):
    address, places = heard(client.get(podcast.get_absolute_url()))
    assert places == {}
    assert client.post(address, {"file": KEY, "at": "754"}).status_code == 204
    there, bea = Client(), Client()
    there.force_login(ann)
    bea.force_login(make_reader("bea"))
    assert heard(there.get(podcast.get_absolute_url()))[1] == {KEY: 754}
    assert heard(bea.get(podcast.get_absolute_url()))[1] == {}


def test_players_in_the_text_and_below_it_say_which_file_they_play(client, ann, podcast):
    page = client.get(podcast.get_absolute_url()).text
    assert re.findall(r'data-file="(\w+)"', page) == [KEY, file_key("https://harbour.example/2.mp3")]
    assert file_key("http://harbour.example/1.mp3") == KEY


def test_what_was_heard_to_the_end_is_forgotten(client, ann, podcast):
    address, _places = heard(client.get(podcast.get_absolute_url()))
    client.post(address, {"file": KEY, "at": "754"})
    client.post(address, {"file": KEY, "at": "0"})
    assert not PlayPosition.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"file": KEY}, {"file": "x", "at": "1"}, {"file": KEY, "at": "-1"}, {"file": KEY, "at": "9" * 12}]
)
def test_what_is_no_place_is_refused(client, ann, podcast, data):
    assert client.post(f"/articles/{podcast.pk}/hear/", data).status_code == 400
    assert not PlayPosition.objects.exists()


def test_only_who_may_read_the_article_keeps_a_place_in_it(client, ann):
    private = make_article(make_feed(is_shared=False))
    assert client.post(f"/articles/{private.pk}/hear/", {"file": KEY, "at": "9"}).status_code == 404
    assert client.get(f"/articles/{private.pk}/hear/").status_code == 405
    assert Client().post(f"/articles/{private.pk}/hear/", {"file": KEY, "at": "9"}).status_code == 302


def test_an_article_that_plays_nothing_costs_no_query_for_places(client, ann):
    assert heard(client.get(make_article().get_absolute_url())) is None


def test_places_in_one_article_are_bounded(ann, podcast):
    for number in range(own.MOST_FILES + 3):
        own.keep_position(ann, podcast, file_key(f"https://x.example/{number}"), 10)
    assert len(own.positions(ann, podcast)) == own.MOST_FILES
    own.keep_position(ann, podcast, file_key("https://x.example/0"), 20)
    assert own.positions(ann, podcast)[file_key("https://x.example/0")] == 20
