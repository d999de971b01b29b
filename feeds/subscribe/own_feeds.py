"""Feeds that a reader adds: for the site, which staff may, or for themselves, where nobody else sees them."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from feeds.addresses import change_address
from feeds.http import Client, FetchPolicy
from feeds.models import Category, Feed, Subscription
from feeds.parse import spellings
from feeds.polls.standstill import fresh_start, pause
from feeds.subscribe.add import subscribe
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Reader, followed_feeds

MOST_SECONDS = 25  # that a page or an app waits for all that is asked of publishers in its request


class NoRoom(ValueError):
    """The reader has as many feeds of their own as the site lets them have. The message tells them so."""


def may_add(reader: Reader) -> bool:
    """True where `reader` may add feeds: staff for the site, others for themselves where the site lets them."""
    return reader.is_authenticated and (reader.is_staff or settings.READERS_ADD_FEEDS)


def while_someone_waits(policy: FetchPolicy) -> FetchPolicy:
    """A worker is patient with slow publishers; a person in front of a page or an app is not."""
    return replace(policy, connect_timeout=5, read_timeout=10, total_timeout=15)


def waiting_client(until: float | None = None) -> Client:
    """A client for what somebody waits for: in MOST_SECONDS from now, or at `until`, all of it is over."""
    return Client(
        while_someone_waits(settings.FETCH_POLICY), until=time.monotonic() + MOST_SECONDS if until is None else until
    )


def room_of(reader: User) -> float:
    """The number of feeds that the reader may still add for themselves alone (NEWSREADER_FEEDS_PER_READER); no end of
    them for staff. What is shared with the site does not count."""
    if reader.is_staff or not settings.FEEDS_PER_READER:
        return math.inf
    return max(0, settings.FEEDS_PER_READER - Subscription.objects.filter(user=reader, feed__is_shared=False).count())


def no_room() -> str:
    """The sentence that refuses a feed."""
    text = _("You have %(limit)d feeds of your own, the most that this site allows. Unsubscribe from one first.")
    return text % {"limit": settings.FEEDS_PER_READER}


def add_for(
    reader: User,
    *,
    url: str,
    title: str = "",
    site_url: str = "",
    recipe: Mapping[str, str] | None = None,
    category: Category | None = None,
    for_site: bool,
) -> tuple[Feed, bool]:
    """The feed at `url`, which the reader follows from now on, and whether they did not before. A feed that another
    reader has for themselves is kept once; staff who add it for the site share it. Raises ValueError where `url` is no
    address that can be fetched, NoRoom."""
    with transaction.atomic():
        place = category if for_site else None
        feed, is_new = subscribe(url, title=title, site_url=site_url, category=place, is_shared=for_site, recipe=recipe)
        if place and not is_new:
            Feed.objects.filter(pk=feed.pk, category=None).update(category=place, position=0)
        follows = not is_new and followed_feeds(reader, quiet=True).filter(pk=feed.pk).exists()
        if not follows:
            if not feed.is_shared and room_of(reader) < 1:
                raise NoRoom(no_room())
            own.follow(reader, feed, category=None if for_site else category)
    return feed, is_new or not follows


def move_address(reader: User, feed: Feed, url: str) -> Feed:
    """The feed that stands where `feed` stood among the reader's, now at `url`. Raises NoRoom.

    Staff have the feed itself asked there. A reader's own is asked there only where the two are spellings of one
    address; else it is paused, with all that came from its address, and the feed at the other one, whoever has it by
    now, takes its title and place. So a feed holds what its own publisher gave, for who follows it later."""
    is_spelling = spellings.key(url) == spellings.key(feed.url)
    if reader.is_staff or (is_spelling and not Feed.objects.filter(url=url).exists()):
        change_address(feed, url, **fresh_start())
        return feed
    with transaction.atomic():
        if room_of(reader) < 1:
            raise NoRoom(no_room())
        found, _is_new = subscribe(url, title=feed.title, site_url=feed.site_url, is_shared=False, recipe=feed.recipe)
        own.follow_instead(reader, feed, found)
        pause(Feed.objects.filter(pk=feed.pk))
    return found
