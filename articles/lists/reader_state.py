"""What a reader does with articles: read, unread, star, mark all read. Idempotent; the only writer of reader state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.lists.arrival import last_until
from articles.lists.pages import Selection, Show, newest_id, scope_of
from articles.models import Article, ArticleState, ReadMark

BATCH = 2_000  # rows in one write


def mark_read(reader: User, articles: Iterable[Article], *, read: bool = True) -> None:
    """Mark articles read, or put them back to unread."""
    mark_ids_read(reader, (article.pk for article in articles), read=read)


def mark_ids_read(reader: User, ids: Iterable[int], *, read: bool = True) -> None:
    """The same of articles that are there, by their ids, however many."""
    now = timezone.now()
    # Each once and in one order: two requests that write the same rows must neither collide nor wait for each other.
    ArticleState.objects.bulk_create(
        [ArticleState(user=reader, article_id=pk, is_read=read, changed_at=now) for pk in sorted(set(ids))],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "article"],
        update_fields=["is_read", "changed_at"],
    )


def star(reader: User, article: Article, *, on: bool) -> None:
    """Star an article or take the star away. A second star keeps the time of the first."""
    star_ids(reader, [article.pk], on=on)


def star_ids(reader: User, ids: Iterable[int], *, on: bool) -> None:
    """The same of articles that are there, by their ids, however many."""
    now, ordered = timezone.now(), sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        states = ArticleState.objects.filter(user=reader, article__in=some)
        if not on:
            states.exclude(starred_at=None).update(starred_at=None)
            continue
        ArticleState.objects.bulk_create(
            [ArticleState(user=reader, article_id=pk, starred_at=now) for pk in some], ignore_conflicts=True
        )
        states.filter(starred_at=None).update(starred_at=now)


def mark_all_read_until(reader: User, selection: Selection, moment: datetime) -> None:
    """Count what had come in by `moment` as read, and nothing that came in later."""
    up_to, stragglers = last_until(moment)
    scope = scope_of(replace(selection, show=Show.ALL), reader)
    with transaction.atomic():
        mark_all_read(reader, selection, up_to=up_to)
        inside = Article.objects.filter(pk__in=stragglers)
        if not scope.is_all:
            inside = inside.filter(feed__in=scope.feeds())
        mark_ids_read(reader, inside.values_list("pk", flat=True))


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
