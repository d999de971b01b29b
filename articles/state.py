"""What a reader does with articles: read, unread, star, mark all read. Idempotent; the only writer of reader state."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import User

from articles.listing import Selection
from articles.models import Article


def mark_read(reader: User, articles: Iterable[Article], *, read: bool = True) -> None:
    """Mark articles read, or put them back to unread."""
    raise NotImplementedError


def star(reader: User, article: Article, *, on: bool) -> None:
    raise NotImplementedError


def mark_all_read(reader: User, selection: Selection, *, up_to: int) -> UUID:
    """Count every article of the selection with an id up to `up_to` as read. Returns the batch that undo takes."""
    raise NotImplementedError


def undo_mark_all_read(reader: User, batch: UUID) -> None:
    """Bring back exactly what was unread before."""
    raise NotImplementedError
