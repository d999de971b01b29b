"""The loading of articles: for a list without their bodies, in the one order that lists have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, F, Func, Value

from feeds.statements import Given

if TYPE_CHECKING:
    from articles.models import Article  # noqa: F401, used in a string

BODIES = frozenset({"content_html", "content_text"})
FEED_COLUMNS = (
    "id", "title", "custom_title", "url", "host", "site_url", "language", "icon_url", "category_id", "images",
)  # fmt: skip

Key = tuple[datetime, int]
"""An article's place in a list: published_at and id; in one by arrival ARRIVED and id. Lists run from the greatest to
the smallest, or the other way round."""

ARRIVED = datetime.min.replace(tzinfo=UTC)
"""Stands for every moment in keys by arrival: ids go up as articles come in. No publisher dates anything so early."""


class BodyNotLoaded(RuntimeError):
    """A list touched an article's body. No AttributeError: templates would print nothing and nobody would know."""


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles, and the keys by which lists are paged."""

    def for_list(self) -> Self:
        """Without bodies (touching one raises BodyNotLoaded), with what a list shows of the feed and of the origin."""
        columns = [field.name for field in self.model._meta.concrete_fields if field.name not in BODIES]
        feed = [f"feed__{name}" for name in FEED_COLUMNS]
        return self.select_related("feed", "origin").only(*columns, *feed, "origin__title")

    def beside(self, key: Key | None, *, newer: bool, by_arrival: bool = False) -> Self:
        """In list order away from `key`, nearest first; with no key from the newest, or from the oldest if `newer`."""
        if by_arrival:
            beyond = {} if key is None else {"id__gt" if newer else "id__lt": key[1]}
            return self.filter(**beyond).order_by("id" if newer else "-id")
        order = ("published_at", "id") if newer else ("-published_at", "-id")
        return self._compare(">" if newer else "<", key).order_by(*order)

    def no_further_than(self, key: Key, *, newer: bool) -> Self:
        """Those that `beside` meets no later than the one at `key`."""
        if is_by_arrival(key):
            return self.filter(**{"id__lte" if newer else "id__gte": key[1]})
        return self._compare("<=" if newer else ">=", key)

    def _compare(self, operator: str, key: Key | None) -> Self:
        return self if key is None else self.filter(compare_rows(operator, key))


def is_by_arrival(key: Key) -> bool:
    """True of a key of a list by arrival."""
    return key[0] == ARRIVED


def compare_rows(operator: str, key: Key, columns: tuple[str, str] = ("published_at", "id")) -> Func:
    """The condition `(published_at, id) < (…)`, or that of a moment and an id of other names. Both databases turn it
    into one index range, which `a < x or (a = x and b < y)` (Django's own way on SQLite) is not: an import of 10,000
    articles of one date would be walked on each page."""
    fields: tuple[models.Field[Any, Any], ...] = (models.DateTimeField(), models.BigIntegerField())
    place = [part if isinstance(part, Given) else Value(part, kind) for part, kind in zip(key, fields, strict=True)]
    row = "(%(expressions)s)"
    return Func(
        Func(*map(F, columns), template=row),
        Func(*place, template=row),
        template="%(expressions)s",
        arg_joiner=f" {operator} ",
        output_field=BooleanField(),
    )
