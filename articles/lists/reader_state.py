"""What a reader does with articles: read, unread, star, mark all read. Idempotent; the only writer of reader state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.lists.pages import Selection, Show, newest_id, scope_of
from articles.models import Article, ArticleState, ReadMark


def mark_read(reader: User, articles: Iterable[Article], *, read: bool = True) -> None:
    """Mark articles read, or put them back to unread."""
    now = timezone.now()
    # Each once and in one order: two requests that write the same rows must neither collide nor wait for each other.
    ids = sorted({article.pk for article in articles})
    ArticleState.objects.bulk_create(
        [ArticleState(user=reader, article_id=pk, is_read=read, changed_at=now) for pk in ids],
        update_conflicts=True,
        unique_fields=["user", "article"],
        update_fields=["is_read", "changed_at"],
    )


def star(reader: User, article: Article, *, on: bool) -> None:
    """Star an article or take the star away. A second star keeps the time of the first."""
    states = ArticleState.objects.filter(user=reader, article=article)
    if not on:
        states.update(starred_at=None)
        return
    now = timezone.now()
    ArticleState.objects.bulk_create(
        [ArticleState(user=reader, article=article, starred_at=now)], ignore_conflicts=True
    )
    states.filter(starred_at=None).update(starred_at=now)


def mark_all_read(reader: User, selection: Selection, *, up_to: int) -> UUID:
    """Count every article of the selection's feeds with an id up to `up_to` as read: those that ListPage.latest_id saw
    and none that came in since. Returns the batch that undo takes.

    What the list shows of them (unread, starred) does not matter: the mark is the same. One mark of all feeds is made
    only where the reader follows every feed there is: what they do not follow, or do not see, stays as it is, so that
    it is unread when they begin to.
    """
    batch, up_to = uuid4(), max(min(up_to, newest_id()), 0)
    scope = scope_of(replace(selection, show=Show.ALL), reader)
    feeds = [None] if scope.is_all else list(scope.feeds().values_list("pk", flat=True))
    now = timezone.now()
    with transaction.atomic():
        ReadMark.objects.bulk_create(
            [ReadMark(user=reader, feed_id=feed, up_to=up_to, batch=batch, created_at=now) for feed in feeds]
        )
        _prune(reader, batch)
    return batch


def undo_mark_all_read(reader: User, batch: UUID) -> None:
    """Bring back exactly what was unread before: by deleting the marks of the batch, as long as it is the newest.
    Nothing happens where it is not the reader's own, or undone already."""
    ReadMark.objects.filter(user=reader, batch=batch).delete()


def _prune(reader: User, newest: UUID) -> None:
    """Delete the marks that another mark covers, so that a reader has at most a few for each feed. A mark that only
    the newest batch covers stays: undoing that batch needs it."""
    reaches: dict[int | None, int] = {}
    covered = []
    marks = ReadMark.objects.filter(user=reader).exclude(batch=newest).order_by("-created_at", "-id")
    for pk, feed, up_to in marks.values_list("pk", "feed", "up_to"):
        if up_to <= max(reaches.get(None, -1), reaches.get(feed, -1)):
            covered.append(pk)
        else:
            reaches[feed] = up_to
    if covered:
        ReadMark.objects.filter(pk__in=covered).delete()
