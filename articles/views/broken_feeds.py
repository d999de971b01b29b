"""The page of feeds that somebody should look at, with what can be done for many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from articles.ingest.single_poll import poll_many
from articles.views.departure import leave_many
from articles.views.feed_mending import let_go
from articles.views.selection import int_of
from articles.views.state import SignedIn
from feeds.models import Feed
from feeds.polls.health import BROKEN, health
from feeds.polls.polling import make_due
from feeds.polls.standstill import pause
from feeds.subscribe.add import Candidate, NothingFound
from feeds.subscribe.find_again import find_again
from feeds.subscribe.own_feeds import NoRoom, move_address, waiting_client
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds, visible_feeds

SHOWN = 200  # feeds
ALL = "all"  # of those that are shown
SALT = "articles.views.broken_feeds"


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search for one feed: the first feed elsewhere, signed for the form; or the reason why there is
    none."""

    feed: Feed
    candidate: Candidate | None
    signed: str = ""
    reason: str = ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def broken_feeds(request: SignedIn) -> HttpResponse:
    """The feeds that fail or are gone, what has been so for longest first: those that the reader follows, and for staff
    all of the site's. A POST does what `do` says to those that `picked` names."""
    if request.method == "POST":
        return _do(request, request.POST.get("do", ""))
    return _page(request)


def _page(request: SignedIn, found: Sequence[Found] = ()) -> HttpResponse:
    feeds = list(_broken(request)[: SHOWN + 1])
    own.call_by_own_titles(feeds, request.user)
    tended = own.tended_by(request.user, feeds)
    rows = [(feed, feed.pk in tended) for feed in feeds[:SHOWN]]
    context = {"rows": rows, "may_tend": bool(tended), "has_more": len(feeds) > SHOWN, "found": found}
    return render(request, "feeds/broken.html", context)


def _broken(request: SignedIn) -> QuerySet[Feed]:
    followed = followed_feeds(request.user, quiet=True).order_by().values("pk")
    seen = visible_feeds(request.user) if request.user.is_staff else Feed.objects.filter(pk__in=followed)
    broken = Q(state=Feed.State.GONE) | Q(state=Feed.State.ACTIVE, failures__gt=0)  # as BROKEN has it, by columns
    since = Coalesce("last_success_at", "added_at")
    rows = seen.filter(broken).annotate(health=health(timezone.now()), since=since)
    return rows.filter(health__in=BROKEN).order_by("since", "pk")


def _do(request: SignedIn, what: str) -> HttpResponse:
    """Raises BadRequest for what nobody can ask."""
    if what == "use":
        return _use(request)
    texts = request.POST.getlist("picked")[: SHOWN + 1]
    broken = _broken(request)
    picked = list(broken[:SHOWN] if ALL in texts else broken.filter(pk__in={int_of(text) for text in texts}))
    own.call_by_own_titles(picked, request.user)
    if not picked:
        messages.warning(request, _("Choose at least one feed."))
        return redirect("broken_feeds")
    if what == "leave":
        return leave_many(request, picked)
    tended = own.tended_by(request.user, picked)
    acts = {"check": _check, "look": _look, "pause": _pause}
    if what not in acts:
        raise BadRequest("do is check, look, use, pause or leave")
    if len(tended) < len(picked):
        messages.warning(request, _("Some of these are not yours to mend: staff do."))
    return acts[what](request, [feed for feed in picked if feed.pk in tended])


def _check(request: SignedIn, feeds: list[Feed]) -> HttpResponse:
    """As many as there is time for at once, the others with the next tick."""
    polls = poll_many(feeds)
    left = [feed.pk for feed in feeds if feed.pk not in polls]
    n = len(polls)
    text = ngettext("Checked: %(n)d feed.", "Checked: %(n)d feeds.", n) % {"n": n}
    text += " " + _("Working again: %(n)d.") % {"n": sum(not poll.error for poll in polls.values())}
    if left and (n := make_due(Feed.objects.filter(pk__in=left), timezone.now())):
        text += " " + ngettext("%(n)d more is checked within minutes.", "%(n)d more are checked within minutes.", n) % {
            "n": n
        }
    messages.success(request, text)
    return redirect("broken_feeds")


def _look(request: SignedIn, feeds: list[Feed]) -> HttpResponse:
    """Look for each where it may be now, in a time that they share, and show what was found."""
    found: list[Found] = []
    refusing: dict[str, NothingFound] = {}
    with waiting_client() as client:
        for feed in feeds:
            try:
                candidates = find_again(client, feed, request.user, refusing)
            except NothingFound as error:
                found.append(Found(feed, None, reason=str(error)))
                continue
            other = next((each for each in candidates if each.url != feed.url and not each.already_added), None)
            signed = signing.dumps([feed.pk, other.url], salt=SALT) if other else ""
            found.append(Found(feed, other, signed))
    return _page(request, found)


def _use(request: SignedIn) -> HttpResponse:
    """Have feeds asked at the addresses that were found, and check them there."""
    moved: list[Feed] = []
    for feed, url in _chosen(request):
        if request.user.is_staff and Feed.objects.filter(url=url).exists():
            continue
        try:
            moved.append(move_address(request.user, feed, url))
        except NoRoom as error:
            messages.error(request, str(error))
            break
        if moved[-1].pk != feed.pk:
            let_go(request, feed)
    polls = poll_many(moved)
    text = ngettext("%(n)d address is changed.", "%(n)d addresses are changed.", len(moved)) % {"n": len(moved)}
    text += " " + _("Working again: %(n)d.") % {"n": sum(not poll.error for poll in polls.values())}
    messages.success(request, text)
    return redirect("broken_feeds")


def _chosen(request: SignedIn) -> list[tuple[Feed, str]]:
    """The feeds, of those that the reader tends, with the addresses that were found for them and chosen."""
    try:
        chosen = [signing.loads(text, salt=SALT) for text in request.POST.getlist("chosen")[:SHOWN]]
    except signing.BadSignature as error:
        raise BadRequest("not found here") from error
    feeds = visible_feeds(request.user).in_bulk([pk for pk, _url in chosen])
    tended = own.tended_by(request.user, feeds.values())
    return [(feeds[pk], url) for pk, url in chosen if pk in tended]


def _pause(request: SignedIn, feeds: list[Feed]) -> HttpResponse:
    n = pause(Feed.objects.filter(pk__in=[feed.pk for feed in feeds]))
    messages.success(request, ngettext("%(n)d feed is paused.", "%(n)d feeds are paused.", n) % {"n": n})
    return redirect("broken_feeds")
