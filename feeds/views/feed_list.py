"""The page of all feeds: what there is, and how each is doing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import groupby

from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feeds.categories import Tree, read_tree
from feeds.models import Category, Feed
from feeds.polls import heartbeat
from feeds.polls.health import Health, health

PAGE = 200
COLUMNS = (
    "id", "url", "title", "custom_title", "host", "site_url", "language", "icon_url", "images", "category_id", "state",
    "failures", "is_damaged", "last_checked_at", "last_error", "article_count", "newest_article_at",
)  # fmt: skip


@require_safe
def feed_list(request: HttpRequest) -> HttpResponse:
    """Feeds by category, PAGE at a time, all or those of one `Health`. The number of queries is the same for any
    number of feeds."""
    wanted = _wanted(request.GET.get("health", ""))
    tree = read_tree()
    order = _order(tree)
    chosen = [pk for pk, of_health in order if wanted in {"", of_health}]
    number = _page_number(request.GET.get("page", "1"), len(chosen))
    shown = chosen[(number - 1) * PAGE : number * PAGE]
    context = {
        "groups": _groups(shown, tree),
        "total": len(order),
        "wanted": wanted,
        "filters": _filters(order),
        "previous": number - 1,
        "stopped": _stopped(request) if order else None,
        "following": number + 1 if number * PAGE < len(chosen) else 0,
    }
    return render(request, "feeds/feed_list.html", context)


def _stopped(request: HttpRequest) -> dict[str, datetime | None] | None:
    """For staff where nothing is polled: since when."""
    if not getattr(request.user, "is_staff", False):
        return None
    ticked_at = heartbeat.last()
    return None if heartbeat.is_alive(ticked_at, timezone.now()) else {"since": ticked_at}


def _wanted(text: str) -> str:
    if text not in {"", *Health.values}:
        raise Http404("no such health")
    return text


def _order(tree: Tree) -> list[tuple[int, str]]:
    """Id and health of every feed, in the order of the page: by the path of the category, then by name. Feeds without
    a category come last. Sorted here because no database knows the path; 5,000 such rows are read in no time."""
    ranks = {pk: rank for rank, (pk, _path) in enumerate(tree.choices())}
    name = Lower(
        Coalesce(NullIf("custom_title", Value("")), NullIf("title", Value("")), F("host")), output_field=CharField()
    )
    rows = Feed.objects.order_by().annotate(name_key=name, health=health(timezone.now()))
    found = sorted(
        (ranks.get(category, len(ranks)), name_key, pk, of_health)
        for pk, category, name_key, of_health in rows.values_list("pk", "category_id", "name_key", "health")
    )
    return [(pk, of_health) for _rank, _name, pk, of_health in found]


def _groups(shown: list[int], tree: Tree) -> list[tuple[str, Category | None, list[Feed]]]:
    """The path of each category, the category, its feeds."""
    columns = (*COLUMNS, "category__slug")
    found = Feed.objects.select_related("category").annotate(health=health(timezone.now())).only(*columns)
    feeds = found.in_bulk(shown)
    groups = groupby((feeds[pk] for pk in shown if pk in feeds), key=lambda feed: feed.category)
    return [
        (tree.path(category.pk) if category else _("Without a category"), category, list(members))
        for category, members in groups
    ]


def _filters(order: list[tuple[int, str]]) -> list[tuple[str, str, int]]:
    """Value, name and number of feeds of each health that some feed has."""
    counts = Counter(of_health for _pk, of_health in order)
    return [(kind.value, str(kind.label), counts[kind]) for kind in Health if counts[kind]]


def _page_number(text: str, feeds: int) -> int:
    """A page that there is. Raises Http404."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    if number < 1 or (number > 1 and (number - 1) * PAGE >= feeds):
        raise Http404("no such page")
    return number
