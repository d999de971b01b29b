"""A reader signed in for tests of something else: as `force_login` does it, by one row. Whether there is such a session yet,
what it is told of who signs in, when that was, with what browser and after how many attempts, takes ten queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.crypto import get_random_string

from newsreader.sessions import SessionStore


@contextmanager
def quick_sign_in() -> Iterator[None]:
    """Let `force_login` do so. A client that has a session already goes Django's way, which keeps or ends that."""
    as_django_does = Client.force_login

    def force_login(client: Any, user: User, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            as_django_does(client, user, backend)
            return
        store, key = SessionStore(), get_random_string(32)
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = backend or client._get_backend()
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        Session.objects.create(
            session_key=key, session_data=store.encode(dict(store.items())), expire_date=store.get_expiry_date()
        )
        client._set_login_cookies(SimpleNamespace(session=SimpleNamespace(session_key=key)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield
