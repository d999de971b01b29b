"""Private feeds that their last subscriber left by an app, which warns of nothing: they are kept for some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Departure, Feed
from feeds.statements import Given, Statement

GRACE = timedelta(days=7)
_DEPARTURES = Statement(lambda: Departure.objects.filter(user=Given("reader")).values_list("pk")[:1])


def note(reader: User, feed: Feed) -> None:
    """Let the reader come back to the feed for GRACE from now on."""
    Departure.objects.update_or_create(feed=feed, defaults={"user": reader, "left_at": timezone.now()})


def departures_of(reader: User) -> QuerySet[Departure]:
    """The feeds that the reader can come back to."""
    left = Departure.objects.filter(user=reader, feed__is_shared=False, feed__subscriptions=None)
    return left.select_related("feed").order_by("left_at", "pk")


def has_departures(reader: User) -> bool:
    """True where the reader left feeds; mostly nobody did."""
    return bool(_DEPARTURES.rows(reader=reader.pk))


def over(now: datetime) -> QuerySet[Feed]:
    """The feeds that nobody came back to in time."""
    return Feed.objects.filter(is_shared=False, subscriptions=None, departure__left_at__lt=now - GRACE)
