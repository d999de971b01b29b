"""The articles that a feed document holds, and the documents that are beside it (RFC 5005).

A subscription document holds the newest articles. Where a view is the archive of its feeds, archive documents hold the
rest, cut by closed periods (see formats.periods); a period with more than ARCHIVE_SIZE articles has several. What
the subscription document leaves out of the hour that still runs is reached by a cursor. All other views are paged; so
are those by arrival, whatever they hold: what comes in late would change documents that are closed.
Every document costs a few probes of an index, whatever the archive holds. A page comes with the signatures of its
articles, which tell whether it has changed: for the subscription document of all articles, or of a feed, that is one
query in all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from articles.export.formats.periods import Period, period_named, period_of
from articles.export.signatures import Signature, nearest, signatures
from articles.lists import cursors
from articles.lists.cursors import BadCursor, Cursor
from articles.lists.pages import Show, finder
from articles.lists.scope import Finder, Span
from articles.querysets import Key, is_by_arrival
from articles.search.find import Search, found_page

ARCHIVE_SIZE = 200
Place = dict[str, str]
"""The parameters of a document's address beside the view's own: none for the subscription document or the first
page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The articles of a document in their order, and the documents beside it by relation."""

    signatures: list[Signature]
    links: dict[str, Place] = field(default_factory=dict)
    is_archive: bool = False

    @property
    def article_ids(self) -> list[int]:
        return [signature.article_id for signature in self.signatures]


class NoSuchArchive(LookupError):
    """No period of that name, or one that has not ended."""


def has_archive(search: Search) -> bool:
    """True where the view is an archive: all articles of its feeds, by publication. What is unread or found today may
    not be tomorrow."""
    return not search.text and search.selection.show is Show.ALL and not search.selection.is_by_arrival


def subscription(search: Search, *, size: int) -> Page:
    """The newest articles of a view that has an archive. The link leads to the document with the next older article,
    so that nothing is lost between the two."""
    found = nearest(search, Span(key=None, newer=False, limit=size + 1))
    page = Page(signatures=found[:size])
    keys = [signature.key for signature in found]
    if len(keys) > size:
        page.links["prev-archive"] = _document_after(keys[size - 1], keys[size], search.now)
    elif closed := [key for key in keys if key < _before(_month_start(search.now))]:
        page.links["prev-archive"] = _document_of(closed[0], search.now)
    return page


def archive(search: Search, *, name: str, cursor: str = "") -> Page:
    """The archive document of that name. Raises NoSuchArchive, BadCursor."""
    period, place = period_named(name), cursors.read(cursor)
    if period is None or not (place or period.is_closed(search.now)):
        raise NoSuchArchive(name)
    if place and not period.start <= place.key[0] <= period.end:
        raise BadCursor(cursor)
    find = finder(search.selection, search.reader)
    keys, older = _keys_in(find, period, place)
    links: dict[str, Place] = {"current": {}}
    if older:
        inside = period.has(older[0])
        links["prev-archive"] = _cut(period, Cursor(keys[-1])) if inside else _document_of(older, search.now)
    if later := _later(find, period, keys, search.now):
        links["next-archive"] = later
    return Page(signatures=signatures([pk for _, pk in keys]), links=links, is_archive=True)


def paged(search: Search, *, cursor: str, size: int) -> Page:
    """A page of any view. Raises BadCursor, articles.search.find.SearchTimeout."""
    if search.text:
        hits = found_page(search, cursor=cursor, size=size)
        found, older, newer = signatures(hits.article_ids), hits.next_cursor, hits.previous_cursor
    else:
        found, older, newer = _page_of_list(search, cursor, size)
    links: dict[str, Place] = {"first": {}}
    if older:
        links["next"] = {"cursor": older}
    if cursor:
        links["previous"] = {"cursor": newer}
    return Page(signatures=found, links=links)


def _page_of_list(search: Search, cursor: str, size: int) -> tuple[list[Signature], str, str]:
    place, selection = cursors.read(cursor), search.selection
    if place and is_by_arrival(place.key) != selection.is_by_arrival:
        place = None  # the order was changed since: the top
    if place and place.newer:
        found = nearest(search, Span(key=place.key, newer=True, limit=size + 1))
        if len(found) > size:
            page = found[size - 1 :: -1]
            return page, str(Cursor(page[-1].key_in(selection))), str(Cursor(page[0].key_in(selection), newer=True))
        place = None  # at the top: the first page, full
    found = nearest(search, Span(key=place.key if place else None, newer=False, limit=size + 1))
    page = found[:size]
    older = str(Cursor(page[-1].key_in(selection))) if len(found) > size else ""
    return page, older, str(Cursor(page[0].key_in(selection), newer=True)) if place and page else ""


def _keys_in(find: Finder, period: Period, place: Cursor | None) -> tuple[list[Key], Key | None]:
    """The keys of one document of the period: the newest, or those beside the place, newest first; and the next older
    key after them, None where there is none."""
    start = place.key if place else _before(period.end)
    if place and place.newer:
        return _newer_keys(find, period, place.key)
    near = find(Span(key=start, newer=False, limit=ARCHIVE_SIZE + 1))
    keys = [key for key in near[:ARCHIVE_SIZE] if period.has(key[0])]
    return keys, near[len(keys)] if len(near) > len(keys) else None


def _newer_keys(find: Finder, period: Period, start: Key) -> tuple[list[Key], Key | None]:
    """The same of those that are newer than `start`."""
    near = find(Span(key=start, newer=True, limit=ARCHIVE_SIZE))
    keys = [key for key in near if period.has(key[0])][::-1]
    older = find(Span(key=keys[-1] if keys else _before(period.start), newer=False, limit=1))
    return keys, older[0] if older else None


def _later(find: Finder, period: Period, keys: list[Key], now: datetime) -> Place | None:
    """The next newer document, if it is closed. A period that is cut is entered at its old end, with a cursor."""
    newer = find(Span(key=keys[0] if keys else _before(period.end), newer=True, limit=1))
    if not newer or not period.is_closed(now):
        return None
    if period.has(newer[0][0]):
        return _cut(period, Cursor(keys[0], newer=True))
    following = period_of(newer[0][0], now)
    if not following.is_closed(now):
        return None
    start = _before(following.start)
    beyond = find(Span(key=start, newer=True, limit=ARCHIVE_SIZE + 1))[ARCHIVE_SIZE:]
    is_cut = beyond and following.has(beyond[0][0])
    return _cut(following, Cursor(start, newer=True)) if is_cut else {"archive": following.name}


def _document_of(key: Key, now: datetime) -> Place:
    return {"archive": period_of(key[0], now).name}


def _document_after(last: Key, older: Key, now: datetime) -> Place:
    """The document with `older`; in the hour that still runs, what comes after `last`."""
    period = period_of(older[0], now)
    return {"archive": period.name} if period.is_closed(now) else _cut(period, Cursor(_within(last, period)))


def _within(key: Key, period: Period) -> Key:
    return key if period.has(key[0]) else _before(period.end)


def _cut(period: Period, cursor: Cursor) -> Place:
    return {"archive": period.name, "cursor": str(cursor)}


def _before(moment: datetime) -> Key:
    """The place between what is older than `moment` and what is not: no article has the id 0."""
    return (moment, 0)


def _month_start(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
