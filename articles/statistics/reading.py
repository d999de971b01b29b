"""The numbers of one reader's last days: what their feeds brought, and what they read and starred of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.contrib.auth.models import User
from django.db.models import CharField, Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from articles.lists.arrival import border_of
from articles.models import Article, ArticleState, HistoryRange, StoryMember
from feeds.models import Feed
from feeds.subscriptions.own import call_by_own_titles
from feeds.subscriptions.visibility import followed_feeds

PERIODS = (7, 30, 90)  # days


@dataclass(frozen=True, slots=True)
class FeedReading:
    """The articles of one feed that came in, were read and starred in the period."""

    feed: Feed
    came: int
    read: int
    starred: int

    @property
    def share(self) -> int:
        """Per cent of what came that was read; of a feed whose older articles were read, 100 at most."""
        return min(100, 100 * self.read // self.came) if self.came else 0


@dataclass(frozen=True, slots=True)
class InTime:
    """The numbers of articles that came in and that were read in one piece of time."""

    came: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The last days of a reader. `feeds`: all that they follow, the most read first; `hours`: 24 of the reader's day;
    `days`: the oldest first."""

    feeds: list[FeedReading]
    hours: list[InTime]
    days: dict[date, InTime]
    came: int
    read: int
    starred: int

    @property
    def never_read(self) -> list[FeedReading]:
        """The feeds that brought something of which nothing was read or starred, what brought the most first; none
        where the reader has read nothing at all, as after a holiday."""
        if not self.read:
            return []
        idle = [row for row in self.feeds if row.came and not row.read and not row.starred]
        return sorted(idle, key=lambda row: -row.came)


def reading_of(reader: User, days: int, now: datetime) -> Reading:
    """The reader's last `days` days, today among them, in the time zone that is on. Read is what they opened or marked
    themselves, one by one or by the page: marking all of a list is no reading, and neither is what a rule marks. A
    story is read in each of its feeds, and once in all. What was fetched of a feed's history did not come in."""
    zone = timezone.get_current_timezone()
    today = timezone.localdate(now)
    dates = [today - timedelta(days=back) for back in reversed(range(days))]
    since = timezone.make_aware(datetime.combine(dates[0], time.min))
    feeds = list(followed_feeds(reader, quiet=True).order_by("pk"))
    call_by_own_titles(feeds, reader)
    followed = followed_feeds(reader, quiet=True).order_by().values("pk")
    came = Article.objects.filter(pk__gt=border_of(since).before, received_at__gte=since, feed__in=followed)
    came = came.exclude(_IN_HISTORY)
    states = ArticleState.objects.filter(user=reader, article__feed__in=followed)
    read = states.filter(is_read=True, read_by_rule=False, changed_at__gte=since)
    starred = states.filter(starred_by_rule=False, starred_at__gte=since)
    came_by_feed, read_by_feed = _by(came, "feed"), _by(read, "article__feed")
    starred_by_feed = _by(starred, "article__feed")
    came_at, read_at = _moments(came, "received_at", zone), _moments(read.exclude(_carried(reader)), "changed_at", zone)
    rows = [FeedReading(feed, came_by_feed[feed.pk], read_by_feed[feed.pk], starred_by_feed[feed.pk]) for feed in feeds]
    return Reading(
        feeds=sorted(rows, key=lambda row: (-row.read, -row.came, row.feed.name.casefold())),
        hours=[
            InTime(*(sum(n for moment, n in found if moment.hour == hour) for found in (came_at, read_at)))
            for hour in range(24)
        ],
        days=_days(dates, came_at, read_at),
        came=came_by_feed.total(),
        read=sum(n for _moment, n in read_at),
        starred=starred_by_feed.total(),
    )


_IN_HISTORY = Exists(
    HistoryRange.objects.filter(feed=OuterRef("feed"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
)


def _carried(reader: User) -> Exists:
    """The condition on a state that it was written with that of another article of its story."""
    story = StoryMember.objects.filter(article=OuterRef(OuterRef(OuterRef("article")))).values("story")
    others = StoryMember.objects.filter(story__in=story).values("article")
    states = ArticleState.objects.filter(user=reader, is_read=True, changed_at=OuterRef("changed_at"))
    return Exists(states.filter(article__in=others, article__lt=OuterRef("article")))


def _by(rows: QuerySet[Any], column: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(column).annotate(n=Count("pk"))))


def _moments(rows: QuerySet[Any], column: str, zone: tzinfo) -> list[tuple[datetime, int]]:
    """The minutes in which something was, in `zone`, with how many it were. The database counts by the first letters
    of the time: functions that know zones are Python's in SQLite, and asked for each row. Zones differ by minutes."""
    minute = Substr(Cast(column, CharField()), 1, 16)
    found = rows.order_by().values_list(minute).annotate(n=Count("pk"))
    return [(datetime.fromisoformat(f"{text}+00:00").astimezone(zone), n) for text, n in found]


def _days(
    dates: Iterable[date], came: list[tuple[datetime, int]], read: list[tuple[datetime, int]]
) -> dict[date, InTime]:
    by_day: tuple[Counter[date], Counter[date]] = Counter(), Counter()
    for counter, found in zip(by_day, (came, read), strict=True):
        for moment, n in found:
            counter[moment.date()] += n
    return {each: InTime(by_day[0][each], by_day[1][each]) for each in dates}
