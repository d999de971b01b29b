"""The quick way in which tests sign a reader in."""

import pytest
from django.contrib.auth import get_user, login
from django.http import HttpRequest

from newsreader.sessions import SessionStore
from tests.factories import make_reader

pytestmark = pytest.mark.django_db


def test_a_quick_session_holds_what_djangos_own_does(client):
    reader, request = make_reader("ann"), HttpRequest()
    client.force_login(reader)
    request.session = SessionStore()
    login(request, reader, client._get_backend())
    assert dict(client.session.items()) == dict(request.session.items())
    assert client.get("/account/").status_code == 200


def test_who_signs_in_after_another_is_not_taken_for_them(client):
    ann, bea, request = make_reader("ann"), make_reader("bea"), HttpRequest()
    client.force_login(ann)
    before = client.session.session_key
    client.force_login(bea)
    request.session = client.session
    assert get_user(request) == bea
    assert not SessionStore().exists(before)
