"""Parts of pages that are written once in a process: alike for everybody, in each language."""

from __future__ import annotations

import pytest
from django.template import engines
from django.utils import translation

from newsreader.templatetags.still import still
from tests.factories import make_article, make_reader


def test_a_part_is_written_once_for_each_language_and_flag():
    with translation.override("en"):
        english = still("components/shortcuts.html")
        assert still("components/shortcuts.html") is english
        assert "reader.js" not in still("components/head.html", signed_in=False)
        assert "reader.js" in still("components/head.html", signed_in=True)
        menus = [still("articles/_view_menu.html", layouts=(("cards", is_here),)) for is_here in (True, False)]
        assert ["true" in menu for menu in menus] == [True, False]
    with translation.override("zh-hant"):
        assert still("components/shortcuts.html") != english


def test_while_templates_are_written_each_page_has_them_new(settings):
    settings.DEBUG = True
    assert still("components/shortcuts.html") is not still("components/shortcuts.html")


def test_a_part_sees_nothing_of_the_page_around_it():
    page = engines["django"].from_string('{% load still %}{% still "components/marks_words.html" user=secret %}')
    assert "ann" not in page.render({"secret": "x", "user": "ann", "request": None})


@pytest.mark.django_db
def test_a_page_has_its_own_readers_marks(client):
    make_article()
    for name in ("ann", "bea"):
        reader = make_reader(name)
        client.force_login(reader)
        assert f'data-reader="{reader.pk}"' in client.get("/").text
    client.logout()
    assert "data-reader" not in client.get("/sign-in/").text
