"""The demo's subscriptions."""

from __future__ import annotations

import re

from django.db.models import Value
from django.db.models.functions import Replace

from feeds.models import Category, Feed
from feeds.subscribe.add import subscribe
from newsreader.demo import Publisher
from newsreader.demo.catalogue import CATALOGUE

OURS = re.compile(r"^http://127\.0\.0\.1:\d+")


def subscribe_to(publisher: Publisher) -> None:
    """Subscribe to every feed of `publisher`, where the reader of the demo has not yet; follow it to a new port."""
    for old in {match[0] for url in Feed.objects.values_list("url", flat=True) if (match := OURS.match(url))}:
        if old != publisher.address:
            moved = Replace("url", Value(old), Value(publisher.address))
            Feed.objects.filter(url__startswith=f"{old}/").update(url=moved, moved_to="", moved_polls=0)
    if Feed.objects.exists():
        return  # whoever tries it out may also remove a feed
    for source in CATALOGUE:
        category, _new = Category.objects.get_or_create(
            owner=None, slug=source.category_slug, defaults={"name": source.category}
        )
        feed, _new = subscribe(publisher.address + source.path, category=category)
        if source.check_every_minutes:
            Feed.objects.filter(pk=feed.pk).update(check_every_minutes=source.check_every_minutes)
        if source.behaviour == "parts":
            Feed.objects.filter(pk=feed.pk).update(whole_articles=Feed.WholeArticles.PARTIAL)
