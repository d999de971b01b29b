"""The Google Reader API as apps use it: reading and marking."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.models import Article, ArticleState, Enclosure, HistoryRange
from feeds.models import Feed, Subscription
from tests.articles.api.apps import App
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
STATE = "user/-/state/com.google/"
ALL, READ, STARRED, UNREAD = f"{STATE}reading-list", f"{STATE}read", f"{STATE}starred", f"{STATE}kept-unread"
LAST_SECOND = 253_402_300_799  # of the year 9999


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def app(ann):
    return App(ann)


def newest_first(articles):
    return [article.pk for article in sorted(articles, key=lambda article: article.published_at, reverse=True)]


def on_page(reader, show):
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


def test_a_stream_is_walked_without_repeats_or_gaps_while_articles_come_in(app):
    articles = make_articles(25)
    seen = []
    answer = app.json("stream/items/ids", s=ALL, n=4)
    while True:
        seen += [int(item["id"]) for item in answer["itemRefs"]]
        make_article(articles[0].feed)  # newer than all
        if "continuation" not in answer:
            break
        answer = app.json("stream/items/ids", s=ALL, n=4, c=answer["continuation"])
    assert seen == newest_first(articles)


def test_what_is_starred_of_a_feed_that_the_reader_has_left_is_read_and_unstarred(app, ann):
    kept, other = make_articles(2, make_feed(is_shared=False))
    star(ann, kept, on=True)
    answer = json.loads(app.post("stream/items/contents", i=[kept.pk, other.pk]).getvalue())
    assert [item["title"] for item in answer["items"]] == [kept.title]
    assert app.post("edit-tag", i=kept.pk, r=STARRED).content == b"OK"
    assert on_page(ann, Show.STARRED) == set()


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_no_page_is_empty_and_has_a_next(app, size):
    articles = make_articles(6)
    assert app.ids(ALL, n=size) == newest_first(articles)
    assert app.ids(ALL, n=size, r="o") == newest_first(articles)[::-1]


def test_streams_are_what_they_say(app, ann):
    shelf = make_category("News")
    feed, other = make_feed(category=shelf), make_feed()
    mine, others = make_articles(4, feed), make_articles(3, other)
    mark_read(ann, mine[:2])
    star(ann, mine[1], on=True)
    star(ann, others[0], on=True)
    everything = newest_first([*mine, *others])
    read = {article.pk for article in mine[:2]}
    assert app.ids(ALL) == everything
    assert app.ids(ALL, xt=READ) == app.ids(UNREAD) == [pk for pk in everything if pk not in read]
    assert app.ids(READ) == app.ids(ALL, it=READ) == newest_first(mine[:2])
    assert app.ids(STARRED) == newest_first([mine[1], others[0]])
    assert app.ids(STARRED, xt=READ) == [others[0].pk]
    assert app.ids(READ, it=STARRED) == [mine[1].pk]
    assert app.ids(f"feed/{feed.pk}", xt=READ) == newest_first(mine[2:])
    assert app.ids(f"feed/{feed.url}") == newest_first(mine)
    assert app.ids("user/17/label/News") == newest_first(mine)
    assert app.ids("user/-/label/News", xt=[READ, STARRED]) == newest_first(mine[2:])
    assert app.ids(ALL, it="user/-/label/News") == newest_first(mine)
    assert app.ids(READ, xt=READ) == []
    assert app.ids(f"{STATE}broadcast") == []


@pytest.mark.parametrize(
    "stream", ["feed/999", "feed/https://x.example/", "user/-/label/No", f"{STATE}x", "x", "feed/"]
)
def test_a_stream_that_is_not_known_is_an_error_and_never_everything(app, ann, stream):
    make_articles(3)
    for path in ("stream/items/ids", "stream/contents"):
        assert app.get(path, s=stream).status_code == 404
    assert app.post("mark-all-as-read", s=stream).status_code == 404
    assert len(on_page(ann, Show.UNREAD)) == 3


@pytest.mark.parametrize(
    "wrong",
    [{"c": "x"}, {"c": "12"}, {"n": "many"}, {"ot": "-1"}, {"ot": "9" * 18}, {"ot": LAST_SECOND}, {"xt": "feed/1"}],
)
def test_filters_that_make_no_sense_are_refused(app, wrong):
    assert app.get("stream/items/ids", s=ALL, **wrong).status_code == 400


def test_what_came_in_since_is_asked_by_when_it_came_in_not_by_its_date(app):
    old, late = make_articles(2)
    now = timezone.now()
    Article.objects.filter(pk=old.pk).update(received_at=now - timedelta(hours=3))
    Article.objects.filter(pk=late.pk).update(received_at=now, published_at=old.published_at - timedelta(days=900))
    hour_ago = int((now - timedelta(hours=1)).timestamp())
    assert app.ids(ALL, ot=hour_ago) == [late.pk]
    assert app.ids(ALL, xt=READ, ot=hour_ago) == [late.pk]
    assert app.ids(ALL, nt=hour_ago) == [old.pk]


def test_a_page_has_20_items_unless_asked_and_no_more_than_there_may_be(app):
    make_articles(30)
    assert len(app.json("stream/items/ids", s=ALL)["itemRefs"]) == 20
    assert len(app.json("stream/contents")["items"]) == 20
    assert len(app.json("stream/items/ids", s=ALL, n=200_000)["itemRefs"]) == 30


def test_an_item_has_what_decoders_need(app, ann):
    feed = make_feed(title="Harbour Notes", category=make_category("Ports"), site_url="https://harbour.example/")
    article = make_article(feed, content_html='<p><img src="https://harbour.example/1.png"></p>', author="Ann")
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg", length=9)
    untitled = make_article(feed, title="", url="", summary="First words")
    answer = app.json(f"stream/contents/feed/{feed.pk}")
    bare, item = answer["items"]
    assert answer["id"] == f"feed/{feed.pk}"
    assert isinstance(answer["updated"], int)
    assert item["id"] == f"tag:google.com,2005:reader/item/{article.pk:016x}"
    assert item["crawlTimeMsec"] == item["timestampUsec"][:-3]
    assert isinstance(item["timestampUsec"], str)
    assert item["published"] == int(article.published_at.timestamp())
    assert item["canonical"] == [{"href": article.url}]
    assert min(item["summary"]) == "content"
    assert 'src="http://testserver/images/' in item["summary"]["content"]
    assert item["origin"] == {
        "streamId": f"feed/{feed.pk}", "title": "Harbour Notes", "htmlUrl": "https://harbour.example/"
    }  # fmt: skip
    assert item["categories"] == [ALL, "user/-/label/Ports"]
    assert item["enclosure"] == [{"href": "https://harbour.example/1.mp3", "type": "audio/mpeg", "length": 9}]
    assert bare["title"] == "First words"
    assert bare["canonical"] == [{"href": f"http://testserver/articles/{untitled.pk}/"}]
    assert None not in bare.values()


def test_items_are_given_by_their_ids_in_every_form(app):
    articles = make_articles(5)
    pks = [article.pk for article in articles]
    forms = [f"tag:google.com,2005:reader/item/{pks[3]:016x}", str(pks[0]), f"{pks[4]:016x}", str(pks[0]), "987654"]
    answer = app.post("stream/items/contents", i=forms, T="x")
    items = json.loads(answer.getvalue())["items"]
    assert [int(item["id"][-16:], 16) for item in items] == [pks[3], pks[0], pks[4]]
    body = f"T=x&output=json&i=tag:google.com,2005:reader/item/{pks[1]:016x}&i={pks[2]}"
    assert len(json.loads(app.post("stream/items/contents", body).getvalue())["items"]) == 2
    assert app.post("stream/items/contents", i="what").status_code == 400


def test_marks_of_an_app_are_those_of_the_pages(app, ann):
    articles = make_articles(6)
    pks = [article.pk for article in articles]
    assert app.post("edit-tag", i=pks[:3], a=READ, ac="edit").content == b"OK"
    assert on_page(ann, Show.UNREAD) == set(pks[3:])
    assert app.post("edit-tag", i=pks[1:4], a=STARRED, r=UNREAD).content == b"OK"
    assert on_page(ann, Show.STARRED) == set(pks[1:4])
    assert on_page(ann, Show.UNREAD) == set(pks[4:])
    app.post("edit-tag", i=pks[0], r=READ)
    app.post("edit-tag", i=pks[1], a=UNREAD, r=STARRED)
    assert on_page(ann, Show.UNREAD) == {pks[0], pks[1], *pks[4:]}
    assert on_page(ann, Show.STARRED) == set(pks[2:4])
    app.post("edit-tag", i=pks, a=[f"{STATE}tracking-kept-unread", f"{STATE}broadcast"])
    mark_read(ann, articles)
    assert app.ids(ALL, xt=READ) == []


@pytest.mark.parametrize(
    "tags", [{"a": READ, "r": READ}, {"a": [READ, UNREAD]}, {"a": "feed/1"}, {"a": "x"}, {"r": f"{STATE}y"}]
)
def test_tags_that_make_no_sense_change_nothing(app, ann, tags):
    article = make_article()
    assert app.post("edit-tag", i=article.pk, **tags).status_code == 400
    assert not ArticleState.objects.exists()


def test_ten_thousand_articles_are_marked_at_once(app, ann, django_assert_max_num_queries):
    pks = [article.pk for article in make_articles(300)]
    forms = [f"tag:google.com,2005:reader/item/{pk:016x}" for pk in (*pks, *range(10**6, 10**6 + 9_700))]
    with django_assert_max_num_queries(40):
        assert app.post("edit-tag", i=forms, a=READ).content == b"OK"
    assert app.ids(READ, n=1000) == sorted(pks, reverse=True)


def test_all_is_marked_up_to_the_moment_that_the_app_tells(app, ann):
    feed = make_feed(category=make_category("News"))
    articles = make_articles(4, feed)
    moment = timezone.now()
    for number, article in enumerate(articles):
        Article.objects.filter(pk=article.pk).update(received_at=moment + timedelta(seconds=number))
    microseconds = int(moment.timestamp()) * 1_000_000 + moment.microsecond
    app.post("mark-all-as-read", s="user/-/label/News", ts=microseconds)
    assert on_page(ann, Show.UNREAD) == {article.pk for article in articles[1:]}
    app.post("mark-all-as-read", s=f"feed/{feed.pk}", ts=int(moment.timestamp()) + 3)
    assert on_page(ann, Show.UNREAD) == {articles[3].pk} | ({articles[2].pk} if moment.microsecond > 999_999 else set())
    app.post("mark-all-as-read", s=ALL)
    assert on_page(ann, Show.UNREAD) == set()


@pytest.mark.parametrize("stream", [STARRED, READ, f"{STATE}broadcast"])
def test_what_is_no_place_for_news_is_not_marked_as_a_whole(app, stream):
    assert app.post("mark-all-as-read", s=stream).status_code == 400


def test_the_end_of_the_calendar_is_no_time_to_mark_up_to(app, ann):
    make_article()
    assert app.post("mark-all-as-read", s=ALL, ts=LAST_SECOND).status_code == 400
    assert len(on_page(ann, Show.UNREAD)) == 1


def test_lists_that_did_not_change_are_not_sent_again(app, ann):
    feed = make_feed(title="Harbour", category=make_category("Ports"))
    article = make_article(feed)
    for path in ("subscription/list", "tag/list", "unread-count"):
        etag = app.get(path, output="json")["ETag"]
        app.headers["If-None-Match"] = etag
        assert app.get(path, output="json").status_code == 304
        del app.headers["If-None-Match"]
    etag = app.get("unread-count")["ETag"]
    mark_read(ann, [article])
    app.headers["If-None-Match"] = etag
    assert app.get("unread-count").status_code == 200


def test_subscriptions_have_what_decoders_need(app):
    feed = make_feed(
        title="Harbour",
        category=make_category("Ports"),
        site_url="https://h.example/",
        icon_url="https://h.example/i.png",
    )
    bare = make_feed(title="Alone")
    rows = app.json("subscription/list", output="json")["subscriptions"]
    assert [row["title"] for row in rows] == ["Alone", "Harbour"]
    assert rows[1]["id"] == f"feed/{feed.pk}"
    assert rows[1]["categories"] == [{"id": "user/-/label/Ports", "label": "Ports", "type": "folder"}]
    assert rows[1]["iconUrl"].startswith("http://testserver/images/")
    assert rows[0] == {
        "id": f"feed/{bare.pk}", "title": "Alone", "categories": [], "url": bare.url, "htmlUrl": bare.url,
        "iconUrl": "", "firstitemmsec": "0",
    }  # fmt: skip
    assert app.json("tag/list", output="json")["tags"] == [
        {"id": STARRED}, {"id": "user/-/label/Ports", "type": "folder"}
    ]  # fmt: skip


def test_folders_of_one_name_are_told_apart_by_their_paths(app):
    outer = make_category("World")
    inner, other = make_category("Sport", parent=outer), make_category("Sport")
    articles = make_articles(2, make_feed(category=inner))
    make_articles(1, make_feed(category=other))
    names = [tag["id"] for tag in app.json("tag/list")["tags"]]
    assert names == [STARRED, "user/-/label/Sport", "user/-/label/World", "user/-/label/World / Sport"]
    assert app.ids("user/-/label/World / Sport") == app.ids("user/-/label/World") == newest_first(articles)


def test_counts_are_exact(app, ann):
    outer = make_category("World")
    feed, inner = make_feed(category=outer), make_feed(category=make_category("Asia", parent=outer))
    articles = make_articles(5, feed)
    make_articles(2, inner)
    HistoryRange.objects.create(feed=feed, first=articles[0].pk, last=articles[1].pk)
    mark_read(ann, articles[2:3])
    answer = app.json("unread-count", output="json")
    counts = {row["id"]: row["count"] for row in answer["unreadcounts"]}
    assert counts == {
        ALL: 4, f"feed/{feed.pk}": 2, f"feed/{inner.pk}": 2, "user/-/label/World": 4, "user/-/label/Asia": 2
    }  # fmt: skip
    assert all(isinstance(row["newestItemTimestampUsec"], str) for row in answer["unreadcounts"])
    mark_all_read(ann, Selection(), up_to=10**9)
    assert app.json("unread-count")["max"] == 0


def test_feeds_that_one_may_not_see_are_not_there(app):
    secret = make_feed(is_shared=False, title="Secret")
    articles = make_articles(2, secret)
    Subscription.objects.create(user=make_reader("bob"), feed=secret)
    assert app.get("stream/items/ids", s=f"feed/{secret.pk}").status_code == 404
    assert app.ids(ALL) == []
    assert app.json("subscription/list")["subscriptions"] == []
    answer = app.post("stream/items/contents", i=[article.pk for article in articles])
    assert json.loads(answer.getvalue())["items"] == []
    assert app.post("edit-tag", i=articles[0].pk, a=STARRED).content == b"OK"
    assert not ArticleState.objects.exists()


def test_a_stream_comes_as_atom(app, ann):
    feed = make_feed()
    articles = make_articles(3, feed, title="A <b> & \x0b c")
    mark_read(ann, articles[2:])
    answer = app.client.get(f"/reader/atom/feed%2F{feed.pk}?n=2", headers=app.headers)
    root = ElementTree.fromstring(answer.getvalue())
    atom = "{http://www.w3.org/2005/Atom}"
    entries = root.findall(f"{atom}entry")
    assert [entry.find(f"{atom}id").text for entry in entries] == [
        f"tag:google.com,2005:reader/item/{article.pk:016x}" for article in articles[:0:-1]
    ]
    assert entries[0].find(f"{atom}title").text == "A <b> &  c"
    labels = [[category.get("label") for category in entry.findall(f"{atom}category")] for entry in entries]
    assert labels == [["reading-list", "read"], ["reading-list"]]
    assert app.client.get("/reader/atom/feed/999", headers=app.headers).status_code == 404


def test_a_page_of_items_takes_no_more_queries_for_more_feeds(app, django_assert_max_num_queries):
    for _ in range(30):
        make_article(make_feed())
    assert Feed.objects.count() == 30
    with django_assert_max_num_queries(25):
        app.json("stream/contents", n=30)
