"""The pages where somebody marks the articles of a page that has no feed."""

import re
from urllib.parse import quote

import pytest

from articles.models import Article
from feeds.models import Feed
from feeds.subscribe.own_feeds import add_for, move_address
from tests.documents import items, rss
from tests.factories import make_feed, make_reader
from tests.feeds.pages.layouts import COUNT, LAYOUTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

PAGE = "/feeds/from-page/"
MARKS = {"kind": "css", "items": "article.card", "title": "h2", "link": "h2 a", "date": "time"}


@pytest.fixture
def staff(client):
    reader = make_reader(staff=True)
    client.force_login(reader)
    return reader


@pytest.fixture
def news(publisher):
    return publisher.serve("/news/", LAYOUTS["cards"], content_type="text/html")


def add(client, page, **fields):
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page.content.decode())
    return client.post("/feeds/add/", {"subscribe": "1", "chosen": chosen, "category": "", **fields}, follow=True)


def test_visitors_sign_in_and_readers_are_refused_where_staff_alone_add_feeds(client, settings):
    assert client.get(PAGE).headers["Location"].startswith("/sign-in/")
    settings.READERS_ADD_FEEDS = False
    client.force_login(make_reader())
    assert client.get(PAGE).status_code == client.post(PAGE, {"address": "x"}).status_code == 403


def test_a_page_is_fetched_by_a_post_alone_and_once_while_its_marks_are_tried(client, staff, publisher, news):
    assert client.get(PAGE, {"address": news}).status_code == 200
    assert publisher.requests == []
    client.post(PAGE, {"address": news})
    client.post(PAGE, {"address": news, **MARKS})
    client.post(PAGE, {"address": news, **MARKS}, headers={"HX-Request": "true"})
    assert len(publisher.requests) == 1


def test_a_proposal_is_shown_with_its_preview_and_added_with_its_articles(client, staff, news):
    page = client.post(PAGE, {"address": news})
    text = page.content.decode()
    assert 'value="article.card"' in text
    assert f"{COUNT} articles found." in text
    assert "Berth 3 of the old harbour" in text
    listed = add(client, page)
    feed = Feed.objects.get()
    assert (feed.url, feed.title, feed.recipe["items"], feed.is_shared) == (news, "Harbour News", "article.card", True)
    assert Article.objects.filter(feed=feed).count() == COUNT
    assert "Berth 3 of the old harbour" in listed.content.decode()
    article = Article.objects.get(url__endswith="/story/3")
    assert (f"{article.published_at:%Y-%m-%d}", article.content_text.split()[0]) == ("2026-03-04", "What")


@pytest.mark.parametrize("number", ["0009", "7", "0" * 5000, "1.5", "-1", "²", "x", ""])
def test_a_proposal_that_there_is_not_is_none(client, staff, news, number):
    assert client.post(PAGE, {"address": news, "proposal": number}).status_code == 200


def test_marks_of_ones_own_win_over_the_proposal(client, staff, news):
    text = client.post(PAGE, {"address": news, "kind": "css", "items": "aside li"}).content.decode()
    assert "10 articles found." in text
    assert "10 without a date." in text
    assert "What everybody read this week, number 7" in text


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ({"items": "li:::"}, "“li:::” is no CSS selector."),
        ({"items": ".none"}, "There is nothing on this page where its items were marked."),
        ({"items": ""}, "This field is required."),
    ],
)
def test_what_finds_nothing_says_why_beside_the_marks(client, staff, news, marks, reason):
    response = client.post(PAGE, {"address": news, "kind": "css", **marks}, headers={"HX-Request": "true"})
    assert reason in response.content.decode()
    assert "<html" not in response.content.decode()
    assert 'name="chosen"' not in response.content.decode()


def test_an_address_that_leads_nowhere_says_why(client, staff, publisher):
    assert "404" in client.post(PAGE, {"address": publisher.url("/gone")}).content.decode()


