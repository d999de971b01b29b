"""The question of a plan as SQLite takes it: what FTS5 is to match, and conditions on the rows beside it.

FTS5 finds in the order of its row numbers, which are *places*, milliseconds of publication: see articles.search.sqlite.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from articles.search.query.tree import EVERYTHING, evaluate

if TYPE_CHECKING:
    from articles.search.query.plan import Expression, Lexeme, Plan

# Held by every article: FTS5 can only take away from something.
ALL = "x:all"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[int, int, int]
"""Article, place and feed of an entry of the index."""


def milliseconds(moment: datetime) -> int:
    """The place of that moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def found(table: str, plan: Plan) -> tuple[str, list[str], list[Any]]:
    """FROM of a search in one of the tables, its conditions and their parameters."""
    if plan.expression == EVERYTHING:
        return "FROM articles_search s", *conditions_of(plan)
    conditions, parameters = conditions_of(plan, "f.rowid")
    # CROSS JOIN keeps SQLite from turning the two round: FTS5 leads, in the order of its rows.
    source = f"FROM {table} f CROSS JOIN articles_search s ON s.place = f.rowid"
    return source, [f"{table} MATCH %s", *conditions], [match_text(plan.expression), *parameters]


def conditions_of(plan: Plan, walked: str = "s.place") -> tuple[list[str], list[Any]]:
    """The plan's conditions on an entry `s` beside its lexemes, and their parameters; `walked`: where its place is."""
    conditions: list[str] = []
    parameters: list[Any] = []
    if plan.start:
        conditions += [f"{walked} >= %s", f"({walked} >= %s OR {_PUBLISHED} >= %s)"]
        parameters += [*_around(plan.start), connection.ops.adapt_datetimefield_value(plan.start)]
    if plan.end:
        conditions += [f"{walked} < %s", f"({walked} < %s OR {_PUBLISHED} < %s)"]
        parameters += [*_around(plan.end)[::-1], connection.ops.adapt_datetimefield_value(plan.end)]
    for column, ids in (("s.feed_id", plan.feed_ids), ("s.article_id", plan.article_ids)):
        if ids is not None:
            conditions.append(f"{column} IN (SELECT value FROM json_each(%s))")
            parameters.append(json.dumps(sorted(ids)))
    return conditions, parameters


def where(conditions: Iterable[str]) -> str:
    """WHERE of these conditions; empty where there are none."""
    joined = " AND ".join(conditions)
    return f"WHERE {joined}" if joined else ""


# What was published at one moment is pushed on; so close to the limits of a span the article's own date decides.
_PUBLISHED = "(SELECT published_at FROM articles_article WHERE id = s.article_id)"
_PUSHED_AT_MOST = 3_600_000


def _around(moment: datetime) -> tuple[int, int]:
    return milliseconds(moment), milliseconds(moment) + _PUSHED_AT_MOST


def match_text(expression: Expression) -> str:
    """The expression as FTS5 text (https://sqlite.org/fts5.html#full_text_query_syntax). NOT is binary there."""
    return _affirmed(evaluate(expression, _quoted, every=_all, some=_either, no=lambda part: (_affirmed(part), True)))


# FTS5 text, and whether it stands for all that does not match it.
_Match = tuple[str, bool]


def _quoted(lexeme: Lexeme) -> _Match:
    return '"' + lexeme.text.replace('"', '""') + '"', False


def _affirmed(part: _Match) -> str:
    text, is_negated = part
    return f'("{ALL}" NOT {text})' if is_negated else text


def _either(parts: Iterable[_Match]) -> _Match:
    return f"({' OR '.join(map(_affirmed, parts))})", False


def _all(parts: Iterable[_Match]) -> _Match:
    found = list(parts)
    wanted = [text for text, is_negated in found if not is_negated] or [f'"{ALL}"']
    unwanted = [text for text, is_negated in found if is_negated]
    positive = f"({' AND '.join(wanted)})"
    return f"({positive} NOT ({' OR '.join(unwanted)}))" if unwanted else positive, False
