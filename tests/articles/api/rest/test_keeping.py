"""Labels and saved searches by our own API."""

from __future__ import annotations

import pytest

from articles.api.models import AppPassword
from articles.labels import own
from articles.labels.models import ArticleLabel, Label
from articles.lists.selection import Selection
from articles.saved_searches.models import SavedSearch
from articles.saved_searches.own import save_search
from tests.articles.api.rest.client import Program
from tests.articles.search.archive import store
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def program(ann):
    return Program(ann)


def test_a_label_is_made_changed_and_deleted(program, ann):
    made = program.send("POST", "/labels", 201, name="later", colour=2)
    assert made == {"id": made["id"], "name": "later", "colour": 2, "key": 1, "articles": 0}
    assert program.send("POST", "/labels", 201, name="LATER") == made
    changed = program.send("PATCH", f"/labels/{made['id']}", name="Soon", key=None)
    assert changed == {**made, "name": "Soon", "key": None}
    assert program.get("/labels") == {"labels": [changed]}
    other = program.send("POST", "/labels", 201, name="done")
    program.send("PATCH", f"/labels/{other['id']}", 400, name="soon")
    for wrong in ({"name": '"'}, {"name": ""}, {"name": "x", "colour": 8}, {}):
        program.send("POST", "/labels", 400, **wrong)
    program.send_raw("DELETE", f"/labels/{made['id']}", "", 204)
    assert [label.name for label in own.labels_of(ann)] == ["done"]


def test_articles_get_labels_and_tell_of_them(program, ann):
    one, two = store("rain"), store("rain")
    later, done = own.make_label(ann, "later"), own.make_label(ann, "done")
    own.add_labels([done.pk], [one.pk])
    private = make_article(make_feed(is_shared=False))
    answer = program.send(
        "POST", "/articles/labels", ids=[one.pk, two.pk, private.pk], add=[later.pk], remove=[done.pk]
    )
    assert answer == {"ids": [one.pk, two.pk]}
    found = program.get("/articles", q="label:later rain")["articles"]
    assert {row["id"]: row["label_ids"] for row in found} == {one.pk: [later.pk], two.pk: [later.pk]}
    assert program.get(f"/articles/{one.pk}")["label_ids"] == [later.pk]
    assert program.get("/labels")["labels"][1]["articles"] == 2
    for wrong in ({}, {"add": [later.pk], "remove": [later.pk]}, {"add": "x"}):
        program.send("POST", "/articles/labels", 400, ids=[one.pk], **wrong)


def test_searches_are_saved_renamed_and_deleted(program):
    category, feed = make_category("News", slug="news"), make_feed()
    made = program.send("POST", "/saved-searches", 201, q="rain", category="news", show="unread", name="Wet")
    assert made == {
        "id": made["id"], "name": "Wet", "q": "rain", "feed": None, "category": category.slug, "show": "unread",
        "order": "date",
    }  # fmt: skip
    plain = program.send("POST", "/saved-searches", 201, q="snow", feed=feed.pk, order="relevance")
    assert (plain["name"], plain["feed"], plain["order"]) == ("snow", feed.pk, "relevance")
    assert program.send("POST", "/saved-searches", 201, q="snow", feed=feed.pk, order="relevance") == plain
    assert program.send("PATCH", f"/saved-searches/{plain['id']}", name="White")["name"] == "White"
    assert [row["name"] for row in program.get("/saved-searches")["saved_searches"]] == ["Wet", "White"]
    for status, wrong in (
        (400, {"q": ""}),
        (400, {}),
        (400, {"q": "hail", "name": " "}),
        (404, {"q": "x", "feed": 10**6}),
        (404, {"q": "x", "category": "no"}),
    ):
        program.send("POST", "/saved-searches", status, **wrong)
    program.send_raw("DELETE", f"/saved-searches/{made['id']}", "", 204)
    assert SavedSearch.objects.count() == 1


def test_nobody_reaches_what_another_keeps(program, ann):
    bob, (article,) = make_reader("bob"), make_articles(1)
    label, saved = own.make_label(bob, "secretly"), save_search(bob, Selection(query="secretly"))
    own.add_labels([label.pk], [article.pk])
    mine = own.make_label(ann, "mine")
    assert program.get("/labels")["labels"][0]["id"] == mine.pk
    assert program.get("/saved-searches") == {"saved_searches": []}
    assert program.get("/articles")["articles"][0]["label_ids"] == []
    for path in (f"/labels/{label.pk}", f"/saved-searches/{saved.pk}"):
        program.send("PATCH", path, 404, name="mine now")
        program.send_raw("DELETE", path, "", 404)
    program.send("POST", "/articles/labels", 404, ids=[article.pk], add=[mine.pk, label.pk])
    program.send("POST", "/articles/labels", 404, ids=[article.pk], remove=[label.pk])
    assert ArticleLabel.objects.get().label == label


def test_who_may_mark_labels_articles_and_renames_nothing(ann):
    article, label = make_article(), own.make_label(ann, "later")
    marks, reads = Program(ann, AppPassword.Scope.MARK), Program(ann, AppPassword.Scope.READ)
    marks.send("POST", "/articles/labels", ids=[article.pk], add=[label.pk])
    marks.send("POST", "/labels", 201, name="new")
    marks.send("PATCH", f"/labels/{label.pk}", 403, name="x")
    marks.send("POST", "/saved-searches", 403, q="x")
    reads.send("POST", "/labels", 403, name="x")
    reads.send("POST", "/articles/labels", 403, ids=[article.pk], remove=[label.pk])
    assert Label.objects.count() == 2
