"""The signatures that tell that an article would be written another way than before, without a look at its text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from articles.export.models import ExportIdentity
from articles.lists.article_keys import one_walk
from articles.lists.hidden import not_hidden
from articles.lists.pages import Selection, Show, finder, scope_of
from articles.lists.scope import Span
from articles.models import Article
from articles.querysets import ARRIVED, Key
from articles.search.find import Search
from feeds.subscriptions.visibility import Operator

# All that can change in an item but its text. With that entry_hash, sanitizer_version or the site's edition changes.
_SIGNED = (
    "entry_hash", "sanitizer_version", "language",
    "feed__title", "feed__custom_title", "feed__url", "feed__site_url", "feed__language", "feed__images",
    "origin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """One article's; `key` is its place by publication. `namespace` is the site's (see ExportIdentity), None where it
    has none yet; it comes along for the document's id, and is no part of what an entity tag is made of."""

    key: Key
    received_at: datetime
    changed_at: datetime | None
    values: tuple[Any, ...]
    namespace: uuid.UUID | None = field(repr=False)

    @property
    def article_id(self) -> int:
        return self.key[1]

    def key_in(self, selection: Selection) -> Key:
        """The article's place in the list of that selection."""
        return (ARRIVED, self.article_id) if selection.is_by_arrival else self.key


def nearest(search: Search, span: Span) -> list[Signature]:
    """Of the list's articles that the span asks for, in its order. Where the list is one walk of an index this is one
    query: it is all that a reader costs who asks for a feed that did not change."""
    selection = search.selection
    articles = one_walk(scope_of(selection, search.reader)) if selection.show is Show.ALL else None
    if articles is None:
        return signatures([pk for _, pk in finder(selection, search.reader)(span)])
    if not isinstance(search.reader, Operator):
        articles = not_hidden(articles, search.reader)
    span = replace(span, by_arrival=selection.is_by_arrival)
    found = _read(span.of(articles).values("pk")[: span.limit])
    return sorted(found, key=lambda signature: signature.key_in(selection), reverse=not span.newer)


def signatures(article_ids: Sequence[int]) -> list[Signature]:
    """Of these articles, in that order, but for those that are gone."""
    found = {signature.article_id: signature for signature in _read(article_ids)}
    return [found[pk] for pk in article_ids if pk in found]


def _read(article_ids: Sequence[int] | QuerySet[Article, Any]) -> list[Signature]:
    identity = ExportIdentity.objects.order_by()
    rows = (
        Article.objects.filter(pk__in=article_ids)
        .annotate(
            namespace=Subquery(identity.values("namespace")[:1]),
            edition=Coalesce(Subquery(identity.values("edition")[:1]), 0),
        )
        .values_list("pk", "published_at", "received_at", "changed_at", "namespace", "edition", *_SIGNED)
    )
    return [
        Signature((published_at, pk), received_at, changed_at, tuple(values), namespace)
        for pk, published_at, received_at, changed_at, namespace, *values in rows
    ]
