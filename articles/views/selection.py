"""The selection of articles, as addresses and forms say it:
`?feed=ID&category=SLUG&show=unread|starred&q=…&order=oldest|last_in|first_in|relevance`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.lists.list_settings import ListChoice, choice_of
from articles.lists.selection import Order, Selection, Show
from articles.models import Article
from articles.search.query.syntax import LONGEST_QUERY
from feeds.feed_row import feed_row
from feeds.models import Category, Feed
from feeds.subscriptions.own import place_as_own
from feeds.subscriptions.visibility import Reader, category_called, sees

# Neither databases nor addresses take them, and no reader sees them.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Stand in addresses where one of the list's feeds or categories comes: to make a model's object costs a page as much as
# to write two rows.
ANY_FEED, ANY_CATEGORY = Feed(pk=0), Category(slug="0")
MOST_AT_ONCE = 800  # more than any page shows, and than static/js/next-page.js puts together


def selection_of(query: QueryDict, reader: Reader) -> Selection:
    """The selection that an address or a form names. Raises Http404 for a feed or category that isn't there for
    `reader`, and BadRequest for a `show` or an `order` that makes no sense."""
    text, order = query_text(query), _order(query.get("order", ""))
    return Selection(
        feed=_feed(query.get("feed", ""), reader),
        category=_category(query.get("category", ""), reader),
        show=_show(query.get("show", "")),
        query=text,
        order=Order.DATE if order is Order.RELEVANCE and not text else order,
    )


def as_chosen(selection: Selection, query: QueryDict, reader: Reader) -> tuple[Selection, ListChoice]:
    """A list's selection in the order that the reader chose for it, where the address names none, and what else they
    chose. Hits stand as their address says."""
    if selection.query:
        return selection, ListChoice()
    choice = choice_of(selection, reader)
    order = selection.order if query.get("order") else choice.order
    return replace(selection, order=order, usual=choice.order), choice


def list_of(query: QueryDict, reader: Reader) -> Selection:
    """The list that an address or a form names, in the order that it says or the reader chose."""
    return as_chosen(selection_of(query, reader), query, reader)[0]


def chosen_for_hits(selection: Selection, reader: Reader) -> ListChoice:
    """The reader's choice for the list that is searched, as far as hits have it: the place in which they open."""
    return ListChoice(opening=choice_of(selection, reader).opening)


def query_text(query: QueryDict) -> str:
    """The query as it was typed, cut where it is longer than a query may be: the parser then says so."""
    return _INVISIBLE.sub(" ", query.get("q", "")).strip()[: LONGEST_QUERY + 1]


def _order(text: str) -> Order:
    try:
        return Order(text or Order.DATE)
    except ValueError as error:
        raise BadRequest(
            _(
                "Articles stand newest first or oldest first, by publication or by arrival, hits by relevance too;"
                " there is no other order."
            )
        ) from error


def address_of(selection: Selection, **more: str) -> str:
    """The selection as a query string with its question mark; empty where nothing is narrowed."""
    query = urlencode(selection.params() | {name: value for name, value in more.items() if value})
    return f"?{query}" if query else ""


def list_address(selection: Selection, **more: str) -> str:
    """The address of the list that shows the selection; `more` as the query has it."""
    return _list(get_script_prefix()) + address_of(selection, **more)


@cache
def _list(prefix: str) -> str:
    return reverse("list")


def number_in(query: QueryDict, name: str) -> int:
    """A row's id that the query gives under `name`; 0, which no row has, where it gives none."""
    return int_of(query.get(name, ""))


def is_picking(request: HttpRequest) -> bool:
    """True where the reader chooses the row above or below which they mark."""
    return request.user.is_authenticated and request.GET.get("pick") == "1"


def ids_text(articles: Iterable[Article]) -> str:
    """The rows of a page as a form names them, with a full stop between them: ids of articles, and days of feeds as
    `day_text` has them."""
    return ".".join(day_text(article) if article.stands_for else str(article.id) for article in articles)


def day_text(article: Article) -> str:
    """The feed and the day of an article whose row stands for all of them: `5-2026-03-05`."""
    return f"{article.feed_id}-{timezone.localdate(article.published_at)}"


def days_in(texts: Iterable[str]) -> Iterator[tuple[int, date]]:
    """The feeds and days that there are in `texts`."""
    for text in islice(texts, MOST_AT_ONCE):
        feed, _dash, day = text.partition("-")
        if _DAY.fullmatch(day):
            with suppress(ValueError):  # no day has such a date
                yield int_of(feed), date.fromisoformat(day)


def ids_in(texts: Iterable[str]) -> list[int]:
    """The ids that there are in `texts`, as many as a page may show."""
    return [number for text in islice(texts, MOST_AT_ONCE) if (number := int_of(text))]


def _feed(text: str, reader: Reader) -> Feed | None:
    if not text:
        return None
    feed = feed_row(int_of(text))
    if feed is None or not sees(reader, feed):
        raise Http404("no such feed")
    place_as_own(feed, reader)
    return feed


def int_of(text: str) -> int:
    """A row's id. What is none is not found: no row has the id 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _category(slug: str, reader: Reader) -> Category | None:
    if not slug:
        return None
    # PostgreSQL can't even be asked for text with a NUL in it.
    category = None if "\x00" in slug else category_called(slug, reader)
    if category is None:
        raise Http404("no such category")
    return category


def _show(text: str) -> Show:
    try:
        return Show(text or Show.ALL)
    except ValueError as error:
        raise BadRequest(_("A list can show all, unread or starred articles, and nothing else.")) from error
