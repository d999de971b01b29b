"""The actions of a reader on articles: read, unread, star, mark many read. Idempotent; the only writer of reader state.

What marks many at once makes a batch. The newest batch of a reader can be undone, exactly: what they touched since
stays as they left it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.sql.subqueries import InsertQuery
from django.utils import timezone

from articles.kept_counts.rows import have_looked_anew, put_out_of_date
from articles.lists.arrival import NO_LOOKS, Looks, last_until
from articles.lists.mark_extent import extent_of
from articles.lists.pages import Selection, Show, scope_of, unread_among
from articles.lists.unread_counts import unread_beside
from articles.models import Article, ArticleState, ReadBatch, ReadMark
from articles.querysets import Key
from articles.settled_ids import settled_id
from articles.stories.rows import with_doubles
from feeds.statements import Given, Statement, merging

BATCH = 2_000  # rows in one write
# What a batch writes tells by the time of its rows how undo finds them, and what was there before. What stays unread
# must be younger than the marks of the batch.
UNTOUCHED, PUT_BACK = timedelta(), timedelta(microseconds=2)
IS_READ, STAYS_UNREAD = timedelta(), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A batch that can be undone, and how many articles it marked; None: all of a list, which nobody counted."""

    batch: UUID
    count: int | None = None


def mark_read(reader: User, articles: Iterable[Article], *, read: bool = True) -> None:
    """Mark articles read, or put them back to unread."""
    mark_ids_read(reader, (article.pk for article in articles), read=read)


def mark_ids_read(reader: User, ids: Iterable[int], *, read: bool = True) -> None:
    """The same of articles that are there, by their ids, however many; and of their doubles, where the reader has one
    stand for all."""
    _write(reader, with_doubles(reader, ids), read=read, at=timezone.now())


_OF_READING = ("is_read", "changed_at", "read_by_rule")


def _read() -> InsertQuery:
    read: Any = {"user_id": Given("reader"), "article_id": Given("article"), "changed_at": Given("at")}
    return merging(ArticleState(is_read=True, **read), unique=("user", "article"), changed=_OF_READING)


_READ = Statement(_read)


def _write(reader: User, ids: Iterable[int], *, read: bool, at: datetime, by_rule: bool = False) -> None:
    some = sorted(set(ids))
    if len(some) == 1 and read and not by_rule:  # an article that somebody opens, as most of what is marked
        _READ.change(reader=reader.pk, article=some[0], at=connection.ops.adapt_datetimefield_value(at))
        put_out_of_date(reader)
        return
    # Each once and in one order: two requests that write the same rows must neither collide nor wait for each other.
    ArticleState.objects.bulk_create(
        [ArticleState(user=reader, article_id=pk, is_read=read, changed_at=at, read_by_rule=by_rule) for pk in some],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "article"],
        # What is hidden stays so when it is opened; put back to unread, it is in lists again.
        update_fields=[*_OF_READING, *(() if read else ("is_hidden",))],
    )
    put_out_of_date(reader) if read else have_looked_anew(reader, some)


def star(reader: User, article: Article, *, on: bool) -> None:
    """Star an article or take the star away. A second star keeps the time of the first."""
    star_ids(reader, [article.pk], on=on)


def star_ids(reader: User, ids: Iterable[int], *, on: bool, at: datetime | None = None) -> None:
    """The same of articles that are there, by their ids, however many, and of their doubles, as with reading; `at`:
    when, if not now."""
    now, ordered = at or timezone.now(), sorted(with_doubles(reader, ids))
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        states = ArticleState.objects.filter(user=reader, article__in=some)
        if not on:
            states.exclude(starred_at=None).update(starred_at=None, starred_by_rule=False)
            continue
        ArticleState.objects.bulk_create(
            [ArticleState(user=reader, article_id=pk, starred_at=now) for pk in some], ignore_conflicts=True
        )
        states.filter(Q(starred_at=None) | Q(starred_by_rule=True)).update(
            starred_at=Coalesce("starred_at", now), starred_by_rule=False, is_hidden=False
        )
    put_out_of_date(reader)


# --- by rules ---------------------------------------------------------------------------------------------------------


def mark_read_by_rule(reader: User, ids: Collection[int], *, at: datetime) -> set[int]:
    """Mark those of these articles read that are unread, and that the reader has not put back to unread. Returns those
    that are read by a rule now, by this one or another."""
    states = ArticleState.objects.filter(user=reader, article__in=ids)
    by_hand = set(states.filter(is_read=False).values_list("article", flat=True))
    if unread := unread_among(ids, reader) - by_hand:
        _write(reader, unread, read=True, at=at, by_rule=True)
    return read_by_rule_among(reader, ids)


