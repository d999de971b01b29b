"""Pages of the articles that a reader read and starred last."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.lists.cursors import BadCursor
from articles.lists.lately import Deed, lately_page
from articles.lists.selection import Selection, Show
from articles.views.days import distance
from articles.views.rows import writer_of
from articles.views.selection import address_of
from articles.views.state import SignedIn
from articles.views.tree import tree_beside


@login_required
@require_safe
def lately(request: SignedIn, what: str) -> HttpResponse:
    """A page of what the reader read, or starred, by when they did."""
    try:
        page = lately_page(Deed(what), request.user, cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the list. Start again at its top.")) from error
    selection = Selection(show=Show.STARRED if what == Deed.STARRED else Show.ALL)
    writer = writer_of(page.articles, selection, address_of(selection), request)
    writer.moments = page.moments
    today = timezone.localdate()
    days = groupby(page.articles, key=lambda article: timezone.localdate(page.moments[article.pk]))
    here = reverse(f"lately_{what}")
    context = {
        "what": what,
        "selection": selection,
        "days": [(day, distance(today, day), list(rows)) for day, rows in days],
        "writer": writer,
        "older": page.next_cursor and f"{here}?{urlencode({'cursor': page.next_cursor})}",
        "newer": page.previous_cursor and f"{here}?{urlencode({'cursor': page.previous_cursor})}",
        "next": request.get_full_path(),
        **tree_beside(request, Selection()),
    }
    return render(request, "articles/lately.html", context)
