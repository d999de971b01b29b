"""The meaning of a query's names and dates here and now: feeds and categories as the reader has them, moments in the
time zone of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from articles.search.analyze.fold import fold
from articles.search.query.matching import (
    Condition,
    Contains,
    HasMedia,
    InFeeds,
    InLanguage,
    OfReader,
    Published,
    atoms,
    written_as,
)
from articles.search.query.syntax import DATE, READER_FIELDS, Filter, Node, Term, Words
from articles.search.query.tree import And, Not, Or, evaluate, leaves
from feeds.models import Category, Feed
from feeds.subscriptions.own import own_titles
from feeds.subscriptions.visibility import Reader, categories_for, feeds_of_importance, feeds_within, visible_feeds

_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


class Names:
    """The names of a reader's feeds and categories, each read when it is first asked for: for one query, or for many
    that are understood at the same moment."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._of_categories: dict[str, frozenset[int]] = {}

    def feeds_named(self, value: str) -> frozenset[int]:
        """The feed with that id, else those whose name or host contains `value`."""
        is_id = value.isdecimal() and len(value) < 19
        if is_id and visible_feeds(self._reader).filter(id=int(value)).exists():
            return frozenset({int(value)})
        wanted = fold(value)
        return frozenset(pk for pk, (name, host) in self._feeds.items() if wanted in fold(name) or wanted in fold(host))

    def feeds_of_categories(self, value: str) -> frozenset[int]:
        """The feeds of the categories with that name, and of all categories inside them."""
        wanted = fold(value)
        if wanted not in self._of_categories:
            named = [each for each in self._categories if wanted in {fold(each.slug), fold(each.name)}]
            inside = [feeds_within(each, self._reader).values_list("pk", flat=True) for each in named]
            self._of_categories[wanted] = frozenset(pk for pks in inside for pk in pks)
        return self._of_categories[wanted]

    def feeds_of_importance(self, value: str) -> frozenset[int]:
        """The feeds that are of this importance to the reader."""
        return frozenset(feeds_of_importance(self._reader, value).order_by().values_list("pk", flat=True))

    def in_feeds(self, feed_ids: frozenset[int]) -> InFeeds:
        """The condition of being in one of these feeds, with their share of all articles."""
        counts = self._counts if len(feed_ids) > 1 else {}
        return InFeeds(feed_ids, sum(counts.get(feed_id, 0) for feed_id in feed_ids) / max(sum(counts.values()), 1))

    @cached_property
    def _feeds(self) -> dict[int, tuple[str, str]]:
        called = own_titles(self._reader)
        columns = visible_feeds(self._reader).values_list("id", "custom_title", "title", "host", "url")
        return {
            pk: (called.get(pk) or custom or title or host or url, host) for pk, custom, title, host, url in columns
        }

    @cached_property
    def _categories(self) -> list[Category]:
        return list(categories_for(self._reader))

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
        case Words(text, field):
            return Contains(text, field) if atoms(text) else None
        case Filter("feed", value):
            return names.in_feeds(names.feeds_named(value))
        case Filter("category", value):
            return names.in_feeds(names.feeds_of_categories(value))
        case Filter("importance", value):
            return names.in_feeds(names.feeds_of_importance(value))
        case Filter("dup"):
            return None  # it says how hits are shown: see articles.search.hit_page
        case Filter("lang", value):
            return InLanguage(written_as(value.replace("_", "-")))
        case Filter("has", value):
            return HasMedia(value)
        case Filter(field, value) if field in READER_FIELDS:
            return OfReader(field, value)
        case Filter(field, value):
            return _published(field, value, now)


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
