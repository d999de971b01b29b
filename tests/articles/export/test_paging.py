"""RFC 5005: the whole history is reached from the subscription document, at the same cost for each step."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.export import paging
from articles.export.feeds import BATCH
from articles.export.formats.periods import period_named, period_of
from articles.lists.reader_state import star
from articles.models import Article
from articles.search import index as search_index
from tests.articles.export.reading import body, is_archive, links, path, titles
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def public(settings, monkeypatch):
    settings.NEWSREADER_PUBLIC = True
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def make_history(times, feed=None):
    feed = feed or make_feed()
    for number, moment in enumerate(times):
        make_article(feed, title=f"{number}", published_at=moment)


def walk(client, address, relation):
    """Every document from `address` on, by its links."""
    documents, seen = [], set()
    while address:
        assert address not in seen
        seen.add(address)
        document = body(client, path(address))
        documents.append(document)
        address = links(document).get(relation, "")
    return documents


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ((2026, 10, 31, 23, 59, 59), "2026-10"),
        ((2026, 11, 1), "2026-11-01"),
        ((2026, 11, 22, 8, 59), "2026-11-22T08"),
        ((2026, 11, 22, 9), "2026-11-22T09"),
        ((33, 2, 1), "0033-02"),
    ],
)
def test_a_moment_belongs_to_the_longest_closed_period(moment, name):
    moment = datetime(*moment, tzinfo=UTC)
    period = period_of(moment, NOW)
    assert period.name == name
    assert period.has(moment)
    assert period_named(name) == period_of(moment.astimezone(ZoneInfo("Asia/Shanghai")), NOW) == period
    ends = (period.end - timedelta(microseconds=1), period.end)
    assert [(period.has(end), period.is_closed(end)) for end in ends] == [(True, False), (False, True)]
    assert period.has(period.start)


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-13", "2026-00", "2026-02-30", "2026-01-01T24", "9999-12", "٢٠٢٦-01", "2026-1", "2026-01\n"],
)
def test_what_names_no_period_is_none(name):
    assert period_named(name) is None


@pytest.mark.django_db
@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("size", [1, 200])
def test_the_archive_leads_from_month_to_month_and_back(client, monkeypatch, file, size):
    monkeypatch.setattr(paging, "ARCHIVE_SIZE", size)
    make_history(
        [datetime(2026, 7, 3, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC), datetime(2026, 10, 6, tzinfo=UTC), NOW]
    )
    documents = walk(client, f"/{file}", "prev-archive")
    assert [titles(document) for document in documents] == [["3", "2", "1", "0"], ["2"], ["1"], ["0"]]
    assert [is_archive(document) for document in documents] == [False, True, True, True]
    assert [links(document)["self"] for document in documents[1:]] == [
        f"http://testserver/{file}?archive=2026-{month}" for month in ("10", "09", "07")
    ]
    assert {links(document)["current"] for document in documents[1:]} == {f"http://testserver/{file}"}
    back = walk(client, f"/{file}?archive=2026-07", "next-archive")
    assert back == documents[:0:-1]
    assert body(client, f"/{file}?archive=2026-10&n=7") == documents[1]  # the same for everybody


@pytest.mark.django_db
def test_where_all_of_the_month_is_at_hand_the_archive_begins_with_the_last_closed_one(client):
    make_history([datetime(2026, 11, 1, tzinfo=UTC), NOW])
    assert "prev-archive" not in links(body(client, "/rss.xml"))
    make_history([datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)])
    assert links(body(client, "/rss.xml"))["prev-archive"] == "http://testserver/rss.xml?archive=2026-10"


@pytest.mark.django_db
@pytest.mark.parametrize(("file", "relation"), [("rss.xml", "prev-archive"), ("rss.xml?show=starred&", "next")])
@pytest.mark.parametrize(("count", "leads_on"), [(4, False), (5, True)])
def test_a_document_that_has_room_for_all_leads_nowhere(client, file, relation, count, leads_on):
    reader = make_reader()
    client.force_login(reader)
    make_history([NOW - timedelta(minutes=minutes) for minutes in range(count)])
    for article in Article.objects.all():
        star(reader, article, on=True)
    document = body(client, f"/{file}{'' if '?' in file else '?'}n=4")
    assert len(titles(document)) == 4
    assert (relation in links(document)) is leads_on


@pytest.mark.django_db
def test_nothing_is_lost_between_the_newest_articles_and_the_closed_months(client):
    """Sixty within the running hour, and one an hour, a day and a month for a while."""
    times = [NOW - timedelta(seconds=second) for second in range(60)]
    times += [NOW - timedelta(hours=hour) for hour in range(1, 30)]
    times += [NOW - timedelta(days=day) for day in range(2, 30)]
    times += [NOW - timedelta(days=30 * month) for month in range(2, 5)]
    make_history(times)
    documents = walk(client, "/rss.xml?n=7", "prev-archive")
    assert len(titles(documents[0])) == 7
    running = [links(document) for document in documents if "archive=2026-11-22T09" in links(document)["self"]]
    assert running
    assert not any("n=7" in links(document)["self"] for document in documents[1:])
    assert not any("next-archive" in each for each in running)
    assert {title for document in documents for title in titles(document)} == set(map(str, range(len(times))))
    assert not set(titles(documents[0])) & set(titles(documents[1])), "both are of the running hour"


@pytest.mark.django_db
def test_what_is_newer_than_the_hour_that_runs_leads_into_it(client):
    make_history([NOW + timedelta(hours=2), NOW, NOW - timedelta(minutes=1)])
    documents = walk(client, "/rss.xml?n=1", "prev-archive")
    assert [titles(document) for document in documents] == [["0"], ["1", "2"]]
    assert "n=1" not in links(documents[0])["prev-archive"]


@pytest.mark.django_db
def test_an_archive_document_is_the_same_whoever_asks_for_how_many(client):
    make_history([datetime(2026, 10, day, tzinfo=UTC) for day in (1, 2)])
    assert body(client, "/rss.xml?archive=2026-10&n=1") == body(client, "/rss.xml?archive=2026-10")


@pytest.mark.django_db
def test_a_crowded_month_is_several_documents_both_ways(client, monkeypatch):
    monkeypatch.setattr(paging, "ARCHIVE_SIZE", 3)
    feed = make_feed()
    for month, count in ((8, 2), (9, 8), (10, 4)):
        make_history([datetime(2026, month, 1, tzinfo=UTC)] * count, feed)
    documents = walk(client, "/atom.xml", "prev-archive")[1:]
    assert [len(titles(document)) for document in documents] == [3, 1, 3, 3, 2, 2]
    forward = walk(client, "/atom.xml?archive=2026-08", "next-archive")
    assert [len(titles(document)) for document in forward] == [2, 3, 3, 2, 3, 1]


@pytest.mark.django_db
def test_a_closed_month_changes_by_corrections_only(client):
    feed = make_feed()
    make_history([datetime(2026, 9, 5, tzinfo=UTC), datetime(2026, 10, 6, tzinfo=UTC)], feed)
    before = body(client, "/rss.xml?archive=2026-10")
    make_article(feed, published_at=NOW)
    assert body(client, "/rss.xml?archive=2026-10") == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["archive=2026-11", "archive=2027-01", "archive=2026-11-22", "archive=x", "archive=2026-10&q=word"]
)
def test_only_what_is_closed_has_an_archive_document(client, query):
    make_history([NOW])
    assert client.get(f"/rss.xml?{query}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "archive=2026-10&cursor=x",
        "archive=2026-10&cursor=AAAAAAAAAAAAAAAAAAAAAAA",
        "n=0",
        "n=-1",
        "n=x",
        "n=9999999999",
        "n=٣",
        "q=x&order=up",
        "show=none",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(client, query):
    make_history([NOW])
    assert client.get(f"/rss.xml?{query}").status_code == 400


@pytest.mark.django_db
def test_a_document_has_fifty_items_or_as_many_as_are_asked_for(client, monkeypatch):
    make_articles(60)
    assert [len(titles(body(client, f"/rss.xml{query}"))) for query in ("", "?n=3", "?n=1000")] == [50, 3, 60]
    monkeypatch.setattr("articles.views.outputs.LARGEST_SIZE", 55)
    assert len(titles(body(client, "/rss.xml?n=999999999"))) == 55


@pytest.mark.django_db
def test_the_json_feed_is_paged_to_its_end(client):
    feed = make_feed()
    make_articles(25, feed)
    address, found = f"http://testserver/feed.json?feed={feed.pk}&n=10", []
    while address:
        document = json.loads(body(client, path(address)))
        assert document["feed_url"] == address
        found += [item["title"] for item in document["items"]]
        address = document.get("next_url", "")
    assert found == list(Article.objects.order_by("-published_at").values_list("title", flat=True))


@pytest.mark.django_db
def test_other_views_are_paged_both_ways(client):
    reader = make_reader()
    client.force_login(reader)
    for article in make_articles(25):
        star(reader, article, on=True)
    pages = walk(client, "/atom.xml?show=starred&n=10", "next")
    assert [len(titles(page)) for page in pages] == [10, 10, 5]
    assert not any(is_archive(page) for page in pages)
    assert all("prev-archive" not in links(page) for page in pages)
    assert {links(page)["first"] for page in pages} == {"http://testserver/atom.xml?show=starred&n=10"}
    assert titles(body(client, path(links(pages[2])["previous"]))) == titles(pages[1])
    assert titles(body(client, path(links(pages[1])["previous"]))) == titles(pages[0])
    assert "previous" not in links(pages[0])


@pytest.mark.django_db
@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
def test_a_view_by_arrival_is_paged_both_ways_and_is_no_archive(client, file):
    feed = make_feed()
    make_history([datetime(2026, 1, (7 * number) % 25 + 1, tzinfo=UTC) for number in range(25)], feed)
    pages = walk(client, f"/{file}?order=last_in&n=10", "next")
    arrived = [f"{number}" for number in range(24, -1, -1)]
    assert [titles(page) for page in pages] == [arrived[:10], arrived[10:20], arrived[20:]]
    assert not any(is_archive(page) or "prev-archive" in links(page) for page in pages)
    assert titles(body(client, path(links(pages[2])["previous"]))) == arrived[10:20]
    assert titles(body(client, path(links(pages[1])["previous"]))) == arrived[:10]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["date", "last_in"])
def test_a_place_in_another_order_is_the_top(client, order):
    client.force_login(make_reader())
    make_articles(25)
    other = {"date": "last_in", "last_in": "date"}[order]
    second = links(body(client, f"/rss.xml?show=unread&order={other}&n=10"))["next"]
    cursor = second.rpartition("cursor=")[2].partition("&")[0]
    top = titles(body(client, f"/rss.xml?show=unread&order={order}&n=10"))
    assert titles(body(client, f"/rss.xml?show=unread&order={order}&n=10&cursor={cursor}")) == top
    assert titles(body(client, f"/rss.xml?show=unread&order={other}&n=10&cursor={cursor}")) != top


@pytest.mark.django_db
def test_a_way_back_that_reaches_the_top_ends_there_with_a_whole_page(client):
    client.force_login(make_reader())
    names = [article.title for article in make_articles(25)][::-1]
    pages = walk(client, "/rss.xml?show=unread&n=10", "next")
    to_second = links(pages[2])["previous"]
    second = body(client, path(to_second))
    around = [titles(body(client, path(links(second)[relation]))) for relation in ("previous", "next")]
    assert [titles(second), *around] == [names[10:20], names[:10], names[20:]]
    top = body(client, path(to_second).replace("n=10", "n=20"))
    assert titles(top) == names[:20]
    assert "cursor" not in links(top)["previous"]


@pytest.mark.django_db
@pytest.mark.parametrize(("month", "status"), [("09", 200), ("08", 400), ("10", 400)])
def test_a_place_in_an_archive_document_is_of_its_period(client, monkeypatch, month, status):
    monkeypatch.setattr(paging, "ARCHIVE_SIZE", 2)
    feed = make_feed()
    for number in (8, 9, 10):
        make_history([datetime(2026, number, 5, tzinfo=UTC)] * 3, feed)
    inside = links(body(client, "/rss.xml?archive=2026-09"))["prev-archive"]
    assert "archive=2026-09&cursor=" in inside
    assert client.get(path(inside).replace("2026-09", f"2026-{month}")).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["", "&order=relevance"])
def test_a_search_is_paged(client, order):
    feed = make_feed()
    found = make_articles(25, feed, content_text="The lighthouse keeper sleeps.")
    search_index.index([*found, *make_articles(5, feed, content_text="Nothing of the kind.")], {})
    pages = walk(client, f"/rss.xml?q=lighthouse&n=10{order}", "next")
    seen = [title for page in pages for title in titles(page)]
    assert sorted(seen) == sorted(article.title for article in found)
    assert titles(body(client, path(links(pages[1])["previous"]))) == titles(pages[0])


@pytest.mark.django_db
def test_a_search_for_nothing_finds_nothing_as_on_the_list(client):
    make_article()
    assert titles(body(client, "/rss.xml?q=%22...%22")) == []


@pytest.mark.django_db
def test_a_view_has_the_articles_of_its_feed_or_category(client):
    category = make_category("Ports")
    inside = make_article(make_feed(category=category), title="inside")
    make_article(title="outside")
    assert titles(body(client, f"/rss.xml?feed={inside.feed_id}")) == ["inside"]
    assert titles(body(client, f"/rss.xml?category={category.slug}")) == ["inside"]
    assert client.get("/rss.xml?feed=0").status_code == 404


@pytest.mark.django_db
def test_an_empty_view_is_a_document(client):
    make_feed()
    for file in ("rss.xml", "atom.xml", "feed.json", "rss.xml?archive=2020-01"):
        assert titles(body(client, f"/{file}")) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/rss.xml", "/feed.json", "/rss.xml?archive=2026-01", "/rss.xml?show=starred"])
def test_more_articles_take_no_more_queries(client, address):
    client.force_login(make_reader())
    january = datetime(2026, 1, 31, tzinfo=UTC)
    make_articles(paging.ARCHIVE_SIZE, make_feed(), published_at=january)
    body(client, address)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            body(client, address)
        return len(queries)

    before = cost()
    make_articles(60, make_feed(), published_at=january)
    # Two for each batch of items, and what finds them.
    assert cost() <= before <= 2 * paging.ARCHIVE_SIZE // BATCH + 10
