"""The recount: labels at once, saved searches one by one within a time, those first that waited longest."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from articles.kept_counts.models import KeptCounts
from articles.kept_counts.rows import counts_of
from articles.labels.models import ArticleLabel, Label
from articles.lists.article_keys import Scope, Span, unread_keys
from articles.lists.pages import newest_id, scope_of
from articles.lists.selection import Selection
from articles.lists.stream_keys import Stream, fitting
from articles.saved_searches.models import NOT_LOST, SavedSearch
from articles.saved_searches.own import selection_of
from articles.search.find import Search, SearchTimeout
from articles.search.hit_page import Among, newest_hits
from articles.search.query.matching import OfReader
from articles.search.reader_leaves import MOST_CHOSEN
from articles.stories.rows import fold_of
from feeds.subscriptions.own import zone_of
from feeds.writes import UNWRITABLE, soon

MOST = 99  # unread hits of a saved search that are told exactly
PAUSE = timedelta(seconds=15)  # between two recounts for one reader, however much they mark
HERE = timedelta(minutes=30)  # since a visit was noted, that a reader counts as being here
PATIENCE = 0.1  # seconds of looking through the candidates of one search
WAIT = 0.5  # seconds that a page waits for the row at most
WAIT_OF_WORKERS = 30.0


def is_due(row: KeptCounts) -> bool:
    """True where articles came in since the numbers were counted, or the reader changed something, or the recount did
    not come to its end. One query at most."""
    return row.counted_at is None or row.is_stale or bool(row.left) or newest_id() > row.counted_to


def recount(reader: User, *, now: datetime, seconds: float, wait: float = WAIT_OF_WORKERS) -> KeptCounts:
    """The reader's numbers, counted anew as far as `seconds` reach; what they do not reach is as it was, and the next
    recount begins with it. Days begin in the time zone of `now`. `wait`: as of `soon`. Raises UNWRITABLE."""
    end = monotonic() + seconds
    # Before anything is counted: what is marked meanwhile puts the numbers out of date again.
    begun = {"is_stale": False, "counted_to": newest_id(), "counted_at": now}
    with soon(wait):
        row, _ = KeptCounts.objects.update_or_create(
            user=reader, defaults=begun, create_defaults=begun | {"seen_at": now}
        )
    rows = SavedSearch.objects.filter(NOT_LOST, user=reader)
    saved = {each.pk: each for each in rows.select_related("feed", "category")}
    waiting = list(dict.fromkeys([*(pk for pk in row.left if pk in saved), *saved]))
    row.searches = {pk: number for pk, number in row.searches.items() if int(pk) in saved}
    if monotonic() < end:
        row.labels = {str(pk): number for pk, number in unread_of_labels(reader).items()}
    else:
        row.is_stale = True
    unread = _unread(reader) if waiting and monotonic() < end else None
    while waiting and monotonic() < end:
        number = _unread_of(saved[waiting[0]], reader, now, unread)
        if number is not None:
            row.searches[str(waiting[0])] = number
        del waiting[0]
    row.left = waiting
    with soon(wait):
        # Never `is_stale` where it is False here: the reader may have marked something since.
        row.save(update_fields=["labels", "searches", "left", *(["is_stale"] if row.is_stale else [])])
    return row


def recount_if_due(reader: User, *, seconds: float) -> KeptCounts:
    """The reader's numbers, counted anew where they are due and were not just counted; as last counted where the
    database can't be written now. A reader who keeps nothing has none, and they are never due."""
    row, now = counts_of(reader), timezone.localtime()
    if (row.counted_at is None or row.counted_at + PAUSE < now or row.left) and is_due(row):
        if not User.objects.filter(_keeps_something("pk"), pk=reader.pk).exists():
            return KeptCounts(user=reader, is_stale=False, counted_to=newest_id(), counted_at=now)
        with suppress(*UNWRITABLE):
            return recount(reader, now=now, seconds=seconds, wait=WAIT)
    return row


def recount_all(*, seconds: float) -> int:
    """The number of readers whose numbers were counted anew: of those who are here and keep something, the longest
    uncounted first, as many as `seconds` reach."""
    end, now = monotonic() + seconds, timezone.localtime()
    is_out_of_date = Q(is_stale=True) | Q(counted_at=None) | ~Q(left=[]) | Q(counted_to__lt=newest_id())
    rows = KeptCounts.objects.filter(is_out_of_date, _keeps_something("user"), seen_at__gt=now - HERE)
    counted = 0
    for row in rows.order_by(F("counted_at").asc(nulls_first=True)).select_related("user"):
        if monotonic() > end:
            break
        recount(row.user, now=now.astimezone(zone_of(row.user)), seconds=end - monotonic())
        counted += 1
    return counted


def _keeps_something(reader: str) -> Q:
    """The condition that `reader`, a column, has labels or saved searches."""
    kept = (model.objects.filter(user=OuterRef(reader)) for model in (Label, SavedSearch))
    labels, searches = (Exists(rows) for rows in kept)
    return Q(labels) | Q(searches)


def unread_of_labels(reader: User) -> Counter[int]:
    """The number of unread articles that each label is on, by the label's id."""
    rows = list(ArticleLabel.objects.filter(label__user=reader).values_list("label", "article"))
    keys = [(_ANY_TIME, pk) for pk in {article for _, article in rows}]
    unread = {pk for _, pk in fitting(Stream(scope=Scope(), is_read=False), reader, keys)}
    fold = fold_of(reader)
    earlier = fold.earlier(unread) if fold else {}
    on = {(label, article) for label, article in rows if article in unread}
    return Counter(
        label for label, article in on if not any((label, other) in on for other in earlier.get(article, ()))
    )


_ANY_TIME = timezone.now()  # which of the articles are unread does not depend on it


def _unread(reader: User) -> Among | None:
    """The unread articles in the feeds that a search goes through which names none; None where that is much. Found once
    for all searches: to each of them it would be nearly all of the work."""
    scope = scope_of(Selection(), reader, quiet=True, with_doubles=True)  # hits are folded among hits
    keys = unread_keys(scope, reader, Span(key=None, newer=False, limit=MOST_CHOSEN + 1))
    if len(keys) > MOST_CHOSEN:
        return None
    return Among(frozenset(pk for _, pk in keys), min((moment for moment, _ in keys), default=None))


def _unread_of(saved: SavedSearch, reader: User, now: datetime, unread: Among | None) -> int | None:
    """The number of unread hits, no more than one over MOST; None where the database gave up."""
    selection = selection_of(saved).newest_first()
    search = Search(selection=selection, reader=reader, now=now, patience=PATIENCE)
    # What is starred or labelled may be in feeds that the reader has left, and a feed may be one they do not follow.
    is_inside = not (selection.feed or selection.category or selection.is_personal)
    try:
        if unread is not None and is_inside:
            hits, _are_all = newest_hits(search, MOST, among=unread)
        else:
            hits, _are_all = newest_hits(search, MOST, also=(OfReader("is", "unread"),))
    except SearchTimeout:
        return None
    return len(hits)
