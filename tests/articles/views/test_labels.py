"""The pages where a reader labels articles, and what lists show of it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.urls import reverse

from articles.labels import own
from articles.labels.models import ArticleLabel, Label
from tests.articles.searching import make_found
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def chips(page):
    return re.findall(r'<a class="chip"[^>]*><bdi>(.*?)</bdi>', page)


def test_an_article_is_labelled_by_a_form_that_leads_back_to_its_row(client, ann):
    article = make_article()
    page = client.get("/?show=unread").text
    link = unescape(re.search(rf'<a href="([^"]*)" [^>]*"label t{article.pk}">', page)[0])
    address = re.search('href="([^"]*)"', link)[1]
    work = own.make_label(ann, "work")
    answer = client.post(address, {"label": [work.pk], "new": "To read"})
    assert answer["Location"] == f"/?show=unread&at={article.pk}#article-{article.pk}"
    assert chips(client.get("/").text) == ["To read", "work"]
    client.post(address, {})
    assert chips(client.get("/").text) == []


def test_the_article_shows_its_labels_and_keeps_its_place(client, ann):
    article = make_found(title="Harbour")
    own.add_labels([own.make_label(ann, "later").pk], [article.pk])
    page = client.get(f"{article.get_absolute_url()}?q=harbour").text
    assert chips(page) == ["later"]
    address = unescape(re.search(r'href="([^"]*/labels/[^"]*)"', page)[1])
    answer = client.post(address, {})
    assert answer["Location"] == f"{article.get_absolute_url()}?q=harbour"
    assert chips(client.get(answer["Location"]).text) == []


def test_a_chip_leads_to_all_that_has_the_label(client, ann):
    article, other = make_found(title="First"), make_found(title="Second")
    own.add_labels([own.make_label(ann, "to & read").pk], [article.pk])
    address = unescape(re.search(r'<a class="chip"[^>]* href="([^"]*)"', client.get("/").text)[1])
    page = client.get(address).text
    assert f"id=article-{article.pk}>" in page
    assert f"id=article-{other.pk}>" not in page
    assert chips(page) == ["to &amp; read"]


def test_nobody_sees_or_changes_another_s_labels(client, ann):
    article, bob = make_article(), make_reader("bob")
    label = own.make_label(bob, "secretly")
    own.add_labels([label.pk], [article.pk])
    for address in ("/", article.get_absolute_url(), f"{article.get_absolute_url()}labels/", "/account/labels/"):
        assert "secretly" not in client.get(address).text
    for address in (f"/account/labels/{label.pk}/", f"/account/labels/{label.pk}/delete/"):
        assert client.post(address, {"name": "mine", "colour": "1"}).status_code == 404
    client.post(f"{article.get_absolute_url()}labels/", {"label": [label.pk]})
    assert own.labels_on([article.pk], ann) == {}
    assert ArticleLabel.objects.count() == 1


def test_an_article_that_a_reader_may_not_see_takes_no_label(client, ann):
    article = make_article(make_feed(is_shared=False))
    assert client.get(f"{article.get_absolute_url()}labels/").status_code == 404
    assert client.post(f"{article.get_absolute_url()}labels/", {"new": "mine"}).status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 404
    assert not Label.objects.exists()


def test_who_is_not_signed_in_is_offered_none(client, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_article()
    assert "/labels/" not in client.get("/").text
    assert "/labels/" not in client.get(article.get_absolute_url()).text
    for address in (f"{article.get_absolute_url()}labels/", "/account/labels/", "/?q=label:later"):
        assert client.get(address)["Location"].startswith("/sign-in/")


def test_labels_are_made_renamed_coloured_and_deleted(client, ann):
    client.post("/account/labels/", {"new": "later"})
    label = Label.objects.get()
    own.add_labels([label.pk], [make_article().pk])
    client.post(f"/account/labels/{label.pk}/", {"name": "Soon", "colour": "6"})
    page = client.get("/account/labels/").text
    assert chips(page) == ["Soon"]
    assert 'data-hue="6"' in page
    assert "It is on 1 article, which stays." in client.get(f"/account/labels/{label.pk}/").text
    client.post(f"/account/labels/{label.pk}/delete/")
    assert not Label.objects.exists()


@pytest.mark.parametrize("new", ["", '""', "x" * 101])
def test_what_is_no_label_is_told(client, ann, new):
    answer = client.post("/account/labels/", {"new": new})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    label = own.make_label(ann, "later")
    own.make_label(ann, "taken")
    for name in (new, "Taken"):
        assert 'role="alert"' in client.post(f"/account/labels/{label.pk}/", {"name": name, "colour": "77"}).text
    label.refresh_from_db()
    assert label.name == "later"
    article = make_article()
    answer = client.post(f"{article.get_absolute_url()}labels/", {"new": "x" * 101, "label": [label.pk]})
    assert 'role="alert"' in answer.text
    assert own.labels_on([article.pk], ann) == {}


def test_labels_stand_in_the_tree_with_what_of_them_is_unread(client, ann):
    first, second = make_articles(2)
    later, done = own.make_label(ann, "<later>"), own.make_label(ann, "done")
    own.add_labels([later.pk], [first.pk, second.pk])
    own.make_label(make_reader("bob"), "secretly")
    page = client.get("/").text
    assert f'data-hue="{later.colour}" data-key="g 1"><span class="name"><bdi>&lt;later&gt;</bdi></span>' in page
    assert "data-due" in page
    assert "secretly" not in page
    assert {f"l{later.pk}": "2"}.items() <= client.get(reverse("tree_counts")).json().items()
    page = client.get(f"/?q={quote(own.query_for(done.name))}").text
    assert f'<b data-n="l{later.pk}">2</b>' in page
    assert f'<b data-n="l{done.pk}"></b>' in page
    assert "data-due" not in page
    assert re.search(r'aria-current="page"><span class="name"><bdi>done<', page)


def test_a_key_puts_its_label_on_and_takes_it_off(client, ann):
    article = make_article()
    later = own.make_label(ann, "later")
    own.make_label(make_reader("bob"), "secretly")
    address = reverse("turn_label", args=[article.pk])
    assert "later" in client.post(address, {"key": later.key}).text
    assert own.labels_on([article.pk], ann)
    assert client.post(address, {"key": later.key}).text == ""
    assert own.labels_on([article.pk], ann) == {}
    assert client.post(address, {"key": "2"}).status_code == 204
    private = make_article(make_feed(is_shared=False))
    assert client.post(reverse("turn_label", args=[private.pk]), {"key": later.key}).status_code == 404


def test_a_label_is_given_a_key_that_another_had(client, ann):
    later, done = own.make_label(ann, "later"), own.make_label(ann, "done")
    assert (later.key, done.key) == (1, 2)
    client.post(reverse("label", args=[done.pk]), {"name": "done", "colour": "1", "key": "1"})
    assert dict(Label.objects.values_list("name", "key")) == {"later": None, "done": 1}
    client.post(reverse("label", args=[done.pk]), {"name": "done", "colour": "1", "key": "10"})
    assert dict(Label.objects.values_list("name", "key")) == {"later": None, "done": None}


def test_labels_of_all_rows_are_one_query(client, ann, django_assert_max_num_queries):
    articles = make_articles(50)
    own.make_label(ann, "on nothing")
    client.get("/")
    with django_assert_max_num_queries(100) as without:
        client.get("/")
    for number in range(10):
        own.add_labels([own.make_label(ann, f"label {number}").pk], [article.pk for article in articles[::2]])
    with django_assert_max_num_queries(len(without)):
        assert len(chips(client.get("/").text)) == 250
