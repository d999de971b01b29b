"""Addresses that lead on: to the next unread article anywhere, to the next feed with some, to an article's original.
They change nothing: what they lead to does."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.display.links import web_address
from articles.lists.pages import Selection, Show
from articles.lists.readable import may_read, readable
from articles.lists.river import next_unread_in
from articles.lists.way_on import feed_beside, next_unread
from articles.models import Article
from articles.views.river import TOP, river_cursor
from articles.views.selection import address_of, as_chosen, list_address, number_in, selection_of
from articles.views.state import SignedIn
from feeds.models import Feed


@login_required
@require_safe
@never_cache
def unread_on(request: SignedIn) -> HttpResponse:
    """To the next unread article behind the article `after`: of the river of today or the list that the address names,
    else of all. Beside that list (`in=pane`) where the one before was."""
    after = readable(request.user).filter(pk=number_in(request.GET, "after")).first()
    selection = selection_of(request.GET, request.user).without_query()
    cursor = river_cursor(request, selection)
    if cursor is not None and (step := _in_river(request, selection, after, cursor)):
        return redirect(step)
    here, _choice = as_chosen(selection, request.GET, request.user)
    found = next_unread(request.user, after, here)
    if found is None:
        messages.info(request, _("Nothing else is unread."))
        return redirect(list_address(Selection(show=Show.UNREAD)))
    article, selection = found
    part = "pane" if request.GET.get("in") == "pane" else ""
    return redirect(article.get_absolute_url() + address_of(selection, **{"in": part}))


def _in_river(request: SignedIn, selection: Selection, after: Article | None, cursor: str) -> str:
    """The address of the next unread article of the river; empty where there is none."""
    found = next_unread_in(selection, request.user, timezone.now(), after=after.pk if after else 0, cursor=cursor)
    query = address_of(replace(selection, show=Show.UNREAD), today=cursor or TOP)
    return found.get_absolute_url() + query if found else ""


@login_required
@require_safe
@never_cache
def feed_on(request: SignedIn) -> HttpResponse:
    """To the list of the next feed with unread articles after that of `feed`, or before it (`step=previous`)."""
    step = -1 if request.GET.get("step") == "previous" else 1
    found = feed_beside(request.user, number_in(request.GET, "feed"), step=step)
    if not found:
        messages.info(request, _("No other feed has unread articles."))
        return redirect(list_address(Selection(show=Show.UNREAD)))
    return redirect(list_address(Selection(feed=Feed(pk=found), show=Show.UNREAD)))


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """To the article at its publisher's."""
    article = get_object_or_404(Article.objects.select_related("feed"), pk=pk)
    if not may_read(request.user, article) or not web_address(article.url):
        raise Http404("no such article")
    return redirect(article.url)
