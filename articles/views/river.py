"""Pages of the river of today."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.lists.cursors import BadCursor
from articles.lists.river import beside, is_page, river_page
from articles.lists.selection import Order, Selection, Show
from articles.models import Article
from articles.views.rows import writer_of
from articles.views.selection import address_of, ids_text, number_in, selection_of
from articles.views.tree import tree_beside

SHOWS = (Show.ALL, Show.UNREAD)
TOP = "top"


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """A page of what came out in the last 24 hours, with a share for each feed (articles.lists.river): of all feeds, or
    of the category in the address; all of it, or what is unread."""
    selection = _of_river(selection_of(request.GET, request.user))
    if selection.show not in SHOWS:
        raise BadRequest(_("Today has all or unread articles, and nothing else."))
    if selection.is_personal and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    cursor = request.GET.get("cursor", "")
    try:
        page = river_page(selection, request.user, timezone.now(), cursor=cursor, kept=number_in(request.GET, "at"))
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the list. Start again at its top.")) from error
    here = reverse("today")
    writer = writer_of(page.articles, selection, address_of(selection, today=cursor or TOP), request)
    context = {
        "what": "today",
        "river_place": cursor or TOP,
        "selection": selection,
        "page": page,
        "writer": writer,
        "shown": ids_text(page.articles),
        "filters": [(show, here + address_of(replace(selection, show=show))) for show in SHOWS],
        "older": page.next_cursor and here + address_of(selection, cursor=page.next_cursor),
        "newer": page.previous_cursor and here + address_of(selection, cursor=page.previous_cursor),
        "next": request.get_full_path(),
        **tree_beside(request, selection),
    }
    return render(request, "articles/today.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class InRiver:
    """The river that an article was opened from: the cursor of the page that it is on, empty for the top, and its
    neighbours; None, too, where it is not in it any more."""

    selection: Selection
    cursor: str
    before: Article | None = None
    after: Article | None = None

    @property
    def place(self) -> str:
        """The page as the address of an article has it under `today`."""
        return self.cursor or TOP

    def address(self, *, at: str = "") -> str:
        """The page's address; `at`: the article whose row is kept there."""
        return reverse("today") + address_of(_of_river(self.selection), cursor=self.cursor, at=at)


def in_river(request: HttpRequest, shown: Article, selection: Selection) -> InRiver | None:
    """The place of an article in the river that its address names under `today`; at the top where that page is no more.
    None where it names none. Raises BadRequest."""
    cursor = river_cursor(request, selection)
    if cursor is None:
        return None
    found = beside(shown, _of_river(selection), request.user, timezone.now(), cursor=cursor)
    if found is None:
        return InRiver(selection=selection, cursor=cursor)
    return InRiver(selection=selection, cursor=found.cursor, before=found.before, after=found.after)


def river_cursor(request: HttpRequest, selection: Selection) -> str | None:
    """The cursor of the page of the river that an address names under `today`, empty for the top, and where that page
    is no more; None where it names none. Raises BadRequest."""
    place = request.GET.get("today", "")
    if not place or selection.show not in SHOWS:
        return None
    try:
        return place if place != TOP and is_page(place, timezone.now()) else ""
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the list. Start again at its top.")) from error


def river_address(request: HttpRequest, selection: Selection, *, at: str = "") -> str:
    """The address of the page of the river that an address names under `today`; empty where it names none. `at`: the
    article whose row is kept there. Raises BadRequest."""
    cursor = river_cursor(request, selection)
    return "" if cursor is None else InRiver(selection=selection, cursor=cursor).address(at=at)


def _of_river(selection: Selection) -> Selection:
    return replace(selection.without_query(), order=Order.DATE, usual=Order.DATE)
