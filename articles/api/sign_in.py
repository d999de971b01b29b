"""The account that an app signs in as. Every door asks here, and every wrong key counts for the limit on guesses."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from articles.api import app_passwords
from articles.api.models import AppPassword

FEVER = "Fever"  # in the place of a name: its key names nobody
ALONE = "an app password alone"  # no user is called so
LONGEST_NAME = 150  # of Django's users


class TooManyGuesses(Exception):
    """Under this name and from this address nobody is let in for a while, not even with the right key."""


class AppPasswordBackend:
    """Django's way to ask, which is what django-axes counts: `authenticate(request, username=…, app_password=…)`."""

    @sensitive_variables("app_password")
    def authenticate(self, request: HttpRequest | None, username: str, app_password: tuple[str, ...]) -> User | None:
        """The user with `app_password`, their key to one of the doors: the digests that may be stored of it. One query
        whether the name is known or not, so that the two can't be told apart."""
        rows = AppPassword.objects.select_related("user").filter(user__is_active=True)
        if username == FEVER:
            rows = rows.filter(fever_digest__in=app_password)
        else:
            rows = rows.filter(digest__in=app_password)
            if username != ALONE:
                rows = rows.filter(user__username=username)
        row = rows.first()
        if row is None:
            return None
        row.user.app_password = row  # type: ignore[attr-defined]
        assert isinstance(row.user, User)
        return row.user


@sensitive_variables("password")
def by_password(request: HttpRequest, name: str, password: str) -> AppPassword | None:
    """The app password that the reader called `name` typed into an app; None for a wrong one. Raises TooManyGuesses."""
    return _ask_as(request, name, _digests_of(password))


@sensitive_variables("token")
def by_token(request: HttpRequest, name: str, token: str) -> AppPassword | None:
    """The app password that the token was traded for; None for a wrong one. Raises TooManyGuesses."""
    return _ask_as(request, name, tuple(app_passwords.digest_of(token, key) for key in app_passwords.site_keys()))


@sensitive_variables("password")
def by_password_alone(request: HttpRequest, password: str) -> AppPassword | None:
    """The app password that an app sends without a name; None for a wrong one. Raises TooManyGuesses."""
    return _ask(request, ALONE, _digests_of(password))


@sensitive_variables("key")
def by_fever_key(request: HttpRequest, key: str) -> AppPassword | None:
    """The app password that Fever's key is made of; None for a wrong one. Raises TooManyGuesses."""
    return _ask(request, FEVER, tuple(app_passwords.fever_digest_of(key, site) for site in app_passwords.site_keys()))


@sensitive_variables("password")
def _digests_of(password: str) -> tuple[str, ...]:
    """The digests that may be stored of an app password's text, a key of the site each."""
    keys = app_passwords.site_keys()
    return tuple(app_passwords.digest_of(app_passwords.token_of(password, key), key) for key in keys)


def _ask_as(request: HttpRequest, name: str, digests: tuple[str, ...]) -> AppPassword | None:
    # PostgreSQL can't even be asked for the second.
    is_name = name not in {FEVER, ALONE} and "\x00" not in name and len(name) <= LONGEST_NAME
    return _ask(request, name if is_name else "", digests)


def _ask(request: HttpRequest, name: str, digests: tuple[str, ...]) -> AppPassword | None:
    user = authenticate(request, username=name, app_password=digests)
    is_locked = getattr(request, "axes_locked_out", False)
    # The answer is the door's: no page for people may take its place.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    if user is None:
        if is_locked:
            raise TooManyGuesses
        return None
    row: AppPassword = user.app_password  # type: ignore[attr-defined]
    app_passwords.note_use(row)
    return row
