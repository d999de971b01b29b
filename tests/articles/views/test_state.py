"""What readers do with articles, through plain forms."""

from __future__ import annotations

from uuid import uuid4

import pytest

from articles.models import ArticleState, ReadMark
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def unread(client, query=""):
    return [article.pk for article in client.get(f"/?show=unread{query}").context["page"].articles]


def test_an_article_is_put_back_to_unread(client, reader):
    article = make_article()
    client.get(article.get_absolute_url())
    assert unread(client) == []
    response = client.post("/articles/act/", {"unread": article.pk, "next": "/?show=unread"})
    assert response["Location"] == f"/?show=unread#article-{article.pk}"
    assert unread(client) == [article.pk]
    client.post("/articles/act/", {"read": article.pk})
    assert unread(client) == []


def test_what_is_no_address_leads_to_the_list(client, reader):
    article = make_article()
    for wanted in ("NaN", "login", "admin:index", "?show=unread", "a\x00b"):
        place = client.post("/articles/act/", {"star": article.pk, "next": wanted})["Location"]
        assert place == f"/#article-{article.pk}", wanted


def test_a_star_is_set_and_taken_away(client, reader):
    article = make_article()
    client.post("/articles/act/", {"star": article.pk})
    assert ArticleState.objects.get(user=reader, article=article).starred_at
    client.post("/articles/act/", {"unstar": article.pk})
    assert ArticleState.objects.get(user=reader, article=article).starred_at is None


@pytest.mark.parametrize(
    ("action", "word"),
    [("star", "Starred"), ("unstar", "Star removed"), ("read", "Marked as read"), ("unread", "Marked as unread")],
)
def test_a_script_gets_only_what_is_said(client, reader, action, word):
    article = make_article()
    response = client.post("/articles/act/", {action: article.pk}, headers={"HX-Request": "true"})
    assert response.text.strip() == f"<span>{word}: </span><bdi>{article.title}</bdi>"


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_a_form_never_leads_to_another_site(client, reader, place):
    article = make_article()
    assert client.post("/articles/act/", {"star": article.pk, "next": place})["Location"] == f"/#article-{article.pk}"


def test_all_is_marked_read_and_brought_back(client, reader):
    articles = make_articles(3)
    client.post("/articles/act/", {"read": articles[0].pk})
    before = unread(client)
    latest = client.get("/").context["page"].latest_id
    after = client.post("/articles/mark/", {"latest_id": latest, "show": "unread"}, follow=True)
    assert unread(client) == []
    batch = str(ReadMark.objects.get().batch)
    assert batch in after.text
    client.post("/articles/undo/", {"batch": batch, "next": "/"})
    assert unread(client) == before


def test_what_came_in_since_stays_unread(client, reader):
    feed = make_feed()
    make_article(feed)
    latest = client.get("/").context["page"].latest_id
    newer = make_article(feed)
    client.post("/articles/mark/", {"latest_id": latest})
    assert unread(client) == [newer.pk]


@pytest.mark.parametrize("narrowed_to", ["feed", "category"])
def test_only_the_selection_is_marked_read(client, reader, narrowed_to):
    category = make_category()
    inside, outside = make_article(make_feed(category=category)), make_article()
    value = {"feed": inside.feed_id, "category": category.slug}[narrowed_to]
    client.post("/articles/mark/", {"latest_id": outside.pk, narrowed_to: value})
    assert unread(client) == [outside.pk]


def test_another_reader_can_not_undo(client, reader):
    make_article()
    client.post("/articles/mark/", {"latest_id": 10**9})
    batch = ReadMark.objects.get().batch
    client.force_login(make_reader("bob"))
    client.post("/articles/undo/", {"batch": str(batch)})
    assert ReadMark.objects.exists()


def test_undoing_nothing_does_nothing(client, reader):
    assert client.post("/articles/undo/", {"batch": str(uuid4())}).status_code == 302


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("/articles/undo/", {"batch": "x"}, 400),
        ("/articles/mark/", {}, 400),
        ("/articles/mark/", {"latest_id": "9" * 30}, 400),
        ("/articles/mark/", {"latest_id": "1", "feed": "777777"}, 404),
        ("/articles/act/", {}, 400),
        ("/articles/act/", {"star": "777777"}, 404),
        ("/articles/act/", {"read": "maybe"}, 404),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(client, reader, address, data, status):
    assert client.post(address, data).status_code == status


ADDRESSES = [
    "/articles/act/",
    "/articles/mark/",
    "/articles/undo/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_state_changes_only_by_post(client, reader, address):
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_anonymous_reader_has_no_state(client, settings, address, is_public):
    settings.NEWSREADER_PUBLIC = is_public
    response = client.post(address, {"star": "1", "read": "1", "latest_id": "1"})
    assert response["Location"].startswith("/sign-in/")


def test_a_form_from_another_site_is_refused(client, reader):
    client.handler.enforce_csrf_checks = True
    article = make_article()
    response = client.post("/articles/act/", {"star": article.pk})
    assert response.status_code == 403
    assert "Nothing was changed" in response.text
    assert not ArticleState.objects.exists()
