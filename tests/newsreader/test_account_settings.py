"""A reader's choices come along to every browser they sign in with."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.models import ReaderSettings
from feeds.subscriptions.own import zone_of
from newsreader.account_settings import WHOSE
from newsreader.models import AccountSettings
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
CHOICES = {"typeface": "sans", "theme": "dark", "language": "zh-hant", "timezone": "Asia/Taipei", "shortcuts": "on"}


def browser(name: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def cookies(client: Client) -> dict[str, str]:
    names = ("theme", "typeface", "django_language", "timezone", "shortcuts")
    return {name: client.cookies[name].value for name in names if name in client.cookies and client.cookies[name].value}


def test_a_choice_is_there_in_the_next_browser_at_once():
    make_reader("ann")
    browser("ann").post("/account/", CHOICES)
    there = browser("ann")
    assert cookies(there) == {
        "theme": "dark", "typeface": "sans", "django_language": "zh-hant", "timezone": "Asia/Taipei", "shortcuts": "on",
    }  # fmt: skip
    assert 'data-theme="dark"' in there.get("/").text
    assert 'lang="zh-hant"' in there.get("/").text


def test_a_choice_made_elsewhere_comes_when_the_cookies_are_old():
    make_reader("ann")
    here, there = browser("ann"), browser("ann")
    here.post("/account/", CHOICES)
    there.get("/")
    assert cookies(there) == {}  # no query tells it so soon
    del there.cookies[WHOSE]  # as the browser does after a while
    there.get("/")
    assert cookies(there)["theme"] == "dark"


def test_who_chose_nothing_keeps_what_the_browser_has():
    make_reader("ann")
    client = Client()
    client.cookies["theme"], client.cookies["timezone"] = "dark", "Asia/Tokyo"
    client.post("/sign-in/", {"username": "ann", "password": PASSWORD})
    assert cookies(client) == {"theme": "dark", "timezone": "Asia/Tokyo"}
    assert not AccountSettings.objects.exists()


def test_another_reader_of_the_same_browser_gets_their_own():
    for name, theme in (("ann", "dark"), ("ben", "light")):
        make_reader(name)
        browser(name).post("/account/", CHOICES | {"theme": theme})
    client = browser("ann")
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": "ben", "password": PASSWORD})
    assert cookies(client)["theme"] == "light"


def test_an_account_without_a_zone_leaves_the_browsers():
    make_reader("ann")
    browser("ann").post("/account/", CHOICES | {"timezone": ""})
    client = Client()
    client.cookies["timezone"] = "Asia/Tokyo"
    client.post("/sign-in/", {"username": "ann", "password": PASSWORD})
    assert cookies(client)["timezone"] == "Asia/Tokyo"


def test_what_is_done_while_nobody_is_here_is_in_the_account_s_zone_or_the_browser_s():
    ann = make_reader("ann")
    client = browser("ann")
    assert str(zone_of(ann)) == "UTC"  # the site's
    client.cookies["timezone"] = "Asia/Tokyo"
    del client.cookies[WHOSE]
    client.get("/")
    assert str(zone_of(ann)) == "Asia/Tokyo"
    client.post("/account/", CHOICES)
    assert str(zone_of(ann)) == "Asia/Taipei"
    client.cookies["timezone"] = "Nowhere/Land"
    del client.cookies[WHOSE]
    client.get("/")
    assert str(zone_of(ann)) == "Asia/Taipei"
    ReaderSettings.objects.update(time_zone="Nowhere/Land")
    assert str(zone_of(ann)) == "UTC"


def test_what_is_no_choice_any_longer_is_left_out():
    AccountSettings.objects.create(user=make_reader("ann"), choices={"theme": "plaid", "typeface": "sans"})
    assert cookies(browser("ann")) == {}


def test_it_costs_a_page_no_query(django_assert_num_queries):
    client = Client()
    client.force_login(make_reader("ann"))
    client.get("/search/help/")
    with django_assert_num_queries(2):  # the session and its reader
        client.get("/search/help/")
