"""The page of what rules have told their reader, and of the channels that send it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.export.site_address import site_address
from articles.notices import channels, email, own, web_push
from articles.notices.form import PaceForm, PushForm, forms_by_kind
from articles.notices.models import Channel
from articles.notices.senders import ANOTHER_KEY
from articles.views.state import SignedIn
from feeds.access import sealed
from feeds.polls.failure_messages import translated
from feeds.subscriptions.own import call_by_own_titles
from feeds.writes import UNWRITABLE

SHOWN = 50


@login_required
@require_safe
def notice_page(request: SignedIn) -> HttpResponse:
    """The reader's channels, how they are doing, and the newest notices."""
    return _page(request)


def _page(request: SignedIn, made: Channel | None = None, key: str = "") -> HttpResponse:
    notices = own.latest(request.user, SHOWN)
    call_by_own_titles([notice.article.feed for notice in notices], request.user)
    context = {
        "notices": notices,
        "channels": channels.channels_of(request.user),
        "kinds": [(kind, Channel.Kind(kind).label) for kind in forms_by_kind()],
        "push_key": _push_key(),
        "made": made,
        "key": key,
    }
    return render(request, "accounts/notices.html", context)


def _push_key() -> str:
    """The key that browsers subscribe under; none from a database that can't be written when it is first wanted."""
    try:
        return web_push.public_key()
    except UNWRITABLE:
        return ""


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_channel(request: SignedIn, kind: str) -> HttpResponse:
    """The form of a channel of a kind. A POST keeps it; its answer alone shows a key that was made."""
    forms = forms_by_kind()
    if kind not in forms:
        raise Http404("no such kind of channel")
    form = forms[kind](request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = form.store(request.user, **_here(request))
        except channels.TooManyChannels:
            form.add_error(None, _("There are %(most)s of them: remove one first.") % {"most": channels.MOST_CHANNELS})
        except (email.AskedTooOften, channels.NotAsked) as error:
            form.add_error(None, _why(error))
        else:
            if kind == Channel.Kind.EMAIL:
                messages.success(
                    request, _("A link was sent to this address. Notices are sent there when it was opened.")
                )
                return redirect("notices")
            if key := sealed.opened(made.secrets).get("key", ""):
                return _page(request, made, key)
            messages.success(request, _("Added. “Send a test” shows whether it works."))
            return redirect("notices")
    context = {"form": form, "kind": Channel.Kind(kind).label, "is_mail": kind == Channel.Kind.EMAIL}
    return render(request, "accounts/channel.html", context)


def _here(request: SignedIn) -> dict[str, str]:
    """The columns of a channel that tell of its reader's site, language and zone."""
    zone = timezone.get_current_timezone_name()
    return {"site": site_address(request), "language": get_language() or "en", "zone": zone}


@login_required
@sensitive_post_parameters()
@require_POST
def add_browser(request: SignedIn) -> HttpResponse:
    """Have the browser that has subscribed be sent notices."""
    form = PushForm(request.POST)
    if not form.is_valid():
        raise BadRequest(_("This form was sent without its answer."))
    try:
        form.store(request.user, **_here(request))
        messages.success(request, _("Added. “Send a test” shows whether it works."))
    except channels.TooManyChannels:
        messages.error(request, _("There are %(most)s of them: remove one first.") % {"most": channels.MOST_CHANNELS})
    return redirect("notices")


@login_required
@csrf_exempt  # a worker has no form to take a token from: the address that this replaces is known to nobody else
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def renewed_browser(request: SignedIn) -> HttpResponse:
    """The key that a browser subscribes under. A POST says that the subscription `former` was replaced by another."""
    if request.method != "POST":
        return JsonResponse({"key": _push_key()})
    form = PushForm(request.POST)
    if not form.is_valid() or not form.renew(request.user, request.POST.get("former", ""), timezone.now()):
        raise BadRequest(_("This form was sent without its answer."))
    return HttpResponse(status=204)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that shows notices in a browser. At the root of the site and under one name, as a browser knows its
    subscription by it."""
    script = (Path(settings.STATICFILES_DIRS[0]) / "js" / "notices-worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_required
@never_cache
@require_POST
def change_channel(request: SignedIn, pk: int) -> HttpResponse:
    """Try a channel (`test`), have its address confirmed (`ask`), switch it `on` or `off`, give it a new `key`, or
    `remove` it."""
    channel = get_object_or_404(channels.channels_of(request.user), pk=pk)
    try:
        return _changed(request, channel)
    except sealed.AnotherKey:
        messages.error(request, translated(ANOTHER_KEY))
        return redirect("notices")


def _changed(request: SignedIn, channel: Channel) -> HttpResponse:
    match next((deed for deed in _deeds(channel) if deed in request.POST), None):
        case "test":
            _test(request, channel)
        case "ask":
            _ask(request, channel)
        case "on":
            channels.switch(channel, timezone.now(), on=True)
            messages.success(request, _("Switched on: what is told from now on is sent."))
        case "off":
            channels.switch(channel, timezone.now(), on=False)
            messages.success(request, _("Switched off: nothing is sent there any more."))
        case "remove":
            channel.delete()
            messages.success(request, _("Removed, with its secrets."))
        case "key":
            return _page(request, channel, channels.renew_key(channel))
        case None:
            raise BadRequest(_("This form was sent without its answer."))
    return redirect("notices")


def _deeds(channel: Channel) -> list[str]:
    """The fields of a form that says what to do with the channel, as far as that may be done now."""
    by_confirmation = ["test", "on"] if channel.confirmed_at else ["ask"]
    return [*by_confirmation, "off", "remove", *(["key"] if channel.kind == Channel.Kind.WEBHOOK else [])]


def _ask(request: SignedIn, channel: Channel) -> None:
    try:
        channels.ask(channel)
        messages.success(request, _("A link was sent to this address. Notices are sent there when it was opened."))
    except (email.AskedTooOften, channels.NotAsked) as error:
        messages.error(request, _why(error))


def _test(request: SignedIn, channel: Channel) -> None:
    answer = channels.test(channel)
    if answer is None:
        messages.warning(request, _("A test was sent just now. Please wait a few seconds."))
    elif answer.is_taken:
        messages.success(request, _("The test was sent: %(said)s") % {"said": translated(answer.said)})
    else:
        messages.error(request, _("The test did not arrive: %(said)s") % {"said": translated(answer.said)})


def _why(error: Exception) -> str:
    if isinstance(error, email.AskedTooOften):
        return _("Enough mails were sent today to addresses that are to be confirmed. Try again tomorrow.")
    return _("The mail could not be sent: %(said)s") % {"said": translated(str(error))}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_pace(request: SignedIn, pk: int) -> HttpResponse:
    """The form of how often a channel by mail sends, in the zone that the reader has now."""
    channel = get_object_or_404(channels.channels_of(request.user), pk=pk, kind=Channel.Kind.EMAIL)
    known = {name: getattr(channel, name) for name in PaceForm.base_fields}
    form = PaceForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        here = {"zone": timezone.get_current_timezone_name(), "language": get_language() or "en"}
        channels.set_pace(channel, timezone.now(), **form.columns(), **here)
        messages.success(request, _("Saved."))
        return redirect("notices")
    return render(request, "accounts/channel_pace.html", {"form": form, "channel": channel})


# --- what links in mails lead to: whoever has them may press, signed in or not ----------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_channel(request: HttpRequest, token: str) -> HttpResponse:
    """The page that confirms an address. To open it does nothing yet: programs open links, too."""
    channel = email.asked(token)
    if channel and request.method == "POST":
        channels.confirm(channel, timezone.now())
    context = {"channel": channel, "is_done": bool(channel) and request.method == "POST", "stops": False}
    return render(request, "accounts/mail_link.html", context, status=200 if channel else 404)


@login_not_required
@never_cache
@csrf_exempt  # a mail program presses it where its reader does (RFC 8058); the token is all that it takes
@require_http_methods(["GET", "HEAD", "POST"])
def stop_channel(request: HttpRequest, token: str) -> HttpResponse:
    """The page that ends the mails to an address."""
    channel = email.stopped(token)
    if channel and request.method == "POST":
        channels.stop(channel, timezone.now())
    context = {"channel": channel, "is_done": bool(channel) and request.method == "POST", "stops": True}
    return render(request, "accounts/mail_link.html", context, status=200 if channel else 404)
