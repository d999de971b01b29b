"""The page of the river of today."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.lists.unread_counts import unread_counts
from tests.articles.views.list_page import rows
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_the_page_has_rows_marks_and_ways_on(client, reader):
    feed = make_feed(importance="high")
    articles = [make_article(feed, published_at=ago(minutes=number + 1)) for number in range(60)]
    make_article(feed, published_at=ago(days=2))
    page = client.get("/today/")
    assert rows(page) == [article.pk for article in articles[:50]]
    assert "Mark this page as read" in page.text
    assert 'aria-label="Important"' in page.text
    assert '<a class="top-today" href="/today/" aria-current="page">' in page.text
    assert "Today, " in page.text or "class=" in page.text
    older = re.search(r'rel="next" href="([^"]*)"', page.text)[1].replace("&amp;", "&")
    assert rows(client.get(older)) == [article.pk for article in articles[50:]]
    shown = re.search(r'name="articles" value="([^"]*)"', page.text)[1]
    client.post("/articles/mark/", {"extent": "page", "articles": shown, "latest_id": "0", "next": "/today/"})
    assert unread_counts(reader) == {feed.pk: 11}
    assert rows(client.get("/today/?show=unread")) == [article.pk for article in articles[50:]]


def test_a_category_has_a_river_of_its_own(client, reader):
    category = make_category("Ports")
    inside = make_article(make_feed(category=category), published_at=ago(hours=1))
    make_article(make_feed(), published_at=ago(hours=1))
    page = client.get(f"/today/?category={category.slug}")
    assert rows(page) == [inside.pk]
    assert "Today · Ports" in " ".join(page.text.split())


def test_an_empty_day_says_so(client, reader):
    make_article(published_at=ago(days=3))
    assert "Nothing came out in the last 24 hours." in client.get("/today/").text
    assert "Nothing unread of the last 24 hours." in client.get("/today/?show=unread").text


def test_what_makes_no_sense_is_refused(client, reader):
    for query in ("cursor=x", "show=starred", "show=other"):
        assert client.get(f"/today/?{query}").status_code == 400


def test_who_is_not_signed_in_sees_all_of_a_public_site(client, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_article(published_at=ago(hours=1))
    page = client.get("/today/")
    assert rows(page) == [article.pk]
    assert "<form" not in page.text.split("<main", 1)[1].split("</main")[0]
    assert client.get("/today/?show=unread").status_code == 302


def test_keys_and_the_tree_lead_there(client, reader):
    make_article()
    page = client.get("/").text
    assert 'data-key="g d" href="/today/"' in page
    assert '<a class="top-today" href="/today/">' in page
