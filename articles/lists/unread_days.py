"""The unread articles of one day of a feed: what a row of a feed of low importance stands for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from django.contrib.auth.models import User
from django.utils import timezone

from articles.lists.low_feeds import MOST_AT_ONCE, edge_of_day
from articles.lists.pages import finder
from articles.lists.scope import Span
from articles.lists.selection import Selection, Show
from feeds.models import Feed


def unread_of_day(feed: Feed, day: date, reader: User, *, up_to: int) -> list[int]:
    """The ids of what is unread of a day of a feed in the reader's lists, of the articles with an id up to `up_to`."""
    noon = datetime.combine(day, time(12), timezone.get_current_timezone())
    find, start = finder(Selection(feed=feed, show=Show.UNREAD), reader), edge_of_day(noon, is_end=False)
    near = Span(key=(edge_of_day(noon, is_end=True), 0), newer=False, limit=MOST_AT_ONCE)
    found: list[int] = []
    while True:
        keys = find(near)
        found += [pk for at, pk in keys if at >= start and pk <= up_to]
        if len(keys) < near.limit or keys[-1][0] < start:
            return found
        near = replace(near, key=keys[-1])
