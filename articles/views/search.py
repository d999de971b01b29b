"""The list as the answer to a query, and what belongs to it: facets, suggestions, help."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.lists.list_settings import Opening
from articles.lists.pages import Selection, Show, article_in
from articles.lists.selection import ORDERS_OF_HITS
from articles.models import Article
from articles.saved_searches.own import saved_as
from articles.search.find import (
    BadCursor,
    Facets,
    Found,
    Order,
    Search,
    SearchPage,
    SearchTimeout,
    facets,
    search_page,
    shown_again,
)  # fmt: skip
from articles.search.query.syntax import Note, Problem, parse
from articles.search.resolve import asks_for_something
from articles.search.suggest import did_you_mean, suggestions
from articles.views import matches, orders
from articles.views.facets import groups
from articles.views.query import address, loosened, search_of
from articles.views.rows import writer_of
from articles.views.search_messages import count_of, message
from articles.views.selection import address_of, chosen_for_hits, ids_text, is_picking, number_in, selection_of
from articles.views.tree import tree_beside

MOST_SUGGESTED = 8
# What would end a phrase.
_QUOTES = re.compile('["＂“”„‟«»「」『』〝〞﹁﹂]')


def results(request: HttpRequest, search: Search) -> HttpResponse:
    """A page of hits."""
    cursor, at = request.GET.get("cursor", ""), number_in(request.GET, "at")
    opening = chosen_for_hits(search.selection, request.user).opening
    return render(request, "search/results.html", _context(request, search, opening, cursor, at))


def hits_around(
    request: HttpRequest, shown: Article, search: Search, opening: Opening, cursor: str
) -> dict[str, object]:
    """The context of the page of hits that `shown` is on, which stays beside it."""
    return _context(request, search, opening, cursor, shown.pk if search.is_personal else 0)


def _page(search: Search, cursor: str) -> SearchPage:
    parsed = parse(search.text)
    if not asks_for_something(parsed.tree):
        return SearchPage(notes=parsed.notes or (Note(Problem.PUNCTUATION, search.text),))
    try:
        return search_page(search, cursor=cursor, size=matches.PAGE)
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the hits. Start again at the first one.")) from error


def _context(request: HttpRequest, search: Search, opening: Opening, cursor: str, at: int) -> dict[str, object]:
    page, selection = _page(search, cursor), search.selection
    query, is_first = address(search, cursor=cursor), not cursor
    found = _with_row(page.found, at, search)
    writer = writer_of([hit.article for hit in found], selection, query, request)
    if selection.is_by_arrival:
        writer.moments = {hit.article.pk: hit.article.received_at for hit in found}
    return {
        "search": search,
        "found": found,
        "selection": selection,
        "page": page,
        "count": _count(page) if is_first or page.total_is_exact else "",
        "query": query,
        "writer": writer,
        "opening": opening,
        "is_picking": is_picking(request),
        "shown": ids_text(hit.article for hit in page.found),
        **_ways_to_ask(request, search, page),
        **_pages_around(search, page, cursor, at),
        **tree_beside(request, selection),
        **(_wider(search) if is_first and page.total_is_exact and not page.found else {}),
    }


def _ways_to_ask(request: HttpRequest, search: Search, page: SearchPage) -> dict[str, object]:
    """The query as it was understood, and what else may be asked of what it finds."""
    return {
        "notes": [message(note) for note in page.notes],
        "asks": asks_for_something(parse(search.text).tree),
        "filters": [(show, address(search.narrowed(show=show))) for show in Show],
        "orders": orders.choices(ORDERS_OF_HITS, search.order, lambda order: address(search.narrowed(order=order))),
        "everywhere": _everywhere(search),
        "facets": address(search) if page.found else "",
        "view": address(search),
        "saved": saved_as(request.user, search.selection) if isinstance(request.user, User) else None,
    }


def _pages_around(search: Search, page: SearchPage, cursor: str, at: int) -> dict[str, object]:
    """The addresses of this page and of those beside it; empty where there is none."""
    here, row = reverse("list"), str(at or "")
    return {
        "older": page.next_cursor and here + address(search, cursor=page.next_cursor),
        "newer": page.previous_cursor and here + address(search, cursor=page.previous_cursor),
        "top": address(search) if cursor else "",
        "picking": here + address(search, cursor=cursor, at=row, pick="1"),
        "next": here + address(search, cursor=cursor, at=row),
    }


def _with_row(found: list[Found], at: int, search: Search) -> list[Found]:
    """The hits of a page, and with them the one that the reader comes back from, as in a list without a query."""
    if not at or not search.is_personal or at in {hit.article.pk for hit in found}:
        return found
    article = article_in(search.selection, at, search.reader)
    returned = shown_again(search, article) if article else None
    if returned is None:
        return found
    if search.order is Order.RELEVANCE:  # nobody knows any more where it stood
        return [returned, *found]
    key = search.selection.key_of
    return sorted([*found, returned], key=lambda hit: key(hit.article), reverse=not search.selection.is_oldest_first)


def _count(page: SearchPage) -> str:
    return count_of(page.total, is_exact=page.total_is_exact)


def _everywhere(search: Search) -> str:
    """The same query without feed, category and filter; empty where there is none of them."""
    everywhere = Selection(query=search.text, order=search.order)
    return address_of(everywhere) if search.selection != everywhere else ""


def _wider(search: Search) -> dict[str, object]:
    """Queries that may find something where this one does not, with their addresses."""
    meant = did_you_mean(search)
    return {
        "meant": meant,
        "meant_address": address(search.narrowed(query=meant)),
        "ways": [(wider.text, address(wider)) for wider in loosened(search) if wider.text != meant],
    }


@require_safe
@cache_control(private=True, no_store=True)
def narrow(request: HttpRequest) -> HttpResponse:
    """The facets of a search: for htmx the links alone, else a page with them."""
    selection = selection_of(request.GET, request.user)
    search = search_of(request, selection)
    if search is None:
        return redirect("list")
    try:
        counted = facets(search)
    except SearchTimeout:
        counted = Facets(feeds=[], months=[], total=0, is_complete=False)
    context = {
        "groups": groups(search, counted),
        "count": count_of(counted.total, is_exact=counted.is_complete),
        "search": search,
        "selection": selection,
        "back": address(search),
    }
    part = "search/_facets.html" if request.htmx else "search/facets.html"  # type: ignore[attr-defined]
    return render(request, part, context)


@require_safe
@cache_control(private=True, no_store=True)
def suggest(request: HttpRequest) -> HttpResponse:
    """Titles that hold what is being typed, for htmx; each with the query that finds it."""
    selection = selection_of(request.GET, request.user)
    typed = selection.query
    titles = suggestions(typed, request.user, limit=MOST_SUGGESTED, selection=selection) if typed else []
    suggested = [(title, f'"{_QUOTES.sub(" ", title).strip()}"') for title in titles]
    return render(request, "search/_suggestions.html", {"suggested": suggested})


@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    """The query language by examples, each a link that runs it."""
    return render(request, "search/help.html", {"parts": [(name, _runnable(rows)) for name, rows in _examples()]})


def _runnable(rows: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(text, address_of(Selection(query=text)), meaning) for text, meaning in rows]


def _examples() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            _("Words"),
            [
                (
                    "climate harbour",
                    _("Both words, anywhere in the title or the text. Other forms of a word match too."),
                ),
                ('"climate change"', _("Exactly this phrase.")),
                ("中国", _("Any piece of a text in Chinese, Japanese or Korean, one character too.")),
                ("台灣", _("Traditional and simplified characters find each other.")),
                ("rain OR snow", _("One of the two, or both. OR is written in capitals.")),
                ("harbour -storm", _("The first word and not the second.")),
                ("(rain OR snow) -storm", _("Parentheses keep together what belongs together.")),
            ],
        ),
        (
            _("Where to look"),
            [
                ("title:harbour", _("In the title only.")),
                ('title:"harbour master"', _("A phrase in the title.")),
                ("author:li", _("By an author of that name.")),
                ("url:example.org", _("In the article's address.")),
            ],
        ),
        (
            _("Which articles"),
            [
                ("harbour feed:times", _("From feeds whose name or host has this in it.")),
                ("harbour category:world", _("From the feeds of a category, and of the categories inside it.")),
                ("harbour lang:zh", _("Written in that language: zh, en, ja, de …")),
                ("harbour is:unread", _("That you have not read; is:read and is:starred likewise.")),
                ("label:later", _("To which you gave that label, in whichever feed.")),
                (
                    "note:why",
                    _("With a note of yours, or a highlighted passage, that has it; is:noted: with any."),
                ),
                ("is:hidden", _("That a rule of yours hides from lists.")),
                ("harbour importance:high", _("In feeds that are important to you; also normal and low.")),
                ("harbour dup:yes", _("Each article, also the doubles of one that several feeds bring.")),
                ("harbour has:image", _("With a picture; has:audio and has:video likewise.")),
            ],
        ),
        (
            _("When"),
            [
                ("harbour after:7d", _("Of the last seven days; 12h, 3w, 6m and 2y are hours, weeks, months, years.")),
                ("harbour before:2021", _("Before the year 2021.")),
                ("harbour date:2021-11", _("In November 2021; a year or a day can stand there, too.")),
                ("harbour after:2021-11-05 before:2022", _("From one day to another.")),
            ],
        ),
        (
            _("As it is typed"),
            [
                ("「气候变化」", _("The quotation marks of other languages make phrases.")),
                ("（雨 OR 雪） －台风", _("Full-width punctuation is read as its narrow relatives.")),
                ("title：北京", _("The same for the colon.")),
            ],
        ),
    ]
