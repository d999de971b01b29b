"""The interface of a search back end. One module per database implements it: articles.search.postgres and .sqlite."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from articles.search.analyze.document import Lexemes

if TYPE_CHECKING:
    from articles.search.query.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """An article as the index takes it; `digest` of what its entry is made from."""

    article_id: int
    feed_id: int
    published_at: datetime
    lexemes: Lexemes
    stems: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that the index names. `place` is its place in the order that was asked for, for the back end alone;
    `month` the first day of its month, UTC."""

    article_id: int
    place: str
    feed_id: int
    month: date


HOLDING = (
    "SELECT language, EXISTS (SELECT 1 FROM articles_indexstate WHERE complete_version = %s) FROM articles_search_stems"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """`languages`: those whose stems the index holds. `is_complete`: every article has gone through the analyzer of
    the version that was asked about."""

    languages: tuple[str, ...]
    is_complete: bool


class SearchTimeout(Exception):
    """The database took longer than a query may."""


class BadPlace(ValueError):
    """A place that this back end never gave."""


_ARRIVAL = "a"


def arrival_place(article_id: int) -> str:
    """The place of an article in the order of arrival: ids go up as articles come in."""
    return f"{_ARRIVAL}{article_id}"


def is_of_arrival(place: str) -> bool:
    """True of a place in the order of arrival."""
    return place.startswith(_ARRIVAL)


def arrival_id(place: str) -> int:
    """The id of the article whose place it is in the order of arrival. Raises BadPlace."""
    digits = place.removeprefix(_ARRIVAL)
    if not (is_of_arrival(place) and digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise BadPlace(place)
    return int(digits)


class SearchBackend(Protocol):
    """Finds articles by lexemes, the newest or the last that came in first. Every method is one short transaction's
    worth of SQL."""

    def index(self, documents: Sequence[IndexDocument], version: str) -> None:
        """Put documents into the index; what it held of the same articles goes."""

    def hits(
        self, plan: Plan, *, place: str = "", newer: bool = False, by_arrival: bool = False, limit: int
    ) -> list[Hit]:
        """The next hits beyond `place` (or from the newest on), towards older ones, or with `newer` the other way; by
        publication or by arrival. Raises SearchTimeout, BadPlace."""

    def count(self, plan: Plan, *, limit: int) -> int:
        """The number of hits that the index has, counted up to `limit`. Raises SearchTimeout."""

    def holds(self, version: str) -> Holding:
        """The languages whose stems the index holds, and whether it is complete by `version` of the analyzer."""

    def unindexed(self, version: str, *, beyond: int, limit: int) -> list[int]:
        """Ids over `beyond`, in order, of articles that the index lacks or holds by another version of the analyzer."""

    def forget_versions(self) -> None:
        """Let every article count as unindexed, though it is still found."""

    def begin_reindex(self) -> None:
        """Make ready for many articles to be indexed anew; called again while it goes on, too."""

    def many(self) -> AbstractContextManager[object]:
        """A transaction in which many articles are indexed."""

    def end_reindex(self) -> None:
        """Tidy up when every article has been indexed."""

    def wrong(self, documents: Sequence[IndexDocument]) -> list[int]:
        """Ids of those articles whose entry is missing or is not as `documents` say it must be."""
