"""The leaves of a query that its reader's own rows answer: `is:unread`, `label:later`, `note:why`. One more is a name
in FIELDS.

Few articles of such a kind are looked up first and handed to the index; of many, candidates are looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from articles.labels import own as labels
from articles.lists import article_keys, hidden, pages
from articles.lists.read_keys import read_keys
from articles.lists.scope import Scope, Span
from articles.notes import own as notes
from articles.notes.models import Note
from articles.querysets import Key
from articles.search.query.matching import Condition, OfReader, Property
from articles.search.query.tree import EVERYTHING, NOTHING, And, Not, Or, evaluate, leaves, plain, required

# So many articles are handed to the index; of more, candidates are looked up.
MOST_CHOSEN = 2000
_MOMENT = timedelta(microseconds=1)

Find = Callable[[Scope, User, Span], "list[Key] | None"]
"""The keys that a span asks for; None where nothing finds them within bounds."""


def _unbounded(scope: Scope, reader: User, span: Span) -> list[Key] | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The ways to answer such a leaf. `among`: those of some articles that it is true of; `find`, `find_others`: the
    articles of a scope that it is true of, and all others; `of_nobody`: its truth for who is not signed in."""

    among: Callable[[Collection[int], User], set[int]]
    find: Find
    find_others: Find = _unbounded
    of_nobody: bool = False


def _read_among(article_ids: Collection[int], reader: User) -> set[int]:
    return set(article_ids) - pages.unread_among(article_ids, reader)


def _noted(words: str) -> Kind:
    """Notes in which `words` stand."""
    return Kind(
        among=lambda article_ids, reader: notes.noted_among(article_ids, reader, words),
        find=lambda scope, reader, span: article_keys.keys_among(_noted_articles(reader, words), scope, span),
    )


def _noted_articles(reader: User, words: str) -> QuerySet[Note, Any]:
    """Each article once, however many notes there are on it."""
    return notes.rows_of(reader, words).values("article").distinct()


_STATES = {
    "unread": Kind(
        among=pages.unread_among,
        find=article_keys.unread_keys,
        find_others=read_keys,
        of_nobody=True,
    ),
    "read": Kind(among=_read_among, find=read_keys, find_others=article_keys.unread_keys),
    "starred": Kind(among=pages.starred_among, find=article_keys.starred_keys),
    "noted": _noted(""),
    "hidden": Kind(
        among=hidden.hidden_among,
        find=lambda scope, reader, span: article_keys.keys_among(hidden.hidden_rows(reader), scope, span),
    ),
}


def _labelled(name: str) -> Kind:
    """The label that is called `name`, whatever its capitals."""
    return Kind(
        among=lambda article_ids, reader: labels.labelled_among(article_ids, reader, name),
        find=lambda scope, reader, span: article_keys.keys_among(labels.rows_of(reader, name), scope, span),
    )


FIELDS: dict[str, Callable[[str], Kind]] = {"is": _STATES.__getitem__, "label": _labelled, "note": _noted}


def _kind(leaf: OfReader) -> Kind:
    return FIELDS[leaf.field](leaf.value)


def for_nobody(condition: Condition) -> Condition:
    """The condition for who is not signed in: has read nothing, and starred nothing."""

    def answered(leaf: Property) -> Condition:
        if not isinstance(leaf, OfReader):
            return leaf
        return EVERYTHING if _kind(leaf).of_nobody else NOTHING

    return evaluate(
        condition,
        answered,
        every=lambda parts: And(tuple(parts)),
        some=lambda parts: Or(tuple(parts)),
        no=Not,
    )


def asks_reader_alone(condition: Condition) -> bool:
    """True where no article has to be read to answer it."""
    return all(isinstance(leaf, OfReader) for leaf, _ in leaves(condition))


def asks_of_reader(condition: Condition) -> bool:
    """True where a part of it is answered by what the reader did."""
    return any(isinstance(leaf, OfReader) for leaf, _ in leaves(condition))


def facts(article_ids: Collection[int], condition: Condition, reader: User) -> dict[int, frozenset[OfReader]]:
    """Of each of these articles, which of the condition's leaves are true of it."""
    asked = {leaf for leaf, _ in leaves(condition) if isinstance(leaf, OfReader)}
    found = {leaf: _kind(leaf).among(article_ids, reader) for leaf in asked} if article_ids else {}
    return {pk: frozenset(leaf for leaf, among in found.items() if pk in among) for pk in article_ids}


Oldest = Callable[[], datetime | None]
"""Finds when the oldest article that comes into question was published; None where any may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The part of a condition that the reader's rows leave: the `rest` to be asked of the index, only of `article_ids`
    where these are few, and of what was published before `end` and from `oldest()` on, which costs as much to find out
    as all else here."""

    rest: Condition
    article_ids: frozenset[int] | None = None
    end: datetime | None = None
    oldest: Oldest = lambda: None


def choose(condition: Condition, scope: Scope, reader: User) -> Choice:
    """Takes what it can out of the condition: the parts that ask the reader alone."""
    chosen: frozenset[int] | None = None
    rest: list[Condition] = []
    many: list[Find] = []
    ends: list[datetime] = []
    for part in required(plain(condition)):
        find, _others = _ways(part)
        keys = find(scope, reader, Span(key=None, newer=False, limit=MOST_CHOSEN + 1))
        if keys is not None and len(keys) <= MOST_CHOSEN:
            ids = frozenset(pk for _, pk in keys)
            chosen = ids if chosen is None else chosen & ids
            continue
        rest.append(part)
        if keys:
            ends.append(keys[0][0] + _MOMENT)
            many.append(find)

    @cache
    def oldest() -> datetime | None:
        found = [find(scope, reader, Span(key=None, newer=True, limit=1)) for find in many]
        return max((keys[0][0] for keys in found if keys), default=None)

    return Choice(rest=And(tuple(rest)), article_ids=chosen, end=min(ends, default=None), oldest=oldest)


# How the articles that a part is true of are found, and all others.
_Ways = tuple[Find, Find]


def _ways(part: Condition) -> _Ways:
    return evaluate(part, _ways_of_leaf, every=_ways_of_all, some=_ways_of_either, no=_swapped)


def _ways_of_leaf(leaf: Property) -> _Ways:
    if not isinstance(leaf, OfReader):
        return _unbounded, _unbounded
    kind = _kind(leaf)
    return kind.find, kind.find_others


def _ways_of_all(parts: Iterable[_Ways]) -> _Ways:
    return _unbounded, _either([others for _, others in parts])


def _ways_of_either(parts: Iterable[_Ways]) -> _Ways:
    return _either([find for find, _ in parts]), _unbounded


def _swapped(ways: _Ways) -> _Ways:
    find, find_others = ways
    return find_others, find


def _either(finds: list[Find]) -> Find:
    """The articles that one of them finds, if each does."""
    if _unbounded in finds or not finds:
        return _unbounded

    def find(scope: Scope, reader: User, span: Span) -> list[Key] | None:
        found = [each(scope, reader, span) for each in finds]
        known = [keys for keys in found if keys is not None]
        return span.nearest(key for keys in known for key in keys) if len(known) == len(found) else None

    return find
