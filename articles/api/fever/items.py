"""Articles that an app is fed, by their ids: it keeps all of them, and walks from the first one on, or from the last.

A new app that walked through an archive of a million would ask twenty thousand times. So it is fed what came in in the
last days, and of what is older what is unread or starred; its owner may let it have everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User

from articles.lists.arrival import border_of
from articles.lists.hidden import not_hidden
from articles.lists.pages import Selection, scope_of
from articles.lists.stream_keys import Stream, fitting
from articles.lists.unread_counts import unread_ids
from articles.models import Article, ArticleState
from articles.querysets import ArticleQuerySet
from articles.settled_ids import settled_id
from articles.stories.rows import fold_of_starred, rows_among
from feeds.subscriptions.visibility import followed_feeds, visible_to

PAGE = 50
CHUNK, CHUNKS = 2_000, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Ids from `start` on, which is left out, upwards or downwards."""

    start: int
    is_up: bool

    def of(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        if self.is_up:
            return articles.filter(pk__gt=self.start).order_by("pk")
        return articles.filter(pk__lt=self.start).order_by("-pk")

    def among(self, ids: list[int]) -> list[int]:
        """The next PAGE of ids that are in order."""
        if self.is_up:
            at = bisect_right(ids, self.start)
            return ids[at : at + PAGE]
        at = bisect_left(ids, self.start)
        return ids[max(0, at - PAGE) : at][::-1]


def fed_ids(reader: User, walk: Walk, now: datetime, *, is_whole: bool) -> list[int]:
    """The ids of the next articles, PAGE at most."""
    floor = 0 if is_whole else border_of(now - timedelta(days=settings.APP_DAYS)).before
    # An app goes on from the greatest id that it was given: nothing below that may come in later.
    articles = _followed(reader).filter(pk__lte=settled_id())
    young, old = articles.filter(pk__gt=floor), articles.filter(pk__lte=floor)
    found: list[int] = []
    for part in (old, young) if walk.is_up else (young, old):
        if len(found) < PAGE:
            found += _marked(reader, part, walk) if part is old and floor else _next(walk.of(part), PAGE)
    return found[:PAGE]


def unread(reader: User) -> list[int]:
    """All unread articles of the feeds that the reader follows, in the order of their ids."""
    return unread_ids(reader, followed_feeds(reader, quiet=True))


def starred(reader: User) -> list[int]:
    """All starred articles that the reader may see, in the order of their ids."""
    states = ArticleState.objects.filter(user=reader, starred_at__isnull=False)
    seen = states.filter(visible_to(reader, "article__feed__")).values("article")
    rows = rows_among(Article.objects.filter(pk__in=seen), fold_of_starred(reader, is_seen=True))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _followed(reader: User) -> ArticleQuerySet:
    scope = scope_of(Selection(), reader, quiet=True)
    articles = rows_among(not_hidden(Article.objects.all(), reader), scope.fold)
    return articles if scope.is_all else articles.filter(feed__in=scope.feeds())


def _next(articles: ArticleQuerySet, size: int) -> list[int]:
    return list(articles.values_list("pk", flat=True)[:size])


def _marked(reader: User, articles: ArticleQuerySet, walk: Walk) -> list[int]:
    """Of old articles those that are unread or starred: what is next is looked through, and where they are too rare for
    that, all that there are are asked."""
    found: list[int] = []
    place = walk
    for _ in range(CHUNKS):
        rows = list(place.of(articles).values_list("published_at", "pk")[:CHUNK])
        every = Stream(scope=scope_of(Selection(), reader, quiet=True))
        wanted = {
            pk
            for kind in (replace(every, is_read=False), replace(every, is_starred=True))
            for _, pk in fitting(kind, reader, rows)
        }
        found += [pk for _, pk in rows if pk in wanted]
        if len(found) >= PAGE or len(rows) < CHUNK:
            return found[:PAGE]
        place = replace(place, start=rows[-1][1])
    ids = sorted({*unread(reader), *starred(reader)})
    rest = walk.among(ids)
    return [pk for pk in rest if pk in set(articles.filter(pk__in=rest).values_list("pk", flat=True))]
