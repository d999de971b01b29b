"""The outcomes of a feed's polls in its last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from feeds.models import Feed, Poll

DAYS = 30  # for so long polls are kept
_BAD = (Poll.Outcome.FAILED, Poll.Outcome.GONE)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the reader's calendar: how often the feed was asked, how often in vain, and what was new."""

    date: date
    checks: int = 0
    failed: int = 0
    articles: int = 0


def last_days(feed: Feed, now: datetime) -> list[Day]:
    """The last DAYS days of `feed`, the oldest first, by one query. What a hub has pushed is no check."""
    today = timezone.localdate(now)
    dates = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    since = timezone.make_aware(datetime.combine(dates[0], time.min))
    rows = (
        Poll.objects.filter(feed=feed, started_at__gte=since)
        .order_by()
        .values(date=TruncDate("started_at"))
        .annotate(
            checks=Count("pk", filter=~Q(outcome=Poll.Outcome.PUSHED)),
            failed=Count("pk", filter=Q(outcome__in=_BAD)),
            articles=Sum("new_articles"),
        )
    )
    found = {row["date"]: Day(**row) for row in rows}
    return [found.get(each) or Day(each) for each in dates]
