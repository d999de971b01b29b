"""How exported feeds answer: conditionally, compressed, piece by piece, and as a page in a browser."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.compression import compressed
from articles.export import feeds
from articles.ingest.resanitize import resanitize
from articles.ingest.store import delete_articles
from articles.lists.reader_state import mark_read, star
from articles.models import ArticleSource, BoilerplateRule
from articles.search import index as search_index
from tests.articles.export.reading import body, links, path, titles
from tests.effort import statements_asked
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
FILES = ("rss.xml", "atom.xml", "feed.json")


@pytest.fixture(autouse=True)
def public(settings):
    settings.NEWSREADER_PUBLIC = True


def again(client, address):
    """The status of a second request with the entity tag of the first."""
    etag = client.get(address)["ETag"]
    return lambda: client.get(address, headers={"If-None-Match": etag}).status_code


@pytest.mark.parametrize("file", FILES)
def test_a_feed_that_did_not_change_is_not_sent_again(client, file):
    make_articles(3)
    address = f"/{file}"
    etag = client.get(address)["ETag"]
    with statements_asked() as queries:
        response = client.get(address, headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert len(queries) == 2  # and one that tells that all feeds are there for everybody
    assert not [query.sql for query in queries if "content_html" in query.sql]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("order", ["oldest", "last_in", "first_in"])
@pytest.mark.parametrize("query", ["", "&q=Article"])
def test_a_feed_of_a_list_in_whichever_order_has_what_is_new_at_the_top(client, file, order, query):
    articles = make_articles(3)
    late = make_article(articles[0].feed, title="Article late", published_at=articles[0].published_at)
    search_index.index([*articles, late])
    published, came_in = [*articles[:0:-1], late, articles[0]], [late, *articles[::-1]]
    expected = [article.title for article in (published if order == "oldest" else came_in)]
    addresses = (f"/{file}?order={order}{query}", f"/{file}?order={order}{query}&n=2")
    whole, shorter = (titles(body(client, address)) for address in addresses)
    assert whole == expected
    assert shorter == whole[:2]


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("query", ["", "&q=Article", "&show=unread"])
def test_a_feed_by_arrival_is_read_page_by_page_both_ways(client, file, query):
    client.force_login(make_reader())
    feed = make_feed()
    dates = [FIRST_DAY - timedelta(days=at) for at in range(7)]
    articles = [make_article(feed, title=f"Article {at}", published_at=date) for at, date in enumerate(dates)]
    search_index.index(articles)
    address, pages = f"/{file}?order=first_in{query}&n=3", []
    while address:
        pages.append(body(client, path(address)))
        address = links(pages[-1]).get("next", "")
    assert [title for page in pages for title in titles(page)] == [article.title for article in articles[::-1]]
    assert "archive" not in str(links(pages[0]))
    back = body(client, path(links(pages[2])["previous"]))
    assert titles(back) == titles(pages[1])
    changed = links(pages[0])["next"].replace("order=last_in", "order=date")
    if not query.startswith("&q"):
        assert titles(body(client, path(changed)))[0] == "Article 0"  # a place of the other order: the top


def test_a_feed_by_arrival_that_did_not_change_costs_a_query_and_names_no_hub(client, settings):
    settings.NEWSREADER_URL, settings.WEBSUB_HUB = "https://news.example", "https://hub.example"
    make_articles(3)
    assert 'rel="hub"' in client.get("/atom.xml")["Link"]
    assert "Link" not in client.get("/atom.xml?order=last_in")
    status = again(client, "/atom.xml?order=last_in")
    with CaptureQueriesContext(connection) as queries:
        assert status() == 304
    assert len(queries) == 2


def test_one_query_tells_that_a_feed_did_not_change_and_two_which_it_is_and_what_is_seen(
    client, django_assert_num_queries
):
    feed = make_feed()
    make_articles(60, feed)
    status = again(client, f"/atom.xml?feed={feed.pk}")
    with django_assert_num_queries(3):
        assert status() == 304


def test_what_changes_a_feed_changes_its_entity_tag(client):
    feed = make_feed()
    articles = make_articles(3, feed)
    status = again(client, "/rss.xml")
    assert status() == 304
    articles[0].entry_hash, articles[0].changed_at = "f" * 32, timezone.now()
    articles[0].save()
    assert status() == 200
    status = again(client, "/rss.xml")
    delete_articles([articles[1].pk])
    assert status() == 200
    status = again(client, "/rss.xml")
    make_article(feed)
    assert status() == 200
    status = again(client, "/rss.xml")
    feed.custom_title = "Renamed"
    feed.save()
    assert status() == 200


@pytest.mark.parametrize("address", ["/rss.xml", "/feed.json", "/rss.xml?show=starred"])
def test_what_a_rule_takes_out_of_articles_changes_a_feed(client, address):
    """Neither the entry nor the sanitizer is another one then, only what comes of both."""
    reader = make_reader()
    client.force_login(reader)
    article = make_article(content_html="<p>The harbour.</p><p>Read it at example.</p>")
    ArticleSource.objects.create(article=article, html_zlib=compressed(article.content_html))
    star(reader, article, on=True)
    resanitize(everything=True)
    status = again(client, address)
    resanitize(everything=True)
    assert status() == 304
    BoilerplateRule.objects.create(name="Example", value="Read it at example")
    resanitize(everything=True)
    assert status() == 200


def test_a_new_key_for_pictures_changes_a_feed(client, settings):
    settings.IMAGE_KEYS = ("first",)
    make_article(content_html='<p><img src="https://paper.example/a.jpg"></p>')
    status = again(client, "/rss.xml")
    settings.IMAGE_KEYS = ("second", "first")
    assert status() == 200


def test_an_article_elsewhere_leaves_a_feed_as_it_was(client):
    article = make_article()
    status = again(client, f"/rss.xml?feed={article.feed_id}")
    make_article()
    assert status() == 304


def test_reading_an_article_changes_what_is_unread(client):
    reader = make_reader()
    client.force_login(reader)
    articles = make_articles(2)
    status = again(client, "/rss.xml?show=unread")
    assert status() == 304
    mark_read(reader, articles[:1])
    assert status() == 200


def test_an_entity_tag_is_good_for_its_own_document_alone(client):
    make_articles(3)
    tags = {client.get(f"/{file}{query}")["ETag"] for file in FILES for query in ("", "?n=50")}
    assert len(tags) == 6


def test_a_feed_travels_compressed(client):
    make_articles(30)
    response = client.get("/rss.xml", headers={"Accept-Encoding": "gzip"})
    sent = b"".join(response.streaming_content)
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent) == body(client, "/rss.xml")


@pytest.mark.parametrize("file", FILES)
def test_a_feed_is_written_while_it_is_sent(client, file):
    make_articles(3 * feeds.BATCH)
    pieces = iter(client.get(f"/{file}").streaming_content)
    with statements_asked() as queries:
        for _ in range(feeds.BATCH // 2):
            next(pieces)
    loaded = [query.sql for query in queries if "content_html" in query.sql]
    assert len(loaded) == 1
    assert f"LIMIT {feeds.BATCH}" in loaded[0] or loaded[0].split(" IN (")[-1].count(",") == feeds.BATCH - 1


def test_an_article_deleted_while_a_feed_is_sent_is_left_out(client):
    articles = make_articles(2 * feeds.BATCH)
    pieces = iter(client.get("/rss.xml").streaming_content)
    first = next(pieces)
    delete_articles([articles[0].pk])
    assert len(titles(first + b"".join(pieces))) == 2 * feeds.BATCH - 1


@pytest.mark.parametrize(
    ("file", "for_readers", "for_browsers"),
    [
        ("rss.xml", "application/rss+xml", "text/xml"),
        ("atom.xml", "application/atom+xml", "text/xml"),
        ("feed.json", "application/feed+json", "application/json"),
    ],
)
def test_a_browser_gets_what_it_shows_as_a_page(client, file, for_readers, for_browsers):
    make_article()
    plain, browser = client.get(f"/{file}"), client.get(f"/{file}", headers={"Accept": "text/html,*/*"})
    assert (plain["Content-Type"], browser["Content-Type"]) == (
        f"{for_readers}; charset=utf-8",
        f"{for_browsers}; charset=utf-8",
    )
    assert "Accept" in [name.strip() for name in browser["Vary"].split(",")]


def test_a_browser_finds_the_icon_that_a_feed_cannot_name(client, settings):
    settings.NEWSREADER_PUBLIC = False
    assert client.get("/favicon.ico")["Location"] == "/static/icon.svg"


def test_head_asks_for_no_article(client):
    make_articles(3)
    with statements_asked() as queries:
        response = client.head("/rss.xml")
    assert (response.status_code, response.content) == (200, b"")
    assert not [query.sql for query in queries if "content_html" in query.sql]


def test_the_list_leads_to_the_feeds_of_its_view(client):
    category = make_category("Ports")
    make_article(make_feed(category=category))
    page = client.get(f"/?category={category.slug}").text
    for file in FILES:
        assert f'href="/{file}?category={category.slug}"' in page


def test_the_hits_of_a_search_lead_to_the_feeds_of_the_search(client):
    article = make_article(content_text="fog on the mole")
    search_index.index([article], {})
    page = client.get("/?q=fog&order=relevance").text
    for file in FILES:
        assert f'href="/{file}?q=fog&amp;order=relevance"' in page


def test_addresses_begin_with_the_sites_own(client, settings):
    settings.NEWSREADER_URL = "https://reader.example"
    make_article(url="")
    document = body(client, "/atom.xml").decode()
    assert "https://reader.example/articles/" in document
    assert 'href="https://reader.example/atom.xml"' in document
    assert "testserver" not in document


def test_a_feed_does_not_follow_the_language_of_who_asks(client):
    make_article(content_html='<img src="https://p.example/1.png">')
    assert body(client, "/rss.xml", Accept_Language="zh-Hant") == body(client, "/rss.xml")
