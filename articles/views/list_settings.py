"""The choices of a list's menus, each a button of a plain form that leads back to the list."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles.lists.list_settings import NAMES, ListChoice, keep
from articles.views.selection import list_address, selection_of
from articles.views.state import SignedIn
from feeds.writes import soon


@login_required
@require_POST
@soon()
def choose(request: SignedIn) -> HttpResponse:
    """Keep a choice for the list that the form is of, and show it so from its top."""
    selection = selection_of(request.POST, request.user)
    texts = {name: request.POST[name] for name in NAMES if name in request.POST}
    try:
        chosen = ListChoice.of_texts(texts)
    except ValueError as error:
        raise BadRequest(_("This form was sent without its answer.")) from error
    keep(request.user, selection, **chosen)
    return redirect(list_address(replace(selection, order=selection.usual)))
