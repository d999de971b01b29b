"""Who comes in by the Google Reader API, and who does not."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt
from django.test import Client

from articles.api import app_passwords
from articles.api.models import AppPassword
from tests.articles.api.apps import API, App
from tests.factories import make_articles, make_reader

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/ClientLogin"


@pytest.fixture
def ann():
    return make_reader("ann", password="the account's own")


@pytest.fixture
def password(ann):
    return app_passwords.create(ann, "phone")[1]


def login(name, password, path=LOGIN, **more):
    return Client().post(path, {"Email": name, "Passwd": password, **more})


@pytest.mark.parametrize("prefix", ["", "/api/greader.php"])
def test_a_password_is_traded_for_a_token(ann, password, prefix):
    fields = {"service": "reader", "source": "x", "accountType": "HOSTED_OR_GOOGLE", "client": "c", "continue": "u"}
    answer = login("ann", password, prefix + LOGIN, **fields)
    lines = [line.split("=") for line in answer.text.splitlines()]
    assert [line[0] for line in lines] == ["SID", "LSID", "Auth"]
    assert {len(line) for line in lines} == {2}  # no "=" in any value: apps cut lines apart there
    assert answer.text.endswith("\n")
    headers = {"Authorization": f"GoogleLogin auth={lines[2][1]}"}
    assert Client().get(f"{prefix}{API}user-info", headers=headers).json() == {
        "userId": str(ann.pk), "userName": "ann", "userProfileId": str(ann.pk), "userEmail": ""
    }  # fmt: skip


def test_the_token_comes_as_json_too(ann, password):
    answer = login("ann", password, output="json").json()
    assert set(answer) == {"SID", "LSID", "Auth"}


@pytest.mark.parametrize("name", ["安", "a b=c/d", "a.b+c@x.example"])
def test_a_name_of_any_letters_goes_into_a_header(name):
    reader = make_reader(name)
    assert App(reader).json("user-info")["userName"] == name


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(ann, password):
    answers = [login("ann", "wrong"), login("nobody", password), login("ann", "the account's own"), login("", "")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    headers = [{name: value for name, value in answer.headers.items() if name != "Date"} for answer in answers]
    assert all(other == headers[0] for other in headers)


def test_both_headers_tell_an_app_to_sign_in_anew():
    answer = Client().get(f"{API}user-info", headers={"Authorization": "GoogleLogin auth=ann/wrong"})
    assert answer.status_code == 401
    assert (answer["Google-Bad-Token"], answer["X-Reader-Google-Bad-Token"]) == ("true", "true")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "GoogleLogin",
        "GoogleLogin auth=",
        "GoogleLogin auth=ann",
        "Basic YW5uOmFubg==",
        "GoogleLogin token=ann/x",
        "/",
    ],
)
def test_without_a_key_nothing_is_answered(ann, header):
    assert Client().get(f"{API}subscription/list", headers={"Authorization": header}).status_code == 401


def test_a_session_of_the_pages_is_no_key(client, ann):
    client.force_login(ann)
    assert client.get(f"{API}user-info").status_code == 401


def test_wrong_keys_have_to_wait_in_every_door(ann, password, settings):
    right = App(ann)
    for number in range(settings.AXES_FAILURE_LIMIT):
        headers = {"Authorization": f"GoogleLogin auth=ann/{number}"}
        answer = Client().get(f"{API}user-info", headers=headers)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert login("ann", password).status_code == 429
    assert right.get("user-info").status_code == 429


def test_no_secret_is_kept_of_a_wrong_sign_in(ann, password):
    login("nobody", password)
    headers = {"Authorization": f"GoogleLogin auth=nobody/{password}"}
    Client().post(f"{API}edit-tag?T={password}", {"T": password}, headers=headers)
    for attempt in AccessAttempt.objects.all():
        assert password not in str(vars(attempt))
        assert attempt.username == "nobody (app)"


def test_a_password_in_an_address_is_not_looked_at(ann, password):
    answer = Client().get(LOGIN, {"Email": "ann", "Passwd": password})
    assert answer.status_code == 405


def test_a_revoked_password_ends_at_once(ann):
    app = App(ann)
    assert app.get("user-info").status_code == 200
    app_passwords.revoke(ann, app.row.pk)
    assert app.get("user-info").status_code == 401


def test_the_edit_token_is_what_it_was(ann):
    app = App(ann)
    answer = app.get("token").text
    assert re.fullmatch(r"[0-9a-f]{57}\n", answer)
    assert app.get("token").text == answer


@pytest.mark.parametrize("given", ["own", "own with its line end", "", "x", "none", "of the header"])
def test_each_token_that_apps_send_is_taken(ann, given):
    article = make_articles(1)[0]
    app = App(ann)
    own = app.get("token").text
    header = app.headers["Authorization"].partition("auth=")[2]
    tokens = {"own": own.strip(), "own with its line end": own, "of the header": header}
    fields = {} if given == "none" else {"T": tokens.get(given, given)}
    answer = app.post("edit-tag", i=str(article.pk), a="user/-/state/com.google/read", **fields)
    assert (answer.status_code, answer.content) == (200, b"OK")


def test_the_token_of_another_account_is_refused(ann):
    article = make_articles(1)[0]
    other = App(make_reader("bob")).get("token").text
    app = App(ann)
    answer = app.post("edit-tag", i=str(article.pk), a="user/-/state/com.google/read", T=other)
    assert answer.status_code == 401
    assert answer["X-Reader-Google-Bad-Token"] == "true"
    assert app.ids("user/-/state/com.google/read") == []


def test_a_password_for_reading_marks_nothing(ann):
    article = make_articles(1)[0]
    reading, marking = App(ann, AppPassword.Scope.READ), App(ann, AppPassword.Scope.MARK)
    fields = {"i": str(article.pk), "a": "user/-/state/com.google/read"}
    assert reading.post("edit-tag", **fields).status_code == 403
    assert reading.post("mark-all-as-read", s="user/-/state/com.google/reading-list").status_code == 403
    assert reading.ids("user/-/state/com.google/read") == []
    assert marking.post("edit-tag", **fields).status_code == 200


def test_pages_of_other_sites_may_ask_before_they_ask():
    answer = Client().options(f"{API}subscription/list")
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_closed_doors_are_not_there(ann, password, settings):
    app = App(ann)
    settings.APPS = False
    assert login("ann", password).status_code == 404
    assert app.get("user-info").status_code == 404


def test_each_answer_tells_the_time_and_no_cache_keeps_it(ann):
    answer = App(ann).get("user-info")
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer["Date"])
    assert "no-cache" in answer["Cache-Control"]
    assert "Authorization" in answer["Vary"]


def test_a_body_that_no_app_sends_is_refused(ann):
    app = App(ann)
    assert app.post("edit-tag", body="&".join(["i=1"] * 25_001)).status_code == 413
    assert app.post("edit-tag", body="i=" + "1" * 3_000_000).status_code == 413
