"""The pages where a reader keeps searches."""

from __future__ import annotations

import re
from html import unescape

import pytest

from articles.lists.selection import Selection
from articles.saved_searches import own
from articles.saved_searches.models import SavedSearch
from tests.articles.searching import make_found
from tests.factories import make_category, make_reader

pytestmark = pytest.mark.django_db
ADDRESS = "/?show=unread&q=harbour+-storm&order=relevance"


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def test_a_search_is_saved_by_one_press_and_opened_from_the_tree(client, ann):
    make_found()
    action = unescape(re.search(r'action="(/searches/save/[^"]*)"', client.get(ADDRESS).text)[1])
    assert client.post(action)["Location"] == ADDRESS
    page = client.get(ADDRESS).text
    assert "/searches/save/" not in page
    link = re.search(r'<a href="(/searches/\d+/)"><span class="name"><bdi>harbour -storm<', page)[1]
    assert link in client.get("/").text
    assert client.get(link)["Location"] == ADDRESS


def test_a_saved_search_is_renamed_and_deleted(client, ann):
    saved = own.save_search(ann, Selection(query="harbour"))
    client.post(f"/account/searches/{saved.pk}/", {"name": "\x00<Ships>\n"})  # PostgreSQL takes no NUL
    assert "&lt;Ships&gt;" in client.get("/account/searches/").text
    client.post(f"/account/searches/{saved.pk}/", {"name": " "})
    assert SavedSearch.objects.get().name == "<Ships>"
    client.post(f"/account/searches/{saved.pk}/", {"delete": "1"})
    assert not SavedSearch.objects.exists()


def test_nobody_sees_or_changes_another_s(client, ann):
    make_found()
    saved = own.save_search(make_reader("bob"), Selection(query="secretly"))
    for address in ("/", "/?q=harbour", "/account/searches/"):
        assert "secretly" not in client.get(address).text
    assert client.get(f"/searches/{saved.pk}/").status_code == 404
    assert client.post(f"/account/searches/{saved.pk}/", {"delete": "1"}).status_code == 404
    assert SavedSearch.objects.exists()


def test_who_is_not_signed_in_is_offered_none(client, settings):
    settings.NEWSREADER_PUBLIC = True
    make_found()
    assert "/searches/" not in client.get("/?q=harbour").text
    assert client.post("/searches/save/?q=harbour")["Location"].startswith("/sign-in/")


def test_what_asks_for_nothing_is_not_saved(client, ann):
    assert client.post("/searches/save/").status_code == 400
    assert not SavedSearch.objects.exists()


def test_a_search_whose_category_is_gone_says_so_and_stays(client):
    reader, category = make_reader(), make_category()
    client.force_login(reader)
    saved = own.save_search(reader, Selection(query="rain", category=category))
    category.delete()
    assert "Its category is gone." in client.get("/account/searches/").text
    page = client.get(f"/searches/{saved.pk}/", follow=True)
    assert page.redirect_chain[-1][0] == "/?q=rain"
    assert "it searches all feeds" in page.text
    assert own.save_search(reader, Selection(query="rain")) != saved
