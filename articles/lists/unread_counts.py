"""The number of articles of each feed that a reader has not read, by the rule of ReadMark, HistoryRange and
ArticleState.

Nothing is kept of it that could drift. What the marks and the history leave of a feed is counted along one index, no
further than asked; of a feed of which they take nothing the store's number of articles, which it keeps in the
transactions that store and delete, says it. What the reader did with single articles is found from their rows behind
the marks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import BigIntegerField, QuerySet

from articles.lists.article_keys import put_back
from articles.lists.gaps import BEYOND, Sql, articles_in_gaps, in_history, reach_of_all, reaches_of, with_gaps
from articles.querysets import Key, is_by_arrival
from articles.stories.rows import Fold, fold_of
from feeds.models import Feed
from feeds.statements import Given, Statement, standing_cursor
from feeds.subscriptions.visibility import feeds_in, sight_of

MOST = 1000  # what a page tells apart: it says "999+"
SPARE = 250  # counted beyond it, as some are taken off
TAKEN, BACK, ARRIVED = range(3)


_GIVEN = Given("reader")
_REACHES = Statement(lambda sight: reaches_of(feeds_in(sight, quiet=True), _GIVEN, Given("of_all", BigIntegerField())))
_PUT_BACK = Statement(lambda: put_back(_GIVEN).order_by().values_list("article"))


def unread_counts(reader: User, feeds: QuerySet[Feed] | None = None, *, most: int | None = MOST) -> dict[int, int]:
    """By feed id, of these feeds, or of all that the reader follows; a feed without unread articles is left out. No
    count is greater than `most`; with None all are exact. Two queries, and that of the reader's view; a third where a
    feed has many doubles, or many that were read one by one, so that it must be counted further than others."""
    of_all = reach_of_all(reader)
    gaps, params = with_gaps(_followed(reader, of_all) if feeds is None else reaches_of(feeds, reader, of_all))
    limit = None if most is None else most + SPARE
    arrived, taken, back = _counted(gaps, params, limit, reader, of_all, are_many=feeds is None)
    counts = {pk: count - taken.get(pk, 0) for pk, count in arrived.items()}
    if most is not None:
        counts |= _counted_further(gaps, params, most, arrived, taken)
    for pk, count in back.items():
        counts[pk] = counts.get(pk, 0) + count
    bound = max(counts.values(), default=0) if most is None else most
    return {pk: count if count < bound else bound for pk, count in counts.items() if count > 0}


def _counted_further(
    gaps: str, params: Sequence[Any], most: int, arrived: Mapping[int, int], taken: Mapping[int, int]
) -> dict[int, int]:
    """The counts of feeds of which so much is taken that less than `most` are left of what was counted first."""
    short = {pk for pk, count in arrived.items() if count >= most + SPARE and count - taken.get(pk, 0) < most}
    if not short:
        return {}
    again = _arrived(gaps, params, most + max(taken[pk] for pk in short), among=short)
    return {pk: count - taken[pk] for pk, count in again.items()}


def unread_ids(reader: User, feeds: QuerySet[Feed]) -> list[int]:
    """The ids of all unread articles of the feeds, in order."""
    of_all = reach_of_all(reader)
    gaps, params = with_gaps(reaches_of(feeds, reader, of_all))
    back, back_params = _PUT_BACK.sql(reader=reader.pk)
    fold = fold_of(reader)
    doubles, double_params = _doubles_in_gaps(fold, of_all or None)
    is_row, row_params = _is_row(fold, "back.article")
    sql = f"""WITH {gaps}, found AS MATERIALIZED (SELECT article.id FROM {articles_in_gaps()}),
            doubles (feed_id, id) AS MATERIALIZED ({doubles})
        SELECT id FROM found WHERE NOT EXISTS (SELECT 1 FROM articles_articlestate AS state
            WHERE state.user_id = %s AND state.article_id = found.id AND state.is_read)
            AND id NOT IN (SELECT id FROM doubles)
        UNION SELECT article.id FROM ({back}) AS back CROSS JOIN articles_article AS article
            WHERE article.id = back.article AND article.feed_id IN (SELECT feed_id FROM reaches) AND {is_row}
        ORDER BY 1"""  # noqa: S608
    return [row[0] for row in _rows(sql, [*params, *double_params, reader.pk, *back_params, *row_params])]


def unread_beside(
    reader: User, feeds: QuerySet[Feed], key: Key, *, newer: bool, up_to: int
) -> list[tuple[int, int, bool]]:
    """All unread articles of the feeds with an id up to `up_to`, in the order of feed and id: feed id, article id, and
    whether a list has it on that side of `key`."""
    of_all = reach_of_all(reader)
    gaps, params = with_gaps(reaches_of(feeds, reader, of_all))
    back, back_params = _PUT_BACK.sql(reader=reader.pk)
    sign = ">" if newer else "<"
    beside, place = f"({{at}}, {{id}}) {sign} (%s, %s)", [connection.ops.adapt_datetimefield_value(key[0]), key[1]]
    if is_by_arrival(key):
        beside, place = f"{{id}} {sign} %s", place[1:]
    fold = fold_of(reader)
    doubles, double_params = _doubles_in_gaps(fold, of_all or None)
    is_row, row_params = _is_row(fold, "back.article")
    sql = f"""WITH {gaps}, found AS MATERIALIZED (
            SELECT gaps.feed_id AS feed_id, article.id AS id, article.published_at AS at FROM {articles_in_gaps()}),
            doubles (feed_id, id) AS MATERIALIZED ({doubles})
        SELECT feed_id, id, {beside.format(at="at", id="id")} FROM found
        WHERE id <= %s AND id NOT IN (SELECT id FROM doubles)
            AND NOT EXISTS (SELECT 1 FROM articles_articlestate AS state
            WHERE state.user_id = %s AND state.article_id = found.id AND state.is_read)
        UNION SELECT article.feed_id, article.id, {beside.format(at="article.published_at", id="article.id")}
            FROM ({back}) AS back CROSS JOIN articles_article AS article
            WHERE article.id = back.article AND article.id <= %s
                AND article.feed_id IN (SELECT feed_id FROM reaches) AND {is_row}
        ORDER BY 1, 2"""  # noqa: S608
    values = [*params, *double_params, *place, up_to, reader.pk, *place, *back_params, up_to, *row_params]
    rows = _rows(sql, values)
    return [(feed, pk, bool(is_beside)) for feed, pk, is_beside in rows]


def _followed(reader: User, of_all: int) -> Sql:
    return _REACHES.sql(sight_of(reader).shape, reader=reader.pk, of_all=of_all)


def _arrived(gaps: str, params: Sequence[Any], limit: int, *, among: Collection[int]) -> dict[int, int]:
    """The number of articles, by feed, that came in behind the marks as news, counted up to `limit` in a gap; `among`
    some feeds."""
    sql = f"WITH {gaps} {_arrivals(limit)} AND feed_id IN ({', '.join(['%s'] * len(among))}) GROUP BY feed_id"
    return {pk: count for pk, _kind, count in _rows(sql, [*params, limit, *among])}


def _arrivals(limit: int | None) -> str:
    """A query of these numbers (feed_id, ARRIVED, number), still to be grouped by feed. Of a feed of which nothing is
    marked or history, the store has the number."""
    bound = "" if limit is None else "LIMIT %s"
    return f"""SELECT feed_id, {ARRIVED}, CAST(sum(CASE WHEN gaps.up_to = 0 AND gaps.before = {BEYOND}
            THEN (SELECT article_count FROM feeds_feed WHERE id = gaps.feed_id) ELSE (SELECT count(*) FROM (
            SELECT 1 FROM articles_article AS article
            WHERE article.feed_id = gaps.feed_id AND article.id > gaps.up_to AND article.id < gaps.before {bound}
        ) AS counted) END) AS bigint) FROM gaps WHERE before > up_to + 1"""  # noqa: S608


def _doubles_in_gaps(fold: Fold | None, after: int | None) -> tuple[str, Sequence[Any]]:
    """A query of them (feed_id, id), with its parameters."""
    return fold.doubles("gaps", after=after) if fold else ("SELECT 0 AS feed_id, 0 AS id WHERE FALSE", ())


def _is_row(fold: Fold | None, article: str) -> tuple[str, Sequence[Any]]:
    return fold.is_row(article) if fold else ("TRUE", ())


def _counted(
    gaps: str, params: Sequence[Any], limit: int | None, reader: User, of_all: int, *, are_many: bool
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """The numbers of articles by feed, by one query, as to find the gaps is most of the work: of those that came in
    behind the marks, counted up to `limit` in a gap; of those of them that were read one by one or have no row of their
    own; and of those that were put back to unread and are not among them."""
    back, back_params = _PUT_BACK.sql(reader=reader.pk)
    fold = fold_of(reader)
    is_row, row_params = _is_row(fold, "touched_id")
    doubles, double_params = _doubles_in_gaps(fold, of_all if are_many else of_all or None)
    # A reach is looked up row by row: SQLite would go through all of `reaches` for each row instead. And articles are
    # found by their keys before anything else is asked of them: Postgres would ask it of the whole archive.
    reach = "(SELECT max(up_to) FROM articles_readmark WHERE user_id = %s AND feed_id = singly.feed_id)"
    is_old = f"(singly.id <= %s OR singly.id <= coalesce({reach}, 0) OR {in_history('singly.feed_id', 'singly.id')})"
    if connection.vendor == "postgresql":
        join = "LATERAL (SELECT id, feed_id FROM articles_article WHERE id = touched.article_id OFFSET 0) AS article"
    else:
        join = "articles_article AS article WHERE article.id = touched.article_id"
    sql = f"""WITH {gaps}, touched (article_id, is_back) AS MATERIALIZED (
            SELECT touched_id, is_back FROM (
                SELECT article_id AS touched_id, {TAKEN} AS is_back FROM articles_articlestate
                    WHERE user_id = %s AND is_read AND article_id > (SELECT min(up_to) FROM reaches)
                UNION ALL SELECT article, {BACK} FROM ({back}) AS back) AS single WHERE {is_row}),
        singly (id, feed_id, is_back) AS MATERIALIZED (
            SELECT article.id, article.feed_id, is_back FROM touched CROSS JOIN {join})
        SELECT feed_id, is_back, count(*) FROM singly
        WHERE feed_id IN (SELECT feed_id FROM reaches) AND {is_old} = (is_back = {BACK})
        GROUP BY feed_id, is_back
        UNION ALL SELECT feed_id, {TAKEN}, count(*) FROM ({doubles}) AS doubles GROUP BY feed_id
        UNION ALL {_arrivals(limit)} GROUP BY feed_id"""  # noqa: S608
    values = [*params, reader.pk, *back_params, *row_params, of_all, reader.pk, *double_params]
    counts: tuple[dict[int, int], ...] = ({}, {}, {})
    for pk, kind, count in _rows(sql, values if limit is None else [*values, limit]):
        of_kind = counts[kind]
        of_kind[pk] = of_kind[pk] + count if pk in of_kind else count
    return counts[ARRIVED], counts[TAKEN], counts[BACK]


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with standing_cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
