"""Feeds that a reader adds: for the site, which staff may, or for themselves, where nobody else sees them."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from feeds.http import FetchPolicy
from feeds.models import Category, Feed
from feeds.subscribe.add import subscribe
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Reader, followed_feeds


def may_add(reader: Reader) -> bool:
    """True where `reader` may add feeds: staff for the site, others for themselves where the site lets them."""
    return reader.is_authenticated and (reader.is_staff or settings.READERS_ADD_FEEDS)


def while_someone_waits(policy: FetchPolicy) -> FetchPolicy:
    """A worker is patient with slow publishers; a person in front of a page or an app is not."""
    return replace(policy, connect_timeout=5, read_timeout=10, total_timeout=15)


def add_for(
    reader: User, *, url: str, title: str = "", site_url: str = "", category: Category | None = None, for_site: bool
) -> tuple[Feed, bool]:
    """The feed at `url`, which the reader follows from now on, and whether they did not before. A feed that another
    reader has for themselves is kept once; staff who add it for the site share it. Raises ValueError where `url` is no
    address that can be fetched."""
    with transaction.atomic():
        place = category if for_site else None
        feed, is_new = subscribe(url, title=title, site_url=site_url, category=place, is_shared=for_site)
        if place and not is_new:
            Feed.objects.filter(pk=feed.pk, category=None).update(category=place)
        follows = not is_new and followed_feeds(reader, quiet=True).filter(pk=feed.pk).exists()
        if not follows:
            own.follow(reader, feed, category=None if for_site else category)
    return feed, is_new or not follows
