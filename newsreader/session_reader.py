"""The reader whose session a request is of: by Django's rule, but that the usual case asks by a statement that is made
once in a process, as every page does."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from feeds.statements import Given, Statement, all_columns

_COLUMNS = all_columns(User)
_READERS = Statement(lambda: User.objects.filter(pk=Given("reader")).values_list(*_COLUMNS))


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """The reader, the same object each time. Whatever is not as usual, a session of another key or of nobody, is left
    to Django, which ends it or makes it anew."""
    if not hasattr(request, "_cached_user") and (reader := _usual(request)):
        request._cached_user = reader  # type: ignore[attr-defined]  # where Django keeps it
    return get_user(request)


def _usual(request: HttpRequest) -> User | None:
    session = request.session
    pk, path, key = (session.get(name) for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))
    if not key or path not in settings.AUTHENTICATION_BACKENDS or not str(pk).isdecimal():
        return None
    backend = load_backend(path)
    if not isinstance(backend, ModelBackend) or type(backend).get_user is not ModelBackend.get_user:
        return None
    for reader in _READERS.objects(User, _COLUMNS, reader=int(str(pk))):
        if backend.user_can_authenticate(reader) and constant_time_compare(key, reader.get_session_auth_hash()):
            return reader
    return None
