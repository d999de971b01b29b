"""The place in a list: the page and the row that an article was opened from, and what the list was narrowed to."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from articles.lists import reader_state
from articles.lists.pages import PAGE, Selection, Show, cursor_of, list_page
from articles.search import index
from tests.articles.views.list_page import rows
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def link(page, data_key):
    """The address of the link that a key presses."""
    found = next(tag for tag in re.findall(r"<a\s[^>]*>", page.text) if f'data-key="{data_key}"' in tag)
    return unescape(re.search(r'href="([^"]*)"', found)[1])


def back_to(client, page):
    """Follows the way back; gives the list's page and the row that it leads to."""
    address = urlsplit(link(page, "u"))
    return client.get(f"{address.path}?{address.query}"), int(address.fragment.removeprefix("article-"))


def narrowed(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}


@pytest.mark.parametrize(
    "narrowing", ["", "feed", "category", "show=unread", "show=starred", "q=body", "q=body&show=unread"]
)
def test_an_article_leads_back_to_its_page_and_its_row(client, reader, narrowing):
    category = make_category("Ports")
    feed = make_feed(category=category)
    articles = make_articles(PAGE + 20, feed, language="en")
    index.index(articles)
    for article in articles:
        reader_state.star(reader, article, on=True)
    query = {"feed": f"feed={feed.pk}", "category": f"category={category.slug}"}.get(narrowing, narrowing)
    first = client.get(f"/?{query}")
    assert first.context["older"]
    second = client.get(first.context["older"])
    row = rows(second)[5]
    opened = unescape(re.search(rf'href="(/articles/{row}/[^"]*)"', second.text)[1])
    page, at = back_to(client, client.get(opened))
    assert at == row
    assert rows(page)[: len(rows(second))] == rows(second)  # one more comes up for each that is read


@pytest.mark.parametrize("narrowing", ["", "?show=unread"])
def test_after_articles_on_both_sides_the_way_back_leads_to_the_page_where_one_is(client, reader, narrowing):
    articles = make_articles(2 * PAGE + 1, make_feed())[::-1]
    page = client.get(f"{articles[PAGE - 2].get_absolute_url()}{narrowing}")
    for _ in range(3):
        page = client.get(link(page, "j"))
    shown, at = back_to(client, page)
    assert at == articles[PAGE + 1].pk
    assert at in rows(shown)
    assert articles[PAGE - 2].pk not in rows(shown)
    for _ in range(2):
        page = client.get(link(page, "k"))
        shown, at = back_to(client, page)
        assert at == page.context["article"].pk
        assert at in rows(shown)


def test_what_was_read_keeps_its_row_for_who_comes_back_to_what_is_unread(client, reader):
    newest, middle, oldest = make_articles(3, make_feed())[::-1]
    page, at = back_to(client, client.get(f"{middle.get_absolute_url()}?show=unread"))
    assert (rows(page), at) == ([newest.pk, middle.pk, oldest.pk], middle.pk)
    assert rows(client.get("/?show=unread")) == [newest.pk, oldest.pk]


@pytest.mark.parametrize("at", ["0", "999999", "x", "9" * 30, "-1"])
def test_a_row_that_is_none_is_left_out(client, reader, at):
    article = make_article()
    assert rows(client.get(f"/?show=unread&at={at}")) == [article.pk]


def test_no_row_of_another_feed_comes_into_a_list(client, reader):
    ours, other = make_article(), make_article()
    assert rows(client.get(f"/?show=unread&feed={ours.feed_id}&at={other.pk}")) == [ours.pk]


@pytest.mark.parametrize("index", [0, PAGE - 1, PAGE, 7 * PAGE + 3])
def test_the_page_of_an_article_is_found_from_any_page(reader, index):
    articles = make_articles(8 * PAGE)[::-1]
    pages = [list_page(Selection(), reader)]
    while pages[-1].next_cursor:
        pages.append(list_page(Selection(), reader, cursor=pages[-1].next_cursor))
    for cursor in ("", pages[0].next_cursor, pages[-1].previous_cursor, pages[3].previous_cursor):
        found = cursor_of(articles[index], Selection(), reader, cursor)
        assert articles[index] in list_page(Selection(), reader, cursor=found).articles


def test_where_all_is_read_the_page_stays(reader):
    articles = make_articles(PAGE + 2)[::-1]
    unread = Selection(show=Show.UNREAD)
    second = list_page(unread, reader).next_cursor
    reader_state.mark_read(reader, articles)
    assert cursor_of(articles[-1], unread, reader, second) == second


def test_links_keep_what_is_shown(client, reader):
    category = make_category("Ports")
    feed = make_feed(category=category, title="Harbour Notes")
    article = make_article(feed)
    every = client.get("/?show=unread").text
    assert {"category": category.slug, "show": "unread"} in map(narrowed, re.findall(r'href="(/\?[^"]*)"', every))
    assert {"feed": str(feed.pk), "show": "unread"} in map(narrowed, re.findall(r'href="(/\?[^"]*)"', every))
    of_feed = client.get(f"/?feed={feed.pk}&show=unread").text
    facts = of_feed.partition('class="feed-facts"')[2].partition("</p>")[0]
    assert narrowed(re.search(r'href="([^"]*)"', facts)[1]) == {"category": category.slug, "show": "unread"}
    of_article = client.get(f"{article.get_absolute_url()}?show=unread").text
    source = of_article.partition('class="source"')[2].partition("</p>")[0]
    assert narrowed(re.search(r'href="([^"]*)"', source)[1]) == {"feed": str(feed.pk), "show": "unread"}


def test_the_bar_of_a_phone_stays_in_the_category(client, reader):
    category = make_category("Ports")
    make_article(make_feed(category=category))
    page = client.get(f"/?category={category.slug}").text
    bar = page.partition('class="site-nav"')[2].partition("</nav>")[0]
    shown = [narrowed(address) for address in re.findall(r'class="on-phone"\s+href="([^"]*)"', bar)]
    assert shown == [{"category": category.slug, "show": "unread"}]


def test_an_earlier_text_knows_the_place_too(client, reader):
    article = make_article()
    version = article.versions.create(
        replaced_at=article.published_at, title="Before", html_zlib=b"", entry_hash="0" * 32
    )
    opened = client.get(f"{article.get_absolute_url()}?show=unread")
    address = f"/articles/{article.pk}/versions/{version.pk}/?show=unread"
    assert address in opened.text
    assert f"{article.get_absolute_url()}?show=unread" in client.get(address).text


def test_marking_all_as_read_stays_on_the_page(client, reader):
    make_articles(PAGE + 1)
    older = client.get("/").context["older"]
    page = client.get(older)
    form = re.search(r'<form id="mark".*?</form>', page.text, re.S)[0]
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', form))
    fields["next"] = unescape(fields["next"])
    answer = client.post("/articles/mark/", fields)
    assert narrowed(answer.url)["cursor"] == narrowed(older)["cursor"]
