"""A list without articles says why, and leads on."""

from __future__ import annotations

import re

import pytest

from articles.lists.pages import newest_id
from articles.lists.reader_state import mark_all_read
from articles.lists.selection import Selection
from feeds.subscriptions import own
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann", staff=True)
    client.force_login(reader)
    return reader


def buttons(page):
    """The words of the buttons under the sentence, with their addresses."""
    actions = re.search(r'<p class="actions">(.*?)</p>', page.text, re.DOTALL)[1]
    found = re.findall(r'href="([^"]*)">(.*?)</a>', actions, re.DOTALL)
    return {" ".join(words.split()): address.replace("&amp;", "&") for address, words in found}


def test_it_leads_to_the_next_category_of_the_tree_with_unread_articles(client, reader):
    news = make_category("News", slug="news")
    asia = make_category("Asia", slug="asia", parent=news)
    europe = make_category("Europe", slug="europe", parent=news)
    arts = make_category("Arts", slug="arts")
    feeds = [make_article(make_feed(category=category)).feed for category in (asia, europe, arts)]
    mark_all_read(reader, Selection(feed=feeds[0]), up_to=newest_id())
    for query in ("category=asia", f"feed={feeds[0].pk}"):
        assert buttons(client.get(f"/?{query}&show=unread"))["Unread in Europe"] == "/?category=europe&show=unread"
    mark_all_read(reader, Selection(feed=feeds[1]), up_to=newest_id())
    for query in ("category=europe", "category=news"):
        assert "Unread in Arts" in buttons(client.get(f"/?{query}&show=unread"))


def test_it_leads_to_the_next_feed_where_there_are_no_categories(client, reader):
    here = make_feed()
    make_article()
    page = client.get(f"/?feed={here.pk}&show=unread")
    assert "Nothing unread here." in page.text
    assert buttons(page)["Next feed with unread"] == f"/unread/feed/?feed={here.pk}"
    assert buttons(client.get(f"/?feed={here.pk}"))["How this feed is doing"] == f"/feeds/{here.pk}/"


def test_where_all_is_read_it_says_so_and_offers_what_there_is_to_do(client, reader):
    article = make_article()
    mark_all_read(reader, Selection(), up_to=article.pk)
    page = client.get("/?show=unread")
    assert "You have read everything." in page.text
    assert list(buttons(page)) == ["Read articles, too", "Add a feed"]
    starred = client.get("/?show=starred")
    assert "The star beside an article keeps it here." in starred.text
    assert list(buttons(starred)) == ["Read articles, too"]


def test_who_follows_nothing_is_told_so_and_led_to_the_sites_feeds(client, settings):
    ben = make_reader("ben")
    client.force_login(ben)
    own.choose_own(ben)
    feed = make_article().feed
    for address in ("/", "/?show=unread"):
        page = client.get(address)
        assert "You follow no feeds yet." in page.text
        assert list(buttons(page)) == ["Choose from this site's feeds", "Add a feed", "Import OPML"]
    assert "Nothing starred here yet." in client.get("/?show=starred").text
    assert "Nothing unread" not in client.get(f"/?feed={feed.pk}").text
    settings.READERS_ADD_FEEDS = False
    assert buttons(client.get("/")) == {"Choose from this site's feeds": "/feeds/?of=others"}
    own.follow(ben, feed)
    assert "You follow no feeds yet." not in client.get("/?show=unread").text
