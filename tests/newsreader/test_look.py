"""The look of articles: chosen in the article, kept with the account, and right in the page that the server sends."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from newsreader.look import Look, is_font_name, look_of
from newsreader.models import AccountSettings
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db

LOOK = {
    "theme": "sepia", "typeface": "own", "font": "霞鹜文楷 GB", "text_size": "5", "text_width": "wide", "line_height": "loose",
    "script": "hant-tw", "pronunciation": "zhuyin",
}  # fmt: skip
ROOT = '<html lang="en" data-theme="sepia" data-typeface="own" data-size="5" data-width="wide" data-leading="loose">'


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def root(page):
    return " ".join(re.search("<html[^>]*>", page.text)[0].split())


def test_a_look_chosen_in_an_article_holds_on_every_page_and_leads_back(client, ann):
    article = make_article()
    answer = client.post("/account/look/", LOOK | {"next": article.get_absolute_url()})
    assert answer["Location"] == article.get_absolute_url()
    page = client.get(answer["Location"])
    assert root(page) == ROOT
    assert root(client.get("/")) == ROOT
    assert '<meta name="color-scheme" content="light">' in page.text
    form = page.text[page.text.index('id="look"') :]
    assert 'name="theme" value="sepia" checked autofocus' in form
    assert 'name="text_size" min="1" max="7" value="5"' in form
    assert 'value="霞鹜文楷 GB"' in form


def test_it_comes_to_the_readers_other_browsers_and_leaves_their_other_choices_alone(client, ann):
    client.post("/account/", {"theme": "dark", "typeface": "sans", "shortcuts": "on", "keys": "x=s"})
    client.post("/account/look/", LOOK)
    there = Client()
    there.cookies["timezone"] = "Asia/Tokyo"
    there.post("/sign-in/", {"username": "ann", "password": "correct horse battery"})
    assert look_of({name: cookie.value for name, cookie in there.cookies.items()}) == Look(
        theme="sepia",
        typeface="own",
        font="霞鹜文楷 GB",
        text_size=5,
        text_width="wide",
        line_height="loose",
        script="hant-tw",
        pronunciation="zhuyin",
    )
    assert there.cookies["keys"].value == "x=s"
    assert there.cookies["timezone"].value == "Asia/Tokyo"


def test_a_first_choice_keeps_nothing_but_the_look(client, ann):
    client.cookies["timezone"] = "Asia/Tokyo"
    client.post("/account/look/", LOOK)
    assert AccountSettings.objects.get().choices.keys() == LOOK.keys()


def test_a_script_gets_nothing_back(client, ann):
    script = {"headers": {"HX-Request": "true"}}
    assert client.post("/account/look/", LOOK, **script).status_code == 204
    assert client.post("/account/look/", LOOK | {"theme": "plaid"}, **script).status_code == 422
    assert AccountSettings.objects.get().choices["theme"] == "sepia"


def test_what_was_not_offered_is_said_and_not_kept(client, ann):
    answer = client.post("/account/look/", LOOK | {"font": 'x"; } body { display: none'}, follow=True)
    assert "A name of a font has letters" in answer.text
    assert "font" not in client.cookies


def test_who_has_not_signed_in_chooses_for_the_browser_where_everybody_may_read(client, settings):
    assert client.post("/account/look/", LOOK).status_code == 302
    assert "theme" not in client.cookies
    settings.NEWSREADER_PUBLIC = True
    client.post("/account/look/", LOOK)
    assert root(client.get("/")) == ROOT
    assert not AccountSettings.objects.exists()


def test_an_own_font_is_a_style_sheet_of_this_site(client, ann):
    client.post("/account/look/", LOOK)
    address = re.search('<link rel="stylesheet" href="(/own-font.css[^"]*)">', client.get("/").text)[1]
    answer = Client().get(address)
    assert answer.text == ':root { --own-font: "霞鹜文楷 GB"; }\n'
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    client.post("/account/look/", LOOK | {"typeface": "serif"})
    assert "own-font" not in client.get("/").text


@pytest.mark.parametrize("name", ["", 'a"b', "a\\b", "a;b", "a}b", "a\nb", "a\x00b", " a", "x" * 61, "a<b", "a'b"])
def test_what_is_no_name_of_a_font_makes_no_style(client, name):
    assert client.get("/own-font.css", {"name": name}).status_code == 400
    assert not is_font_name(name)


@pytest.mark.parametrize("name", ["霞鹜文楷 GB", "สารบรรณใหม่", "शोभिका", "Source Serif 4", "IBM Plex Sans (JP)"])
def test_a_font_may_be_called_in_any_script_with_its_marks(client, name):
    assert name in client.get("/own-font.css", {"name": name}).text


@pytest.mark.parametrize("name", ["text_size", "text_width", "line_height", "theme", "typeface", "font", "script"])
@pytest.mark.parametrize("value", ['"><script>', "-1", "%00", "%22%3B"])
def test_nonsense_in_a_cookie_is_as_if_it_were_not_there(name, value):
    assert look_of({name: value}) == Look()
