"""Pages with pictures: all addresses are this site's, and the number of queries is that of pages without."""

from __future__ import annotations

import re
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.urls import read_path
from articles.models import Enclosure
from feeds.models import Feed
from tests.articles.images import pictures
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("addresses of pictures in pages are made of rows, whatever keeps them"),
]


@pytest.fixture
def reader(client):
    reader = make_reader()
    client.force_login(reader)
    return reader


def content_with(*names):
    return "".join(f'<p><img src="https://publisher.example/{name}.jpg" alt="{name}"></p>' for name in names)


def addresses_in(page):
    found = re.findall(r'(?:src|href|poster)="(/images/[^"]+)"', page)
    return found + [part.split()[0] for srcset in re.findall(r'srcset="([^"]+)"', page) for part in srcset.split(", ")]


def make_known(name, **fields):
    url = f"https://publisher.example/{name}.jpg"
    return ImageAddress.objects.create(key=key_of(url), url=url, host="publisher.example", **fields)


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.both_databases
def test_an_article_takes_as_many_queries_for_many_pictures_as_for_one(client, reader):
    one = make_article(content_html=content_with("a"))
    many = make_article(feed=one.feed, content_html=content_with(*"abcdefghij"))
    image = StoredImage.objects.create(digest="0" * 64, media_type="image/jpeg", size=1, width=900, height=600)
    for name in "abcde":
        make_known(name, image=image)
    assert queries_of(client, one.get_absolute_url()) == queries_of(client, many.get_absolute_url())
    page = client.get(many.get_absolute_url()).text
    assert page.count("900w") == 5


@pytest.mark.both_databases
def test_a_list_takes_as_many_queries_with_lead_pictures_as_without(client, reader):
    make_articles(10)
    without = queries_of(client, "/")
    for article in make_articles(10, image_url="https://publisher.example/lead.jpg"):
        assert article.feed_id
    assert queries_of(client, "/") == without
    page = client.get("/").text
    assert page.count("</div><img src=/images/") == 10
    assert {read_path(path).url for path in addresses_in(page)} == {"https://publisher.example/lead.jpg"}
    assert "https://publisher.example" not in page


@pytest.mark.parametrize("url", ["", "javascript:1", "data:image/gif;base64,R0lGOD"])
def test_a_row_whose_picture_has_no_address_has_none(client, reader, url):
    make_article(image_url=url)
    assert "</div><img" not in client.get("/").text


@pytest.mark.parametrize(("rule", "is_kept"), [("keep", True), ("viewed", True), ("proxy", False)])
def test_a_feeds_rule_goes_with_every_address(client, reader, rule, is_kept):
    feed = make_feed(images=Feed.Images(rule))
    article = make_article(feed, content_html=content_with("a"), image_url="https://publisher.example/a.jpg")
    Enclosure.objects.create(article=article, url="https://publisher.example/1.mp3", media_type="audio/mpeg")
    for address in ("/", article.get_absolute_url()):
        paths = addresses_in(client.get(address).text)
        assert paths
        assert {read_path(path).is_kept for path in paths} == {is_kept}


def test_a_missing_picture_shows_its_words(client, reader):
    from datetime import timedelta

    from django.utils import timezone

    make_known("gone", failures=2, retry_at=timezone.now() + timedelta(days=1))
    article = make_article(content_html=content_with("gone"))
    page = client.get(article.get_absolute_url()).text
    assert "<span>gone</span>" in page
    assert 'href="https://publisher.example/gone.jpg"' in page
    assert not addresses_in(page)


def test_a_picture_that_is_only_shown_has_its_room_and_its_sizes_too(client, reader, publisher, loopback_allowed):
    url = publisher.serve("/a.jpg", pictures.jpeg(900, 600), content_type="image/jpeg")
    article = make_article(make_feed(images=Feed.Images.PROXY), content_html=f'<p><img src="{url}" alt="a"></p>')
    (path, *_more) = addresses_in(client.get(article.get_absolute_url()).text)
    client.get(path)
    page = client.get(article.get_absolute_url()).text
    assert 'width="900" height="600"' in page
    assert "640w" in page
    assert "900w" in page
    assert not StoredImage.objects.exists()


@pytest.mark.parametrize("make", [pictures.bomb, lambda: b"\xff\xd8\xff", lambda: pictures.MP3])
@pytest.mark.parametrize("rule", [Feed.Images.KEEP, Feed.Images.PROXY])
def test_what_came_and_can_not_be_shown_shows_its_words(client, reader, publisher, loopback_allowed, make, rule):
    url = publisher.serve("/a.jpg", make(), content_type="image/jpeg")
    article = make_article(make_feed(images=rule), content_html=f'<p><img src="{url}" alt="The harbour"></p>')
    (path, *_more) = addresses_in(client.get(article.get_absolute_url()).text)
    client.get(path)
    page = client.get(article.get_absolute_url()).text
    assert "<span>The harbour</span>" in page
    assert f'href="{url}"' in page


@pytest.mark.both_databases
def test_a_picture_kept_before_its_proxy_was_known_is_found_under_its_own_address(client, reader):
    own, wrapped = "https://publisher.example/a.jpg", "https://publisher.example/_next/image?url=%2Fa.jpg&amp;w=640"
    image = StoredImage.objects.create(digest="0" * 64, media_type="image/jpeg", size=1, width=900, height=600)
    key = key_of(unescape(wrapped))
    ImageAddress.objects.create(key=key, url=unescape(wrapped), host="publisher.example", image=image)
    import_module("articles.migrations.0010_image_sizes").keep_under_own_address(apps, None)
    assert ImageAddress.objects.get(key=key_of(own)).image == image
    article = make_article(content_html=f'<p><img src="{wrapped}" alt="a"></p>')  # cleaned long ago
    page = client.get(article.get_absolute_url()).text
    assert 'width="900" height="600"' in page
    assert {read_path(path).url for path in addresses_in(page)} == {own}


@pytest.mark.both_databases
def test_files_that_came_along_play_here(client, reader):
    article = make_article()
    for name in ("1.mp3", "2.mp4", "3.pdf"):
        kind = {"3": "application/pdf", "2": "video/mp4", "1": "audio/mpeg"}[name[0]]
        Enclosure.objects.create(article=article, url=f"https://publisher.example/{name}", media_type=kind)
    before = queries_of(client, article.get_absolute_url())
    page = client.get(article.get_absolute_url()).text
    assert [read_path(path).url[-5:] for path in addresses_in(page)] == ["1.mp3"[-5:], "2.mp4"[-5:]]
    Enclosure.objects.create(article=article, url="https://publisher.example/4.mp3", media_type="audio/mpeg")
    assert queries_of(client, article.get_absolute_url()) == before
