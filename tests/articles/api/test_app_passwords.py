"""App passwords: what they are made of, what is kept of them, and what ends them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from hashlib import md5
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.api import app_passwords, sign_in
from articles.api.models import AppPassword
from tests.articles.api.apps import App
from tests.effort import statements_asked
from tests.factories import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def request_(rf):
    """Makes a request of an app, of the first address where none is told."""
    return lambda line=1: rf.post("/accounts/ClientLogin", REMOTE_ADDR=f"192.0.2.{line}")


def test_a_password_has_more_than_128_random_bits_and_no_equals_sign(ann):
    texts = {app_passwords.create(ann, "phone")[1] for _ in range(20)}
    assert len(texts) == 20
    letters = {text.replace("-", "") for text in texts}
    assert {len(text) for text in letters} == {28}
    assert len(set(app_passwords.ALPHABET)) == 32
    assert set("".join(letters)) <= set(app_passwords.ALPHABET)
    assert "=" not in "".join(texts)


def test_nothing_that_is_kept_opens_anything(ann, request_):
    row, password = app_passwords.create(ann, "phone")
    kept = [str(value) for value in AppPassword.objects.filter(pk=row.pk).values_list().get()]
    key = md5(f"ann:{password}".encode()).hexdigest()
    for secret in (password, app_passwords.token_of(password), key):
        assert not [value for value in kept if secret in value]
    for line, value in enumerate(kept):
        assert sign_in.by_password(request_(line), "ann", value) is None
        assert sign_in.by_token(request_(line), "ann", value) is None
        assert sign_in.by_fever_key(request_(line), value) is None


def test_a_password_opens_each_door(ann, request_):
    row, password = app_passwords.create(ann, "phone")
    key = md5(f"ann:{password}".encode()).hexdigest()
    assert sign_in.by_password(request_(), "ann", password) == row
    assert sign_in.by_token(request_(), "ann", app_passwords.token_of(password)) == row
    assert sign_in.by_fever_key(request_(), key) == row
    assert sign_in.by_fever_key(request_(), key.upper()) == row


def test_a_password_outlives_the_sites_key_as_long_as_that_is_kept(ann, request_, settings):
    row, password = app_passwords.create(ann, "phone")
    key, token = md5(f"ann:{password}".encode()).hexdigest(), app_passwords.token_of(password)
    app = App(ann)
    edit_token = app.get("token").text.strip()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another " * 8
    assert sign_in.by_password(request_(1), "ann", password) is None
    assert sign_in.by_token(request_(2), "ann", token) is None
    assert sign_in.by_fever_key(request_(3), key) is None
    settings.SECRET_KEY_FALLBACKS = ["one before", former]
    assert sign_in.by_password(request_(), "ann", password) == row
    assert sign_in.by_password_alone(request_(), password) == row
    assert sign_in.by_token(request_(), "ann", token) == row
    assert sign_in.by_fever_key(request_(), key) == row
    assert app.get("user-info").status_code == 200
    assert app.post("mark-all-as-read", s="user/-/state/com.google/reading-list", T=edit_token).text == "OK"
    assert app.sign_in(ann) == app.headers["Authorization"]
    later, fresh = app_passwords.create(ann, "tablet")
    assert sign_in.by_password(request_(), "ann", fresh) == later
    settings.SECRET_KEY_FALLBACKS = []
    assert sign_in.by_password(request_(4), "ann", password) is None
    assert sign_in.by_password(request_(), "ann", fresh) == later


@pytest.mark.parametrize("name", ["bob", "nobody", "Ann", "", "a\x00nn", "Fever", "n" * 5000])
def test_a_password_opens_nothing_under_another_name(ann, request_, name):
    make_reader("bob")
    password = app_passwords.create(ann, "phone")[1]
    assert sign_in.by_password(request_(), name, password) is None


def test_a_new_secret_key_ends_every_password(ann, request_, settings):
    password = app_passwords.create(ann, "phone")[1]
    settings.SECRET_KEY = "another " * 8
    assert sign_in.by_password(request_(), "ann", password) is None


def test_who_may_not_sign_in_may_not_by_app_either(ann, request_):
    password = app_passwords.create(ann, "phone")[1]
    ann.is_active = False
    ann.save()
    assert sign_in.by_password(request_(), "ann", password) is None


def test_the_account_s_own_password_opens_no_door(ann, request_, client):
    assert sign_in.by_password(request_(), "ann", "correct horse battery") is None
    password = app_passwords.create(ann, "phone")[1]
    assert client.post("/sign-in/", {"username": "ann", "password": password}).status_code == 200


@pytest.mark.parametrize("door", ["by_password", "by_token", "by_fever_key"])
def test_after_many_wrong_keys_the_right_one_has_to_wait(ann, request_, settings, door):
    password = app_passwords.create(ann, "phone")[1]
    right = {
        "by_password": ("ann", password),
        "by_token": ("ann", app_passwords.token_of(password)),
        "by_fever_key": (md5(f"ann:{password}".encode()).hexdigest(),),
    }[door]
    ask = getattr(sign_in, door)
    for number in range(settings.AXES_FAILURE_LIMIT):
        with suppress(sign_in.TooManyGuesses):  # which the last one is told already
            assert ask(request_(), *right[:-1], f"wrong {number}") is None
    with pytest.raises(sign_in.TooManyGuesses):
        ask(request_(), *right)
    assert ask(request_(2), *right)


def test_wrong_keys_of_apps_keep_nobody_from_the_pages(ann, request_, client, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        with suppress(sign_in.TooManyGuesses):
            sign_in.by_password(request_(), "ann", f"wrong {number}")
    fields = {"username": "ann", "password": "correct horse battery"}
    assert client.post("/sign-in/", fields, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_the_same_is_asked_of_the_database_for_a_wrong_name_as_for_a_wrong_password(ann, request_):
    def queries(name):
        with statements_asked() as captured:
            sign_in.by_password(request_(), name, "wrong")
        return [query.sql.split(" WHERE ")[0].replace(name, "") for query in captured if "app" in query.sql]

    queries("ann"), queries("nob")  # the first writes a row of attempts
    assert len(queries("ann")) == len(queries("nob"))


def test_use_is_noted_once_an_hour(ann, request_):
    row, password = app_passwords.create(ann, "phone")

    def noted():
        sign_in.by_password(request_(), "ann", password)
        row.refresh_from_db()
        return row.last_used_at

    first = noted()
    assert timezone.now() - first < timedelta(minutes=1)
    assert noted() == first
    AppPassword.objects.update(last_used_at=first - timedelta(hours=2))
    assert noted() > first - timedelta(hours=1)
    AppPassword.objects.update(last_used_at=first + timedelta(days=400))  # by a clock that was ahead
    assert noted() < first + timedelta(days=1)


def test_scopes_go_from_reading_to_managing():
    scopes = list(AppPassword.Scope)
    allowed = [[AppPassword(scope=scope).allows(wanted) for wanted in scopes] for scope in scopes]
    assert allowed == [[True, False, False], [True, True, False], [True, True, True]]


def test_the_command_prints_the_password_last(ann, request_):
    told = StringIO()
    call_command("app_password", "ann", "phone", "--scope", "mark", stdout=told)
    row = sign_in.by_password(request_(), "ann", told.getvalue().splitlines()[-1])
    assert (row.user, row.name, row.scope) == (ann, "phone", "mark")
