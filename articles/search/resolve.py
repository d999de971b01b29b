"""The meaning of a query's names and dates here and now: feeds and categories as the reader has them, moments in the
time zone of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from articles.search.analyze.fold import fold
from articles.search.analyze.language_tags import written_as
from articles.search.query.matching import (
    Condition,
    Contains,
    HasMedia,
    InFeeds,
    InLanguage,
    OfReader,
    Property,
    Published,
    atoms,
)
from articles.search.query.syntax import DATE, READER_FIELDS, Filter, Node, Term, Words
from articles.search.query.tree import And, Not, Or, evaluate, leaves
from feeds.models import Category, Feed
from feeds.subscriptions.own import own_titles
from feeds.subscriptions.visibility import (
    Reader,
    categories_of,
    feeds_of_importance,
    feeds_within,
    importances_of,
    visible_feeds,
    visible_rows,
    within_among,
)

_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


class Names:
    """The names of a reader's feeds and categories, each read when it is first asked for: for one query, or for many
    that are understood at the same moment. With `among` only these feeds are looked at, for articles that are in
    them."""

    def __init__(self, reader: Reader, among: frozenset[int] | None = None) -> None:
        self._reader = reader
        self._among = among
        self._of_categories: dict[str, frozenset[int]] = {}

    def feeds_named(self, value: str) -> frozenset[int]:
        """The feed with that id, else those whose name or host contains `value`."""
        is_id = value.isdecimal() and len(value) < 19
        if is_id and visible_feeds(self._reader).filter(id=int(value)).exists():
            return frozenset({int(value)})
        wanted = fold(value)
        return frozenset(pk for pk, (name, host) in self._feeds.items() if wanted in name or wanted in host)

    def feeds_of_categories(self, value: str) -> frozenset[int]:
        """The feeds of the categories with that name, and of all categories inside them."""
        wanted = fold(value)
        if wanted not in self._of_categories:
            named = [category for category, called in self._categories if wanted in called]
            self._of_categories[wanted] = frozenset(pk for each in named for pk in self._within(each))
        return self._of_categories[wanted]

    def _within(self, category: Category) -> Iterable[int]:
        if self._among is None:
            return feeds_within(category, self._reader).values_list("pk", flat=True)
        return within_among(category, self._reader, self._among)

    def feeds_of_importance(self, value: str) -> frozenset[int]:
        """The feeds that are of this importance to the reader."""
        if self._among is None:
            feeds = feeds_of_importance(self._reader, value).order_by()
            return frozenset(feeds.values_list("pk", flat=True))
        return frozenset(pk for pk in self._among if self._importances.get(pk) == value)

    def in_feeds(self, feed_ids: frozenset[int]) -> InFeeds:
        """The condition of being in one of these feeds, with their share of all articles."""
        counts = self._counts if len(feed_ids) > 1 and self._among is None else {}
        return InFeeds(feed_ids, sum(counts.get(feed_id, 0) for feed_id in feed_ids) / max(sum(counts.values()), 1))

    @cached_property
    def _feeds(self) -> dict[int, tuple[str, str]]:
        """Names and hosts as they are compared."""
        called = own_titles(self._reader, self._among)
        columns = ("id", "custom_title", "title", "host", "url")
        if self._among is None:
            rows = list(visible_feeds(self._reader).values_list(*columns))
        else:
            rows = visible_rows(self._reader, self._among, *columns)
        return {
            pk: (fold(called.get(pk) or custom or title or host or url), fold(host))
            for pk, custom, title, host, url in rows
        }

    @cached_property
    def _categories(self) -> list[tuple[Category, set[str]]]:
        return [(each, {fold(each.slug), fold(each.name)}) for each in categories_of(self._reader)]

    @cached_property
    def _importances(self) -> dict[int, str]:
        return importances_of(self._reader, self._among or ())

    @cached_property
    def _counts(self) -> dict[int, int]:
        return dict(Feed.objects.values_list("id", "article_count"))


def resolve(node: Node | None, *, now: datetime, names: Names) -> Condition:
    """The condition that `node` stands for. Days begin in the time zone of `now`; feeds and categories are those of a
    reader, under the names that these have for them. Words that are nothing but punctuation ask for nothing, wherever
    they stand."""
    if node is None:
        return And()
    return evaluate(node, lambda term: _resolved(term, now, names), every=_all, some=_either, no=_not) or And()


# What depends on names, and on the time: what the same query stands for changes with them.
_OPEN = frozenset({"feed", "category", "importance", "after", "before", "date"})


def resolve_later(node: Node | None) -> Condition:
    """The same of any reader at any time: a leaf `OfReader` stands for each name and date, and `now_meant` tells what
    it is."""
    if node is None:
        return And()
    return evaluate(node, _left_open, every=_all, some=_either, no=_not) or And()


def _left_open(term: Term) -> _Part:
    if isinstance(term, Filter) and term.field in _OPEN:
        return OfReader(term.field, term.value)
    return _of_article(term)


def is_open(leaf: Property) -> bool:
    """True of what `resolve_later` has left open."""
    return isinstance(leaf, OfReader) and leaf.field in _OPEN


def now_meant(leaf: OfReader, now: datetime, names: Names) -> Condition:
    """The condition that such a leaf stands for now."""
    return _resolved(Filter(leaf.field, leaf.value), now, names) or And()


# Parts as far as they ask for something; None for what does not.
_Part = Condition | None


def _all(parts: Iterable[_Part]) -> _Part:
    return And(found) if (found := _those(parts)) else None


def _either(parts: Iterable[_Part]) -> _Part:
    return Or(found) if (found := _those(parts)) else None


def _not(part: _Part) -> _Part:
    return Not(part) if part else None


def _those(parts: Iterable[_Part]) -> tuple[Condition, ...]:
    return tuple(part for part in parts if part is not None)


def _resolved(term: Term, now: datetime, names: Names) -> _Part:
    match term:
        case Filter("feed", value):
            return names.in_feeds(names.feeds_named(value))
        case Filter("category", value):
            return names.in_feeds(names.feeds_of_categories(value))
        case Filter("importance", value):
            return names.in_feeds(names.feeds_of_importance(value))
        case Filter("after" | "before" | "date" as field, value):
            return _published(field, value, now)
        case _:
            return _of_article(term)


def _of_article(term: Term) -> _Part:
    """The part that asks the article itself, or what its reader did."""
    match term:
        case Words(text, field):
            return Contains(text, field) if atoms(text) else None
        case Filter("dup"):
            return None  # it says how hits are shown: see articles.search.hit_page
        case Filter("lang", value):
            return InLanguage(written_as(value.replace("_", "-")))
        case Filter("has", value):
            return HasMedia(value)
        case Filter(field, value):
            assert field in READER_FIELDS, field
            return OfReader(field, value)


def _published(field: str, value: str, now: datetime) -> Published:
    start, end = _span(value, now)
    match field:
        case "after":
            return Published(start, None)
        case "before":
            return Published(None, start)
        case _:
            return Published(start, end)


def _span(value: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The beginning and the end of what `value` names: a year, a month, a day, a minute, a second; an age ends now."""
    match = DATE.fullmatch(value)
    assert match is not None, "the parser lets dates through only"
    try:
        if match["age"]:
            return now - timedelta(hours=int(match["age"]) * _HOURS[match["unit"]]), now
        assert now.tzinfo is not None
        return _moment(match, now.tzinfo) if match["time"] else _days(match, now.tzinfo)
    except (ValueError, OverflowError):  # the thirtieth of February, the year 9999: no article is from then
        return now, now


