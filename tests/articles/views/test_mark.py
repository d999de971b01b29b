"""The menu that marks many: what each of its buttons marks, and the offer to undo that stays until the next mark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.lists.list_settings import keep
from articles.lists.pages import PAGE
from articles.lists.reader_state import mark_all_read, mark_read
from articles.lists.selection import Order, Selection
from articles.models import ArticleState, HistoryRange, ReadMark
from tests.articles.views.form import fields
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db

OFFER = 'class="notice undo"'


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def press(client, page, extent):
    return client.post("/articles/mark/", fields(page) | {"extent": extent}, follow=True)


def undo(client, page):
    return client.post("/articles/undo/", fields(page, "undo"), follow=True)


def unread(client):
    pks, page = [], client.get("/?show=unread")
    while True:
        pks += [article.pk for article in page.context["page"].articles]
        if not page.context["older"]:
            return pks
        page = client.get(page.context["older"])


def test_an_old_tab_takes_no_newer_offer_away(client, reader):
    make_articles(3)
    old = press(client, client.get("/"), "page")
    make_articles(2)
    new = press(client, client.get("/"), "page")
    for form in (fields(old, "undo") | {"dismiss": "1"}, fields(old, "undo")):
        assert OFFER in client.post("/articles/undo/", form, follow=True).text
    dismissed = client.post("/articles/undo/", fields(new, "undo") | {"dismiss": "1"}, follow=True)
    assert OFFER not in dismissed.text


@pytest.mark.parametrize("show", ["", "show=unread"])
def test_this_page_is_marked_and_no_other(client, reader, show):
    pks = [article.pk for article in make_articles(PAGE + 20, make_feed())[::-1]]
    page = press(client, client.get(f"/?{show}"), "page")
    assert f"{PAGE} articles marked as read." in page.text
    assert unread(client) == pks[PAGE:]
    page = undo(client, page)
    assert unread(client) == pks
    assert OFFER not in page.text


def test_above_and_below_a_row_are_marked_across_pages_and_not_what_came_in_since(client, reader):
    feed = make_feed()
    articles = make_articles(PAGE + 30, feed)[::-1]
    pks = [article.pk for article in articles]
    page = client.get("/?pick=1")
    late = [make_article(feed, published_at=at) for at in (articles[3].published_at, articles[70].published_at)]
    before = unread(client)
    assert f'name="extent" value="above-{pks[20]}"' in page.text
    assert f'value="below-{pks[20]}"' not in client.get("/").text
    marked = press(client, page, f"above-{pks[20]}")
    assert "pick=1" not in marked.request["QUERY_STRING"]
    assert set(unread(client)) == {*pks[20:], *(article.pk for article in late)}
    undo(client, marked)
    assert unread(client) == before
    marked = press(client, page, f"below-{pks[20]}")
    assert set(unread(client)) == {*pks[:21], *(article.pk for article in late)}
    undo(client, marked)
    assert unread(client) == before


@pytest.mark.parametrize("is_kept", [True, False])
def test_in_a_list_from_the_oldest_on_above_is_older(client, reader, is_kept):
    pks = [article.pk for article in make_articles(PAGE + 10, make_feed())]
    address = "/?pick=1" if is_kept else "/?order=oldest&pick=1"
    if is_kept:
        keep(reader, Selection(), order=Order.OLDEST)
    page = press(client, client.get(address), f"above-{pks[5]}")
    assert set(unread(client)) == set(pks[5:])
    undo(client, page)
    press(client, client.get(address), f"below-{pks[5]}")
    assert set(unread(client)) == set(pks[:6])


def test_what_is_older_than_some_days_is_marked_by_its_date_whenever_it_came_in(client, reader):
    feed, now = make_feed(), timezone.now()
    ages = [10, 5, 2, 0.5, 8, 4]  # days, in the order in which they came in
    articles = [make_article(feed, published_at=now - timedelta(days=age)) for age in ages]
    for days, remaining in (("7", [5, 2, 0.5, 4]), ("3", [2, 0.5]), ("1", [0.5])):
        page = press(client, client.get("/"), f"older-{days}")
        assert set(unread(client)) == {a.pk for a, age in zip(articles, ages, strict=True) if age in remaining}
        undo(client, page)
        assert len(unread(client)) == len(articles)


@pytest.mark.parametrize("place", ["feed", "category"])
def test_a_mark_stays_inside_the_list(client, reader, place):
    category = make_category("Ports", slug="ports")
    inside, outside = make_articles(3, make_feed(category=category)), make_articles(3, make_feed())
    query = {"feed": f"feed={inside[0].feed_id}", "category": "category=ports"}[place]
    for extent in ("all", f"below-{outside[2].pk}", "older-1", "page"):
        page = press(client, client.get(f"/?{query}"), extent)
        assert set(unread(client)) == {article.pk for article in outside}
        undo(client, page)
        assert len(unread(client)) == 6


def test_undo_brings_back_what_the_mark_changed_and_leaves_what_was_touched_since(client, reader):
    feed = make_feed()
    articles = make_articles(30, feed)
    HistoryRange.objects.create(feed=feed, first=articles[0].pk, last=articles[3].pk)
    mark_all_read(reader, Selection(feed=feed), up_to=articles[9].pk)
    mark_read(reader, [articles[20]])
    mark_read(reader, [articles[2], articles[5], articles[25]], read=False)
    before = set(unread(client))
    page = press(client, client.get("/"), f"below-{articles[28].pk}")
    assert set(unread(client)) == {articles[28].pk, articles[29].pk}
    mark_read(reader, [articles[15], articles[5]])
    mark_read(reader, [articles[20]], read=False)
    undo(client, page)
    assert set(unread(client)) == before - {articles[15].pk, articles[5].pk} | {articles[20].pk}
    assert not ArticleState.objects.filter(is_read=None).exists()


def test_the_offer_stays_on_other_pages_until_the_next_mark_or_until_it_is_waved_away(client, reader):
    older, newer = make_articles(4, make_feed()), make_articles(4, make_feed())
    first = press(client, client.get(f"/?feed={older[0].feed_id}"), "all")
    for address in ("/", "/feeds/", newer[0].get_absolute_url(), "/account/", "/?q=harbour"):
        assert OFFER in client.get(address).text
    second = press(client, client.get(f"/?feed={newer[0].feed_id}"), "page")
    refused = undo(client, first)
    assert "something else was marked since" in refused.text
    assert unread(client) == []
    assert fields(refused, "undo")["batch"] == fields(second, "undo")["batch"]
    undo(client, second)
    assert len(unread(client)) == 3  # one was opened
    page = press(client, client.get("/"), "page")
    page = client.post("/articles/undo/", fields(page, "undo") | {"dismiss": "1"}, follow=True)
    assert OFFER not in page.text
    assert unread(client) == []


@pytest.mark.parametrize("extent", ["all", "older-1"])
def test_what_a_query_finds_is_never_taken_for_the_whole_list(client, reader, extent):
    pks = [article.pk for article in make_articles(4, make_feed())[::-1]]
    assert client.post("/articles/mark/", {"extent": extent, "q": "x", "latest_id": pks[0]}).status_code == 400
    assert unread(client) == pks


@pytest.mark.parametrize("extent", ["page", "all", "older-1"])
def test_a_mark_that_arrives_twice_is_undone_as_one(client, reader, extent):
    make_articles(12, make_feed())
    page = client.get("/")
    press(client, page, extent)
    again = press(client, page, extent)
    assert "Nothing there was unread." in again.text
    assert unread(client) == []
    undo(client, again)
    assert len(unread(client)) == 12


def test_much_that_is_old_is_one_row_for_each_feed(client, reader, django_assert_max_num_queries):
    feeds = [make_feed(), make_feed()]
    for feed in feeds:
        make_articles(300, feed)
    page = client.get("/")
    with django_assert_max_num_queries(40):
        client.post("/articles/mark/", fields(page) | {"extent": "older-1"})
    assert (ReadMark.objects.count(), ArticleState.objects.count()) == (2, 0)


@pytest.mark.parametrize("extent", ["older-2", "older-", "above", "above-", "x-1", ""])
def test_an_extent_that_makes_no_sense_is_refused(client, reader, extent):
    make_article()
    status = client.post("/articles/mark/", fields(client.get("/")) | {"extent": extent}).status_code
    assert status in {400, 404}
    assert unread(client)
