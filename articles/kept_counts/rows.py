"""The row of numbers that a reader has: read, and put out of date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from articles.kept_counts.models import KeptCounts, RecentArticle
from articles.kept_counts.recent import note_ids
from feeds.statements import Given, Statement, all_columns, changing

FEW = 200  # articles that are noted one by one
_COLUMNS = all_columns(KeptCounts)
_MOVED = "has_moved"
_COUNTS = Statement(
    lambda: (
        KeptCounts.objects.filter(pk=Given("reader")).annotate(**{_MOVED: has_moved()}).values_list(*_COLUMNS, _MOVED)
    )
)

_FRESH = Statement(lambda: changing(KeptCounts.objects.filter(pk=Given("reader"), is_stale=False), is_stale=True))
_ALL_FRESH = Statement(lambda: changing(KeptCounts.objects.filter(is_stale=False), is_stale=True))


def counts_of(reader: User) -> KeptCounts:
    """The reader's numbers; an unsaved row with none where nothing was ever counted. One query."""
    rows = _COUNTS.objects(KeptCounts, (*_COLUMNS, _MOVED), reader=reader.pk)
    return next(iter(rows), None) or KeptCounts(user=reader)


def has_moved() -> Exists:
    """The condition that articles came in or changed after a row's numbers were counted."""
    return Exists(RecentArticle.objects.filter(at__gt=OuterRef("counted_at")))


def put_out_of_date(reader: User | int) -> None:
    """Says that the numbers may be others: the reader has marked or starred something."""
    pk = getattr(reader, "pk", reader)
    if not _FRESH.change(reader=pk) and connection.in_atomic_block:
        # Who changes no row holds none: a recount may begin and end before others see what was marked.
        transaction.on_commit(partial(_FRESH.change, reader=pk))


def have_looked_anew(reader: User | int, ids: Collection[int] | None = None) -> None:
    """Says that these articles of the reader's are unread again, or any (None): searches may find more than they
    did."""
    if ids is not None and len(ids) <= FEW:
        note_ids(ids)
        put_out_of_date(reader)
    else:
        KeptCounts.objects.filter(pk=getattr(reader, "pk", reader)).update(is_stale=True, is_whole=True)


def put_all_out_of_date() -> None:
    """The same for every reader: articles have become one, or two, or are gone, or a rule of the site has acted."""
    _put_all_out_of_date()
    if connection.in_atomic_block:  # as above
        transaction.on_commit(_put_all_out_of_date)


def _put_all_out_of_date() -> None:
    _ALL_FRESH.change()


def have_all_looked_anew(ids: Collection[int] | None = None) -> None:
    """Says that these articles are unread again for many readers, or that searches may find any that they did not
    (None)."""
    if ids is not None and len(ids) <= FEW:
        note_ids(ids)
        put_all_out_of_date()
    else:
        KeptCounts.objects.update(is_stale=True, is_whole=True)


def have_all_counted_at_once() -> None:
    """Says that nothing of what was counted may hold: a backup was restored, whose stories and index are made anew."""
    KeptCounts.objects.update(is_stale=True, is_whole=True, counted_at=None)


def have_counted_at_once(reader: User | int) -> None:
    """The same of what happens seldom, and whose number somebody looks for: a label put on, a search saved."""
    KeptCounts.objects.filter(pk=getattr(reader, "pk", reader)).update(is_stale=True, counted_at=None)


def on_sight_changed(reader_ids: Collection[int] | None, **_signal: object) -> None:
    """Says that readers, or all of them (None), see other feeds, or under other names: what `feeds.sight_changes`
    tells."""
    if reader_ids is None:
        put_all_out_of_date()
    for reader in reader_ids or ():
        have_counted_at_once(reader)


def note_visit(reader: User, at: datetime) -> None:
    """Says that the reader is here, so that their numbers are worth counting."""
    KeptCounts.objects.update_or_create(user=reader, defaults={"seen_at": at})
