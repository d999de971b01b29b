"""App passwords: made, found again by what an app sends, revoked.

A password has 140 random bits: a keyed digest of it is as good as a slow one, and takes no time to guess by. It is
traded for a token, and what is stored is a digest of that: a copy of the database opens nothing. The key is the site's
SECRET_KEY when the password was made, which goes on opening as long as it stands in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from hashlib import md5

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from articles.api.models import AppPassword
from feeds.writes import UNWRITABLE, soon

# No letters that look like digits, no "=": apps cut their sign-in answers apart there.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 7, 4
NOTED_EVERY = timedelta(hours=1)
EDIT_TOKEN_LENGTH = 57  # as the original had it


def create(
    user: User, name: str, scope: AppPassword.Scope = AppPassword.Scope.MANAGE, *, is_whole: bool = False
) -> tuple[AppPassword, str]:
    """A new app password of the user's, and its text, which nobody can find out again. `is_whole`: a Fever app may have
    the whole archive."""
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    key = md5(f"{user.get_username()}:{password}".encode(), usedforsecurity=False).hexdigest()
    row = AppPassword.objects.create(
        user=user,
        name=name,
        scope=scope,
        is_whole=is_whole,
        digest=digest_of(token_of(password)),
        fever_digest=fever_digest_of(key),
    )
    return row, password


def revoke(user: User, pk: int) -> bool:
    """End an app password of the user's. False where there is none."""
    return bool(AppPassword.objects.filter(user=user, pk=pk).delete()[0])


def site_keys() -> list[str | bytes]:
    """The site's key, and behind it those that it had before."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def token_of(password: str, site_key: str | bytes | None = None) -> str:
    """The token that a password is traded for at sign-in: hexadecimal, the same each time. Of the site's key as it is
    now, unless told."""
    return _keyed("token", password, site_key)


def token_for(row: AppPassword, password: str) -> str:
    """The token that opens `row`, whose password this is: of the key under which that was made."""
    tokens = {digest_of(token, key): token for key in site_keys() for token in [token_of(password, key)]}
    return tokens[row.digest]


def digest_of(token: str, site_key: str | bytes | None = None) -> str:
    """The digest that is stored of a token."""
    return _keyed("digest", token, site_key)


def fever_digest_of(key: str, site_key: str | bytes | None = None) -> str:
    """The digest that is stored of Fever's key, which apps send in either case."""
    return _keyed("fever", key.lower(), site_key)


def edit_token_of(token: str, site_key: str | bytes | None = None) -> str:
    """The token that the Google Reader API has apps send along with what they change."""
    return _keyed("edit", token, site_key)[:EDIT_TOKEN_LENGTH]


def note_use(password: AppPassword) -> None:
    """A write an hour at most, however often an app asks."""
    now = timezone.now()
    if password.last_used_at is None or not now - NOTED_EVERY < password.last_used_at <= now:
        not_noted = Q(last_used_at=None) | Q(last_used_at=password.last_used_at)
        with suppress(*UNWRITABLE), soon():  # the app is answered all the same
            AppPassword.objects.filter(not_noted, pk=password.pk).update(last_used_at=now)


def _keyed(purpose: str, text: str, site_key: str | bytes | None) -> str:
    value, salt = text.encode("utf-8", "surrogatepass"), f"articles.api.app_passwords.{purpose}"
    return salted_hmac(salt, value, site_key, algorithm="sha256").hexdigest()
