"""The searches that a reader keeps: saved from any search, listed, opened, renamed, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.saved_searches import own
from articles.saved_searches.models import SavedSearch
from articles.views.selection import list_address, selection_of
from articles.views.state import SignedIn
from feeds.writes import soon


@login_required
@require_safe
def saved_search_list(request: SignedIn) -> HttpResponse:
    """All saved searches of the reader."""
    return render(request, "accounts/saved_searches.html", {"rows": own.saved_searches(request.user)})


@login_required
@require_safe
def open_saved_search(request: SignedIn, pk: int) -> HttpResponse:
    """Leads to what the search finds now."""
    saved = get_object_or_404(SavedSearch.objects.select_related("feed", "category"), user=request.user, pk=pk)
    if saved.is_lost:
        messages.warning(request, _("The category of this saved search is gone: it searches all feeds."))
    return redirect(list_address(own.selection_of(saved)))


@login_required
@require_POST
@soon()
def save_search(request: SignedIn) -> HttpResponse:
    """Keep the search that the address names, and lead back to it."""
    selection = selection_of(request.GET, request.user)
    try:
        own.save_search(request.user, selection)
    except own.TooManySaved:
        messages.error(request, _("There are %(most)s saved searches: delete one first.") % {"most": own.MOST_SAVED})
    except ValueError as error:
        raise BadRequest(_("This form was sent without its answer.")) from error
    return redirect(list_address(selection))


@login_required
@require_POST
@soon()
def change_saved_search(request: SignedIn, pk: int) -> HttpResponse:
    """Call a saved search otherwise (`name`), or delete it (`delete`)."""
    saved = get_object_or_404(SavedSearch, user=request.user, pk=pk)
    if "delete" in request.POST:
        saved.delete()
        messages.success(request, _("The saved search is deleted."))
    elif own.rename(saved, request.POST.get("name", "")):
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("A saved search needs a name."))
    return redirect("saved_searches")
