"""Lists by arrival: their days and times, their marks, what a change of the order leaves of an address, and books."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from articles.lists.list_settings import keep
from articles.lists.selection import Order, Selection
from articles.models import Article
from tests.articles.views.form import fields
from tests.factories import FIRST_DAY, build_article, count_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
DAY = r"<h2><b>(\w+)</b> (\d+ \w+)"


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def articles():
    """A hundred articles of two feeds, two hours between one and the next, of which every third was published long
    before it came in."""
    feeds = [make_feed(), make_feed()]
    made = Article.objects.bulk_create(
        build_article(
            feeds[number % 2],
            published_at=FIRST_DAY + timedelta(days=number % 3 * 40, hours=number),
            received_at=FIRST_DAY + timedelta(days=200, hours=2 * number),
        )
        for number in range(100)
    )
    count_articles(*feeds)
    return made


def ids(page):
    return [article.pk for article in page.context["page"].articles]


@pytest.mark.parametrize("narrowed", ["", "feed"])
def test_a_list_by_arrival_runs_as_articles_came_in(client, reader, articles, narrowed):
    inside = [article.pk for article in articles if not narrowed or article.feed == articles[0].feed]
    place = f"&feed={articles[0].feed_id}" if narrowed else ""
    for order, expected in (("last_in", inside[::-1]), ("first_in", inside)):
        page = client.get(f"/?order={order}{place}")
        shown = ids(page)
        while page.context["older"]:
            page = client.get(page.context["older"])
            shown += ids(page)
        assert shown == expected


def test_days_and_times_of_a_list_by_arrival_are_those_of_the_arrival(client, reader, articles):
    page = client.get("/?order=last_in")
    received = [article.received_at for article in articles[:-51:-1]]
    days = [" ".join(words) for words in re.findall(DAY, page.text)]
    assert days == [f"{day:%A} {day.day} {day:%B}" for day in sorted({at.date() for at in received}, reverse=True)]
    times = re.findall(r"<time datetime=([^>]*)>\d\d:\d\d</time>", page.text)
    assert times == [f"{at:%Y-%m-%dT%H:%MZ}" for at in received]
    assert re.search(r"<summary>\s*Newest arrivals first\s*</summary>", page.text)


def test_a_day_that_comes_again_has_a_heading_of_its_own(client, reader):
    feed = make_feed()
    for day in (2, 1, 2):
        build_article(feed, received_at=datetime(2020, 3, day, 12, tzinfo=UTC)).save()
    page = client.get("/?order=last_in").text
    assert re.findall(DAY, page) == [("Monday", "2 March"), ("Sunday", "1 March"), ("Monday", "2 March")]


def test_above_and_below_a_row_are_those_that_came_in_after_and_before_it(client, reader, articles):
    keep(reader, Selection(), order=Order.LAST_IN)
    pks = {article.pk for article in articles}
    at = articles[60].pk
    for side, left in (("above", {pk for pk in pks if pk <= at}), ("below", {pk for pk in pks if pk >= at})):
        form = fields(client.get("/?pick=1"))
        page = client.post("/articles/mark/", form | {"extent": f"{side}-{at}"}, follow=True)
        found, page_of = set(), client.get("/?show=unread")
        found.update(ids(page_of))
        while page_of.context["older"]:
            page_of = client.get(page_of.context["older"])
            found.update(ids(page_of))
        assert found == left
        client.post("/articles/undo/", fields(page, "undo"), follow=True)


def test_neighbours_and_the_next_unread_are_the_next_to_come_in(client, reader, articles):
    opened = client.get(f"/articles/{articles[50].pk}/?order=last_in")
    assert (opened.context["newer"].pk, opened.context["older"].pk) == (articles[51].pk, articles[49].pk)
    on = client.get(f"/unread/on/?order=first_in&after={articles[50].pk}")
    assert on.url.startswith(f"/articles/{articles[51].pk}/")


def test_a_row_that_was_read_stays_where_it_came_in(client, reader, articles):
    client.get(articles[98].get_absolute_url())
    page = client.get(f"/?show=unread&order=last_in&at={articles[98].pk}").text
    assert re.findall(r"id=article-(\d+)>", page)[:3] == [str(articles[at].pk) for at in (99, 98, 97)]


def test_an_address_from_before_the_order_was_changed_leads_to_the_top(client, reader, articles):
    by_publication = client.get("/").context["older"]
    keep(reader, Selection(), order=Order.LAST_IN)
    page = client.get(by_publication)
    assert ids(page) == [article.pk for article in articles[:-51:-1]]
    by_arrival = page.context["older"]
    keep(reader, Selection(), order=Order.DATE)
    assert ids(client.get(by_arrival)) == ids(client.get("/"))


def test_a_menu_keeps_the_order_and_names_it(client, reader, articles):
    client.post("/lists/choice/", {"order": "first_in"})
    page = client.get("/")
    assert ids(page) == [article.pk for article in articles[:50]]
    assert re.search(r'value="first_in"\s+aria-pressed="true">Oldest arrivals first<', page.text)
    assert client.post("/lists/choice/", {"order": "relevance"}).status_code == 400
