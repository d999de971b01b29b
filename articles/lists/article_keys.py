"""The keys of the articles of a list page, found in the same time whatever the archive holds.

A database's planner chooses by averages. "Newest 50 of these feeds" it answers by walking the date index until 50 have
turned up: a second or more in a large archive where they are rare or old. So the plan is chosen here, by the same rule
on both databases, and each of its queries is written so that it has only one way to run:

1. Walk the index, but no more than WALK entries of it. Mostly that fills the page.
2. Otherwise ask each feed by itself: for its nearest article (all), or for what came after its mark (unread).

So a page costs at most one bounded walk and a few index seeks a feed. Starred articles, and those that were put back to
unread by hand, are found from the reader's own rows, which are few. Every index that is used holds all that is asked
of it; the rows are read once, by primary key, for the page itself (see articles.lists.pages).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from articles.lists.gaps import articles_in_gaps, reaches_of, with_gaps
from articles.lists.scope import Scope, Span
from articles.models import Article, ArticleState, HistoryRange, ReadMark
from articles.querysets import ARRIVED, ArticleQuerySet, Key
from articles.stories.rows import Fold, rows_among
from feeds.models import Feed
from feeds.statements import Given, Statement, parts

_NEWEST = Statement(lambda: Article.objects.order_by("-pk").values_list("pk")[:1])
_REACH = Statement(
    lambda: (
        ReadMark.objects.filter(user=Given("reader"))
        .order_by()
        .values(is_of_all=Q(feed=None))
        .annotate(up_to=Max("up_to"))
        .values_list("is_of_all", "up_to")
    )
)
WALK = 4_000
MOST_FEEDS = 1_000  # named in a query
MOST_KEPT = 256  # articles of a page whose query is kept as SQL: the limit is a part of it
MANY = 1_000  # more than any page has: what an app asks for at once


def newest_id() -> int:
    """The greatest article id, 0 where there is none."""
    return next(iter(_NEWEST.column()), 0)


def one_walk(scope: Scope) -> ArticleQuerySet | None:
    """All articles of the scope, where any span of them is one walk of an index, so that it may stand inside another
    query; None where they are put together."""
    return rows_among(_index(scope), scope.fold) if scope.is_one_walk else None


def all_keys(scope: Scope, span: Span) -> list[Key]:
    if scope.is_one_walk:
        return _nearest(scope, span)
    feeds = [*scope.feed_ids()]
    if _share(feeds) * WALK >= span.limit:
        if len(feeds) > MOST_FEEDS or span.limit > MOST_KEPT:
            found, is_complete = _walk(scope, span, _articles(scope))
        else:
            found, is_complete = _walk_of("all", "feeds", scope.fold, span, feeds=feeds)
        if is_complete:
            return found
    return _merge(scope, span, rows_among(Article.objects.all(), scope.fold))


def _nearest(scope: Scope, span: Span) -> list[Key]:
    """The keys of the span in a scope that is one walk: what all lists of all or of a feed ask, and each article."""
    if span.limit > MOST_KEPT:
        return span.take(_articles(scope))
    return span.keys(_keys(_one_index(scope), scope.fold, span, feed=scope.feed_id))


def _one_index(scope: Scope) -> str:
    return "all" if scope.feed_id is None else "feed"


def _walk_of(index: str, of: str, fold: Fold | None, span: Span, **given: Any) -> tuple[list[Key], bool]:
    """The same as `_walk`, by SQL that is made once."""
    last = span.keys(_keys(index, None, replace(span, limit=1), skipped=WALK, feed=given.get("feed")))
    found = span.keys(_keys(of, fold, span, end=last[0] if last else None, **given))
    return found, not last or len(found) == span.limit


def _keys(
    of: str, fold: Fold | None, span: Span, *, end: Key | None = None, skipped: int = 0, **given: Any
) -> list[tuple[Any, ...]]:
    """The columns of the span's keys. `of`: all articles or those of one feed or some, of which it may say that they
    are unread, or unread and after a mark."""
    values = {**given, **(fold.values if fold else {})}
    for key, names in ((span.key, ("published_at", "id")), (end, ("end_at", "end_id"))):
        if key:
            values[names[1]] = key[1]
            if not span.by_arrival:
                values[names[0]] = connection.ops.adapt_datetimefield_value(key[0])
    shape = span.newer, span.key is not None, end is not None, skipped, span.limit, span.by_arrival
    return _KEYS.rows(of, fold and fold.shape, *shape, **values)


def _key_rows(
    of: str,
    fold: tuple[str, str] | None,
    newer: bool,
    has_key: bool,
    has_end: bool,
    skipped: int,
    limit: int,
    by_arrival: bool,
) -> QuerySet[Article, Any]:
    articles = Article.objects.all()
    index, *conditions = of.split(", ")
    if index == "feed":
        articles = articles.filter(feed=Given("feed"))
    rows = rows_among(articles, None if fold is None else Fold.given(*fold))
    if index == "feeds":
        # A truth that no index is looked up by, and that Postgres takes to hold of half of them however many feeds are
        # given: it has one plan for all then, where it would plan anew for each list of feeds.
        some = Given("feeds", is_set=True)
        rows = rows.filter(Coalesce(Q(feed__pk__in=[some]), False, output_field=BooleanField()))
    if "unread" in conditions:
        rows = _no_history(_not_read_singly(rows, Given("reader")))
    if "marked" in conditions:
        rows = rows.alias(place=_fenced("id")).filter(place__gt=Given("reach", BigIntegerField()))
    if has_end:
        rows = rows.no_further_than(_given_key("end_at", "end_id", by_arrival), newer=newer)
    key = _given_key("published_at", "id", by_arrival) if has_key else None
    span = Span(key=key, newer=newer, limit=limit, by_arrival=by_arrival)
    return span.of(rows).values_list(*span.columns)[skipped : skipped + limit]


def _given_key(at: str, pk: str, by_arrival: bool) -> Key:
    place = ARRIVED if by_arrival else Given(at, DateTimeField()), Given(pk, BigIntegerField())
    return cast(Key, place)


_KEYS = Statement(_key_rows)


def walked_keys(scope: Scope, span: Span) -> tuple[list[Key], bool]:
    """The keys that a bounded walk finds of the scope, and True where they are all that the span asks."""
    return _walk(scope, span, _articles(scope))


def starred_keys(scope: Scope, reader: User, span: Span) -> list[Key]:
    return keys_among(ArticleState.objects.filter(user=reader, starred_at__isnull=False), scope, span)


def singly_read_keys(scope: Scope, reader: User, span: Span) -> list[Key]:
    """The keys of the articles that were marked read one by one."""
    return keys_among(ArticleState.objects.filter(user=reader, is_read=True), scope, span)


_UNREAD_SINGLY = Statement(
    lambda: ArticleState.objects.filter(user=Given("reader"), is_read=False).values_list("pk")[:1]
)


def unread_keys(scope: Scope, reader: User, span: Span) -> list[Key]:
    """By the rule of ReadMark, HistoryRange and ArticleState; pages.is_unread states it again in Python."""
    untouched = _untouched_keys(scope, reader, span)
    back = keys_among(put_back(reader), scope, span) if _UNREAD_SINGLY.rows(reader=reader.pk) else []
    return span.nearest([*untouched, *back])


def _untouched_keys(scope: Scope, reader: User, span: Span) -> list[Key]:
    """Those that no mark covers and that are not read one by one: an article put back counts only from a mark on."""
    reach: dict[bool, int] = dict(_REACH.rows(reader=reader.pk))
    of_all, of_feed = reach.get(True, 0), reach.get(False, 0)
    if of_all >= newest_id():
        return []
    if not of_all and not of_feed:
        return _without_marks(scope, reader, span)
    if scope.is_one_walk and of_feed <= of_all and span.limit <= MOST_KEPT:
        index, given = _one_index(scope), {"feed": scope.feed_id, "reader": reader.pk, "reach": of_all}
        found, is_complete = _walk_of(index, f"{index}, unread, marked", scope.fold, span, **given)
    else:
        articles = _no_history(_not_read_singly(_articles(scope), reader))
        if of_all:
            articles = articles.alias(place=_fenced("id")).filter(place__gt=of_all)
        if of_feed > of_all:
            marks = ReadMark.objects.filter(user=reader, feed=OuterRef("feed")).order_by("-up_to").values("up_to")[:1]
            articles = articles.alias(mark=Coalesce(Subquery(marks), 0)).filter(mark__lt=F("id"))
        found, is_complete = _walk(scope, span, articles)
    if is_complete:
        return found
    return _after_marks(reaches_of(scope.feeds(), reader, of_all), scope, reader, span)


def _without_marks(scope: Scope, reader: User, span: Span) -> list[Key]:
    """A walk loses no more entries to single articles than the reader has rows, and to history than there is: it may be
    as much longer. Where most of the scope is history, what is not is looked up instead."""
    history = _history_in(scope)
    is_bare_walk = not history and scope.is_one_walk
    if is_bare_walk and span.limit <= MOST_KEPT:
        index = _one_index(scope)
        return span.keys(_keys(f"{index}, unread", scope.fold, span, feed=scope.feed_id, reader=reader.pk))
    unread = _no_history(_not_read_singly(_articles(scope), reader))
    if is_bare_walk:
        return span.take(unread)
    longer = ArticleState.objects.filter(user=reader).count()
    found, is_complete = _walk(scope, span, unread, longer=longer)
    if is_complete:
        return found
    if _is_mostly_history(scope, history):
        reaches = scope.feeds().order_by().annotate(reach=Value(0))
        return _after_marks(reaches.values_list("pk", "reach"), scope, reader, span)
    if scope.is_one_walk:
        return span.take(unread)
    found, is_complete = _walk(scope, span, unread, longer=longer + history) if history else (found, False)
    if is_complete:
        return found
    return _merge(scope, span, _no_history(_not_read_singly(rows_among(Article.objects.all(), scope.fold), reader)))


def _is_mostly_history(scope: Scope, history: int) -> bool:
    total = scope.feeds().aggregate(total=Sum("article_count"))["total"] or 0
    return history > total - history


def _history_in(scope: Scope) -> int:
    """The number of articles of the scope that are history."""
    if scope.is_one_walk:
        return sum(_HISTORY.column(scope.is_all, feed=scope.feed_id))
    ranges = HistoryRange.objects.filter(feed__in=scope.feeds())
    return ranges.aggregate(size=Sum(F("last") - F("first") + 1))["size"] or 0


_HISTORY = Statement(
    lambda is_of_all: (
        HistoryRange.objects.filter(Q() if is_of_all else Q(feed=Given("feed")))
        .annotate(one=Value(1))
        .values("one")
        .annotate(size=Coalesce(Sum(F("last") - F("first") + 1), 0))
        .values_list("size")
    )
)


def _articles(scope: Scope) -> ArticleQuerySet:
    """The scope's articles, to be walked by date."""
    rows = rows_among(_index(scope), scope.fold)
    if scope.is_one_walk:
        return rows
    return rows.alias(feed_key=_fenced("feed")).filter(feed_key__in=scope.feeds().values("pk"))


