"""The list's filters, as they stand in addresses: `?feed=ID&category=SLUG&show=unread|starred`."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.listing import Selection, Show
from feeds.models import Category, Feed


def selection_of(query: QueryDict) -> Selection:
    """The selection that an address or a form names. Raises Http404 for a feed or category that isn't there, and
    BadRequest for a `show` that makes no sense."""
    return Selection(
        feed=_feed(query.get("feed", "")),
        category=_category(query.get("category", "")),
        show=_show(query.get("show", "")),
    )


def address_of(selection: Selection, **more: str) -> str:
    """The selection as a query string with its question mark; empty where nothing is narrowed."""
    parts = {
        "feed": selection.feed and str(selection.feed.pk),
        "category": selection.category and selection.category.slug,
        "show": "" if selection.show is Show.ALL else str(selection.show),
        **more,
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"?{query}" if query else ""


def _feed(text: str) -> Feed | None:
    if not text:
        return None
    feed = Feed.objects.select_related("category").filter(pk=_number(text)).first()
    if feed is None:
        raise Http404("no such feed")
    return feed


def _number(text: str) -> int:
    """A row's id. What is none is not found: no row has the id 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _category(slug: str) -> Category | None:
    if not slug:
        return None
    # PostgreSQL can't even be asked for text with a NUL in it.
    category = None if "\x00" in slug else Category.objects.filter(slug=slug).first()
    if category is None:
        raise Http404("no such category")
    return category


def _show(text: str) -> Show:
    try:
        return Show(text or Show.ALL)
    except ValueError as error:
        raise BadRequest(_("A list can show all, unread or starred articles, and nothing else.")) from error
