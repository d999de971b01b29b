"""The articles that a reader read or starred last, by when they did: what was marked as read with many others is not
among them.

Pages are found by key, the moment and the article's id, along an index of the reader's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import models
from django.db.models import BooleanField, F, Func, QuerySet, Value

from articles.lists.cursors import Cursor, read
from articles.lists.pages import PAGE, load
from articles.lists.readable import readable
from articles.models import Article, ArticleState
from articles.querysets import Key


class Deed(StrEnum):
    """The deed by which a list of articles is made."""

    READ = "read"
    STARRED = "starred"


_MOMENTS = {Deed.READ: "changed_at", Deed.STARRED: "starred_at"}
_ROWS = {Deed.READ: {"is_read": True}, Deed.STARRED: {"starred_at__isnull": False}}


@dataclass(frozen=True, slots=True, kw_only=True)
class LatelyPage:
    """Articles as a list has them, the last first, and when the reader did it by their ids. A cursor is empty where
    there is no such page."""

    articles: list[Article]
    moments: dict[int, datetime]
    next_cursor: str = ""
    previous_cursor: str = ""


def lately_page(what: Deed, reader: User, *, cursor: str = "", size: int = PAGE) -> LatelyPage:
    """A page; one on the way back that would reach the top is the first page instead. Raises BadCursor."""
    place = read(cursor)
    if place and place.newer:
        back = _keys(what, reader, place.key, newer=True, limit=size + 1)
        if len(back) > size:
            keys = back[size - 1 :: -1]
            return _page(keys, reader, has_next=True, has_previous=True)
        place = None
    found = _keys(what, reader, place.key if place else None, newer=False, limit=size + 1)
    keys = found[:size]
    is_behind = bool(place and keys and _keys(what, reader, keys[0], newer=True, limit=1))
    return _page(keys, reader, has_next=len(found) > size, has_previous=is_behind)


def _page(keys: list[Key], reader: User, *, has_next: bool, has_previous: bool) -> LatelyPage:
    return LatelyPage(
        articles=load([pk for _, pk in keys], reader),
        moments={pk: moment for moment, pk in keys},
        next_cursor=str(Cursor(keys[-1])) if has_next else "",
        previous_cursor=str(Cursor(keys[0], newer=True)) if has_previous else "",
    )


def _keys(what: Deed, reader: User, key: Key | None, *, newer: bool, limit: int) -> list[Key]:
    """Moments and ids beyond `key`, of articles that the reader may still read."""
    moment = _MOMENTS[what]
    rows = ArticleState.objects.filter(user=reader, article__in=readable(reader).values("pk"), **_ROWS[what])
    rows = _beyond(rows, moment, key, newer=newer)
    order = (moment, "article_id") if newer else (f"-{moment}", "-article_id")
    return list(rows.order_by(*order).values_list(moment, "article_id")[:limit])


def _beyond(rows: QuerySet[ArticleState], moment: str, key: Key | None, *, newer: bool) -> QuerySet[ArticleState]:
    """A row compared as a whole, as articles.querysets does: one range of the index on both databases."""
    if key is None:
        return rows
    row = "(%(expressions)s)"
    is_beyond = Func(
        Func(F(moment), F("article_id"), template=row),
        Func(Value(key[0], models.DateTimeField()), Value(key[1], models.BigIntegerField()), template=row),
        template="%(expressions)s",
        arg_joiner=" > " if newer else " < ",
        output_field=BooleanField(),
    )
    return rows.filter(is_beyond)
