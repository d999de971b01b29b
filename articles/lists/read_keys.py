"""The articles that a reader has read, where they can be found within bounds: nearly all, or few."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection

from articles.lists import article_keys
from articles.lists.article_keys import singly_read_keys, walked_keys
from articles.lists.gaps import reach_of_all, reaches_of
from articles.lists.scope import Scope, Span
from articles.lists.stream_keys import Stream, fitting
from articles.models import Article
from articles.querysets import Key


def read_keys(scope: Scope, reader: User, span: Span) -> list[Key] | None:
    """All that `unread_keys` leaves. None where there are many and none of them near: only a look at every article
    would tell."""
    stream = Stream(scope=scope, is_read=True, with_hidden=True)
    near = Span(key=span.key, newer=span.newer, limit=max(article_keys.WALK, span.limit))
    keys, is_complete = walked_keys(scope, near)
    found = fitting(stream, reader, keys)[: span.limit]
    if len(found) == span.limit or (is_complete and len(keys) < near.limit):
        return found
    covered = _covered(scope, reader)
    if len(covered) > article_keys.WALK:
        return None
    return span.nearest([*singly_read_keys(scope, reader, span), *fitting(stream, reader, covered)])


def _covered(scope: Scope, reader: User) -> list[Key]:
    """Those that a mark or history covers, in no order: up to WALK of them and one more."""
    sql, params = reaches_of(scope.feeds(), reader, reach_of_all(reader)).query.sql_with_params()
    by_arrival = "" if connection.vendor == "postgresql" else "INDEXED BY article_arrivals_of_feed"
    found = f"""WITH reaches (feed_id, up_to) AS MATERIALIZED ({sql}), ranges (feed_id, first, last) AS MATERIALIZED (
        SELECT feed_id, 0, up_to FROM reaches WHERE up_to > 0
        UNION ALL SELECT history.feed_id, history.first, history.last FROM reaches
        JOIN articles_historyrange AS history ON history.feed_id = reaches.feed_id AND history.last > reaches.up_to)
    SELECT article.id, article.published_at FROM ranges CROSS JOIN articles_article AS article {by_arrival}
    WHERE article.feed_id = ranges.feed_id AND article.id >= ranges.first AND article.id <= ranges.last LIMIT %s"""  # noqa: S608
    rows = Article.objects.raw(found, [*params, article_keys.WALK + 1])
    return [(row.published_at, row.pk) for row in rows]
