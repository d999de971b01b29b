"""The actions of a reader on articles. Plain forms that lead back to the page they were on; scripts send the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from articles.lists import reader_state
from articles.lists.pages import Selection, Show, finder
from articles.lists.readable import readable, readable_among
from articles.lists.scope import Span
from articles.lists.unread_days import unread_of_day
from articles.models import Article
from articles.querysets import Key
from articles.views import undo_offer
from articles.views.buttons import words
from articles.views.selection import days_in, ids_in, int_of, list_address, list_of
from feeds.subscriptions.visibility import visible_feeds
from feeds.writes import soon

DAY = "day-"  # a feed and a day stand behind it
DAYS = ("1", "3", "7")  # how old what is marked may be at least


class SignedIn(HttpRequest):
    """A request as `login_required` lets it through."""

    user: User
    htmx: HtmxDetails


@login_required
@require_POST
@soon()
def act(request: SignedIn) -> HttpResponse:
    """Do to an article what its button says (articles/views/buttons.py): `read`, `unread`, `star` or `unstar` with its
    id. A script gets what was done in words."""
    reader, action = request.user, next((name for name in words() if name in request.POST), "")
    if not action:
        raise BadRequest(_("This form was sent without its answer."))
    article = _article(request, int_of(request.POST[action]))
    if action in {"star", "unstar"}:
        reader_state.star(reader, article, on=action == "star")
        said = _("Starred") if action == "star" else _("Star removed")
    else:
        reader_state.mark_read(reader, [article], read=action == "read")
        said = _("Marked as read") if action == "read" else _("Marked as unread")
    if request.htmx:
        return render(request, "articles/_said.html", {"article": article, "said": said})
    return redirect(f"{next_address(request)}#article-{article.pk}")  # where the reader was in a long list


@login_required
@require_POST
@soon()
def mark(request: SignedIn) -> HttpResponse:
    """Mark many articles as read, as the menu "Mark…" of a list says: `extent` is `page` (what `articles` names),
    `day-FEED-DATE` (what a row stands for), `above-ID` or `below-ID`, `older-DAYS`, else all of the selection; of none
    what came in after `latest_id`. Of hits only what `articles` names can be meant. The pages that follow offer to undo
    it."""
    selection = list_of(request.POST, request.user)
    extent = request.POST.get("extent", "all")
    made = _made(request, selection, extent)
    if made:
        undo_offer.put(request, made)
    if request.htmx:  # marked without a network, or scrolled past: nobody looks for a page
        return HttpResponse(status=204)
    if made is None:
        messages.info(request, _("Nothing there was unread."))
    if extent == "all" and selection.show is Show.UNREAD:
        return redirect(list_address(selection))  # of what is unread nothing is left on any page
    return redirect(next_address(request))


def _made(request: SignedIn, selection: Selection, extent: str) -> reader_state.Made | None:
    """The marks that were made; None where nothing was unread."""
    if extent == "all" and not selection.query:
        return _mark_all(request, selection)
    if extent == "page" or extent.startswith(DAY) or selection.query:
        return reader_state.mark_these_read(request.user, _these(request, extent))
    key, newer = _key(request, extent, selection)
    up_to = _number(request, "latest_id")
    return reader_state.mark_beside_read(request.user, selection, key, newer=newer, up_to=up_to)


def _mark_all(request: SignedIn, selection: Selection) -> reader_state.Made | None:
    up_to = _number(request, "latest_id")
    unread = finder(replace(selection.without_query(), show=Show.UNREAD), request.user)
    if not unread(Span(key=None, newer=False, limit=1)):
        return None
    return reader_state.Made(reader_state.mark_all_read(request.user, selection, up_to=up_to))


def _these(request: SignedIn, extent: str) -> list[int]:
    """The ids of the articles on the page, of hits only those above or below one of them, that the reader may see."""
    if extent.startswith(DAY):
        return _of_days(request, [extent.removeprefix(DAY)])
    texts = request.POST.get("articles", "").split(".")
    ids = ids_in(texts)
    if extent == "page":
        return [*readable_among(ids, request.user), *_of_days(request, texts)]
    side, _dash, at = extent.partition("-")
    if side not in {"above", "below"} or int_of(at) not in ids:
        raise BadRequest(_("This form was sent without its answer."))
    place = ids.index(int_of(at))
    ids = ids[:place] if side == "above" else ids[place + 1 :]
    return readable_among(ids, request.user)


def _of_days(request: SignedIn, texts: list[str]) -> list[int]:
    """The unread articles of the days of feeds that `texts` name, but for what came in after the page was made."""
    days = list(days_in(texts))
    feeds = visible_feeds(request.user).in_bulk({feed for feed, _ in days}) if days else {}
    up_to = _number(request, "latest_id") if days else 0
    ids = (unread_of_day(feeds[feed], day, request.user, up_to=up_to) for feed, day in days if feed in feeds)
    return [pk for some in ids for pk in some]


def _key(request: SignedIn, extent: str, selection: Selection) -> tuple[Key, bool]:
    """The key at which the articles that are meant begin, and True where they are newer."""
    side, _dash, at = extent.partition("-")
    if side == "older" and at in DAYS:
        return (timezone.now() - timedelta(days=int(at)), 0), False
    if side not in {"above", "below"}:
        raise BadRequest(_("This form was sent without its answer."))
    article = get_object_or_404(readable(request.user).only("pk", "published_at"), pk=int_of(at))
    return selection.key_of(article), (side == "above") != selection.is_oldest_first


@login_required
@require_POST
@soon()
def undo(request: SignedIn) -> HttpResponse:
    """Undo what was marked last, or (`dismiss`) offer it no longer."""
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError as error:
        raise BadRequest(_("There is nothing to undo.")) from error
    undo_offer.take_back(request, batch)
    if "dismiss" in request.POST:
        return redirect(next_address(request))
    if reader_state.undo(request.user, batch):
        messages.success(request, _("Undone. The articles are unread again."))
    else:
        messages.warning(
            request, _("There is nothing to undo any more: it was undone already, or something else was marked since.")
        )
    return redirect(next_address(request))


def _article(request: SignedIn, pk: int) -> Article:
    """Raises Http404 also where the reader may not see it: with a star it would be theirs to read."""
    return get_object_or_404(readable(request.user).only("pk", "title", "summary", "url"), pk=pk)


def _number(request: SignedIn, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(_("This form was sent without its answer."))
    return int(text)


def next_address(request: HttpRequest) -> str:
    """The address of the page that the form was on; that of the list, if the form names another site, or no address:
    Django would take that for the name of a view."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    is_ours = is_ours and urlsplit(wanted).path.startswith("/")
    return wanted if is_ours else reverse("list")
