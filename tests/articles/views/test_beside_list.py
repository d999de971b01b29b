"""Articles opened beside their list or in their row: what scripts get, and what the address shows by itself."""

from __future__ import annotations

import re

import pytest

from articles.lists.list_settings import Opening, keep
from articles.lists.pages import PAGE, Selection, Show, unread_among
from articles.models import Enclosure
from tests.articles.views.list_page import HTMX, rows
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    keep(reader, Selection(), opening=Opening.BESIDE)
    client.force_login(reader)
    return reader


@pytest.mark.parametrize("part", ["pane", "row"])
def test_it_has_what_the_articles_page_has(client, reader, part):
    article = make_article()
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg")
    address = f"{article.get_absolute_url()}?in={part}"
    text = client.get(address, headers=HTMX).text
    for its in ("data-hear=", 'class="aloud"', 'popovertarget="look"', 'id="passage"', "Add a note"):
        assert its in text
    [adding] = set(re.findall(r'hx-post="([^"]*/notes/[^"]*)"', text))
    answer = client.post(adding, {"text": "Since when?"}, headers=HTMX, follow=True)
    assert answer.redirect_chain[0][0].startswith(address)
    assert "<html" not in answer.text
    assert "Since when?" in answer.text
    assert "A note needs words" in client.post(adding, {"text": ""}, headers=HTMX, follow=True).text


@pytest.mark.parametrize("part", ["pane", "row"])
def test_a_script_gets_the_article_alone_and_it_is_read(client, reader, part):
    article = make_articles(3)[1]
    answer = client.get(f"{article.get_absolute_url()}?in={part}", headers=HTMX)
    assert "<html" not in answer.text
    assert article.content_text in answer.text
    assert ("<h1" in answer.text, 'class="toolbar"' in answer.text) == ((part == "pane"),) * 2
    assert f'data-read="/articles/{article.pk}/read/"' in answer.text
    assert "HX-Request" in answer["Vary"]
    assert unread_among([article.pk], reader) == set()


def test_the_address_shows_the_page_of_the_list_that_the_article_is_on_beside_it(client, reader):
    articles = make_articles(PAGE + 20, make_feed())[::-1]
    second = client.get(client.get("/?show=unread").context["older"])
    shown = articles[PAGE + 5]
    page = client.get(f"{shown.get_absolute_url()}?show=unread&cursor={second.context['cursor']}&in=pane")
    assert rows(page) == rows(second)  # with its row, though it is read now
    assert shown.content_text in page.text
    assert re.search(r'<body class="panes reads [^"]*with-tree', page.text)
    title = " ".join(re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1].split())
    assert title == f"({PAGE + 19}) {shown.title} · Unread · Newsreader"
    assert "HX-Request" in page["Vary"]
    for address in re.findall(r'<a [^>]*rel="(?:next|prev)"[^>]*href="([^"]*)"', page.text):
        assert address.startswith("/")  # the page's own address is not the list's
    first = client.get(f"{articles[0].get_absolute_url()}?show=unread&cursor={second.context['cursor']}&in=pane")
    assert rows(first)[0] == articles[0].pk


def test_who_has_not_chosen_it_gets_the_articles_page(client, reader, settings):
    article = make_articles(3)[1]
    address = f"{article.get_absolute_url()}?in=pane"
    assert rows(client.get(f"{article.get_absolute_url()}?in=row")) == []
    keep(reader, Selection(), opening=Opening.PAGE)
    assert rows(client.get(address)) == []
    client.logout()
    settings.NEWSREADER_PUBLIC = True
    assert rows(client.get(address)) == []
    assert "<html" in client.get(address, headers=HTMX).text


def test_nobody_gets_a_part_of_an_article_that_they_may_not_read(client, reader):
    article = make_articles(1, make_feed(is_shared=False))[0]
    for part in ("pane", "row"):
        assert client.get(f"{article.get_absolute_url()}?in={part}", headers=HTMX).status_code == 404


@pytest.mark.parametrize("opening", Opening)
def test_a_list_loads_what_its_articles_need_where_they_open(client, reader, opening):
    make_articles(2)
    keep(reader, Selection(), opening=opening)
    page = client.get("/")
    is_here = opening is not Opening.PAGE
    assert (f'data-opens="{opening}"' in page.text) == is_here
    assert ("js/reading" in page.text, 'id="lightbox"' in page.text) == (is_here, is_here)
    assert ('id="reading"' in page.text) == (opening is Opening.BESIDE)
    links = client.get("/").text.count('href="/articles/')
    assert links >= 2  # without scripts they lead to the articles' pages
    assert "in=pane" not in page.text
    assert client.get("/", {"show": Show.STARRED}).status_code == 200
