"""Importance of feeds: chosen in their menus and on their pages, and what lists and searches make of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from articles.lists.reader_state import mark_read
from articles.lists.unread_counts import unread_counts
from articles.models import Article, ArticleState
from feeds.subscriptions.visibility import importance_of
from tests.articles.searching import make_found, titles
from tests.articles.views.list_page import rows
from tests.factories import build_article, count_articles, make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 3, 5, 4, tzinfo=UTC)


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def low():
    return make_feed(title="Wire & Co", importance="low")


@pytest.fixture
def told(low):
    return [make_found(low, published_at=DAY + timedelta(hours=number)) for number in range(4)]


def lines(page):
    """The texts and the addresses of the rows that stand for a day."""
    found = re.findall(r'<li class="row-low".*?<a href="([^"]*)"[^>]*>(.*?)</a>', page.text, re.S)
    return [(address.replace("&amp;", "&"), " ".join(re.sub("<[^>]*>", "", text).split())) for address, text in found]


def test_a_list_has_one_row_of_the_day_which_leads_to_it(client, reader, low, told):
    usual = make_article(make_feed(), published_at=DAY)
    page = client.get("/?show=unread")
    assert rows(page) == [told[-1].pk, usual.pk]
    [(address, words)] = lines(page)
    assert words == "4 more from Wire &amp; Co"
    assert titles(client.get(address)) == [article.title for article in reversed(told)]
    assert lines(client.get(f"/?feed={low.pk}")) == []
    assert unread_counts(reader)[low.pk] == 4


def test_the_row_of_a_day_marks_what_it_stands_for(client, reader, low, told):
    page = client.get("/?show=unread").text
    extent = re.search(r'name="extent" value="(day-[^"]*)"', page)[1]
    late = make_article(low, published_at=DAY)
    client.post("/articles/mark/", {"extent": extent, "latest_id": told[-1].pk, "show": "unread"})
    assert ArticleState.objects.filter(user=reader, is_read=True).count() == 4
    assert unread_counts(reader) == {low.pk: 1}
    assert not ArticleState.objects.filter(article=late).exists()


@pytest.mark.parametrize("how", ["row", "page"])
def test_a_day_is_marked_however_long_it_is(client, reader, low, how):
    feeds = [low, make_feed(importance="low")]
    Article.objects.bulk_create(
        build_article(feeds[number % 2], published_at=DAY + timedelta(seconds=number)) for number in range(1_900)
    )
    count_articles(*feeds)
    page = client.get("/?show=unread")
    form = {"latest_id": page.context["page"].latest_id, "show": "unread"}
    if how == "row":
        client.post("/articles/mark/", form | {"extent": re.search(r'value="(day-[^"]*)"', page.text)[1]})
        assert list(unread_counts(reader, most=None).values()) == [950]
    else:
        client.post("/articles/mark/", form | {"extent": "page", "articles": page.context["shown"]})
        assert unread_counts(reader) == {}


def test_what_names_no_day_marks_nothing(client, reader, low, told):
    hidden = make_article(make_feed(is_shared=False), published_at=DAY)
    for day in (
        "x",
        f"{low.pk}-2026-13-01",
        f"{low.pk}-2026-03-06",
        f"{hidden.feed_id}-2026-03-05",
        "9-2026-03-05",
        "-",
    ):
        client.post("/articles/mark/", {"extent": f"day-{day}", "latest_id": hidden.pk})
    assert not ArticleState.objects.exists()


def test_a_row_whose_newest_is_read_is_marked_too(client, reader, low, told):
    mark_read(reader, [told[-1]])
    assert 'value="day-' in client.get("/").text
    mark_read(reader, told)
    assert 'value="day-' not in client.get("/").text


def test_an_article_leads_on_past_low_feeds_and_back_to_its_page(client, reader, low):
    feed = make_feed()
    first = make_article(feed, published_at=DAY - timedelta(hours=1))
    for number in range(60):
        make_article(low, published_at=DAY + timedelta(minutes=number))
    last = make_article(feed, published_at=DAY + timedelta(hours=2))
    context = client.get(last.get_absolute_url()).context
    assert (context["older"], context["cursor"]) == (first, "")
    context = client.get(first.get_absolute_url()).context
    assert (context["newer"], context["cursor"]) == (last, "")


def test_this_page_is_what_its_rows_stand_for(client, reader, low, told):
    shown = client.get("/?show=unread").context["shown"]
    client.post("/articles/mark/", {"extent": "page", "articles": shown, "latest_id": told[-1].pk, "show": "unread"})
    assert unread_counts(reader) == {}


def test_who_is_not_signed_in_has_what_the_site_chose(client, low, told, settings):
    settings.NEWSREADER_PUBLIC = True
    page = client.get("/")
    assert len(lines(page)) == 1
    assert 'value="day-' not in page.text


def test_days_are_those_of_the_reader(client, reader, low, told):
    client.cookies["timezone"] = "Pacific/Honolulu"
    make_article(low, published_at=DAY + timedelta(hours=7))  # 01:00 of the next day there
    assert [words for _, words in lines(client.get("/"))] == ["4 more from Wire &amp; Co"]


@pytest.mark.parametrize("how", ["menu", "page"])
def test_a_reader_chooses_it_in_the_menu_and_on_the_page_of_a_feed(client, reader, how):
    feed = make_feed()
    if how == "menu":
        assert 'value="normal" aria-pressed="true"' in client.get(f"/feeds/{feed.pk}/menu/").text
        client.post(f"/feeds/{feed.pk}/importance/", {"importance": "high"})
    else:
        assert 'name="importance"' in client.get(f"/feeds/{feed.pk}/").text
        client.post(f"/feeds/{feed.pk}/", {"title": "", "importance": "high"})
    assert importance_of(reader, feed) == "high"
    assert 'value="high" aria-pressed="true"' in client.get(f"/feeds/{feed.pk}/menu/").text
    client.post(f"/feeds/{feed.pk}/", {"title": "Mine"})  # a page from before, which does not ask
    assert importance_of(reader, feed) == "high"


def test_what_is_no_importance_is_refused_and_so_is_a_feed_that_is_not_followed(client, reader):
    feed, hidden = make_feed(), make_feed(is_shared=False)
    assert client.post(f"/feeds/{feed.pk}/importance/", {"importance": "huge"}).status_code == 400
    assert client.post(f"/feeds/{hidden.pk}/importance/", {"importance": "low"}).status_code == 404


def test_articles_of_important_feeds_are_marked_in_lists_of_several(client, reader):
    feed = make_feed(importance="high")
    make_article(feed)
    make_article(make_feed())
    assert client.get("/").text.count('aria-label="Important"') == 1
    assert 'aria-label="Important"' not in client.get(f"/?feed={feed.pk}").text


def test_a_search_asks_for_importance(client, reader):
    for importance in ("high", "normal", "low"):
        make_found(make_feed(importance=importance), title=f"Harbour {importance}")
    for query in ("high", "low", "normal"):
        assert titles(client.get("/", {"q": f"harbour importance:{query}"})) == [f"Harbour {query}"]
    assert titles(client.get("/", {"q": "harbour -importance:low"})) == ["Harbour normal", "Harbour high"]
    assert "takes high, normal or low" in client.get("/", {"q": "harbour importance:huge"}).text
