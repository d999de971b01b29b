"""The page of the river of today."""

from __future__ import annotations

import html
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


@pytest.mark.parametrize("show", ["", "show=unread"])
@pytest.mark.parametrize("is_within", [False, True])
def test_an_article_that_was_opened_from_it_leads_back_to_its_row(client, reader, show, is_within):
    category = make_category("Ports")
    feed = make_feed(category=category)
    for number in range(60):
        make_article(feed, published_at=ago(minutes=number + 1))
    query = "&".join(filter(None, [is_within and f"category={category.slug}", show]))
    first = f"/today/?{query}" if query else "/today/"
    second = address(client.get(first), r'rel="next" href="([^"]*)"')
    for page in (first, second):
        river = client.get(page)
        pk = rows(river)[0]
        row = page + (f"&at={pk}" if show else "") + f"#article-{pk}"
        opened = client.get(address(river, r'id=t[0-9]+ href="([^"]*)"'))
        assert opened.context["row_address"] == row
        assert opened.context["list_address"] == page
        assert rows(client.get(row)) == rows(river)
        assert [opened.context["older"].pk] == rows(river)[1:2]
        beside = client.get(opened.context["older"].get_absolute_url() + opened.context["older_query"])
        assert beside.context["list_address"] == page
        if not show:  # else it is read, and none of the list
            assert beside.context["newer"] == opened.context["article"]
        labels = client.get(address(river, r'<a href="([^"]*)" aria-labelledby="label '))
        assert labels.context["back"] == row


def test_from_the_last_row_of_a_page_one_goes_on_to_the_next_page(client, reader):
    feed = make_feed()
    articles = [make_article(feed, published_at=ago(minutes=number + 1)) for number in range(60)]
    top = client.get("/today/")
    second = address(top, r'rel="next" href="([^"]*)"')
    last = client.get(articles[49].get_absolute_url() + "?today=top")
    first = client.get(last.context["older"].get_absolute_url() + last.context["older_query"])
    assert first.context["article"] == articles[50]
    assert rows(client.get(first.context["list_address"])) == rows(client.get(second))
    assert first.context["newer"] == articles[49]
    words = " ".join(first.text.split())
    assert "Previous article" in words
    assert 'data-key="j"' in words


def test_the_next_unread_article_is_that_of_the_river(client, reader):
    """Of two feeds in turns, where a list has all of one of them before the other."""
    feeds = [make_feed(), make_feed()]
    articles = [
        [make_article(feed, published_at=ago(minutes=1 + at, hours=hour)) for at in range(3)]
        for hour, feed in enumerate(feeds)
    ]
    make_article(make_feed(), published_at=ago(days=9))
    on = address(client.get("/today/"), r'data-key="h" href="([^"]*)"')
    seen = []
    for _ in range(7):
        answer = client.get(on, follow=True)
        seen.append(answer.context["article"].pk)
        on = address(answer, r'data-key="h" href="([^"]*)"')
    turns = [articles[feed][at].pk for at in range(3) for feed in range(2)]
    assert seen[:6] == turns
    assert seen[6] not in turns  # what is unread elsewhere


def address(page, pattern):
    return html.unescape(re.search(pattern, page.text)[1])


@pytest.mark.parametrize("place", ["x", "//example.org", "1_2", "1_2_3_4", "javascript:alert(1)", "1_2_3#x"])
def test_an_article_s_address_that_names_no_place_in_it_is_refused(client, reader, place):
    article = make_article(published_at=ago(hours=1))
    assert client.get(article.get_absolute_url(), {"today": place}).status_code == 400


def test_an_article_leads_back_to_the_top_of_it_when_its_page_is_no_more(client, reader):
    article = make_article(published_at=ago(hours=1))
    opened = client.get(article.get_absolute_url(), {"today": "1000_5_50", "show": "unread"})
    assert opened.context["list_address"] == "/today/?show=unread"
    starred = client.get(article.get_absolute_url(), {"today": "top", "show": "starred"})
    assert starred.context["list_address"] == "/?show=starred"


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
    assert 'data-key="g d" href="/today/"' in client.get("/shortcuts/").text
    assert '<a class="top-today" href="/today/">' in page
