"""Articles as items on their way out, and what a document says of itself, before any format is chosen."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from articles.display.media import display_html
from articles.export import feeds
from articles.export.feeds import Address, absolute, feed_document, files_of, items, title_of, view_key
from articles.export.paging import Page
from articles.export.signatures import Signature
from articles.lists.pages import Selection, Show
from articles.lists.selection import Order
from articles.models import Article, Enclosure, Origin
from articles.search.find import Search
from feeds.models import Feed
from feeds.subscriptions import own
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

SITE = "https://reader.example"
DAY = timedelta(days=1)


def item_of(article):
    (item,) = items([article.pk], SITE)
    return item


def search(query="", reader=None, **selection):
    return Search(selection=Selection(query=query, **selection), reader=reader or AnonymousUser(), now=FIRST_DAY)


@pytest.mark.django_db
def test_items_are_in_the_order_asked_for_and_without_what_is_gone(monkeypatch):
    monkeypatch.setattr(feeds, "BATCH", 2)
    pks = [article.pk for article in make_articles(7)]
    Article.objects.filter(pk=pks[3]).delete()
    asked = [pks[at] for at in (5, 0, 3, 6, 1, 2, 4)]
    titles = [Article.objects.get(pk=pk).title for pk in asked if pk != pks[3]]
    assert [item.title for item in items(asked, SITE)] == titles
    assert list(items([], SITE)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("updated", "changed", "expected"), [(2, 1, 2), (1, 2, 1), (None, 2, 2), (None, None, 0), (2, None, 2)]
)
def test_an_item_was_updated_when_its_publisher_says_or_when_it_changed_here(updated, changed, expected):
    at = {"updated_at": updated, "changed_at": changed}
    moments = {name: FIRST_DAY + days * DAY for name, days in at.items() if days is not None}
    item = item_of(make_article(published_at=FIRST_DAY, **moments))
    assert (item.published_at, item.updated_at) == (FIRST_DAY, FIRST_DAY + expected * DAY)


@pytest.mark.django_db
def test_what_an_item_does_not_say_its_feed_says():
    feed = make_feed(title="The Paper", url="https://paper.example/feed", site_url="ftp://x/", language="de")
    given = item_of(make_article(feed, language="fr", tags=["sea", " ", "\x01", "moon"], author="Ann"))
    assert (given.language, given.tags, given.author) == ("fr", ("sea", "moon"), "Ann")
    none = make_article(feed, url="")
    item = item_of(none)
    assert (item.language, item.url) == ("de", f"{SITE}/articles/{none.pk}/")
    source = item.source
    assert (source.id, source.title, source.url, source.site_url) == (
        "https://paper.example/feed",
        "The Paper",
        "https://paper.example/feed",
        "",
    )


@pytest.mark.django_db
def test_a_feed_that_is_no_page_of_the_web_has_an_id_and_no_address():
    source = item_of(make_article(make_feed(url="newsletter:paper"))).source
    assert (source.id, source.url) == ("newsletter:paper", "")


@pytest.mark.django_db
def test_a_document_is_another_one_with_another_key_for_the_addresses_of_its_pictures(settings):
    address, tags = Address(site=SITE, path="/rss.xml", view={}, page="/"), set()
    for settings.IMAGE_KEYS in (["a"], ["b"], ["a"]):
        tags.add(feed_document(search(), Page(signatures=[]), address, {}).etag)
    assert len(tags) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "site_url", "told"),
    [
        ("https://origin.example/feed", "https://origin.example/", "https://origin.example/feed"),
        ("", "https://origin.example/", "https://origin.example/"),
        ("", "", "https://mirror.example/"),
    ],
)
def test_the_source_of_a_mirrored_article_is_not_the_mirror(url, site_url, told):
    origin = Origin.objects.create(key="k", title="Origin", url=url, site_url=site_url)
    source = item_of(make_article(make_feed(title="Mirror", url="https://mirror.example/"), origin=origin)).source
    assert (source.id, source.title, source.url, source.site_url) == (told, "Origin", url, site_url)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", Feed.Images)
def test_pictures_that_are_not_to_be_kept_have_addresses_that_keep_nothing(rule):
    html = '<p><img src="https://paper.example/1.jpg" alt=""></p>'
    shown = item_of(make_article(make_feed(images=rule), content_html=html)).content_html
    is_same = {kept: shown == absolute(display_html(html, is_kept=kept), SITE) for kept in (True, False)}
    assert is_same == {True: rule != Feed.Images.PROXY, False: rule == Feed.Images.PROXY}


@pytest.mark.django_db
def test_files_are_their_articles_own_and_have_a_type_and_a_still():
    article, other = make_articles(2)
    told = {"length": 5, "title": "t", "alt": "a", "width": 2, "height": 3, "duration": 4, "is_player": True}
    for url, columns in (
        (
            "HTTPS://paper.example/1.bin",
            {"media_type": "video/mp4", "poster_url": "http://paper.example/p.jpg", **told},
        ),
        ("https://paper.example/2.mp3", {"poster_url": "javascript:alert(1)"}),
        ("https://paper.example/3", {}),
        ("ftp://paper.example/4.mp3", {}),
    ):
        Enclosure.objects.create(article=article, url=url, **columns)
    Enclosure.objects.create(article=other, url="https://paper.example/5.mp3")
    first, second, third = item_of(article).files
    assert {name: getattr(first, name) for name in told} == told
    assert (first.media_type, first.poster_url) == ("video/mp4", "http://paper.example/p.jpg")
    assert (second.media_type, second.poster_url, second.length) == ("audio/mpeg", "", None)
    assert third.media_type == "application/octet-stream"
    assert {pk: len(files) for pk, files in files_of([article.pk, other.pk]).items()} == {article.pk: 3, other.pk: 1}


@pytest.mark.django_db
def test_a_view_is_called_by_all_that_narrows_it():
    feed, category = make_feed(title="The Paper"), make_category("News")
    assert title_of(search()) == "All articles"
    assert title_of(search(show=Show.STARRED)) == "Starred"
    assert (
        title_of(search("rain", feed=feed, category=category, show=Show.UNREAD)) == "rain · The Paper · News · Unread"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_document_is_in_the_language_of_the_site_whoever_asks(settings, language):
    settings.LANGUAGE_CODE = language
    address = Address(site=SITE, path="/rss.xml", view={}, page="/")
    titles = []
    for asked in ("en", "zh-hant"):
        with translation.override(asked):
            titles.append(feed_document(search(), Page(signatures=[]), address, {}).document.title)
    with translation.override(language):
        assert titles == [f"{title_of(search())} · Newsreader"] * 2


@pytest.mark.django_db
def test_views_are_told_apart_by_what_they_hold_and_by_whose_they_are():
    one, other, feed = make_reader(), make_reader(), make_feed()
    assert view_key(search(reader=one)) == view_key(search(reader=other)) == view_key(search())
    assert view_key(search(reader=one, show=Show.UNREAD)) != view_key(search(reader=other, show=Show.UNREAD))
    keys = [view_key(search(**view)) for view in ({}, {"feed": feed}, {"category": make_category()}, {"query": "rain"})]
    assert len(set(keys)) == 4


@pytest.mark.django_db
def test_a_document_was_updated_when_the_last_article_came_or_changed():
    address = Address(site=SITE, path="/rss.xml", view={}, page="/")
    moments = [(FIRST_DAY, None), (FIRST_DAY + DAY, None), (FIRST_DAY, FIRST_DAY + 2 * DAY)]
    signed = [Signature((FIRST_DAY, number), *each, (), uuid4()) for number, each in enumerate(moments)]
    made = [feed_document(search(), Page(signatures=signed[:size]), address, {}).document for size in (1, 2, 3)]
    assert [document.updated_at for document in made] == [FIRST_DAY, FIRST_DAY + DAY, FIRST_DAY + 2 * DAY]


@pytest.mark.django_db
def test_a_view_by_arrival_is_the_same_view():
    address = Address(site=SITE, path="/rss.xml", view={}, page="/")
    made = [
        feed_document(search(order=order), Page(signatures=[]), address, {}).document.id
        for order in (Order.DATE, Order.LAST_IN)
    ]
    assert len(set(made)) == 1


@pytest.mark.django_db
def test_what_who_chooses_feeds_has_is_another_view_than_what_all_have_but_for_one_feed():
    one, other, feed = make_reader(), make_reader(), make_feed()
    own.choose_own(one)
    own.choose_own(other)
    everything = {view_key(search(reader=reader)) for reader in (one, other, make_reader())}
    of_feed = {view_key(search(reader=reader, feed=feed)) for reader in (one, other, make_reader())}
    assert (len(everything), len(of_feed)) == (3, 1)


def test_an_address_has_the_view_and_the_place_and_nothing_that_is_empty():
    address = Address(site=SITE, path="/rss.xml", view={"feed": "5", "q": ""}, page="/")
    assert address.of({}) == f"{SITE}/rss.xml?feed=5"
    assert address.of({"n": "7", "cursor": "", "feed": "6"}) == f"{SITE}/rss.xml?feed=6&n=7"
    assert Address(site=SITE, path="/rss.xml", view={}, page="/").of({"cursor": ""}) == f"{SITE}/rss.xml"
