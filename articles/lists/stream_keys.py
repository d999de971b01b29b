"""Articles as apps ask for them: read or not, starred or not, and by when they came in, in the order that lists have.

The lists of the pages are some of these, and are found by the same plans. The rest is one plan more: a feed at a time,
the ids that came in within the window, and of these the ones that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from articles.lists.arrival import border_of
from articles.lists.article_keys import all_keys, keys_among, newest_id, starred_keys, unread_keys
from articles.lists.gaps import BEYOND, in_history, reach_of_all
from articles.lists.hidden import shown
from articles.lists.scope import Finder, Scope, Span
from articles.models import Article, ArticleLabel
from articles.querysets import Key

AT_ONCE = 10_000  # ids in one query
CHUNK = 1_000
ROUNDS = 3
WORTH_PASSING = 0.25  # of the archive: to look at all of it takes as long


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The articles of a stream: None is for either, or for all. `since` and `until`, both included: when they came
    in. `with_hidden`: also what rules have hidden from lists."""

    scope: Scope
    is_read: bool | None = None
    is_starred: bool | None = None
    label_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_hidden: bool = False

    @property
    def is_window(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def leaves_out_hidden(self) -> bool:
        """True where something hidden could be among them: it is neither unread nor starred."""
        is_list = self.label_id is None and not self.with_hidden
        return is_list and self.is_read is not False and not self.is_starred


def stream_keys(stream: Stream, reader: User, span: Span) -> list[Key]:
    """The keys that the span asks of the stream."""
    if stream.scope.is_nothing:
        return []
    sift = partial(fitting, stream, reader)
    if stream.label_id is not None:
        rows = ArticleLabel.objects.filter(label=stream.label_id)
        return _sifted(partial(keys_among, rows, stream.scope), span, sift)
    if stream.is_starred:
        return _sifted(partial(starred_keys, stream.scope, reader), span, sift)
    if stream.is_window:
        return _arrived(stream, reader, span)
    if stream.is_read:
        return _read_keys(stream, reader, span)
    find: Finder = partial(unread_keys, stream.scope, reader)
    if stream.is_read is None:
        find = partial(all_keys, stream.scope)
        find = shown(find, reader) if stream.leaves_out_hidden else find
    return find(span) if stream.is_starred is None else _sifted(find, span, sift)


def _read_keys(stream: Stream, reader: User, span: Span) -> list[Key]:
    """Mostly nearly all is read: what is not is left out of what is next. Where little is, everything is asked."""
    found: list[Key] = []
    key = span.key
    for _ in _rounds(reader, span.limit + CHUNK):
        missing = span.limit - len(found)
        near = Span(key=key, newer=span.newer, limit=missing + missing // 8 + CHUNK)
        keys = all_keys(stream.scope, near)
        found += fitting(stream, reader, keys)
        if len(found) >= span.limit or len(keys) < near.limit:
            return found[: span.limit]
        key = keys[-1]
    return _arrived(stream, reader, span)


def _rounds(reader: User, limit: int) -> Iterator[int]:
    """The looks at what is next that are worth it: a few, and where the reader's mark on everything covers most of the
    archive, as many as it takes to pass what came in since."""
    yield from range(ROUNDS)
    newest = newest_id()
    since = newest - reach_of_all(reader)
    if since < newest * WORTH_PASSING:
        yield from range(since // limit + 1)


def _sifted(find: Finder, span: Span, sift: Callable[[list[Key]], list[Key]]) -> list[Key]:
    found: list[Key] = []
    key, limit = span.key, max(span.limit, CHUNK)
    while True:
        keys = find(Span(key=key, newer=span.newer, limit=limit))
        found += sift(keys)
        if len(found) >= span.limit or len(keys) < limit:
            return found[: span.limit]
        key = keys[-1]


def fitting(stream: Stream, reader: User, keys: list[Key]) -> list[Key]:
    """Those of the keys whose articles are as the stream asks."""
    fitting: set[int] = set()
    condition = _Condition(stream, reader)
    for start in range(0, len(keys), AT_ONCE):
        ids = [pk for _, pk in keys[start : start + AT_ONCE]]
        some = ", ".join(["%s"] * len(ids))
        sql = f"""WITH found AS MATERIALIZED (SELECT id, feed_id FROM articles_article WHERE id IN ({some}))
            SELECT id FROM found WHERE {condition.sql}"""  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [*ids, *condition.params])
            fitting.update(row[0] for row in cursor.fetchall())
    return [key for key in keys if key[1] in fitting]


def _arrived(stream: Stream, reader: User, span: Span) -> list[Key]:
    """The keys of what came in within the window, by an index that holds all that is asked, gone into once a feed."""
    feeds, params = stream.scope.feeds().order_by().values("pk").query.sql_with_params()
    condition = _Condition(stream, reader)
    if connection.vendor == "postgresql":
        arrivals = """LATERAL (SELECT id, published_at, feed_id FROM articles_article
            WHERE feed_id = feeds.id AND id > %s AND id < %s OFFSET 0) AS article"""
    else:
        arrivals = """articles_article AS article INDEXED BY article_arrivals_of_feed
            WHERE article.feed_id = feeds.id AND article.id > %s AND article.id < %s"""
    where, values = condition.sql, [*params, condition.above, condition.below, *condition.params]
    beyond, key = span.beyond()
    sql = f"""WITH feeds (id) AS MATERIALIZED ({feeds}), found AS MATERIALIZED (
            SELECT article.id, article.published_at, article.feed_id FROM feeds CROSS JOIN {arrivals})
        SELECT id, published_at FROM found WHERE {where} AND {beyond} ORDER BY {span.order()} LIMIT %s"""  # noqa: S608
    return [(row.published_at, row.pk) for row in Article.objects.raw(sql, [*values, *key, span.limit])]


_STARRED = """EXISTS (SELECT 1 FROM articles_articlestate
    WHERE user_id = %s AND article_id = found.id AND starred_at IS NOT NULL)"""

_HIDDEN = """EXISTS (SELECT 1 FROM articles_articlestate
    WHERE user_id = %s AND article_id = found.id AND is_hidden)"""

# The rule of ReadMark, HistoryRange and ArticleState, an article at a time: as pages.is_unread has it in Python.
_READ = f"""CASE (SELECT is_read FROM articles_articlestate WHERE user_id = %s AND article_id = found.id)
    WHEN TRUE THEN TRUE
    WHEN FALSE THEN EXISTS (
        SELECT 1 FROM articles_articlestate AS state JOIN articles_readmark AS mark ON mark.user_id = state.user_id
        WHERE state.user_id = %s AND state.article_id = found.id AND mark.up_to >= found.id
            AND mark.created_at >= state.changed_at AND (mark.feed_id IS NULL OR mark.feed_id = found.feed_id))
    ELSE found.id <= %s OR EXISTS (
        SELECT 1 FROM articles_readmark WHERE user_id = %s AND feed_id = found.feed_id AND up_to >= found.id)
        OR {in_history("found.feed_id", "found.id")} END"""  # noqa: S608

_RECEIVED = "(SELECT received_at FROM articles_article AS own WHERE own.id = found.id)"


class _Condition:
    """The stream's condition on an article, as SQL on `found` (id, feed_id), with its parameters; and the ids between
    which all that fit are. Most rows need no look at when they came in: their ids tell."""

    def __init__(self, stream: Stream, reader: User) -> None:
        self.above, self.below = -1, BEYOND
        conditions, self.params = ["TRUE"], list[Any]()
        adapt = connection.ops.adapt_datetimefield_value
        if stream.since is not None:
            border = border_of(stream.since)
            self.above = border.before
            conditions.append(f"(found.id >= %s OR {_RECEIVED} >= %s)")
            self.params += [border.after, adapt(stream.since)]
        if stream.until is not None:
            border = border_of(stream.until)
            self.below = border.after
            conditions.append(f"(found.id <= %s OR {_RECEIVED} <= %s)")
            self.params += [border.before, adapt(stream.until)]
        if stream.leaves_out_hidden:
            conditions.append(f"NOT {_HIDDEN}")
            self.params.append(reader.pk)
        if stream.is_starred is not None:
            conditions.append(_STARRED if stream.is_starred else f"NOT {_STARRED}")
            self.params.append(reader.pk)
        if stream.is_read is not None:
            conditions.append(f"({_READ})" if stream.is_read else f"NOT ({_READ})")
            self.params += [reader.pk, reader.pk, reach_of_all(reader), reader.pk]
        if stream.scope.fold is not None:
            is_row, params = stream.scope.fold.is_row("found.id")
            conditions.append(is_row)
            self.params += params
        self.sql = " AND ".join(conditions)
