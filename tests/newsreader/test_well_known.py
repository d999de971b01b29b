"""What browsers, password managers and robots look for, whether somebody is signed in or not."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db


def test_the_manifest_names_icons_that_are_there(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    described = answer.json()
    assert (described["start_url"], described["display"]) == ("/", "standalone")
    assert described["share_target"]["action"] == "/feeds/add/"
    assert described["protocol_handlers"] == [{"protocol": "web+feed", "url": "/feeds/add/?url=%s"}]
    for icon in described["icons"]:
        assert finders.find(f"img/icon-{icon['sizes'].partition('x')[0]}.png")


def test_password_managers_are_led_to_the_form(client):
    assert client.get("/.well-known/change-password").url == "/account/password/"


def test_robots_are_told_to_stay_away(client):
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_pages_name_their_icon_and_the_colour_of_the_paper(client):
    page = client.get("/sign-in/").text
    assert 'rel="manifest"' in page
    assert 'rel="apple-touch-icon"' in page
    assert page.count('name="theme-color"') == 2
    assert client.get("/apple-touch-icon.png").status_code == 302
