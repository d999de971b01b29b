"""Labels on articles, as apps see and change them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.labels import own
from articles.labels.models import ArticleLabel, Label
from articles.lists import reader_state
from articles.lists.pages import unread_among
from articles.models import Article
from tests.articles.api.apps import App
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
STATE, LABEL = "user/-/state/com.google/", "user/-/label/"
READ, STARRED, ALL = f"{STATE}read", f"{STATE}starred", f"{STATE}reading-list"


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def app(ann):
    return App(ann)


def names_on(article, reader):
    return [label.name for label in own.labels_on([article.pk], reader).get(article.pk, [])]


def labels_told(app):
    return [tag["id"].removeprefix(LABEL) for tag in app.json("tag/list")["tags"] if tag.get("type") == "tag"]


def test_a_label_is_put_on_made_and_taken_off(app, ann):
    one, two = make_articles(2)
    old = own.make_label(ann, "To read")
    own.add_labels([old.pk], [one.pk])
    assert app.post("edit-tag", i=[one.pk, two.pk], a=[f"{LABEL}later", READ], r=f"{LABEL}to READ").content == b"OK"
    assert (names_on(one, ann), names_on(two, ann)) == (["later"], ["later"])
    assert not unread_among([one.pk, two.pk], ann)
    assert app.post("edit-tag", i=one.pk, r=[f"{LABEL}later", f"{LABEL}never there"]).content == b"OK"
    assert (names_on(one, ann), names_on(two, ann)) == ([], ["later"])


def test_a_stream_of_a_label_is_what_the_page_of_the_label_has(app, ann):
    feed = make_feed()
    articles, left = make_articles(5, feed), make_article(make_feed(is_shared=False))
    later = own.make_label(ann, "later")
    own.add_labels([later.pk], [left.pk, *(article.pk for article in articles[:4])])
    reader_state.mark_read(ann, articles[:1])
    reader_state.star(ann, articles[1], on=True)
    pks = [article.pk for article in articles]
    assert app.ids(f"{LABEL}later", n=2) == [left.pk, *pks[3::-1]]
    assert app.ids(f"{LABEL}LATER", n=2, r="o") == [*pks[:4], left.pk]
    assert app.ids(f"{LABEL}later", xt=READ) == [left.pk, *pks[3:0:-1]]
    assert app.ids(f"{LABEL}later", it=STARRED) == app.ids(STARRED, it=f"{LABEL}later") == [pks[1]]
    assert (
        app.ids(f"feed/{feed.pk}", it=f"{LABEL}later") == app.ids(f"{LABEL}later", it=f"feed/{feed.pk}") == pks[3::-1]
    )
    assert app.get("stream/items/ids", s=f"{LABEL}later", it=f"{LABEL}later").status_code == 400
    Article.objects.filter(pk=pks[0]).update(received_at=timezone.now() - timedelta(days=2))
    day = int((timezone.now() - timedelta(days=1)).timestamp())
    assert app.ids(f"{LABEL}later", nt=day) == [pks[0]]


def test_items_lists_and_numbers_tell_of_labels(app, ann):
    one, two = make_articles(2, make_feed(category=make_category("Ports")))
    own.add_labels([own.make_label(ann, "later").pk], [one.pk, two.pk])
    reader_state.mark_read(ann, [one])
    items = app.json("stream/contents")["items"]
    assert [item["categories"] for item in items] == [
        [ALL, f"{LABEL}Ports", f"{LABEL}later"],
        [ALL, READ, f"{LABEL}Ports", f"{LABEL}later"],
    ]
    assert app.json("tag/list")["tags"][1:] == [
        {"id": f"{LABEL}Ports", "type": "folder"}, {"id": f"{LABEL}later", "type": "tag", "unread_count": 1}
    ]  # fmt: skip
    counts = {row["id"]: row["count"] for row in app.json("unread-count")["unreadcounts"]}
    assert counts[f"{LABEL}later"] == 1


def test_a_label_that_a_folder_is_called_like_is_told_apart(app, ann):
    in_folder = make_article(make_feed(category=make_category("Ports")))
    labelled = make_article()
    own.add_labels([own.make_label(ann, "Ports").pk], [labelled.pk])
    assert labels_told(app) == ["#Ports"]
    assert app.ids(f"{LABEL}Ports") == [in_folder.pk]
    assert app.ids(f"{LABEL}#Ports") == [labelled.pk]
    assert app.post("edit-tag", i=in_folder.pk, a=f"{LABEL}Ports").status_code == 400
    app.post("edit-tag", i=in_folder.pk, a=f"{LABEL}#Ports")
    assert names_on(in_folder, ann) == ["Ports"]


def test_a_label_is_renamed_united_and_deleted(app, ann):
    one, two = make_articles(2)
    later, done = own.make_label(ann, "later"), own.make_label(ann, "done")
    own.add_labels([later.pk], [one.pk])
    own.add_labels([done.pk], [two.pk])
    app.post("rename-tag", s=f"{LABEL}later", dest=f"{LABEL}Soon")
    assert labels_told(app) == ["done", "Soon"]
    app.post("rename-tag", s=f"{LABEL}Soon", dest=f"{LABEL}done")
    assert labels_told(app) == ["done"]
    assert (names_on(one, ann), names_on(two, ann)) == (["done"], ["done"])
    assert app.post("rename-tag", s=f"{LABEL}done", dest=f'{LABEL}"').status_code == 400
    assert app.post("disable-tag", s=f"{LABEL}done").content == b"OK"
    assert not Label.objects.exists()
    assert Article.objects.count() == 2


def test_what_has_a_label_is_marked_up_to_a_moment(app, ann):
    one, two = make_articles(2)
    own.add_labels([own.make_label(ann, "later").pk], [one.pk, two.pk])
    Article.objects.filter(pk=two.pk).update(received_at=timezone.now() + timedelta(hours=1))
    app.post("mark-all-as-read", s=f"{LABEL}later", ts=int(timezone.now().timestamp()) + 60)
    assert unread_among([one.pk, two.pk], ann) == {two.pk}
    app.post("mark-all-as-read", s=f"{LABEL}later")
    assert unread_among([one.pk, two.pk], ann) == set()


def test_nobody_reaches_another_s_labels(app, ann):
    bob, article = make_reader("bob"), make_article()
    own.add_labels([own.make_label(bob, "secretly").pk], [article.pk])
    assert labels_told(app) == []
    assert "secretly" not in str(app.json("stream/contents")) + str(app.json("unread-count"))
    assert app.get("stream/items/ids", s=f"{LABEL}secretly").status_code == 404
    for path in ("disable-tag", "rename-tag", "mark-all-as-read"):
        assert app.post(path, s=f"{LABEL}secretly", dest=f"{LABEL}x").status_code == 404
    app.post("edit-tag", i=article.pk, r=f"{LABEL}secretly")
    private = make_article(make_feed(is_shared=False))
    app.post("edit-tag", i=private.pk, a=f"{LABEL}mine")
    assert names_on(article, bob) == ["secretly"]
    assert not ArticleLabel.objects.filter(label__user=ann).exists()


@pytest.mark.parametrize("name", ['"', "x" * 101])
def test_what_is_no_name_changes_nothing(app, ann, name):
    article = make_article()
    assert app.post("edit-tag", i=article.pk, a=[f"{LABEL}{name}", READ]).status_code == 400
    assert unread_among([article.pk], ann)
    assert not Label.objects.exists()
