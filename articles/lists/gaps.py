"""The articles that came in after a reader's marks, and between what is history: SQL that other queries are made of.

The ORM makes the parts, but not materialized subqueries, LATERAL or window functions over them: what keeps a planner
from looking at history, however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Expression, FilteredRelation, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from articles.models import ReadMark
from feeds.models import Feed
from feeds.statements import Given, Statement

Sql = tuple[str, Sequence[Any]]
"""SQL with its parameters."""

BEYOND = 2**63 - 1  # every id
_MARKS_OF_ALL = Statement(
    lambda: ReadMark.objects.filter(user=Given("reader"), feed=None).order_by("-up_to").values_list("up_to")[:1]
)


def reach_of_all(reader: User) -> int:
    """The article id that the reader's marks reach to in all feeds; 0 without one."""
    return next(iter(_MARKS_OF_ALL.column(reader=reader.pk)), 0)


def reaches_of(feeds: QuerySet[Feed], reader: User | Given, of_all: int | Expression) -> QuerySet[Feed, Any]:
    """Each of the feeds and the article id that the reader's marks reach to in it, of which one reaches to `of_all`."""
    marked = feeds.order_by().alias(mark=FilteredRelation("readmark", condition=Q(readmark__user=reader)))
    reach = Greatest(Coalesce(Max("mark__up_to"), 0), of_all if isinstance(of_all, Expression) else Value(of_all))
    return marked.values("pk").annotate(reach=reach).values_list("pk", "reach")


def with_gaps(reaches: QuerySet[Feed, Any] | Sql) -> tuple[str, Sequence[Any]]:
    """Common table expressions with their parameters. `reaches` (feed_id, up_to): as given. `gaps` (feed_id, up_to,
    before): the ranges of ids behind them, both ends excluded, between what is history; some may be empty. Feeds
    without history there, mostly all of them, are left out of what takes sorting."""
    sql, params = reaches if isinstance(reaches, tuple) else reaches.query.sql_with_params()
    gaps = f"""reaches (feed_id, up_to) AS MATERIALIZED ({sql}), mixed (feed_id, up_to) AS MATERIALIZED (
        SELECT feed_id, up_to FROM reaches WHERE EXISTS (SELECT 1 FROM articles_historyrange AS history
            WHERE history.feed_id = reaches.feed_id AND history.last > reaches.up_to)),
    starts (feed_id, up_to, first) AS MATERIALIZED (
        SELECT feed_id, coalesce((SELECT max(last) FROM articles_historyrange AS history
            WHERE history.feed_id = mixed.feed_id AND first <= up_to AND last > up_to), up_to), up_to FROM mixed
        UNION ALL SELECT mixed.feed_id, history.last, history.first FROM mixed
        JOIN articles_historyrange AS history ON history.feed_id = mixed.feed_id AND history.first > mixed.up_to),
    gaps (feed_id, up_to, before) AS MATERIALIZED (
        SELECT feed_id, max(up_to) OVER so_far, lead(first, 1, {BEYOND}) OVER so_far FROM starts
        WINDOW so_far AS (PARTITION BY feed_id ORDER BY first, up_to)
        UNION ALL SELECT feed_id, up_to, {BEYOND} FROM reaches WHERE feed_id NOT IN (SELECT feed_id FROM mixed))"""  # noqa: S608
    return gaps, params


def articles_in_gaps() -> str:
    """The gaps joined to their articles, as `article`: by one index that holds all that is asked, once a gap."""
    if connection.vendor == "postgresql":
        return """gaps CROSS JOIN LATERAL (
            SELECT id, published_at FROM articles_article
            WHERE feed_id = gaps.feed_id AND id > gaps.up_to AND id < gaps.before OFFSET 0) AS article"""
    return """gaps CROSS JOIN articles_article AS article INDEXED BY article_arrivals_of_feed
            WHERE article.feed_id = gaps.feed_id AND article.id > gaps.up_to AND article.id < gaps.before"""


def in_history(feed: str, article: str) -> str:
    """The condition that an article, given by two columns, came in as its feed's history."""
    return f"""EXISTS (SELECT 1 FROM articles_historyrange AS history WHERE history.feed_id = {feed}
            AND history.first <= {article} AND history.last >= {article})"""  # noqa: S608
