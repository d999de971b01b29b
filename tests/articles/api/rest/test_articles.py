"""Articles by our own API: lists, one, states, counts."""

from __future__ import annotations

import pytest

from articles.lists import reader_state
from articles.search import index
from feeds.models import Subscription
from tests.articles.api.rest.client import Program
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def program(ann):
    return Program(ann)


def ids(answer):
    return [article["id"] for article in answer["articles"]]


def walk(program, **query):
    """All ids of a list, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        answer = program.get("/articles", cursor=cursor, **query)
        assert ids(answer)
        found += ids(answer)
        cursor = answer["next_cursor"]
    return found


def test_a_list_is_walked_by_cursors_without_gaps_while_articles_come_in(program):
    made = make_articles(7)
    first = program.get("/articles", n=3)
    later = make_article(made[0].feed)
    second = program.get("/articles", n=3, cursor=first["next_cursor"])
    third = program.get("/articles", n=3, cursor=second["next_cursor"])
    assert ids(first) + ids(second) + ids(third) == [article.pk for article in reversed(made)]
    assert third["next_cursor"] is None
    assert ids(program.get("/articles", n=3, cursor=second["previous_cursor"])) == ids(first)
    assert walk(program, n=3, order="oldest") == [article.pk for article in [*made, later]]
    old = make_article(made[0].feed, published_at=made[0].published_at)
    assert walk(program, n=3, order="first_in") == [article.pk for article in [*made, later, old]]
    assert walk(program, n=3, order="last_in") == [article.pk for article in [old, later, *made[::-1]]]


def test_a_list_is_narrowed_as_addresses_of_pages_are(ann, program):
    category = make_category("News", slug="news")
    inside, outside = make_feed(category=category), make_feed()
    one, two, other = make_article(inside), make_article(inside, title="Zebra"), make_article(outside)
    index.index([one, two, other])
    reader_state.mark_read(ann, [one])
    reader_state.star(ann, other, on=True)
    assert ids(program.get("/articles", feed=outside.pk)) == [other.pk]
    assert ids(program.get("/articles", category="news")) == [two.pk, one.pk]
    assert ids(program.get("/articles", show="unread", category="news")) == [two.pk]
    assert ids(program.get("/articles", show="starred")) == [other.pk]
    assert ids(program.get("/articles", q="zebra")) == [two.pk]
    assert ids(program.get("/articles", q="is:read")) == [one.pk]
    assert walk(program, q="body", n=1) == [other.pk, two.pk, one.pk]


def test_what_of_a_query_is_not_understood_is_said(program):
    index.index([make_article(title="Zebra")])
    assert program.get("/articles", q="zebra")["notes"] == []
    assert len(program.get("/articles", q="zebra has:nonsense")["notes"]) == 1
    assert "nothing" in program.get("/articles", 400, q="...")["detail"]


@pytest.mark.parametrize(
    "query",
    [{"show": "none"}, {"order": "up"}, {"cursor": "x"}, {"cursor": "é"}, {"q": "body", "cursor": "x"}, {"n": 0},
     {"n": 201}, {"n": "x"}, {"n": "-1"}, {"feed": "x"}, {"feed": "9" * 30}, {"fed": 1}, {"q": "x" * 5000},
     {"feed": [1, 2]}, {"category": "a\x1fb"}, {"n": "٣"}],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_refused(program, query):
    make_articles(2)
    assert program.get("/articles", 400, **query)["status"] == 400


def test_what_is_not_there_is_not_found(program):
    program.get("/articles", 404, feed=987654)
    program.get("/articles", 404, category="nowhere")
    program.get("/articles/987654", 404)
    program.get(f"/articles/{'9' * 40}", 404)
    program.get("/nowhere", 404)
    program.get("/articles/1/states", 404)


def test_one_article_has_its_text_and_its_files(program):
    article = make_article(title="Zebra", author="Ann Author", url="https://feed.example/zebra")
    answer = program.get(f"/articles/{article.pk}")
    assert answer["content_html"] == article.content_html
    assert (answer["title"], answer["author"], answer["url"]) == ("Zebra", "Ann Author", article.url)
    assert answer["page_url"] == f"http://testserver{article.get_absolute_url()}"
    assert (answer["is_read"], answer["is_starred"], answer["files"]) == (False, False, [])


def test_what_has_not_changed_is_not_sent_again(ann, program):
    article = make_article()
    for path in ("/articles", f"/articles/{article.pk}", "/unread-counts", "/subscriptions", "/categories"):
        answer = program.client.get(f"/api/v1{path}", headers=program.headers)
        again = {**program.headers, "If-None-Match": answer["ETag"]}
        assert program.client.get(f"/api/v1{path}", headers=again).status_code == 304
        assert "Authorization" in answer["Vary"]
    answer = program.client.get("/api/v1/articles", headers=program.headers)
    reader_state.mark_read(ann, [article])
    again = {**program.headers, "If-None-Match": answer["ETag"]}
    assert program.client.get("/api/v1/articles", headers=again).status_code == 200


def test_states_are_set_as_often_as_one_likes(program):
    one, two = make_articles(2)
    for _ in range(2):
        answer = program.send("POST", "/articles/states", ids=[two.pk, one.pk, one.pk, 987654], is_read=True)
        assert answer == {"ids": [one.pk, two.pk]}
    program.send("POST", "/articles/states", ids=[one.pk], is_starred=True, is_read=False)
    assert ids(program.get("/articles", show="unread")) == ids(program.get("/articles", show="starred")) == [one.pk]
    program.send("POST", "/articles/states", ids=[one.pk], is_starred=False)
    assert ids(program.get("/articles", show="starred")) == []
    assert program.send("POST", "/articles/states", ids=list(range(10**9, 10**9 + 10_000)), is_read=True) == {"ids": []}


def test_all_up_to_an_article_is_marked_and_taken_back(program):
    feed = make_feed()
    make_articles(2, feed)
    latest = program.get("/articles")["latest_id"]
    later, other = make_article(feed), make_article()
    program.send("POST", "/articles/mark-all-read", up_to=latest, feed=feed.pk)
    assert ids(program.get("/articles", show="unread")) == [other.pk, later.pk]
    batch = program.send("POST", "/articles/mark-all-read", up_to=other.pk)["batch"]
    assert program.get("/unread-counts") == {"total": 0, "subscriptions": []}
    program.send("POST", "/articles/undo", 204, batch=batch)
    program.send("POST", "/articles/undo", 404, batch=batch)
    assert program.get("/unread-counts") == {
        "total": 2,
        "subscriptions": [{"id": feed.pk, "unread": 1}, {"id": other.feed_id, "unread": 1}],
    }


@pytest.mark.parametrize(
    "body",
    [b" ", b"x", b"[]", b"1", b"null", b'{"ids": [1]}', b'{"is_read": true}', b'{"ids": 1, "is_read": true}',
     b'{"ids": ["1"], "is_read": true}', b'{"ids": [true], "is_read": true}', b'{"ids": [1.0], "is_read": true}',
     b'{"ids": [-1], "is_read": true}', b'{"ids": [1], "is_read": 1}', b'{"ids": [1], "is_read": null}',
     b'{"ids": [1], "is_red": true}', b'{"ids": [NaN], "is_read": true}', b"\xff\xfe\xfd",
     b'{"ids": [' + b"9" * 5000 + b'], "is_read": true}', b"[" * 100_000, b'{"ids": [' + b"1," * 10_000 + b'1], "is_read": true}'],
)  # fmt: skip
def test_a_body_that_makes_no_sense_changes_nothing(program, body):
    make_article()
    program.send_raw("POST", "/articles/states", body, 400)
    assert program.get("/unread-counts")["total"] == 1


def test_other_bodies_are_refused(program):
    program.send_raw("POST", "/articles/states", b'{"ids": "' + b"x" * 3_000_000 + b'"}', 413)
    for media_type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "x"):
        program.send_raw("POST", "/articles/states", b"{}", 415, media_type)
    assert program.send("DELETE", "/articles", 405)["title"] == "Method Not Allowed"


@pytest.mark.parametrize("batch", ["", "x", "0" * 36, "a" * 37, "\x00", "\ud800"])
def test_a_batch_that_is_none_is_refused(program, batch):
    program.send("POST", "/articles/undo", 404 if batch == "0" * 32 else 400, batch=batch)


def test_one_account_neither_sees_nor_changes_what_is_anothers(program):
    bob = make_reader("bob")
    hidden = make_feed(is_shared=False)
    Subscription.objects.create(user=bob, feed=hidden)
    article = make_article(hidden)
    index.index([article])
    program.get("/articles", 404, feed=hidden.pk)
    program.get(f"/articles/{article.pk}", 404)
    assert program.get("/articles")["articles"] == program.get("/subscriptions")["subscriptions"] == []
    assert program.get("/articles", q="body")["articles"] == []
    assert program.send("POST", "/articles/states", ids=[article.pk], is_read=True) == {"ids": []}
    program.send("POST", "/articles/mark-all-read", 404, up_to=article.pk, feed=hidden.pk)
    other = Program(bob)
    assert ids(other.get("/articles", q="body")) == [article.pk]
    assert ids(other.get("/articles", show="unread")) == [article.pk]
    batch = other.send("POST", "/articles/mark-all-read", up_to=article.pk)["batch"]
    program.send("POST", "/articles/undo", 404, batch=batch)
    assert other.get("/unread-counts")["total"] == 0


def test_a_starred_article_stays_readable_after_its_feed_is_out_of_sight(ann, program):
    hidden = make_feed(is_shared=False)
    followed = Subscription.objects.create(user=ann, feed=hidden)
    article = make_article(hidden)
    program.send("POST", "/articles/states", ids=[article.pk], is_starred=True)
    followed.delete()
    assert program.get(f"/articles/{article.pk}")["is_starred"]
    assert program.send("POST", "/articles/states", ids=[article.pk], is_starred=False) == {"ids": [article.pk]}
    program.get(f"/articles/{article.pk}", 404)


def test_feeds_and_categories_are_the_readers(ann, program):
    category = make_category("News", slug="news")
    feed = make_feed(title="Zebra", category=category)
    (subscription,) = program.get("/subscriptions")["subscriptions"]
    assert (subscription["id"], subscription["title"], subscription["address"]) == (feed.pk, "Zebra", feed.url)
    assert subscription["category_id"] == category.pk
    assert program.get("/categories")["categories"] == [
        {"id": category.pk, "name": "News", "slug": "news", "parent_id": None, "is_own": False}
    ]
