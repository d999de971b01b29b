"""Articles whose whole texts are wanted: noted in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from articles.full_text.models import FullText
from feeds.leases.models import host_of
from feeds.models import Feed

if TYPE_CHECKING:  # articles.models asks for this room
    from articles.models import Article

RECENT = timedelta(days=30)  # what is older when it comes in is fetched on request only
ARTICLES_AT_ONCE = 200


def want(articles: Iterable[Article], feed: Feed) -> int:
    """Have the whole texts of new `articles` fetched where that is the rule of their feed. Returns of how many; one
    statement at most, none for a feed without the rule."""
    if feed.whole_articles not in {Feed.WholeArticles.PARTIAL, Feed.WholeArticles.ALWAYS}:
        return 0
    since = timezone.now() - RECENT
    return _want([each for each in articles if each.published_at >= since], feed)


def _want(articles: Iterable[Article], feed: Feed) -> int:
    from articles.extract import sign_of_part  # loads what only such feeds need

    is_always = feed.whole_articles == Feed.WholeArticles.ALWAYS
    rows = [
        FullText(article_id=each.pk, url=each.url, host=host_of(each.url))
        for each in articles
        if host_of(each.url) and (is_always or sign_of_part(each.content_text))
    ]
    if rows:
        FullText.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def want_recent(article_ids: Collection[int]) -> None:
    """Have the whole texts of those of these articles fetched that are recent, and that nothing is known of yet."""
    from articles.models import Article

    if article_ids:
        recent = Article.objects.filter(pk__in=article_ids, published_at__gte=timezone.now() - RECENT, full_text=None)
        rows = [FullText(article_id=pk, url=url, host=host_of(url)) for pk, url in recent.values_list("pk", "url")]
        FullText.objects.bulk_create([row for row in rows if row.host], ignore_conflicts=True)


def want_old(feed: Feed, articles: QuerySet[Article]) -> Iterator[tuple[int, int]]:
    """Have the whole texts of all `articles` of `feed` fetched that nothing is known of yet, by the rule of the feed,
    or where it has none of those that look like a part. Yields again and again how many were looked at, and how many
    are wanted of them."""
    last = looked_at = found = 0
    rows = articles.filter(feed=feed, full_text=None).only("id", "url", "content_text").order_by("id")
    while batch := list(rows.filter(id__gt=last)[:ARTICLES_AT_ONCE]):
        last = batch[-1].pk
        looked_at += len(batch)
        found += _want(batch, feed)
        yield looked_at, found
