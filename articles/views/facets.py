"""The spread of hits over feeds, categories and time, each a link that narrows the search to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.search.find import Facets, Search
from articles.views.query import address, in_span, month_name, span_of, without_span
from articles.views.search_messages import number
from feeds.categories import tree_of
from feeds.models import Category, Feed
from feeds.subscriptions.own import call_by_own_titles
from feeds.subscriptions.visibility import Reader, categories_for, places_of

MOST_VALUES = 12
# More months than these are shown as years.
MOST_MONTHS = 18


@dataclass(frozen=True, slots=True)
class Value:
    """A link that narrows; `count` in words, as exact as it is."""

    name: str
    count: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The values that the search can be narrowed to. `chosen` is what it is narrowed to now, `wider` the way back."""

    title: str
    values: list[Value]
    chosen: str = ""
    wider: str = ""


def groups(search: Search, counted: Facets) -> list[Group]:
    """The facets of a search, without those that leave no choice."""
    found = [_feeds(search, counted), _categories(search, counted), _spans(search, counted)]
    return [group for group in found if group.chosen or len(group.values) > 1]


def _feeds(search: Search, counted: Facets) -> Group:
    selection = search.selection
    if selection.feed:
        return Group(_("Feed"), [], selection.feed.name, address(search.narrowed(feed=None)))
    counts = counted.feeds[:MOST_VALUES]
    columns = Feed.objects.only("id", "title", "custom_title", "host", "url")
    feeds = columns.in_bulk([pk for pk, _n in counts])
    call_by_own_titles(feeds.values(), search.reader)
    values = [
        Value(feeds[pk].name, _count(n, counted), address(search.narrowed(feed=feeds[pk], category=None)))
        for pk, n in counts
        if pk in feeds
    ]
    return Group(_("Feed"), values)


def _categories(search: Search, counted: Facets) -> Group:
    selection = search.selection
    if selection.category:
        return Group(_("Category"), [], selection.category.name, address(search.narrowed(category=None)))
    if selection.feed:
        return Group(_("Category"), [])
    categories = {category.pk: category for category in categories_for(search.reader).order_by()}
    counts = _per_category(categories, counted, search.reader).most_common(MOST_VALUES)
    tree = tree_of(categories.values())
    values = [
        Value(tree.path(pk), _count(n, counted), address(search.narrowed(category=categories[pk]))) for pk, n in counts
    ]
    return Group(_("Category"), values)


def _per_category(categories: dict[int, Category], counted: Facets, reader: Reader) -> Counter[int]:
    """Hits per category, with those of the categories inside it."""
    tree = tree_of(categories.values())
    counts = dict(counted.feeds)
    found: Counter[int] = Counter()
    for feed_id, category_id in places_of(reader, counts).items():
        for step in tree.ancestry(category_id):
            found[step] += counts[feed_id]
    return found


def _spans(search: Search, counted: Facets) -> Group:
    """Months, or years where there are many months."""
    if span := span_of(search):
        return Group(_("Time"), [], _span_name(span), address(without_span(search)))
    counts = Counter({month_name(month): n for month, n in counted.months})
    if len(counts) > MOST_MONTHS:
        years: Counter[str] = Counter()
        for month, n in counts.items():
            years[month[:4]] += n
        counts = years
    values = [
        Value(_span_name(span), _count(counts[span], counted), address(in_span(search, span)))
        for span in sorted(counts, reverse=True)[: 2 * MOST_VALUES]
    ]
    return Group(_("Time"), values)


def _span_name(span: str) -> str:
    year, _dash, month = span.partition("-")
    if not month or not 1 <= int(month) <= 12 or int(year) < 1:
        return span
    return date_format(date(int(year), int(month), 1), pgettext("format of a month in a year", "M Y"))


def _count(n: int, counted: Facets) -> str:
    """A plus where the count is a lower bound: there are more hits than were counted."""
    return number(n) if counted.is_complete else f"{number(n)}+"
