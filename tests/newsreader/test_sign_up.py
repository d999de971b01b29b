"""Accounts that readers make for themselves: never, with a link, or freely."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from feeds.subscriptions.visibility import followed_feeds
from newsreader import sign_up
from newsreader.logs import without_secrets
from newsreader.models import Invitation
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
TOLD = {"username": "ann", "password1": "stapled to a horse", "password2": "stapled to a horse"}


def invited(staff: User) -> str:
    client = Client()
    client.force_login(staff)
    address: str = client.post("/account/invitations/").context["address"]
    return address.removeprefix("http://testserver")


@pytest.mark.parametrize(("rule", "status"), [("off", 404), ("invitation", 404), ("open", 200)])
def test_without_a_link_only_an_open_site_lets_one_in(client, settings, rule, status):
    settings.SIGN_UP = rule
    assert client.get("/sign-up/").status_code == status
    client.post("/sign-up/", TOLD)
    assert User.objects.count() == (status == 200)
    assert ("Make an account" in Client().get("/sign-in/").text) == (status == 200)


def test_a_link_is_good_for_one_account_which_is_signed_in(client, settings):
    settings.SIGN_UP, settings.NEW_ACCOUNTS = "invitation", "nothing"
    make_feed()
    address = invited(make_reader(staff=True))
    assert client.get(address).status_code == 200
    assert "password2" in client.post(address, TOLD | {"password2": "another"}).context["form"].errors
    assert client.post(address, TOLD)["Location"] == "/"
    ann = User.objects.get(username="ann")
    assert (ann.is_staff, ann.is_superuser, followed_feeds(ann).count()) == (False, False, 0)
    assert client.get("/account/").status_code == 200
    assert client.get(address)["Location"] == "/"  # again, from the mail that it came with
    for again in (Client().get(address), Client().post(address, TOLD | {"username": "ben"})):
        assert again.status_code == 404
        assert "This invitation is not good any more." in again.text


def test_links_end_by_time_by_hand_and_by_the_setting(client, settings):
    settings.SIGN_UP = "invitation"
    staff = make_reader(staff=True)
    old, revoked, good = (invited(staff) for _ in range(3))
    rows = list(Invitation.objects.order_by("pk"))
    Invitation.objects.filter(pk=rows[0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    client.force_login(staff)
    client.post(f"/account/invitations/{rows[1].pk}/revoke/")
    assert [Client().get(address).status_code for address in (old, revoked, good, f"{good}x/")] == [404, 404, 200, 404]
    settings.SIGN_UP = "off"
    assert Client().get(good).status_code == 404


def test_only_staff_invite(client, settings):
    settings.SIGN_UP = "invitation"
    client.force_login(make_reader())
    assert client.post("/account/invitations/").status_code == 403
    assert not Invitation.objects.exists()


def test_an_open_site_is_not_flooded(client, settings, monkeypatch):
    settings.SIGN_UP = "open"
    monkeypatch.setattr(sign_up, "MOST_A_DAY", 2)
    make_reader()
    assert client.post("/sign-up/", TOLD).status_code == 302
    refused = Client().post("/sign-up/", TOLD | {"username": "ben"})
    assert "Too many accounts" in refused.text
    assert User.objects.count() == 2
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))
    assert Client().post("/sign-up/", TOLD | {"username": "ben"}).status_code == 302


def test_no_log_line_shows_an_invitation():
    assert without_secrets('"GET /sign-up/abc-DEF_1/ HTTP/1.1" 200') == '"GET /sign-up/…/ HTTP/1.1" 200'
