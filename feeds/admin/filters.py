"""The filters that the admin's list of feeds can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feeds.categories import read_tree
from feeds.models import Feed
from feeds.polls.health import Health

NONE = "none"


class HealthFilter(SimpleListFilter):
    title = _("health")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[Any, str]]:
        return [(value, str(label)) for value, label in Health.choices]

    def queryset(self, request: HttpRequest, feeds: QuerySet[Feed]) -> QuerySet[Feed]:
        return feeds.filter(Q(health=self.value())) if self.value() in Health.values else feeds


class CategoryFilter(SimpleListFilter):
    """A category includes the categories inside it."""

    title = _("category")
    parameter_name = "category"

    def __init__(self, *args: Any) -> None:
        self.tree = read_tree()
        super().__init__(*args)

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[Any, str]]:
        return [(NONE, str(_("(none)"))), *((str(pk), path) for pk, path in self.tree.choices())]

    def queryset(self, request: HttpRequest, feeds: QuerySet[Feed]) -> QuerySet[Feed]:
        value = self.value()
        if value == NONE:
            return feeds.filter(category=None)
        chosen = [pk for pk, _path in self.tree.choices() if str(pk) == value]
        return feeds.filter(category__in=self.tree.inside(chosen)) if chosen else feeds
