"""Films of other sites in an article, and the page that plays one."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db

CARD = '<p class="embed"><a href="https://www.youtube.com/watch?v=AbCdEfGhIjK" rel="noopener noreferrer">YouTube · A crane</a></p>'


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def button_of(page):
    return unescape(re.search(r'<a class="film" href="([^"]*)">', page.text)[1])


def test_a_film_has_a_picture_of_this_site_and_words_that_say_who_is_asked(client, ann):
    page = client.get(make_article(content_html=CARD).get_absolute_url())
    assert re.search(r'<a class="film" href="[^"]*"><img src="/images/[^"]*" alt=""', page.text)
    assert "Loads it from www.youtube-nocookie.com, which then knows of you." in page.text
    assert CARD in page.text
    assert "i.ytimg.com" not in page.text
    assert "<iframe" not in page.text
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_its_page_may_frame_that_host_alone_and_be_framed_here_alone(client, ann):
    address = button_of(client.get(make_article(content_html=CARD).get_absolute_url()))
    for where in ("", "&in=article"):
        page = client.get(address + where)
        assert 'src="https://www.youtube-nocookie.com/embed/AbCdEfGhIjK?autoplay=1"' in page.text
        assert 'referrerpolicy="strict-origin"' in page.text
        policy = page["Content-Security-Policy"]
        assert "frame-src https://www.youtube-nocookie.com;" in policy + ";"
        assert "frame-ancestors 'self'" in policy
        assert "script-src 'self'" in policy
        assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_nothing_is_played_but_what_an_articles_button_asks_for(client, ann):
    article, other = make_article(content_html=CARD), make_article()
    address = button_of(client.get(article.get_absolute_url()))
    assert client.get(address.replace(f"/{article.pk}/", f"/{other.pk}/")).status_code == 404
    assert client.get(f"{article.get_absolute_url()}film/?film=https://vimeo.com/1").status_code == 404
    assert client.get(f"{article.get_absolute_url()}film/").status_code == 404


def test_who_may_not_see_the_article_may_not_play_its_film(client, ann):
    address = button_of(client.get(make_article(make_feed(), content_html=CARD).get_absolute_url()))
    client.logout()
    assert client.get(address).status_code == 302
    client.force_login(make_reader("bea"))
    assert client.get(address).status_code == 200
    private = make_article(make_feed(is_shared=False), content_html=CARD)
    assert client.get(address.replace(re.search(r"/articles/(\d+)/", address)[1], str(private.pk))).status_code == 404
