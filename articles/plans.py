"""How the articles of a list page are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Article, ArticleState, ReadMark
from articles.querysets import ArticleQuerySet, Key
from feeds.models import Feed


@dataclass(frozen=True, slots=True)
class Scope:
    """Which feeds a list takes from: one, those of some categories, or (where both are None) all."""

    feed_id: int | None = None
    category_ids: frozenset[int] | None = None

    @property
    def is_all(self) -> bool:
        return self.feed_id is None and self.category_ids is None

    def feeds(self) -> QuerySet[Feed]:
        feeds = Feed.objects.all()
        if self.feed_id is not None:
            feeds = feeds.filter(pk=self.feed_id)
        if self.category_ids is not None:
            feeds = feeds.filter(category__in=self.category_ids)
        return feeds

    def articles(self) -> ArticleQuerySet:
        return Article.objects.all() if self.is_all else Article.objects.filter(feed__in=self.feeds())


class Finder(Protocol):
    """Finds up to `limit` articles of a list, away from `key` in one direction, nearest first."""

    def __call__(self, key: Key | None, *, newer: bool, limit: int) -> list[Key]: ...


def all_keys(scope: Scope, key: Key | None, *, newer: bool, limit: int) -> list[Key]:
    return _take(scope.articles(), key, newer=newer, limit=limit)


def starred_keys(scope: Scope, reader: User, key: Key | None, *, newer: bool, limit: int) -> list[Key]:
    starred = scope.articles().filter(states__user=reader, states__starred_at__isnull=False)
    return _take(starred, key, newer=newer, limit=limit)


def unread_keys(scope: Scope, reader: User, key: Key | None, *, newer: bool, limit: int) -> list[Key]:
    state = ArticleState.objects.filter(user=reader, article=OuterRef("pk"))
    marks = ReadMark.objects.filter(Q(feed=None) | Q(feed=OuterRef("feed")), user=reader, up_to__gte=OuterRef("pk"))
    later = ReadMark.objects.filter(
        Q(feed=None) | Q(feed=OuterRef("article__feed")),
        user=reader,
        up_to__gte=OuterRef("article_id"),
        created_at__gte=OuterRef("changed_at"),
    )
    put_back = ArticleState.objects.filter(~Exists(later), user=reader, is_read=False).values("article")
    unread = scope.articles().filter(Q(pk__in=put_back) | ~Exists(marks) & ~Exists(state.filter(is_read=True)))
    return _take(unread, key, newer=newer, limit=limit)


def _take(articles: ArticleQuerySet, key: Key | None, *, newer: bool, limit: int) -> list[Key]:
    return list(articles.beside(key, newer=newer).values_list("published_at", "id")[:limit])
