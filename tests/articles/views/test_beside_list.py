"""Articles opened beside their list or in their row: what scripts get, and what the address shows by itself."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from articles.lists.list_settings import Opening, keep
from articles.lists.pages import PAGE, Selection, Show, unread_among
from articles.models import Article, Enclosure
from articles.views import matches
from tests.articles.searching import make_found, make_harbours
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
    assert f'data-read="{article.pk}"' in answer.text
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


def test_hits_open_where_the_articles_of_their_list_do(client, reader):
    hit = make_found()
    page = client.get("/?q=harbour").text
    for its in ('data-opens="beside"', 'id="reading"', "js/reading", "js/matches", "data-list="):
        assert its in page
    assert "data-keeps-rows" not in page
    assert "data-keeps-rows" in client.get("/?q=harbour+is:unread").text
    keep(reader, Selection(feed=hit.feed), opening=Opening.ROW)
    assert 'data-opens="row"' in client.get(f"/?q=harbour&feed={hit.feed_id}").text
    keep(reader, Selection(feed=hit.feed), opening=Opening.PAGE)
    assert "data-opens" not in client.get(f"/?q=harbour&feed={hit.feed_id}").text


@pytest.mark.parametrize("part", ["pane", "row"])
def test_a_script_gets_a_hit_alone_with_what_was_found_marked(client, reader, part):
    hit = make_found(text="The harbour sleeps.")
    answer = client.get(f"{hit.get_absolute_url()}?q=harbour&in={part}", headers=HTMX)
    assert "<html" not in answer.text
    assert 'The <mark class="match" id="match-' in answer.text
    assert 'data-step="1"' in answer.text


@pytest.mark.parametrize("query", ["q=harbour", "q=harbour&order=oldest", "q=harbour+is:unread"])
def test_the_address_shows_the_page_of_hits_that_the_article_is_on_beside_it(client, reader, query):
    make_harbours(matches.PAGE + 12, content_html="<p>The harbour sleeps.</p>")
    second = client.get(client.get(f"/?{query}").context["older"])
    cursor, shown = parse_qs(urlsplit(second.context["next"]).query)["cursor"][0], rows(second)[4]
    page = client.get(f"/articles/{shown}/?{query}&cursor={cursor}&in=pane")
    assert rows(page) == rows(second)  # with its row, though it is read now
    assert re.search(r'<body class="panes reads [^"]*search-page', page.text)
    opened = page.text.split('id="reading"')[1]
    assert "The <mark" in opened
    title = " ".join(re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1].split())
    assert title.startswith(f"{Article.objects.get(pk=shown).title} · ")
    addresses = re.findall(r'<a class="button" rel="(?:next|prev)" href="([^"]*)"', page.text)
    assert addresses
    assert all(address.startswith("/?") for address in addresses)


def test_who_has_not_chosen_it_gets_the_page_of_a_hit(client, reader):
    hit = make_found()
    keep(reader, Selection(), opening=Opening.PAGE)
    assert rows(client.get(f"{hit.get_absolute_url()}?q=harbour&in=pane")) == []
