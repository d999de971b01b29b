"""The browsers that a reader is signed in with: noted as they sign in, listed on a page, and ended from there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from newsreader.models import SignIn

# As they name themselves, the more special before what they also claim to be.
BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def on_signed_in(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Note the browser that somebody has just signed in with."""
    if request.session.session_key is None:
        request.session.save()
    _note(request, user)


def browser_of(agent: str) -> str:
    """The name of a browser that calls itself `agent`, with its system; empty where nobody knows it."""
    names = (next((name for part, name in known.items() if part in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, names))


def live(user: User) -> QuerySet[SignIn]:
    """The browsers that the reader is signed in with now."""
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignIn.objects.filter(user=user, session_key__in=sessions)


def end(sign_ins: QuerySet[SignIn]) -> int:
    """Sign these browsers out. Returns how many there were."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_others(request: HttpRequest, user: User) -> int:
    """Sign out every browser but the one that asks."""
    return end(SignIn.objects.filter(user=user).exclude(session_key=request.session.session_key))


def forget_ended() -> int:
    """Delete what is noted of sessions that are over. Returns how many there were."""
    return SignIn.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def _note(request: HttpRequest, user: User) -> None:
    told = {"user": user, "browser": browser_of(request.META.get("HTTP_USER_AGENT", ""))}
    SignIn.objects.update_or_create(session_key=request.session.session_key, defaults=told)


@login_required
@never_cache
@require_safe
def sign_in_list(request: HttpRequest) -> HttpResponse:
    """The browsers that the reader is signed in with. A session that began before this was noted is noted now."""
    reader = _reader(request)
    key = request.session.session_key
    if not SignIn.objects.filter(session_key=key).exists():
        _note(request, reader)
    rows = [(row, row.session_key == key) for row in live(reader)]
    return render(request, "accounts/sign_ins.html", {"rows": rows})


@login_required
@require_POST
def end_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of the reader's browsers out."""
    if not end(SignIn.objects.filter(user=_reader(request), pk=pk)):
        raise Http404("no such session")
    messages.success(request, _("The browser is signed out."))
    return redirect("sign_ins")


@login_required
@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    """Sign all other browsers of the reader out."""
    end_others(request, _reader(request))
    messages.success(request, _("All other browsers are signed out."))
    return redirect("sign_ins")


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the decorators let nobody else through"
    return request.user
