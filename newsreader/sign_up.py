"""Accounts that readers make for themselves: by an invitation, or where sign-up is open (NEWSREADER_SIGN_UP)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from articles.export.site_address import site_address
from feeds.views.staff import staff_only
from newsreader.models import Invitation

SECRET_BYTES = 24
GOOD_FOR = timedelta(days=7)
MOST_A_DAY = 50  # accounts, where everybody may make one
BACKEND = "django.contrib.auth.backends.ModelBackend"


def invite(staff: User, now: datetime) -> str:
    """The secret of a new invitation, which nobody can find out again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Invitation.objects.create(made_by=staff, digest=_digest(secret), expires_at=now + GOOD_FOR)
    return secret


def invitation_of(secret: str, now: datetime) -> Invitation | None:
    """The invitation that the secret is of, as long as it is good."""
    return Invitation.objects.filter(digest=_digest(secret), expires_at__gt=now).first()


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_full(now: datetime) -> bool:
    """True where so many accounts were made within a day that it is not readers who make them."""
    return User.objects.filter(date_joined__gt=now - timedelta(days=1)).count() >= MOST_A_DAY


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, secret: str = "") -> HttpResponse:
    """A form for a name and a password; the account is signed in at once. Raises Http404 where nobody may make one
    without an invitation; who has one that is not good, or not any more, is told so."""
    now = timezone.now()
    if not secret and settings.SIGN_UP != "open":
        raise Http404("no sign-up")
    if request.user.is_authenticated:  # who has just come in by the link may follow it again
        return redirect("list")
    invitation = invitation_of(secret, now) if secret and settings.SIGN_UP != "off" else None
    if secret and invitation is None:
        return _not_good(request)
    form = _form(request, invitation, now)
    if not form.is_valid():
        return render(request, "accounts/sign_up.html", {"form": form})
    user = _account(form, invitation)
    if user is None:
        return _not_good(request)
    login(request, user, backend=BACKEND)
    return redirect("list")


def _not_good(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sign_up.html", status=404)


def _form(request: HttpRequest, invitation: Invitation | None, now: datetime) -> UserCreationForm[User]:
    form: UserCreationForm[User] = UserCreationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and invitation is None and is_full(now):
        form.add_error(None, _("Too many accounts were made today. Try again tomorrow."))
    return form


def _account(form: UserCreationForm[User], invitation: Invitation | None) -> User | None:
    """The new account; None where the invitation was used meanwhile."""
    with transaction.atomic():
        if invitation and not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
            return None
        return form.save()


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_list(request: HttpRequest) -> HttpResponse:
    """The invitations that nobody has used. A POST makes one; its answer alone shows the link."""
    if settings.SIGN_UP == "off":
        raise Http404("no sign-up")
    now, address = timezone.now(), ""
    if request.method == "POST":
        assert isinstance(request.user, User)
        address = site_address(request) + reverse("sign_up_invited", args=[invite(request.user, now)])
    rows = Invitation.objects.filter(expires_at__gt=now).select_related("made_by")
    return render(request, "accounts/invitations.html", {"address": address, "rows": rows})


@staff_only
@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a link be good no longer."""
    if not Invitation.objects.filter(pk=pk).delete()[0]:
        raise Http404("no such invitation")
    messages.success(request, _("The address has been revoked and no longer works."))
    return redirect("invitations")
