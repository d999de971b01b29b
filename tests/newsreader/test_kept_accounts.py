"""Accounts as an administrator keeps them: who may, and what it does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.api import app_passwords
from feeds.models import Feed
from feeds.subscriptions import own
from newsreader.logs import without_secrets
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
ACCOUNTS, PASSWORD = "/account/accounts/", "correct horse battery"
NEW = {"new_password1": "stapled to a horse", "new_password2": "stapled to a horse"}
WAYS = ("role/", "switch/", "link/", "delete/")


@pytest.fixture
def admin(client):
    made = make_reader("op", staff=True)
    client.force_login(made)
    return made


@pytest.fixture
def ann():
    return make_reader("ann")


def of(account: User, way: str = "") -> str:
    return f"{ACCOUNTS}{account.pk}/{way}"


def signs_in(name: str, password: str) -> bool:
    return Client().post("/sign-in/", {"username": name, "password": password}).status_code == 302


def link_in(page) -> str:
    address: str
    [address] = re.findall(r"<code class=\"command\">http://testserver([^<]+)</code>", page.text)
    return address


@pytest.mark.parametrize("who", ["visitor", "reader", "staff"])
def test_only_administrators_keep_accounts(client, ann, who):
    if who != "visitor":
        caller = make_reader()
        User.objects.filter(pk=caller.pk).update(is_staff=who == "staff")
        client.force_login(caller)
    for address in (ACCOUNTS, of(ann), *(of(ann, way) for way in WAYS)):
        for answer in (
            client.get(address),
            client.post(address, {"role": "administrator", "username": "x", "on": "0"}),
        ):
            assert answer.status_code in ({302} if who == "visitor" else {403, 405}), address
            if who == "visitor":
                assert answer["Location"].startswith("/sign-in/")
    assert list(User.objects.filter(username__in=["ann", "x"]).values_list("username", "is_active")) == [("ann", True)]
    if who != "visitor":
        assert ACCOUNTS not in client.get("/account/").text


def test_all_accounts_are_listed_and_found_by_name(client, admin, ann):
    User.objects.filter(pk=make_reader("off").pk).update(is_active=False)
    page = client.get(ACCOUNTS).text
    for words in ("ann", "op", "administrator", "switched off"):
        assert words in page
    assert ACCOUNTS in client.get("/account/").text
    page = client.get(ACCOUNTS, {"name": "AN\x00"})
    assert [account.username for account, _role in page.context["rows"]] == ["ann"]
    assert client.get(of(ann)).status_code == 200
    assert client.get(f"{ACCOUNTS}9999/").status_code == 404


def test_a_new_account_gets_a_link_and_its_reader_chooses_the_password(client, admin, settings):
    settings.NEW_ACCOUNTS = "nothing"
    address = link_in(client.post(ACCOUNTS, {"username": "ben"}))
    ben = User.objects.get(username="ben")
    assert (ben.is_staff, ben.has_usable_password()) == (False, False)
    browser = Client()
    page = browser.get(address, follow=True)
    assert "ben" in page.text
    form = page.redirect_chain[-1][0]
    assert page.redirect_chain[0][1] == 302  # the secret stands in the address no longer
    assert browser.post(form, NEW | {"new_password2": "another"}).context["form"].errors
    assert browser.post(form, NEW)["Location"] == "/sign-in/"
    assert signs_in("ben", NEW["new_password1"])
    assert "not good any more" in Client().get(address, follow=True).text


@pytest.mark.parametrize("name", ["", "ann", "ANN", "a b", "x" * 151])
def test_a_name_that_can_not_be_is_told_at_its_field(client, admin, ann, name):
    page = client.post(ACCOUNTS, {"username": name})
    assert page.context["form"].errors["username"]
    assert User.objects.count() == 2


def test_a_link_is_good_for_three_days_and_until_the_password_changes(client, admin, ann, settings):
    address = link_in(client.post(of(ann, "link/")))
    assert signs_in("ann", PASSWORD)  # which ends it, as it can't be forgotten
    assert "not good any more" in Client().get(address, follow=True).text
    address = link_in(client.post(of(ann, "link/")))
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "not good any more" in Client().get(address, follow=True).text
    assert "not good any more" in Client().get("/choose-password/x/y-z/", follow=True).text


def test_a_new_password_signs_all_browsers_out(client, admin, ann):
    browser = Client()
    browser.force_login(ann)
    address = link_in(client.post(of(ann, "link/")))
    assert browser.get("/account/").status_code == 200
    other = Client()
    other.post(other.get(address)["Location"], NEW)
    assert browser.get("/account/").status_code == 302


def test_no_line_of_a_log_tells_a_link():
    line = without_secrets("GET /choose-password/Mg/abc123-0123456789abcdef/ 200")
    assert "0123456789abcdef" not in line


@pytest.mark.parametrize(
    ("role", "rights"), [("reader", (False, False)), ("staff", (True, False)), ("administrator", (True, True))]
)
def test_what_an_account_may_is_changed(client, admin, ann, role, rights):
    client.post(of(ann, "role/"), {"role": role})
    ann.refresh_from_db()
    assert (ann.is_staff, ann.is_superuser) == rights
    assert client.get(of(ann)).context["role_form"].initial == {"role": role}
    assert client.post(of(ann, "role/"), {"role": "king"}).status_code == 200


def test_an_account_that_is_switched_off_lets_nobody_in(client, admin, ann):
    _row, secret = app_passwords.create(ann, "phone")
    browser = Client()
    browser.force_login(ann)
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/subscriptions", headers=headers).status_code == 200
    assert "can&#x27;t sign in any more" in client.post(of(ann, "switch/"), {"on": "0"}, follow=True).text
    assert browser.get("/account/").status_code == 302
    assert not signs_in("ann", PASSWORD)
    assert Client().get("/api/v1/subscriptions", headers=headers).status_code == 401
    client.post(of(ann, "switch/"), {"on": "1"})
    assert signs_in("ann", PASSWORD)


def test_an_account_is_deleted_with_what_is_its_own_after_it_is_said(client, admin, ann):
    shared, private = make_feed(), make_feed(is_shared=False)
    make_articles(3, private)
    own.follow(ann, private)
    page = client.get(of(ann, "delete/")).text
    assert "with 3 articles" in page
    assert client.post(of(ann, "delete/"), {"password": "wrong"}).context["form"].errors
    assert User.objects.filter(pk=ann.pk).exists()
    client.post(of(ann, "delete/"), {"password": PASSWORD})
    assert not User.objects.filter(pk=ann.pk).exists()
    assert list(Feed.objects.all()) == [shared]


def test_administrators_leave_their_own_account_to_its_page(client, admin):
    page = client.get(of(admin)).text
    assert "This is your own account" in page
    for way in WAYS:
        assert client.post(of(admin, way), {"role": "reader", "on": "0", "password": PASSWORD}).status_code == 403
    admin.refresh_from_db()
    assert (admin.is_superuser, admin.is_active) == (True, True)
    assert timezone.now() - admin.date_joined < timedelta(hours=1)