def _moment(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    clock = time.fromisoformat(match["time"])
    moment = datetime.combine(date(*_first_day(match)), clock, clock.tzinfo or zone)
    return moment, moment + (timedelta(seconds=1) if match["seconds"] else timedelta(minutes=1))


def _days(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    year, month, day = _first_day(match)
    end = (year, month, day + 1) if match["day"] else (year, month + 1, 1) if match["month"] else (year + 1, 1, 1)
    return _midnight(date(year, month, day), zone), _midnight(_day(*end), zone)


def _first_day(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)


def _day(year: int, month: int, day: int) -> date:
    """A date whose month or day may be one too many."""
    if month > 12:
        return date(year + 1, 1, 1)
    first = date(year, month, 1)
    return first + timedelta(days=day - 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def asks_for_something(node: Node | None) -> bool:
    """True where anything is left of the query that an article can fail, or that says how hits are shown."""
    return node is not None and any(isinstance(term, Filter) or atoms(term.text) for term, _ in leaves(node))


def can_be_failed(node: Node | None) -> bool:
    """True where the query asks what an article can fail: not `dup:yes`, which says how hits are shown."""
    terms = [] if node is None else [term for term, _ in leaves(node)]
    return any(term.field != "dup" if isinstance(term, Filter) else atoms(term.text) for term in terms)
