"""The page of a reader's app passwords."""

from __future__ import annotations

import re

import pytest

from articles.api import app_passwords
from articles.api.models import AppPassword
from tests.factories import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def make(client, **fields):
    return client.post("/account/apps/", {"name": "My phone", "scope": "mark", **fields})


def test_a_password_is_shown_once(client, ann):
    page = make(client).text
    shown = re.search(r'id="app-password">([^<]+)<', page)[1]
    row = AppPassword.objects.get()
    assert (row.user, row.name, row.scope) == (ann, "My phone", "mark")
    assert row.digest == app_passwords.digest_of(app_passwords.token_of(shown))
    again = client.get("/account/apps/").text
    assert "My phone" in again
    assert shown not in again


def test_the_page_tells_what_to_type_and_shows_it_as_a_code(client, ann, settings):
    settings.NEWSREADER_URL = "https://news.example"
    page = client.get("/account/apps/").text
    for address in ("https://news.example<", "https://news.example/api/greader.php<", "https://news.example/fever/<"):
        assert address in page
    assert page.count("<svg") - page.count('class="icon') >= 1
    assert re.search(r'<svg aria-hidden="true"[^>]* class="qr"', page)
    assert "style=" not in page  # the policy forbids it


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "n" * 101}, {"scope": "everything"}])
def test_what_is_no_choice_makes_no_password(client, ann, fields):
    assert make(client, **fields).status_code == 200
    assert not AppPassword.objects.exists()


def test_a_reader_ends_passwords_of_their_own_only(client, ann):
    own = app_passwords.create(ann, "Reeder")[0]
    other = app_passwords.create(make_reader("bob"), "phone")[0]
    assert client.post(f"/account/apps/{other.pk}/revoke/").status_code == 404
    assert client.get(f"/account/apps/{own.pk}/revoke/").status_code == 405
    assert client.post(f"/account/apps/{own.pk}/revoke/").status_code == 302
    assert list(AppPassword.objects.all()) == [other]
    assert "Reeder" not in client.get("/account/apps/").text


def test_the_page_is_the_reader_s_and_no_cache_keeps_it(client):
    assert client.get("/account/apps/").status_code == 302
    client.force_login(make_reader("cy"))
    assert "no-store" in client.get("/account/apps/")["Cache-Control"]


def test_where_the_administrator_closed_the_doors_nobody_is_led_there(client, ann, settings):
    assert "/account/apps/" in client.get("/account/").text
    settings.APPS = False
    assert client.get("/account/apps/").status_code == 404
    assert "/account/apps/" not in client.get("/account/").text
