"""The ways on to what is unread elsewhere: to an article, to a feed, and to an original."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from articles.lists.list_settings import keep
from articles.lists.pages import newest_id
from articles.lists.reader_state import mark_all_read, mark_read
from articles.lists.selection import Order, Selection
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def test_the_next_unread_article_of_all_is_opened_and_from_the_last_one_the_first(client, reader):
    articles = make_articles(2, make_feed()) + make_articles(3, make_feed())
    first, second, third, fourth, last = articles[::-1]
    mark_read(reader, [second])
    assert client.get("/unread/on/").url == f"/articles/{first.pk}/?show=unread"
    assert client.get(f"/unread/on/?after={first.pk}").url == f"/articles/{third.pk}/?show=unread"
    assert client.get(f"/unread/on/?after={last.pk}").url == f"/articles/{first.pk}/?show=unread"
    mark_read(reader, [first, third, fourth])
    assert client.get(f"/unread/on/?after={last.pk}").url == "/?show=unread"
    assert "Nothing else is unread." in client.get("/?show=unread").text


def test_the_next_unread_article_is_the_newer_one_for_who_reads_from_the_oldest_on(client, reader):
    oldest, middle, newest = make_articles(3, make_feed())
    keep(reader, Selection(), order=Order.OLDEST)
    assert client.get(f"/unread/on/?after={middle.pk}").url == f"/articles/{newest.pk}/?show=unread"
    assert client.get(f"/unread/on/?after={newest.pk}").url == f"/articles/{oldest.pk}/?show=unread"


def test_the_next_unread_article_is_one_of_the_same_list_as_long_as_there_are_any(client, reader):
    feed = make_feed(category=make_category("Ports", slug="ports"))
    oldest, middle, newest = make_articles(3, feed)
    other = make_article(make_feed())
    keep(reader, Selection(feed=feed), order=Order.OLDEST)
    for query in (f"feed={feed.pk}", "category=ports"):
        first, last = (oldest, newest) if "feed" in query else (newest, oldest)
        assert client.get(f"/unread/on/?{query}").url == f"/articles/{first.pk}/?{query}&show=unread"
        answer = client.get(f"/unread/on/?{query}&show=starred&after={middle.pk}&in=pane")
        assert answer.url == f"/articles/{last.pk}/?{query}&show=unread&in=pane"
    mark_read(reader, [oldest, middle, newest])
    assert client.get(f"/unread/on/?feed={feed.pk}&after={middle.pk}").url == f"/articles/{other.pk}/?show=unread"
    page = client.get(f"/articles/{middle.pk}/?feed={feed.pk}").text
    assert f'href="/unread/on/?feed={feed.pk}&amp;after={middle.pk}"' in page


def test_feeds_follow_each_other_as_in_the_tree_also_where_categories_are_inside_others(client, reader):
    news = make_category("News")
    asia, europe = make_category("Asia", parent=news), make_category("Europe", parent=news)
    arts = make_category("Arts")
    places = (("Z", asia), ("Y", europe), ("A", news), ("B", arts), ("C", None))
    feeds = {title: make_article(make_feed(title=title, category=place)).feed for title, place in places}
    tree = re.findall(r'class="of-feed" href="/\?feed=(\d+)', client.get("/").text)
    assert tree == [str(feeds[title].pk) for title in "BZYAC"]
    for here, beside in zip(tree, [*tree[1:], tree[0]], strict=True):
        assert client.get(f"/unread/feed/?feed={here}").url == f"/?feed={beside}&show=unread"


def test_feeds_with_unread_articles_follow_each_other_as_the_reader_has_them(client, reader):
    ports, arts = make_category("Ports"), make_category("Arts")
    lone = make_article(make_feed(title="A lone one")).feed
    cranes, boats = (make_article(make_feed(title=title, category=ports)).feed for title in ("Cranes", "Boats"))
    dance, silent = (make_article(make_feed(title=title, category=arts)).feed for title in ("Dance", "Silent"))
    mark_all_read(reader, Selection(feed=silent), up_to=newest_id())
    order = [dance, boats, cranes, lone]
    for here, beside in zip(order, [*order[1:], order[0]], strict=True):
        assert client.get(f"/unread/feed/?feed={here.pk}").url == f"/?feed={beside.pk}&show=unread"
        assert client.get(f"/unread/feed/?feed={beside.pk}&step=previous").url == f"/?feed={here.pk}&show=unread"
    assert client.get("/unread/feed/").url == f"/?feed={dance.pk}&show=unread"
    assert client.get("/unread/feed/?step=previous").url == f"/?feed={lone.pk}&show=unread"
    assert client.get(f"/unread/feed/?feed={silent.pk}").url == f"/?feed={boats.pk}&show=unread"


def test_the_way_on_from_a_feed_that_is_hidden_tells_nothing_of_it(client, reader):
    first, last = (make_article(make_feed(title=title)).feed for title in ("Anchors", "Zephyrs"))
    hidden = make_feed(title="Moorings", is_shared=False)
    for step, beside in (("next", first), ("previous", last)):
        for pk in (hidden.pk, 7777777):
            address = f"/unread/feed/?feed={pk}&step={step}"
            assert client.get(address).url == f"/?feed={beside.pk}&show=unread"


def test_where_no_other_feed_has_any_it_says_so(client, reader):
    feed = make_article(make_feed()).feed
    answer = client.get(f"/unread/feed/?feed={feed.pk}", follow=True)
    assert "No other feed has unread articles." in answer.text
    assert answer.request["QUERY_STRING"] == "show=unread"


def test_an_original_opens_by_an_address_of_the_article(client, reader):
    article = make_article(url="https://harbour.example/1")
    assert client.get(f"/articles/{article.pk}/original/").url == "https://harbour.example/1"
    none = make_article(url="")
    odd = make_article(url="javascript:alert(1)")
    for pk in (none.pk, odd.pk, 7777777):
        assert client.get(f"/articles/{pk}/original/").status_code == 404


def test_the_next_unread_article_is_one_that_has_a_row_and_then_what_a_row_stands_for(client, reader):
    low, usual, other = make_feed(importance="low"), make_feed(), make_feed()
    folded = [make_article(low, published_at=FIRST_DAY + timedelta(hours=hour)) for hour in (2, 4, 6)]
    shown = [
        make_article(feed, published_at=FIRST_DAY + timedelta(hours=hour)) for feed, hour in ((usual, 3), (other, 5))
    ]
    seen, on = [], "/unread/on/"
    while "articles" in (address := client.get(on).url):
        seen.append(client.get(address).context["article"].pk)
        on = f"/unread/on/?after={seen[-1]}"
    assert seen == [article.pk for article in (*shown[::-1], folded[0], *folded[:0:-1])]


@pytest.mark.parametrize("address", ["/unread/on/", "/unread/feed/"])
def test_the_ways_on_are_a_readers(client, settings, address):
    settings.NEWSREADER_PUBLIC = True
    assert client.get(address).url.startswith("/sign-in/")
    client.force_login(make_reader())
    assert client.post(address).status_code == 405
