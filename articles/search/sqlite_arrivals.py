"""Hits by arrival on SQLite, where FTS5 has the order of publication alone.

Of rare words all hits are taken and sorted. Of common ones the next articles that came in are looked through: a window
of entries, and of FTS5 what it has within the spans of time that these were published in. Mostly they were published
one after another, too, and that is little.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from articles.search.query.tree import EVERYTHING
from articles.search.sqlite_question import Row, conditions_of, found, match_text, where

if TYPE_CHECKING:
    from articles.search.query.plan import Plan

FEW = 5_000  # hits that are all taken
WINDOWS = (1_000, 8_000)  # entries: most of what is asked for is in the first
PASSED_OVER = 10  # entries for each of a window, for their dates or feeds
MOST_SPANS = 5  # each is a search of its own

_ROW = "s.article_id, s.place, s.feed_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Entries of the index that are next to each other by arrival; `is_last` where there are no more."""

    rows: list[Row]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The next `limit` hits of a plan beyond the article `key`, if there is one, by arrival: towards older ones, or
    with `newer` the other way."""

    plan: Plan
    key: int | None
    newer: bool
    limit: int

    def rows(self, cursor: Any, tables: Sequence[str]) -> list[Row]:
        """Their entries, in order."""
        if self.plan.article_ids is not None:
            return self._nearest(self._matching(cursor, tables, self._chosen(cursor)))
        if self.plan.expression == EVERYTHING or self._are_many(cursor, tables):
            for length in WINDOWS:
                window = self._window(cursor, length)
                rows = self._matching(cursor, tables, window.rows)
                if len(rows) >= self.limit or window.is_last:
                    return self._nearest(rows)
        return self._sorted(cursor, tables)

    def _nearest(self, rows: Sequence[Row]) -> list[Row]:
        return sorted(dict.fromkeys(rows), reverse=not self.newer)[: self.limit]

    @property
    def _beyond(self) -> tuple[list[str], list[Any]]:
        """The condition of being beyond the key, and its parameter."""
        return ([], []) if self.key is None else ([f"s.article_id {'>' if self.newer else '<'} %s"], [self.key])

    @property
    def _order(self) -> str:
        return f"ORDER BY s.article_id {'ASC' if self.newer else 'DESC'}"

    def _chosen(self, cursor: Any) -> list[Row]:
        """The entries of the articles that alone come into question."""
        beyond, key = self._beyond
        conditions, parameters = conditions_of(self.plan)
        cursor.execute(
            f"SELECT {_ROW} FROM articles_search s {where([*beyond, *conditions])}",
            [*key, *parameters],
        )
        return list(cursor.fetchall())

    def _window(self, cursor: Any, length: int) -> _Window:
        beyond, key = self._beyond
        conditions, parameters = conditions_of(self.plan)
        near = f"FROM articles_search s {where(beyond)} {self._order}"
        far = length * PASSED_OVER if conditions else length
        cursor.execute(
            f"SELECT {_ROW} FROM (SELECT * {near} LIMIT %s) AS s {where(conditions)} LIMIT %s",
            [*key, far, *parameters, length],
        )
        rows = list(cursor.fetchall())
        if len(rows) == length:
            return _Window(rows=rows, is_last=False)
        cursor.execute(f"SELECT 1 {near} LIMIT 1 OFFSET %s", [*key, far])
        return _Window(rows=rows, is_last=cursor.fetchone() is None)

    def _are_many(self, cursor: Any, tables: Sequence[str]) -> bool:
        """True where there are more hits than are all taken."""
        counted = 0
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH %s LIMIT %s)",
                [match_text(self.plan.expression), FEW],
            )
            counted += cursor.fetchone()[0]
        return counted >= FEW

    def _matching(self, cursor: Any, tables: Sequence[str], rows: list[Row]) -> list[Row]:
        """Those of these entries that hold the plan's lexemes."""
        if self.plan.expression == EVERYTHING or not rows:
            return rows
        there: set[int] = set()
        places = sorted(place for _, place, _ in rows)
        for first, last in _spans(places):
            for table in tables:
                # The plus keeps SQLite from asking FTS5 for each place by itself, which takes a search each.
                cursor.execute(
                    f"SELECT f.rowid FROM {table} f WHERE {table} MATCH %s AND f.rowid BETWEEN %s AND %s"
                    " AND +f.rowid IN (SELECT value FROM json_each(%s))",
                    [match_text(self.plan.expression), first, last, json.dumps(places)],
                )
                there.update(place for (place,) in cursor.fetchall())
        return [row for row in rows if row[1] in there]

    def _sorted(self, cursor: Any, tables: Sequence[str]) -> list[Row]:
        """All hits that there are, sorted."""
        rows: list[Row] = []
        beyond, key = self._beyond
        for table in tables[: 1 if self.plan.expression == EVERYTHING else None]:
            source, conditions, parameters = found(table, self.plan)
            cursor.execute(
                f"SELECT {_ROW} {source} {where([*conditions, *beyond])} {self._order} LIMIT %s",
                [*parameters, *key, self.limit],
            )
            rows += cursor.fetchall()
        return self._nearest(rows)


def _spans(places: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last place of each of the spans that these lie in: cut where the gaps are widest."""
    widest = sorted(range(1, len(places)), key=lambda at: places[at] - places[at - 1], reverse=True)
    ends = [0, *sorted(widest[: MOST_SPANS - 1]), len(places)]
    return [(places[start], places[end - 1]) for start, end in pairwise(ends)]
