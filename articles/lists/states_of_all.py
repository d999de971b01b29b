"""The deeds of a rule of the site on the state of each reader who follows an article's feed, and taking it back.

As `reader_state` does it for one reader, by a few statements an article however many readers there are.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from articles.kept_counts.rows import have_all_looked_anew, put_all_out_of_date
from articles.models import Article, ArticleState, HistoryRange, ReadMark, RuleHit
from feeds.subscriptions.visibility import followers_of


def mark_read_for_all(ids: Collection[int], *, at: datetime) -> None:
    """Mark each of these articles read for those to whom it is unread, and who have not put it back to unread."""
    history = HistoryRange.objects.filter(feed=OuterRef("feed"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
    for pk, feed_id, is_shared in _rows_of(Article.objects.filter(~Exists(history), pk__in=ids)):
        marks = ReadMark.objects.filter(Q(feed=None) | Q(feed=feed_id), user=OuterRef("pk"), up_to__gte=pk)
        states = ArticleState.objects.filter(user=OuterRef("pk"), article=pk, is_read__isnull=False)
        _write(followers_of(feed_id, is_shared=is_shared).filter(~Exists(marks), ~Exists(states)), pk, at, hides=False)
    put_all_out_of_date()


def hide_for_all(ids: Collection[int], *, at: datetime) -> None:
    """Hide each of these articles from lists, but for those who have starred it or put it back to unread."""
    for pk, feed_id, is_shared in _rows_of(Article.objects.filter(pk__in=ids)):
        followers = followers_of(feed_id, is_shared=is_shared)
        states = ArticleState.objects.filter(user=OuterRef("pk"), article=pk)
        touched = states.filter(Q(is_read__isnull=False) | Q(starred_at__isnull=False))
        _write(followers.filter(~Exists(touched)), pk, at, hides=True)
        read = ArticleState.objects.filter(article=pk, is_read=True, starred_at=None, is_hidden=False)
        read.filter(user__in=followers.values("pk")).update(is_hidden=True)
    put_all_out_of_date()


def _rows_of(articles: QuerySet[Article]) -> Collection[tuple[int, int, bool]]:
    return articles.order_by("pk").values_list("pk", "feed", "feed__is_shared")


def _write(readers: QuerySet[User], article_id: int, at: datetime, *, hides: bool) -> None:
    """The row that says so, for each of the readers; what a reader does meanwhile stays."""
    values = [Value(each) for each in (article_id, True, at, True, False, hides)]
    select, parameters = readers.order_by("pk").values_list("pk", *values).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(select=select), parameters)


_INSERT = """
INSERT INTO articles_articlestate
    (user_id, article_id, is_read, changed_at, read_by_rule, starred_by_rule, is_hidden) {select}
ON CONFLICT (user_id, article_id) DO UPDATE SET is_read = excluded.is_read, changed_at = excluded.changed_at,
    read_by_rule = excluded.read_by_rule, is_hidden = excluded.is_hidden
WHERE articles_articlestate.is_read IS NULL AND (NOT excluded.is_hidden OR articles_articlestate.starred_at IS NULL)
"""


def take_back_for_all(*, read: Collection[int], hidden: Collection[int]) -> None:
    """Have these articles be as they were before rules of the site marked them read, or hid them, but for those whose
    own rule holds to it, and where nobody has marked them since."""
    shown = ArticleState.objects.filter(article__in=hidden, is_hidden=True)
    shown.filter(_no_own_rule(hidden=True)).update(is_hidden=False)
    unread = ArticleState.objects.filter(article__in=read, read_by_rule=True).filter(_no_own_rule(read=True))
    unread.filter(starred_at=None).delete()  # nobody has touched it
    unread.update(is_read=None, read_by_rule=False, is_hidden=False, changed_at=timezone.now())
    have_all_looked_anew(read)


def _no_own_rule(**deed: Any) -> Q:
    hits = RuleHit.objects.filter(rule__user=OuterRef("user"), article=OuterRef("article"), is_undone=False, **deed)
    return Q(~Exists(hits))
