"""Articles that rules have hidden from a reader's lists: read, not starred, still in searches and at its own address.

What is hidden is read by construction, so that lists and counts of what is unread know nothing of it; what shows read
articles too leaves it out here. To put it back to unread, or to star it, shows it again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from django.contrib.auth.models import User
from django.db.models import OuterRef, QuerySet, Subquery

from articles.lists.scope import Finder, Span
from articles.models import ArticleState, RuleHit
from articles.querysets import ArticleQuerySet, Key
from feeds.statements import Given, Statement, parts
from feeds.subscriptions.visibility import Reader

_HIDES = Statement(lambda: ArticleState.objects.filter(user=Given("reader"), is_hidden=True).values_list("pk")[:1])
MOST_AT_ONCE = 4_000  # keys that are looked through in one step


def hidden_rows(reader: User) -> QuerySet[ArticleState]:
    """The articles that are hidden from the reader's lists, as rows."""
    return ArticleState.objects.filter(user=reader, is_hidden=True)


def hidden_among(article_ids: Collection[int], reader: User) -> set[int]:
    """Those of these articles that are hidden."""
    return _among(article_ids, reader)


def _among(article_ids: Collection[int], reader: Reader) -> set[int]:
    rows = _rows(reader).values_list("article", flat=True)
    return {pk for some in parts(article_ids) for pk in rows.filter(article__in=some)}


def _rows(reader: Reader) -> QuerySet[ArticleState] | QuerySet[RuleHit]:
    """The hidden articles, as rows with an `article`: for who has not signed in, those that the site's rules hide."""
    if isinstance(reader, User):
        return hidden_rows(reader)
    return RuleHit.objects.filter(rule__user=None, hidden=True, is_undone=False)


def not_hidden(articles: ArticleQuerySet, reader: Reader) -> ArticleQuerySet:
    """Those of the articles that lists of the reader show. A scalar subquery is looked up row by row."""
    hidden = _rows(reader).filter(article=OuterRef("pk")).values("article")[:1]
    return articles.alias(is_hidden=Subquery(hidden)).filter(is_hidden=None)


def shown(find: Finder, reader: Reader) -> Finder:
    """The same without what is hidden: as many keys as the span asks for, where there are so many. One query in all for
    a reader of whom nothing is hidden."""
    hides = cache(lambda: bool(_HIDES.rows(reader=reader.pk)) if isinstance(reader, User) else _rows(reader).exists())

    def find_shown(span: Span) -> list[Key]:
        if not hides():
            return find(span)
        found: list[Key] = []
        near = span
        while True:
            keys = find(near)
            hidden = _among([pk for _, pk in keys], reader) if keys else set()
            found += [key for key in keys if key[1] not in hidden]
            if len(found) >= span.limit or len(keys) < near.limit:
                return found[: span.limit]
            near = replace(near, key=keys[-1], limit=max(near.limit, min(8 * near.limit, MOST_AT_ONCE)))

    return find_shown
