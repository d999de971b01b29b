"""Moving a feed or a category of the tree to another place: by its menu, or drawn there with a pointer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from articles.views.feed_page import feed_of
from articles.views.selection import list_of, number_in
from articles.views.state import SignedIn, next_address
from articles.views.tree import tree_beside
from articles.views.tree_menu import category_of
from feeds.models import Category
from feeds.subscriptions import places
from feeds.subscriptions.visibility import followed_feeds
from feeds.writes import soon


@login_required
@require_POST
@soon()
def move_in_tree(request: SignedIn) -> HttpResponse:
    """Put the feed `moved_feed` or the category `moved_category` into the category `into` (none without one), before
    the one with the id `before`, or behind all. htmx gets the tree alone."""
    into = number_in(request.POST, "into") if request.POST.get("into") else 0
    before = number_in(request.POST, "before") if request.POST.get("before") else 0
    try:
        _move(request, category_of(request, into) if into else None, before)
    except places.NoPlace as error:
        messages.error(request, str(error))
        return HttpResponseClientRefresh() if request.htmx else redirect(next_address(request))
    if request.htmx:
        selection = list_of(request.POST, request.user)
        context = {"selection": selection, **tree_beside(request, selection)}
        return render(request, "components/tree_inside.html", context)
    messages.success(request, _("Moved."))
    return redirect(next_address(request))


def _move(request: SignedIn, into: Category | None, before: int) -> None:
    if "moved_category" in request.POST:
        category = category_of(request, number_in(request.POST, "moved_category"))
        places.put_category(request.user, category, into, before=before)
        return
    feed = feed_of(request, number_in(request.POST, "moved_feed"))
    if not followed_feeds(request.user, quiet=True).filter(pk=feed.pk).exists():
        raise Http404("no such subscription")
    places.put_feed(request.user, feed, into, before=before)
