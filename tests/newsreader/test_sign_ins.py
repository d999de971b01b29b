"""The browsers that a reader is signed in with: listed, and signed out from afar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from newsreader.housekeeping import keep_house
from newsreader.models import SignIn
from newsreader.sign_ins import browser_of
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
PAGE, PASSWORD = "/account/sessions/", "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def browser(name: str, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def listed(client: Client) -> list[tuple[str, bool]]:
    return [(row.browser, is_this) for row, is_this in client.get(PAGE).context["rows"]]


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox, Linux"), (SAFARI, "Safari, iPhone"), (EDGE, "Edge, Windows"), ("curl/8", ""), ("", "")],
)
def test_browsers_have_names(agent, name):
    assert browser_of(agent) == name


def test_a_reader_sees_their_own_browsers_and_ends_one():
    make_reader("ann")
    make_reader("ben")
    here, phone, bens = browser("ann"), browser("ann", SAFARI), browser("ben", EDGE)
    assert listed(here) == [("Safari, iPhone", False), ("Firefox, Linux", True)]
    row = SignIn.objects.get(browser="Safari, iPhone")
    assert bens.post(f"{PAGE}{row.pk}/end/").status_code == 404
    assert is_signed_in(phone)
    here.post(f"{PAGE}{row.pk}/end/")
    assert not is_signed_in(phone)
    assert is_signed_in(here)
    assert listed(here) == [("Firefox, Linux", True)]


def test_all_others_are_ended_at_once():
    make_reader("ann")
    make_reader("ben")
    here, others, bens = browser("ann"), [browser("ann", agent) for agent in (SAFARI, EDGE)], browser("ben")
    here.post(f"{PAGE}end-others/")
    assert [is_signed_in(client) for client in (here, bens, *others)] == [True, True, False, False]
    assert Session.objects.count() == 2


def test_a_new_password_ends_all_others():
    make_reader("ann")
    here, other = browser("ann"), browser("ann", SAFARI)
    told = {"old_password": PASSWORD, "new_password1": "stapled to a horse", "new_password2": "stapled to a horse"}
    here.post("/account/password/", told)
    assert not is_signed_in(other)
    assert listed(here) == [("Firefox, Linux", True)]
    assert Session.objects.count() == 1


def test_a_session_that_began_before_is_noted_when_it_looks():
    make_reader("ann")
    client = browser("ann")
    SignIn.objects.all().delete()
    assert listed(client) == [("Firefox, Linux", True)]


def test_what_has_ended_is_not_listed_and_goes():
    make_reader("ann")
    here, gone = browser("ann"), browser("ann", SAFARI)
    key = gone.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(days=1))
    assert listed(here) == [("Firefox, Linux", True)]
    browser("ann", EDGE).post("/sign-out/")
    keep_house(timezone.now())
    assert [row.browser for row in SignIn.objects.all()] == ["Firefox, Linux"]
