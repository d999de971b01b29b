"""The one list of articles, and what stands in its place while there are no feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.lists.feed_tree import FeedTree
from articles.lists.list_settings import SIZES, AtEnd, Layout, ListChoice, Opening
from articles.lists.pages import BadCursor, ListPage, Selection, Show, article_in, list_page
from articles.lists.selection import ORDERS, Order
from articles.models import Article
from articles.views import orders
from articles.views.days import distance
from articles.views.empty_list import elsewhere
from articles.views.query import search_of
from articles.views.rows import writer_of
from articles.views.search import results
from articles.views.selection import (
    address_of,
    as_chosen,
    ids_text,
    is_picking,
    list_address,
    number_in,
    selection_of,
)
from articles.views.tree import tree_beside
from articles.views.visit import visit_before
from feeds.models import Feed
from feeds.subscriptions.visibility import followed_feeds


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """The articles of the selection in the address, a page of them; with a query, those that it finds. A browser
    may show it again as it was: static/js/marks.js does to it what the reader did since."""
    selection = selection_of(request.GET, request.user)
    if selection.is_personal and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if search := search_of(request, selection):
        return results(request, search)
    selection, choice = as_chosen(selection, request.GET, request.user)
    cursor = request.GET.get("cursor", "")
    page = _page(request, selection, choice.size, cursor)
    if not page.articles and not Feed.objects.exists():
        return render(request, "articles/first_run.html")
    at = number_in(request.GET, "at")
    if request.htmx:  # type: ignore[attr-defined]  # from django_htmx
        answer = render(request, "articles/more.html", _rows(request, selection, choice, page, cursor, at))
    else:
        answer = render(request, "articles/list.html", _context(request, selection, choice, page, cursor, at))
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def context_around(
    request: HttpRequest, shown: Article, selection: Selection, choice: ListChoice, cursor: str
) -> dict[str, object]:
    """The context of the page of the list that `shown` is on, which stays beside it."""
    page = _page(request, selection, choice.size, cursor)
    return _context(request, selection, choice, page, cursor, 0 if selection.show is Show.ALL else shown.pk)


def _page(request: HttpRequest, selection: Selection, size: int, cursor: str) -> ListPage:
    try:
        return list_page(selection, request.user, cursor=cursor, size=size, is_short=True)
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the list. Start again at its top.")) from error


def _context(
    request: HttpRequest, selection: Selection, choice: ListChoice, page: ListPage, cursor: str, at: int
) -> dict[str, object]:
    """The context of a whole page, with what stands around its rows."""
    beside = tree_beside(request, selection)
    return {
        "filters": [(show, address_of(replace(selection, show=show))) for show in Show],
        "orders": orders.choices(ORDERS, selection.order, partial(_in_order, request, selection)),
        "order_name": orders.NAMES[selection.order],
        "layouts": tuple([(layout.value, layout is choice.layout) for layout in Layout]),
        "sizes": tuple([(size, size == choice.size) for size in SIZES]),
        "openings": tuple([(opening.value, opening is choice.opening) for opening in Opening]),
        "opening": choice.opening,
        "is_endless": choice.at_end is AtEnd.ON,
        "goes_on": choice.at_end is AtEnd.ON and not is_picking(request),
        "place": {name: value for name, value in selection.params().items() if name != "order"},
        **({} if page.articles else _ways_on(request, selection, cast(FeedTree, beside["tree"]))),
        **_rows(request, selection, choice, page, cursor, at),
        **beside,
    }


def _in_order(request: HttpRequest, selection: Selection, order: Order) -> str:
    """The address of the list in that order, for who can't keep it: others send a form."""
    return "" if request.user.is_authenticated else list_address(replace(selection, order=order))


def _ways_on(request: HttpRequest, selection: Selection, tree: FeedTree) -> dict[str, object]:
    """The context of a list without articles: what to do next."""
    is_of_all = not (selection.feed or selection.category or selection.show is Show.STARRED)
    return {
        "elsewhere": elsewhere(tree, selection),
        "follows_nothing": is_of_all and not followed_feeds(request.user, quiet=True).exists(),
        "has_choice": Feed.objects.filter(is_shared=True).exists(),
    }


def _rows(
    request: HttpRequest, selection: Selection, choice: ListChoice, page: ListPage, cursor: str, at: int
) -> dict[str, object]:
    """The context of the rows of a page, and of the links to the pages beside it."""
    today = timezone.localdate()
    query = address_of(selection, cursor=cursor)
    place = {"cursor": cursor, "at": str(at or "")}
    rows = _with_row(page.articles, at, selection, request)
    writer = writer_of(rows, selection, query, request, choice.layout)
    writer.since = _since(request, selection, page)
    if selection.is_by_arrival:
        writer.moments = {article.pk: article.received_at for article in rows}
    return {
        "selection": selection,
        "page": page,
        "today": today,
        "writer": writer,
        "layout": choice.layout,
        "is_picking": is_picking(request),
        "picking": list_address(selection, **place, pick="1"),
        "shown": ids_text(page.articles),
        "days": [(day, distance(today, day), list(rows)) for day, rows in groupby(rows, key=writer.day_of)],
        "query": query,
        # Templates have these names for the pages further down and further up.
        "older": page.next_cursor and list_address(selection, cursor=page.next_cursor),
        "newer": page.previous_cursor and list_address(selection, cursor=page.previous_cursor),
        "next": list_address(selection, **place),
        "cursor": place["cursor"],
    }


def _since(request: HttpRequest, selection: Selection, page: ListPage) -> tuple[int, datetime] | None:
    """The article above which the line "New since you were here" stands, and since when."""
    visit = visit_before(request, page.latest_id) if request.user.is_authenticated else None
    if visit is None or selection.is_oldest_first or selection.show is Show.STARRED:
        return None
    first = visit.first_known(page.articles)
    return (first, visit.at) if first else None


def _with_row(articles: list[Article], at: int, selection: Selection, request: HttpRequest) -> list[Article]:
    """The articles of a page, and with them the one that the reader comes back from: being read it is not unread any
    more, but its row must be where it was."""
    if not at or selection.show is Show.ALL or at in {article.pk for article in articles}:
        return articles
    returned = article_in(selection, at, request.user)
    rows = [*articles, returned] if returned else articles
    return sorted(rows, key=selection.key_of, reverse=not selection.is_oldest_first)