def _index(scope: Scope) -> ArticleQuerySet:
    """All that the index holds which a walk of the scope goes along."""
    return Article.objects.all() if scope.feed_id is None else Article.objects.filter(feed=scope.feed_id)


def _fenced(column: str) -> ExpressionWrapper[CombinedExpression]:
    """The column as a value that no index is looked up by."""
    return ExpressionWrapper(F(column) + 0, BigIntegerField())


def _share(feeds: list[int]) -> float:
    """About how much of the archive these feeds have."""
    counts = [_COUNTS.rows(feeds=some)[0] for some in parts(feeds)]
    return sum(inside or 0 for _, inside in counts) / max((of_all or 1 for of_all, _ in counts), default=1)


_COUNTS = Statement(
    lambda: (
        Feed.objects.order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(of_all=Sum("article_count"), inside=Sum("article_count", filter=Q(pk__in=[Given("feeds")])))
        .values_list("of_all", "inside")
    )
)


def _walk(scope: Scope, span: Span, articles: ArticleQuerySet, *, longer: int = 0) -> tuple[list[Key], bool]:
    """The keys of `articles` among the next entries of the index, and True where they are all that the span asks. The
    entries are WALK, or twice as many as an app asks for at once; and `longer` more."""
    last = (WALK if span.limit <= MANY else 2 * span.limit) + longer
    end = span.keys(span.of(_index(scope)).values_list(*span.columns)[last : last + 1])
    found = span.take(articles.no_further_than(end[0], newer=span.newer) if end else articles)
    return found, not end or len(found) == span.limit


