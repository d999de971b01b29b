"""Deleting a feed with everything that was kept of it: as an operator asked, or as nobody is left to see it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.ingest.store import delete_articles
from articles.kept_counts.rows import put_out_of_date
from articles.models import Article, ArticleLabel, ArticleState, Note, Tombstone
from feeds.models import Departure, Feed, Subscription
from feeds.subscriptions import departures, own

BATCH = 2000


def delete_feed(feed: Feed) -> int:
    """Delete `feed` and its articles, batch by batch, so that neither memory nor a transaction grows with their number.
    Broken off, it leaves a paused feed with fewer articles, and can be asked again. Returns how many articles went."""
    _stop(Feed.objects.filter(pk=feed.pk))
    deleted = _delete_articles(Article.objects.filter(feed_id=feed.pk))
    feed.delete()
    return deleted


def leave(reader: User, feed: Feed) -> int:
    """End the reader's subscription. Articles of a feed that is shared with the site stay; those of one that nobody is
    left to see go. Returns how many went."""
    is_last = own.is_last(reader, feed)
    own.unfollow(reader, feed)
    put_out_of_date(reader)
    return delete_unseen(feed) if is_last else 0


def leave_for_now(reader: User, feed: Feed) -> None:
    """End the reader's subscription, as an app asks: it has shown no warning. What `leave` would delete goes some days
    later, unless somebody follows the feed by then."""
    is_last = own.is_last(reader, feed)
    own.unfollow(reader, feed)
    put_out_of_date(reader)
    if is_last:
        departures.note(reader, feed)
        _stop(Feed.objects.filter(pk=feed.pk, is_shared=False, subscriptions=None))


def delete_unseen(feed: Feed) -> int:
    """Delete a feed that is not shared and has no subscriber, with all its articles but those that somebody has
    starred, labelled or written a note on; with such ones it stays, and stands still until somebody follows it again.
    Where it is not so any more, nothing is deleted. Returns how many went."""
    if not _stop(Feed.objects.filter(pk=feed.pk, is_shared=False, subscriptions=None)):
        return 0  # somebody has begun to follow it, or staff have shared it
    deleted = _delete_articles(Article.objects.filter(~is_kept(), feed_id=feed.pk))
    if not Article.objects.filter(feed_id=feed.pk).exists():
        feed.delete()
        return deleted
    # Whoever follows it again gets what its document holds then, as if it were new.
    Tombstone.objects.filter(feed_id=feed.pk).delete()
    Feed.objects.filter(pk=feed.pk).update(etag="", last_modified="", body_hash="", seen_entries=b"")
    return deleted


def private_to(reader: User) -> QuerySet[Feed]:
    """The feeds that nobody is left to see without `reader`, and those that they left by an app."""
    mine = Subscription.objects.filter(feed=OuterRef("pk"), user=reader)
    others = Subscription.objects.filter(feed=OuterRef("pk")).exclude(user=reader)
    return Feed.objects.filter(Exists(mine) | Q(departure__user=reader), ~Exists(others), is_shared=False)


def delete_account(reader: User) -> None:
    """Delete an account with all that is its own, and the feeds that nobody else sees. Broken off, it leaves these to
    `delete_orphans`."""
    feeds = list(private_to(reader))
    User.objects.get(pk=reader.pk).delete()
    for feed in feeds:
        delete_unseen(feed)


def delete_orphans(now: datetime) -> int:
    """Delete private feeds whose last subscriber has gone with their account, or has left by an app and not come back.
    Returns how many there were."""
    unseen = Feed.objects.filter(is_shared=False, subscriptions=None)
    orphans = [*departures.over(now), *unseen.filter(departure=None).exclude(state=Feed.State.PAUSED)]
    for feed in orphans:
        delete_unseen(feed)
    Departure.objects.filter(feed__in=[feed.pk for feed in orphans]).delete()
    return len(orphans)


def gone_and_kept(feed: Feed) -> tuple[int, int]:
    """The number of a feed's articles that go with its last subscriber, and of those that stay as somebody has starred
    or labelled them, or written a note on them."""
    kept = feed.articles.filter(is_kept()).count()
    return feed.article_count - kept, kept


def is_kept() -> Q:
    """The condition that somebody has starred an article, labelled it, or written a note on it."""
    starred = ArticleState.objects.filter(article=OuterRef("pk"), starred_at__isnull=False)
    labelled, noted = (rows.filter(article=OuterRef("pk")) for rows in (ArticleLabel.objects, Note.objects))
    return Q(Exists(starred)) | Q(Exists(labelled)) | Q(Exists(noted))


def _stop(feeds: QuerySet[Feed]) -> int:
    """A poll that is running loses its lease and with it the right to store what it finds. Returns how many feeds were
    stopped."""
    return feeds.update(state=Feed.State.PAUSED, lease=None, leased_until=None)


def _delete_articles(articles: QuerySet[Article]) -> int:
    deleted, pks = 0, articles.order_by("pk").values_list("pk", flat=True)
    while ids := list(pks[:BATCH]):
        deleted += delete_articles(ids)
    return deleted
