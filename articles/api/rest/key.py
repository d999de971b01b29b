"""The app password that a request carries: `Authorization: Bearer PASSWORD`, or Basic with the user's name."""

from __future__ import annotations

from base64 import b64decode

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from articles.api import sign_in
from articles.api.models import AppPassword


@sensitive_variables()
def password_in(request: HttpRequest) -> AppPassword | None:
    """The app password that the header gives; None without a right one. Raises TooManyGuesses."""
    scheme, _blank, given = request.headers.get("Authorization", "").strip().partition(" ")
    given = given.strip()
    if not given:
        return None
    if scheme.lower() == "bearer":
        return sign_in.by_password_alone(request, given)
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(given, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return sign_in.by_password(request, name, password) if colon else None
