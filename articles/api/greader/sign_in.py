"""Signing in to the Google Reader API: the token that a password is traded for, in a header; and a second one that
apps send along with what they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from articles.api import app_passwords, sign_in
from articles.api.doors import Call, Door, Refused, door, text
from articles.api.fields import Fields
from articles.api.models import AppPassword

SCHEME = "googlelogin"
LOCKED_SECONDS = 900
# Two apps send these where they have no token: the header has said already who asks.
NO_EDIT_TOKEN = frozenset({"", "x"})


@dataclass(frozen=True, slots=True)
class Key:
    """The name and the token in the Authorization header."""

    name: str
    token: str


def auth_of(name: str, row: AppPassword, password: str) -> str:
    """The text that an app is to send in the header for `row`, whose password this is: no "=" in it, which apps cut it
    apart at, and ASCII alone."""
    return f"{quote(name, safe='')}/{app_passwords.token_for(row, password)}"


@sensitive_variables("header")
def key_in(header: str) -> Key | None:
    """The key that the header gives, as `GoogleLogin auth=NAME/TOKEN`."""
    scheme, _blank, rest = header.strip().partition(" ")
    name, _equals, value = rest.strip().partition("=")
    who, slash, token = value.strip().strip('"').rpartition("/")
    if scheme.lower() != SCHEME or name.strip().lower() != "auth" or not slash:
        return None
    return Key(unquote(who), token)


def endpoint(scope: AppPassword.Scope, *methods: str) -> Callable[[Callable[..., HttpResponseBase]], Door]:
    """A view of the API that takes a Call, for passwords of that scope."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Door:
        @door(*methods)
        @wraps(view)
        def guarded(request: HttpRequest, fields: Fields, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(_call(request, fields, scope), *args, **kwargs)

        return guarded

    return decorate


def edit_token(call: Call) -> str:
    """The second token of the caller."""
    key = key_in(call.request.headers.get("Authorization", ""))
    assert key is not None
    return app_passwords.edit_token_of(key.token)


def _call(request: HttpRequest, fields: Fields, scope: AppPassword.Scope) -> Call:
    key = key_in(request.headers.get("Authorization", ""))
    if key is None:
        raise Refused(unauthorized())
    try:
        password = sign_in.by_token(request, key.name, key.token)
    except sign_in.TooManyGuesses as error:
        raise Refused(too_many_guesses()) from error
    if password is None:
        raise Refused(unauthorized())
    given = fields.last("T").strip()
    if request.method == "POST" and given not in NO_EDIT_TOKEN:
        right = [app_passwords.edit_token_of(key.token, site) for site in app_passwords.site_keys()]
        right.append(f"{quote(key.name, safe='')}/{key.token}")  # of the header: Miniflux gives apps the same for both
        is_right = [constant_time_compare(given, other) for other in right]
        if not any(is_right):
            raise Refused(unauthorized())
    if not password.allows(scope):
        raise Refused(text("This app password may not do that.", status=403))
    return Call(request, fields, password, timezone.now())


def unauthorized() -> HttpResponse:
    """Both headers: one is the original's, one FreshRSS's, and apps look for either before they sign in anew."""
    response = text("Unauthorized!", status=401)
    response["Google-Bad-Token"] = response["X-Reader-Google-Bad-Token"] = "true"
    return response


def too_many_guesses() -> HttpResponse:
    response = text("Too many wrong passwords. Wait a quarter of an hour.", status=429)
    response["Retry-After"] = str(LOCKED_SECONDS)
    return response
