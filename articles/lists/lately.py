"""The articles that a reader read or starred last, by when they did: what was marked as read with many others, or by a
rule, is not among them.

Pages are found by key, the moment and the article's id, along an index of the reader's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from django.contrib.auth.models import User

from articles.lists.key_pages import keys_of_page
from articles.lists.pages import PAGE, load
from articles.lists.readable import readable
from articles.lists.scope import Span
from articles.models import Article, ArticleState
from articles.querysets import Key, compare_rows
from articles.stories.rows import fold_of_read, fold_of_starred, rows_among


class Deed(StrEnum):
    """The deed by which a list of articles is made."""

    READ = "read"
    STARRED = "starred"


_MOMENTS = {Deed.READ: "changed_at", Deed.STARRED: "starred_at"}
_ROWS = {Deed.READ: {"is_read": True, "read_by_rule": False}, Deed.STARRED: {"starred_at__isnull": False}}

_FOLDS = {Deed.READ: fold_of_read, Deed.STARRED: fold_of_starred}


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
    page = keys_of_page(partial(_keys, what, reader), cursor, size)
    return LatelyPage(
        articles=load([pk for _, pk in page.keys], reader),
        moments={pk: moment for moment, pk in page.keys},
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


def _keys(what: Deed, reader: User, span: Span) -> list[Key]:
    """Moments and ids beyond that of the span, of articles that the reader may still read."""
    moment = _MOMENTS[what]
    done = ArticleState.objects.filter(user=reader, article__in=readable(reader).values("pk"), **_ROWS[what])
    rows = rows_among(done, _FOLDS[what](reader), "article_id")
    if span.key is not None:
        rows = rows.filter(compare_rows(">" if span.newer else "<", span.key, (moment, "article_id")))
    order = (moment, "article_id") if span.newer else (f"-{moment}", "-article_id")
    return list(rows.order_by(*order).values_list(moment, "article_id")[: span.limit])
