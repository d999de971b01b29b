"""A reader's password, asked for anew: each wrong one counts as an attempt to sign in, as a session that was taken over
must not serve to guess it."""

from __future__ import annotations

from axes.utils import reset
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

ANYWHERE = "0.0.0.0"  # noqa: S104 - the address of those who are counted by their account alone


@sensitive_variables("password")
def check_password(request: HttpRequest, password: str) -> str:
    """The password, if it is that of who has signed in. Raises ValidationError."""
    name = request.user.get_username()
    if authenticate(request, username=name, password=password) != request.user:
        raise ValidationError(PasswordChangeForm.error_messages["password_incorrect"], code="password_incorrect")
    reset(username=name, ip=ANYWHERE)
    return password
