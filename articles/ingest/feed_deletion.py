"""Deleting a feed together with everything that was kept of it, as an operator asked."""

from __future__ import annotations

from articles.ingest.store import delete_articles
from articles.models import Article
from feeds.models import Feed

BATCH = 2000


def delete_feed(feed: Feed) -> int:
    """Delete `feed` and its articles, batch by batch, so that neither memory nor a transaction grows with their number.
    Broken off, it leaves a paused feed with fewer articles, and can be asked again. Returns how many articles went."""
    # A poll that is running loses its lease and with it the right to store what it finds.
    Feed.objects.filter(pk=feed.pk).update(state=Feed.State.PAUSED, lease=None, leased_until=None)
    articles = Article.objects.filter(feed_id=feed.pk).order_by("pk").values_list("pk", flat=True)
    deleted = 0
    while ids := list(articles[:BATCH]):
        deleted += delete_articles(ids)
    feed.delete()
    return deleted