def _not_read_singly(articles: ArticleQuerySet, reader: User | Given) -> ArticleQuerySet:
    """Not marked read one by one. A scalar subquery is looked up row by row; NOT EXISTS might hash them all."""
    state = ArticleState.objects.filter(user=reader, article=OuterRef("pk")).values("is_read")[:1]
    return articles.alias(is_read=Coalesce(Subquery(state), False)).filter(is_read=False)


def _no_history(articles: ArticleQuerySet) -> ArticleQuerySet:
    """The articles that were news when they came in. Looked up row by row, too."""
    history = HistoryRange.objects.filter(feed=OuterRef("feed"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
    # Most articles of history are in the nearest range before them.
    nearest = history.order_by("-first").values(is_there=Value(True))[:1]
    # A truth, as in articles.stories.rows.
    return articles.alias(is_history=Coalesce(Subquery(nearest), False)).filter(is_history=False)


def put_back(reader: User | Given) -> QuerySet[ArticleState]:
    """The states of articles that were put back to unread and not marked since."""
    later = ReadMark.objects.filter(user=reader, up_to__gte=OuterRef("article"), created_at__gte=OuterRef("changed_at"))
    in_all, in_feed = later.filter(feed=None), later.filter(feed=OuterRef("article__feed"))
    return ArticleState.objects.filter(~Exists(in_all), ~Exists(in_feed), user=reader, is_read=False)


# Lists that are put together from a reader's rows or from what each feed has. The ORM makes the parts, but not
# materialized subqueries, LATERAL, or on SQLite UNION ALL of slices: what keeps a planner from doing it another way.

BRANCHES = 400  # SQLite takes 500 in a compound SELECT
ANY_FEED = -1


def _merge(scope: Scope, span: Span, articles: ArticleQuerySet) -> list[Key]:
    """Merge the feeds. Only those can be on the page whose nearest article is among the `limit` nearest."""
    nearest = span.of(articles.filter(feed=OuterRef("pk"))).values(span.columns[0])[:1]
    heads = scope.feeds().order_by().annotate(head=Subquery(nearest)).values_list("head", "pk")
    ordered = sorted(filter(itemgetter(0), heads), reverse=not span.newer)
    last = ordered[: span.limit][-1:]
    feeds = [pk for head, pk in ordered if (head <= last[0][0] if span.newer else head >= last[0][0])]
    sql, params = (
        span.of(articles.filter(feed=ANY_FEED)).values("id", "published_at")[: span.limit].query.sql_with_params()
    )
    found: list[Key] = []
    for start in range(0, len(feeds), BRANCHES):
        some = feeds[start : start + BRANCHES]
        union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS feed{number}" for number in range(len(some)))  # noqa: S608
        values = [feed if value == ANY_FEED else value for feed in some for value in params]
        found += _fetch(union, values, span)
    return span.nearest(found)


def keys_among(rows: QuerySet[Any], scope: Scope, span: Span) -> list[Key]:
    """The articles of a reader's rows, of whichever kind: these first, then each article by its primary key, then all
    else."""
    mine, params = rows.order_by().values("article").query.sql_with_params()
    found = f"""mine (id) AS MATERIALIZED ({mine}), found AS MATERIALIZED (
        SELECT article.id, article.published_at, article.feed_id
        FROM mine CROSS JOIN articles_article AS article WHERE article.id = mine.id)"""  # noqa: S608
    conditions, values = _has_row(scope)
    if not scope.is_all:
        feeds, feed_params = scope.feeds().order_by().values("pk").query.sql_with_params()
        conditions, values = [f"feed_id IN ({feeds})", *conditions], [*feed_params, *values]
    return _nearest_found(found, params, conditions, values, span)


def _has_row(scope: Scope) -> tuple[list[str], list[Any]]:
    """Conditions on `found`, with their parameters: that an article has a row in the scope."""
    if scope.fold is None:
        return [], []
    condition, params = scope.fold.is_row("found.id")
    return [condition], list(params)


def _after_marks(reaches: QuerySet[Feed, Any], scope: Scope, reader: User, span: Span) -> list[Key]:
    """The keys of what came after its feed's marks, is not history, and not read singly. `reaches`: each feed and the
    id that they reach to. Nothing of history is looked at, however large it is: only what is between its ranges."""
    gaps, params = with_gaps(reaches)
    found = f"""{gaps}, found AS MATERIALIZED (
        SELECT article.id, article.published_at, gaps.feed_id FROM {articles_in_gaps()})"""  # noqa: S608
    unread = """
        NOT coalesce((SELECT is_read FROM articles_articlestate WHERE user_id = %s AND article_id = found.id), %s)"""
    conditions, values = _has_row(scope)
    return _nearest_found(found, params, [unread, *conditions], [reader.pk, False, *values], span)


def _nearest_found(
    found: str, params: Sequence[Any], conditions: list[str], condition_params: Sequence[Any], span: Span
) -> list[Key]:
    beyond, key = span.beyond()
    where = " AND ".join([*conditions, beyond])
    sql = f"WITH {found} SELECT id, published_at FROM found WHERE {where}"  # noqa: S608
    return _fetch(sql, [*params, *condition_params, *key], span)


def _fetch(sql: str, params: Sequence[Any], span: Span) -> list[Key]:
    rows = Article.objects.raw(f"{sql} ORDER BY {span.order()} LIMIT %s", [*params, span.limit])
    return [(ARRIVED if span.by_arrival else row.published_at, row.pk) for row in rows]
