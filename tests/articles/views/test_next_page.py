"""The next page of a list as a script asks for it, to put it at the end of the one before it."""

from __future__ import annotations

import re

import pytest

from articles.lists.list_settings import AtEnd, keep
from articles.lists.pages import PAGE, Selection
from articles.lists.reader_state import mark_these_read
from tests.articles.views.form import fields
from tests.articles.views.list_page import HTMX, rows
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    keep(reader, Selection(), at_end=AtEnd.ON)
    client.force_login(reader)
    return reader


def test_a_script_gets_the_rows_and_the_way_on_alone(client, reader, django_assert_max_num_queries):
    articles = [article.pk for article in make_articles(2 * PAGE + 5, make_feed())][::-1]
    address = client.get("/").context["older"]
    with django_assert_max_num_queries(14):  # no tree
        more = client.get(address, headers=HTMX)
    assert rows(more) == articles[PAGE : 2 * PAGE] == rows(client.get(address))
    assert more["Vary"].count("HX-Request") == 1
    assert ("<html" in more.text, 'id="tree"' in more.text) == (False, False)
    assert f'data-shown="{articles[PAGE]}.' in more.text
    assert f'data-address="{address}"' in more.text
    last = client.get(re.search(r'rel="next" href="([^"]*)"', more.text)[1], headers=HTMX)
    assert rows(last) == articles[2 * PAGE :]
    assert 'rel="next"' not in last.text


def test_a_list_goes_on_by_itself_where_its_reader_chose_so_but_not_while_they_choose_a_row(client, reader):
    make_articles(PAGE + 5, make_feed())
    page = client.get("/")
    assert ("data-on" in page.text, "js/next-page" in page.text, 'rel="next"' in page.text) == (True, True, True)
    assert "js/next-page" not in client.get("/?pick=1").text
    keep(reader, Selection(), at_end=AtEnd.STOP)
    assert "js/next-page" not in client.get("/").text


def test_the_page_that_is_marked_is_all_that_came(client, reader):
    articles = [article.pk for article in make_articles(10 * PAGE, make_feed())]
    mark_these_read(reader, articles[:3])
    page = client.get("/")
    client.post("/articles/mark/", fields(page) | {"extent": "page", "articles": ".".join(map(str, articles))})
    assert client.get("/?show=unread").context["page"].articles == []
