"""Who comes in by our own API, and who does not."""

from __future__ import annotations

from base64 import b64encode

import pytest
from axes.models import AccessAttempt
from django.test import Client

from articles.api import app_passwords
from articles.api.models import AppPassword
from tests.articles.api.rest.client import Program
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/subscriptions"
READ, MARK = AppPassword.Scope.READ, AppPassword.Scope.MARK


@pytest.fixture
def ann():
    return make_reader("ann", password="the account's own")


def ask(header, address=ADDRESS):
    return Client().get(address, headers={"Authorization": header} if header else {})


def basic(name, password):
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def test_a_password_comes_alone_or_with_the_name(ann):
    password = app_passwords.create(ann, "script")[1]
    for header in (f"Bearer {password}", f"bearer  {password} ", basic("ann", password)):
        assert ask(header).status_code == 200, header


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer the account's own", "Basic", "Basic ann", "Basic !!!", "Basic /w==", "Digest x",
     basic("ann", "the account's own"), basic("ann", "wrong"), basic("a\x00b", "x"), basic("an app password alone", "x")],
)  # fmt: skip
def test_without_a_right_key_nothing_is_answered(ann, header):
    answer = ask(header)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Newsreader"'  # Basic would make a browser keep the key


def test_a_password_opens_no_other_name(ann):
    password = app_passwords.create(ann, "script")[1]
    assert ask(basic(make_reader("bob").username, password)).status_code == 401
    assert ask(basic("an app password alone", password)).status_code == 401


def test_a_session_of_the_pages_is_no_key(client, ann):
    client.force_login(ann)
    assert client.get(ADDRESS).status_code == 401


@pytest.mark.parametrize("header", ["Bearer wrong{}", "Basic"])
def test_wrong_keys_have_to_wait(ann, settings, header):
    password = app_passwords.create(ann, "script")[1]
    for number in range(settings.AXES_FAILURE_LIMIT):
        answer = ask(basic("ann", f"wrong{number}") if header == "Basic" else header.format(number))
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert answer.json()["title"] == "Too Many Requests"
    right = basic("ann", password) if header == "Basic" else f"Bearer {password}"
    assert ask(right).status_code == 429
    assert not [attempt for attempt in AccessAttempt.objects.all() if "wrong" in str(vars(attempt))]


def test_a_password_does_what_its_scope_says(ann):
    article = make_article()
    reading, marking = Program(ann, READ), Program(ann, MARK)
    values = {"ids": [article.pk], "is_read": True}
    reading.send("POST", "/articles/states", 403, **values)
    assert not reading.get(f"/articles/{article.pk}")["is_read"]
    reading.send("POST", "/articles/mark-all-read", 403, up_to=article.pk)
    assert marking.send("POST", "/articles/states", **values) == {"ids": [article.pk]}


def test_a_revoked_password_ends_at_once(ann):
    program = Program(ann)
    program.get("/subscriptions")
    app_passwords.revoke(ann, program.row.pk)
    program.get("/subscriptions", 401)


def test_closed_doors_are_not_there(client, ann, settings):
    settings.APPS = False
    client.force_login(ann)
    for address in (ADDRESS, "/api/v1/openapi.json", "/api/v1/"):
        assert client.get(address).status_code == 404, address
