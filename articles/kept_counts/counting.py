"""The recount: labels at once, saved searches by the hits that are kept of them, else one by one within a time, those
first that waited longest."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from articles.kept_counts import hits, recent
from articles.kept_counts.hits import KEPT, MOST, Hits, Meant
from articles.kept_counts.models import KeptCounts, KeptHits
from articles.kept_counts.rows import counts_of, has_moved
from articles.labels.models import ArticleLabel, Label
from articles.lists.article_keys import unread_keys
from articles.lists.pages import newest_id, scope_of
from articles.lists.scope import Scope, Span
from articles.lists.selection import Selection
from articles.lists.stream_keys import Stream, fitting
from articles.models import Article
from articles.saved_searches.models import NOT_LOST, SavedSearch
from articles.saved_searches.own import selection_of
from articles.search.find import Search, SearchTimeout
from articles.search.hit_page import Among, newest_hits
from articles.search.query.matching import OfReader
from articles.search.reader_leaves import MOST_CHOSEN
from articles.stories.rows import fold_of
from feeds.subscriptions.own import zone_of
from feeds.writes import UNWRITABLE, soon

logger = logging.getLogger(__name__)

MOST_NEW = 3_000  # articles that are held against all searches; where more came in, these are looked through
MOST_ON_PAGE = 100  # while a page waits: more are left to a worker
PAUSE = timedelta(seconds=15)  # between two recounts for one reader, however much they mark
LOST = 2 * PAUSE  # since a recount began that has not ended: it will not, it was killed or could not write
OLDEST = timedelta(minutes=15)  # that numbers get: ages go on, and not all that changes them says so
HERE = timedelta(minutes=30)  # since a visit was noted, that a reader counts as being here
PATIENCE = 0.1  # seconds of looking through the candidates of one search
WAIT = 0.5  # seconds that a page waits for the row at most
WAIT_OF_WORKERS = 30.0
MOST_FAILED = 3  # readers whose numbers can't be written, before the others wait, too


def is_due(row: KeptCounts) -> bool:
    """True where articles came in or changed since the numbers were counted, or the reader changed something, or the
    recount did not come to its end, or it was long ago. One query at most."""
    if row.counted_at is None or row.is_stale or row.left or row.has_moved:
        return True
    age = timezone.now() - row.counted_at
    return (row.is_counting and age > LOST) or age > OLDEST or newest_id() > row.counted_to


def is_unsettled(row: KeptCounts) -> bool:
    """True where the numbers are due, or somebody is counting them: who shows them had better ask once more."""
    return row.is_counting or is_due(row)


def recount(reader: User, *, now: datetime, seconds: float, wait: float = WAIT_OF_WORKERS) -> KeptCounts:
    """The reader's numbers, counted anew as far as `seconds` reach; what they do not reach is as it was, and the next
    recount begins with it. Searches are looked through only where the hits that are kept of them do not tell their
    number. Days begin in the time zone of `now`. `wait`: as of `soon`. Raises UNWRITABLE."""
    end = monotonic() + seconds
    before, row = _begin(reader, now, wait)
    rows = SavedSearch.objects.filter(NOT_LOST, user=reader)
    saved = rows.select_related("feed", "category").in_bulk()
    row.searches = {pk: number for pk, number in row.searches.items() if int(pk) in saved}
    if monotonic() < end:
        row.labels = _by_text(unread_of_labels(reader))
    else:
        row.is_stale = True
    searches = {each.saved.pk: each for each in hits.meant(saved.values(), reader, now)} if monotonic() < end else {}
    found = _moved(searches.values(), reader, before)
    told = hits.numbers(reader, saved.values(), found)
    row.searches |= _by_text(told)
    row.left = [pk for pk in dict.fromkeys([*row.left, *saved]) if pk in saved and pk not in told]
    kept = {pk: found[pk] for pk in told} | _look_through(row, searches, reader, now, end)
    _end(row, kept, now, wait)
    return row


def _by_text(numbers: Mapping[int, int]) -> dict[str, int]:
    """The same by ids as JSON has them."""
    return {str(pk): number for pk, number in numbers.items()}


def _look_through(
    row: KeptCounts, searches: Mapping[int, Meant], reader: User, now: datetime, end: float
) -> dict[int, Hits]:
    """The hits of those searches that are `left`, looked through one after the other until `end`. Their numbers are put
    into the row, and what is left then."""
    found: dict[int, Hits] = {}
    waiting = row.left
    unread = _unread(reader) if waiting and monotonic() < end else None
    while waiting and monotonic() < end and waiting[0] in searches:
        each = searches[waiting.pop(0)]
        looked = _looked_through(each, reader, now, unread)
        if looked is not None:
            found[each.saved.pk], row.searches[str(each.saved.pk)] = looked
    return found


def _begin(reader: User, now: datetime, wait: float) -> tuple[KeptCounts, KeptCounts]:
    """The row as it was, and as it is now that a recount begins. Before anything is counted: what is marked meanwhile
    puts the numbers out of date again."""
    with soon(wait), transaction.atomic():
        KeptCounts.objects.get_or_create(user=reader, defaults={"seen_at": now})
        before = KeptCounts.objects.select_for_update().get(user=reader)
        row = copy(before)
        row.is_stale, row.is_whole, row.is_counting = False, False, True
        row.counted_to, row.counted_at, row.reached_at = newest_id(), now, now
        row.save(update_fields=["is_stale", "is_whole", "is_counting", "counted_to", "counted_at", "reached_at"])
    return before, row


def _end(row: KeptCounts, found: Mapping[int, Hits], now: datetime, wait: float) -> None:
    """Keep what was counted, unless another recount began meanwhile: that one has looked through everything."""
    kept = {str(pk): [each.asked, sorted(each.ids), each.is_all] for pk, each in found.items()}
    # Never `is_stale` where it is False here: the reader may have marked something since.
    stale = {"is_stale": True} if row.is_stale else {}
    with soon(wait), transaction.atomic():
        mine = KeptCounts.objects.filter(pk=row.pk, reached_at=now)
        numbers = {"labels": row.labels, "searches": row.searches, "left": row.left}
        if mine.update(**numbers, is_counting=False, **stale):
            KeptHits.objects.update_or_create(user_id=row.pk, defaults={"searches": kept})


def _moved(searches: Collection[Meant], reader: User, before: KeptCounts) -> dict[int, Hits]:
    """The hits that were kept and still hold, with what is unread of them now and what came since."""
    new = _new_since(before) if searches else None
    if new is None:
        return {}
    new |= set(Article.objects.filter(pk__gt=before.counted_to).values_list("pk", flat=True)[: MOST_NEW + 1])
    if len(new) > MOST_NEW:
        return {}
    kept, is_marked = _kept(reader), before.is_stale
    holding = {
        each: known
        for each in searches
        if (known := kept.get(each.saved.pk)) and known.asked == each.asked and not (is_marked and each.asks_reader)
    }
    return hits.moved(holding, reader, new) if holding else {}


def _new_since(row: KeptCounts) -> set[int] | None:
    """The articles that came in or changed since the numbers of the row were counted; None where these don't tell what
    has changed, or they are too many to be known."""
    if row.is_whole or row.is_counting or row.reached_at is None:
        return None
    return recent.since(row.reached_at, MOST_NEW)


def _kept(reader: User) -> dict[int, Hits]:
    row = KeptHits.objects.filter(user=reader).first()
    rows = row.searches.items() if row else ()
    return {int(pk): Hits(asked, frozenset(ids), is_all) for pk, (asked, ids, is_all) in rows}


def recount_if_due(reader: User, *, seconds: float) -> KeptCounts:
    """The reader's numbers, counted anew where they are due and were not just counted; as last counted where the
    database can't be written now, or so much came in that a worker had better count. A reader who keeps nothing has
    none, and they are never due."""
    row, now = counts_of(reader), timezone.localtime()
    if (row.counted_at is None or row.counted_at + PAUSE < now or row.left) and is_due(row):
        if not User.objects.filter(_keeps_something("pk"), pk=reader.pk).exists():
            return KeptCounts(user=reader, is_stale=False, counted_to=newest_id(), counted_at=now)
        if _is_much(row):
            return row
        with suppress(*UNWRITABLE):
            return recount(reader, now=now, seconds=seconds, wait=WAIT)
    return row


def _is_much(row: KeptCounts) -> bool:
    """True where so much came in that a page would wait for it."""
    new = _new_since(row)
    return new is not None and len(new) > MOST_ON_PAGE


def recount_all(*, seconds: float) -> int:
    """The number of readers whose numbers were counted anew: of those who are here and keep something, the longest
    uncounted first, as many as `seconds` reach."""
    end, now = monotonic() + seconds, timezone.localtime()
    is_out_of_date = Q(is_stale=True) | Q(counted_at=None) | ~Q(left=[]) | Q(counted_to__lt=newest_id())
    is_out_of_date |= Q(is_counting=True, counted_at__lt=now - LOST) | Q(counted_at__lt=now - OLDEST)
    is_out_of_date |= Q(has_moved())
    rows = KeptCounts.objects.filter(is_out_of_date, _keeps_something("user"), seen_at__gt=now - HERE)
    counted, failed = 0, 0
    for row in rows.order_by(F("counted_at").asc(nulls_first=True)).select_related("user"):
        if monotonic() > end:
            break
        try:
            recount(row.user, now=now.astimezone(zone_of(row.user)), seconds=end - monotonic())
        except UNWRITABLE:
            failed += 1
            if failed == MOST_FAILED:  # it is not this reader's row: nothing can be written now
                raise
            logger.warning("the numbers of reader %d could not be written; at the next tick they are", row.pk)
        else:
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


def _looked_through(each: Meant, reader: User, now: datetime, unread: Among | None) -> tuple[Hits, int] | None:
    """The unread hits, as many as are kept, and the number of their rows, no more than one over MOST; None where the
    database gave up."""
    selection = selection_of(each.saved).newest_first()
    search = Search(selection=selection, reader=reader, now=now, patience=PATIENCE)
    # What is starred or labelled may be in feeds that the reader has left, and a feed may be one they do not follow.
    is_inside = not (selection.feed or selection.category or selection.is_personal)
    among: dict[str, Any] = {"also": (OfReader("is", "unread"),)}
    if unread is not None and is_inside:
        among = {"among": unread}
    try:
        first, are_all = newest_hits(replace(search, is_each=True), KEPT, **among)
        found = Hits(each.asked, frozenset(), are_all).of({hit.article_id for hit in first})
        told = hits.numbers(reader, [each.saved], {each.saved.pk: found})
        if told:
            return found, told[each.saved.pk]
        rows, _are_all = newest_hits(search, MOST, **among)
    except SearchTimeout:
        return None
    return found, len(rows)
