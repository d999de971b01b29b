"""A session is of its reader, as Django says, and of nobody once it is not."""

from __future__ import annotations

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User

from tests.factories import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def changed_in(client, name, value):
    session = client.session
    session[name] = value
    session.save()


def test_a_page_asks_for_session_and_reader_once_each(client, reader, django_assert_num_queries):
    assert is_signed_in(client)
    with django_assert_num_queries(3):  # the third is the reader's view
        assert is_signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_it_ends_with_the_account_and_with_its_password(client, reader, change):
    User.objects.filter(pk=reader.pk).update(**change)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("name", "value"),
    [(HASH_SESSION_KEY, "0" * 64), (HASH_SESSION_KEY, ""), (SESSION_KEY, "999999"), ("_auth_user_backend", "x.Y")],
)
def test_a_session_that_is_not_as_it_was_made_is_nobodys(client, reader, name, value):
    changed_in(client, name, value)
    assert not is_signed_in(client)


def test_another_reader_needs_another_key(client, reader):
    changed_in(client, SESSION_KEY, str(make_reader("bea").pk))
    assert not is_signed_in(client)


def test_a_session_of_the_former_key_goes_on_under_the_new_one(client, reader, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one"
    former = client.session[HASH_SESSION_KEY]
    assert is_signed_in(client)
    assert client.session[HASH_SESSION_KEY] != former
    settings.SECRET_KEY_FALLBACKS = []
    assert is_signed_in(client)


def test_a_reader_who_is_gone_is_nobody(client, reader):
    reader.delete()
    assert not is_signed_in(client)