def hide_by_rule(reader: User, ids: Collection[int], *, at: datetime) -> set[int]:
    """Hide these articles from lists, but for those that are starred, or that the reader has put back to unread. A row
    of their own says that they are read, whatever marks come and go. Returns those that are hidden now."""
    states = ArticleState.objects.filter(user=reader, article__in=ids)
    kept = set(states.filter(Q(is_read=False) | Q(starred_at__isnull=False)).values_list("article", flat=True))
    read = set(states.filter(is_read=True).values_list("article", flat=True))
    if others := set(ids) - kept - read:
        _write(reader, others, read=True, at=at, by_rule=True)
    states.filter(is_read=True, starred_at=None).update(is_hidden=True)
    return set(states.filter(is_hidden=True).values_list("article", flat=True))


def read_by_rule_among(reader: User, ids: Collection[int]) -> set[int]:
    """Those of these articles that a rule has marked as read, and the reader has not since."""
    states = ArticleState.objects.filter(user=reader, article__in=ids, read_by_rule=True)
    return set(states.values_list("article", flat=True))


def star_by_rule(reader: User, ids: Collection[int], *, at: datetime) -> set[int]:
    """Star those of these articles that are not. Returns those that are starred by a rule now."""
    ArticleState.objects.bulk_create(
        [ArticleState(user=reader, article_id=pk, changed_at=at) for pk in sorted(ids)],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    states = ArticleState.objects.filter(user=reader, article__in=ids)
    states.filter(starred_at=None).update(starred_at=at, starred_by_rule=True, is_hidden=False)
    put_out_of_date(reader)
    return set(states.filter(starred_by_rule=True).values_list("article", flat=True))


def take_back_read(reader: User, ids: Collection[int]) -> None:
    """Have these articles be as they were before a rule marked them read, where nobody has marked them since."""
    states = ArticleState.objects.filter(user=reader, article__in=ids, read_by_rule=True)
    states.update(is_read=None, read_by_rule=False, changed_at=timezone.now())
    _forget_untouched(reader, ids)
    have_looked_anew(reader, ids)


def take_back_hiding(reader: User, ids: Collection[int]) -> None:
    """Have these articles in lists again."""
    ArticleState.objects.filter(user=reader, article__in=ids, is_hidden=True).update(is_hidden=False)


def take_back_stars(reader: User, ids: Collection[int]) -> None:
    """The same of stars."""
    states = ArticleState.objects.filter(user=reader, article__in=ids, starred_by_rule=True)
    states.update(starred_at=None, starred_by_rule=False)
    _forget_untouched(reader, ids)


def _forget_untouched(reader: User, ids: Collection[int]) -> None:
    ArticleState.objects.filter(user=reader, article__in=ids, is_read=None, starred_at=None).delete()
    put_out_of_date(reader)


def mark_all_read_until(reader: User, selection: Selection, moment: datetime, looks: Looks = NO_LOOKS) -> None:
    """Count what had come in by `moment` as read, and nothing that came in later, or that the looks had to miss."""
    up_to, stragglers = last_until(moment, looks)
    scope = scope_of(replace(selection, show=Show.ALL), reader)
    with transaction.atomic():
        mark_all_read(reader, selection, up_to=up_to)
        inside = Article.objects.filter(pk__in=stragglers)
        if not scope.is_all:
            inside = inside.filter(feed__in=scope.feeds())
        mark_ids_read(reader, inside.values_list("pk", flat=True))


def mark_these_read(reader: User, ids: Iterable[int]) -> Made | None:
    """Mark those of these articles read that are unread, and their doubles, as with one. None where there are none:
    what was marked before can still be undone."""
    unread = unread_among(set(ids), reader)
    if not unread:
        return None
    batch, now = uuid4(), timezone.now()
    doubles = with_doubles(reader, unread) - unread
    both = unread | unread_among(doubles, reader) if doubles else unread
    with transaction.atomic():
        _write_of_batch(reader, both, read=True, at=now + IS_READ)
        _keep_batch(reader, batch, now, both)
    return Made(batch, len(unread))


def mark_beside_read(reader: User, selection: Selection, key: Key, *, newer: bool, up_to: int) -> Made | None:
    """Count as read what the list has before `key` (`newer`) or behind it, of the articles with an id up to `up_to`: as
    ListPage.latest_id saw them. None where nothing there is unread. One pass over what is unread, and mostly one row
    for each feed that has some: see articles.lists.mark_extent."""
    scope = scope_of(replace(selection, show=Show.ALL), reader)
    batch, now = uuid4(), timezone.now()
    marks, read, back, count = list[ReadMark](), list[int](), list[int](), 0
    unread = unread_beside(reader, scope.feeds(), key, newer=newer, up_to=up_to)
    for feed, articles in groupby(unread, key=lambda found: found[0]):
        some = [(pk, is_meant) for _, pk, is_meant in articles]
        extent = extent_of(some)
        count += sum(is_meant for _, is_meant in some)
        read += extent.read
        back += extent.back
        if extent.up_to:
            marks.append(ReadMark(user=reader, feed_id=feed, up_to=extent.up_to, batch=batch, created_at=now))
    if not count:
        return None
    with transaction.atomic():
        ReadMark.objects.bulk_create(marks)
        _prune(reader, batch)
        _write_of_batch(reader, read, read=True, at=now + IS_READ)
        _write_of_batch(reader, back, read=False, at=now + STAYS_UNREAD)
        _keep_batch(reader, batch, now, [*read, *back])
    return Made(batch, count)


def mark_all_read(reader: User, selection: Selection, *, up_to: int) -> UUID:
    """Count every article of the selection's feeds with an id up to `up_to` as read: those that ListPage.latest_id saw
    and none that came in since. Returns the batch that undo takes.

    What the list shows of them (unread, starred) does not matter: the mark is the same. One mark of all feeds is made
    only where the reader follows every feed there is: what they do not follow, or do not see, stays as it is, so that
    it is unread when they begin to.
    """
    batch, up_to = uuid4(), max(min(up_to, settled_id()), 0)
    scope = scope_of(replace(selection, show=Show.ALL), reader)
    feeds = [None] if scope.is_all else list(scope.feeds().values_list("pk", flat=True))
    now = timezone.now()
    with transaction.atomic():
        ReadMark.objects.bulk_create(
            [ReadMark(user=reader, feed_id=feed, up_to=up_to, batch=batch, created_at=now) for feed in feeds]
        )
        _prune(reader, batch)
        _keep_batch(reader, batch, now, [])
    return batch


def undo(reader: User, batch: UUID) -> bool:
    """Bring back exactly what was unread before the batch, but for what the reader has touched since. False, and
    nothing happens, where it is not the reader's newest, or undone already."""
    with transaction.atomic():
        made = ReadBatch.objects.select_for_update().filter(user=reader, batch=batch).first()
        if made is None:
            return False
        marks = ReadMark.objects.filter(user=reader, batch=batch).delete()[0]
        states = ArticleState.objects.filter(user=reader)
        within = states.filter(article__gte=made.first, article__lte=made.last)
        singly = list[int]()
        for before, is_read in ((UNTOUCHED, None), (PUT_BACK, False)):
            # What is read is looked up by its time, wherever it is: doubles that came in since carry the batch's.
            read = states.filter(is_read=True, changed_at=made.marked_at + before + IS_READ)
            stays = within.filter(is_read=False, changed_at=made.marked_at + before + STAYS_UNREAD)
            for rows in (read, stays):
                singly += () if marks else rows.values_list("article", flat=True)
                if is_read is None:
                    rows.filter(starred_at=None).delete()
                rows.update(is_read=is_read, is_hidden=False, changed_at=timezone.now())
        made.delete()
        have_looked_anew(reader, None if marks else singly)
    return True


def _write_of_batch(reader: User, unread: Collection[int], *, read: bool, at: datetime) -> None:
    if not unread:
        return
    put_back = ArticleState.objects.filter(
        user=reader, is_read=False, article__gte=min(unread), article__lte=max(unread)
    ).values_list("article", flat=True)
    by_hand = set(put_back).intersection(unread)
    _write(reader, set(unread) - by_hand, read=read, at=at + UNTOUCHED)
    _write(reader, by_hand, read=read, at=at + PUT_BACK)


def _keep_batch(reader: User, batch: UUID, at: datetime, ids: Collection[int]) -> None:
    span = {"first": min(ids), "last": max(ids)} if ids else {"first": 1, "last": 0}
    ReadBatch.objects.update_or_create(user=reader, defaults={"batch": batch, "marked_at": at, **span})
    put_out_of_date(reader)


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