def test_a_reader_makes_a_feed_for_themselves(client, news):
    reader = make_reader()
    client.force_login(reader)
    add(client, client.post(PAGE, {"address": news}))
    feed = Feed.objects.get()
    assert not feed.is_shared
    again = client.post(PAGE, {"address": news}).content.decode()
    assert "Already subscribed" in again
    assert 'name="chosen"' not in again
    client.force_login(make_reader())
    assert client.get(f"/feeds/{feed.pk}/recipe/").status_code == 404


def test_marks_of_a_feed_are_changed_and_its_page_read_anew(client, staff, news):
    feed, _is_new = add_for(staff, url=news, recipe={"kind": "css", "items": "aside li"}, for_site=True)
    client.post(f"/feeds/{feed.pk}/try/")
    assert feed.articles.count() == 10
    assert "made from a web page" in client.get(f"/feeds/{feed.pk}/").content.decode()
    address = f"/feeds/{feed.pk}/recipe/"
    assert 'value="aside li"' in client.get(address).content.decode()
    assert f"{COUNT} articles found." in client.post(address, MARKS).content.decode()
    assert client.post(address, {**MARKS, "save": "1"}).headers["Location"] == f"/feeds/{feed.pk}/"
    client.post(f"/feeds/{feed.pk}/try/")
    assert feed.articles.count() == 10 + COUNT
    feed.refresh_from_db()
    assert feed.recipe == MARKS


def test_a_feed_that_is_none_from_a_page_has_no_marks(client, staff):
    assert client.get(f"/feeds/{make_feed().pk}/recipe/").status_code == 404


def test_the_marks_go_along_where_a_reader_gives_their_feed_another_address(publisher, news):
    reader = make_reader()
    feed, _is_new = add_for(reader, url=news, recipe=MARKS, for_site=False)
    assert move_address(reader, feed, publisher.url("/other/")).recipe == MARKS


def test_who_does_not_tend_a_feed_changes_no_marks(client, staff, news):
    feed, _is_new = add_for(staff, url=news, recipe=MARKS, for_site=True)
    client.force_login(make_reader())
    assert client.post(f"/feeds/{feed.pk}/recipe/", {**MARKS, "save": "1"}).status_code == 403


def test_a_page_that_no_longer_has_its_articles_says_so_at_the_feed(client, staff, publisher, news):
    feed, _is_new = add_for(staff, url=news, recipe=MARKS, for_site=True)
    publisher.serve("/news/", "<h1>All is new</h1>", content_type="text/html")
    client.post(f"/feeds/{feed.pk}/try/")
    assert (
        "There is nothing on this page where its items were marked."
        in client.get(f"/feeds/{feed.pk}/").content.decode()
    )


def test_the_form_of_feeds_leads_there_where_it_finds_none(client, staff, news):
    assert f"{PAGE}?address=" in client.post("/feeds/add/", {"address": news}).content.decode()


@pytest.mark.parametrize("path", ["/feed.xml", "/news-sitemap.xml"])
def test_at_the_address_of_a_feed_nobody_has_to_mark_anything(client, staff, publisher, path):
    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://harbour.example/1</loc><news:news>'
        "<news:publication_date>2026-03-01</news:publication_date><news:title>Story</news:title></news:news></url></urlset>"
    )
    address = publisher.serve(path, sitemap if "sitemap" in path else rss(items(1, 2)))
    text = client.post(PAGE, {"address": address}).content.decode()
    assert "There is a feed at this address itself" in text
    assert f'href="/feeds/add/?url={quote(address, safe="")}"' in text


def test_a_page_without_stories_is_no_feed(client, staff, publisher):
    address = publisher.serve("/", "<p>Closed</p>", content_type="text/html")
    text = client.post(PAGE, {"address": address}).content.decode()
    assert "There is a feed" not in text
    assert "Mark them yourself" in text


def test_what_cannot_be_read_is_named_with_its_field(client, staff, news):
    text = client.post(PAGE, {"address": news, **MARKS, "kind": "xpath", "items": "//article"}).content.decode()
    assert "Link: “h2 a” is no XPath expression." in text


def test_a_sentence_that_quotes_no_field_is_none_of_a_field(client, staff, news):
    text = client.post(PAGE, {"address": news, **MARKS, "items": "h"}).content.decode()
    assert "There is nothing on this page" in text
    assert ": There is nothing" not in text
