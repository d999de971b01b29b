"""One list of articles, newest first, and the neighbours of an article in it. Keyset pages: none is slower than the first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser, User

from articles.models import Article
from feeds.models import Category, Feed

Reader = User | AnonymousUser


class Show(StrEnum):
    """Which articles a signed-in reader wants to see."""

    ALL = "all"
    UNREAD = "unread"
    STARRED = "starred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the list is narrowed to. A category includes the categories inside it."""

    feed: Feed | None = None
    category: Category | None = None
    show: Show = Show.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Articles without their bodies (touching one raises), each with `feed` loaded and, for a signed-in reader,
    `is_unread` and `is_starred`. A cursor is empty where there is no such page. `latest_id` is what "mark all read
    before this moment" takes."""

    articles: list[Article]
    older_cursor: str
    newer_cursor: str
    latest_id: int


class BadCursor(ValueError):
    """The cursor in the address is none of ours."""


def list_page(selection: Selection, reader: Reader, *, cursor: str = "", size: int = 50) -> ListPage:
    """A page of the list. Raises BadCursor."""
    raise NotImplementedError


def neighbours(article: Article, selection: Selection, reader: Reader) -> tuple[Article | None, Article | None]:
    """The newer and the older article beside `article` in the list, without bodies."""
    raise NotImplementedError
