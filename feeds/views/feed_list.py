"""The page of all feeds: what there is, and how each is doing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import CharField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from feeds.categories import tree_of
from feeds.models import Category, Feed, Subscription
from feeds.polls import heartbeat
from feeds.polls.health import BROKEN, SILENCE, Health, health, health_by
from feeds.statements import Given, Statement, columns_of
from feeds.subscribe.own_feeds import may_add
from feeds.subscriptions.departures import GRACE, departures_of, has_departures
from feeds.subscriptions.own import call_by_own_titles, follows_all, position_of, subscriptions_of
from feeds.subscriptions.visibility import Reader, Sight, categories_for, feeds_in, sight_of

PAGE = 200
ANY = "broken"  # of the kinds of BROKEN
# Other than by category, by their newest article: names in addresses and headings.
NEWEST, SILENT = "newest", "silent"
ORDERS = {NEWEST: gettext_lazy("Newest first"), SILENT: gettext_lazy("Silent the longest first")}
COLUMNS = columns_of(Feed, (
    "id", "url", "title", "custom_title", "host", "site_url", "language", "icon_url", "images", "category_id", "state",
    "failures", "is_damaged", "last_checked_at", "last_error", "article_count", "newest_article_at", "is_shared",
))  # fmt: skip
_FEEDS = Statement(lambda: Feed.objects.filter(pk__in=[Given("feeds")]).order_by().values_list(*COLUMNS))


@require_safe
def feed_list(request: HttpRequest) -> HttpResponse:
    """The feeds that the reader follows, by category or in another of the ORDERS, PAGE at a time, all, those of one
    `Health`, or all that are broken, by how long; or those of the site that they don't follow (`of=others`). Who is
    signed in has a page of their own for what is broken. The number of queries is the same for any number of feeds."""
    wanted = _one_of({"", ANY, *Health.values}, request.GET.get("health", ""))
    if wanted == ANY and request.user.is_authenticated:
        return redirect("broken_feeds")
    by = _one_of({"", *ORDERS}, request.GET.get("order", ""))
    others = request.user.is_authenticated and request.GET.get("of") == "others"
    shelves = _shelves_of_site() if others else _shelves(request.user)
    is_of_broken = wanted in {ANY, *BROKEN}
    heading = _("Broken the longest first") if is_of_broken else str(ORDERS.get(by, ""))
    sight = sight_of(request.user)
    order = _by_time(sight, others, "" if is_of_broken else by) if heading else _order(sight, others, shelves)
    chosen = _chosen(order, wanted)
    number = _page_number(request.GET.get("page", "1"), len(chosen))
    shown = chosen[(number - 1) * PAGE : number * PAGE]
    rows = _feeds(shown, dict(order), request.user)
    context = {
        "groups": _groups(rows, shelves, heading),
        "total": len(order),
        "wanted": wanted,
        "order": by,
        "orders": [] if is_of_broken else ORDERS.items(),
        "others": others,
        "may_add": may_add(request.user),
        "left": _left(request.user),
        "follows_all": follows_all(request.user),
        "filters": _filters(order),
        "previous": number - 1,
        "stopped": _stopped(request, order),
        "following": number + 1 if number * PAGE < len(chosen) else 0,
    }
    return render(request, "feeds/feed_list.html", context)


def _stopped(request: HttpRequest, order: list[tuple[int, str]]) -> dict[str, datetime | None] | None:
    """For staff where nothing is polled that should be: since when."""
    if not order or not getattr(request.user, "is_staff", False):
        return None
    ticked_at = heartbeat.last()
    return None if heartbeat.is_alive(ticked_at, timezone.now()) else {"since": ticked_at}


def _left(reader: Reader) -> list[tuple[Feed, datetime]]:
    """The feeds that the reader left by an app, and when their articles go."""
    if not isinstance(reader, User) or not has_departures(reader):
        return []
    return [(row.feed, row.left_at + GRACE) for row in departures_of(reader)]


def _one_of(known: set[str], text: str) -> str:
    """The text. Raises Http404 where it is not known."""
    if text not in known:
        raise Http404("no such health or order")
    return text


@dataclass(frozen=True, slots=True)
class _Shelves:
    """A reader's categories with their paths, in order, and what is their own about feeds."""

    categories: dict[int, Category]
    paths: dict[int, str]
    own: dict[int, Subscription]
    follows_all: bool = True

    def place(self, feed_id: int, category_id: int | None) -> int:
        """The category that the reader has the feed in, which the site has in another; 0 where it is in none."""
        mine = self.own.get(feed_id)
        place = mine.category_id if mine and mine.category_id else category_id
        return place if place in self.paths else 0


def _shelves(reader: Reader) -> _Shelves:
    categories = categories_for(reader).order_by().in_bulk()
    paths = dict(tree_of(categories.values()).choices())
    return _Shelves(categories, paths, subscriptions_of(reader), follows_all(reader))


def _shelves_of_site() -> _Shelves:
    categories = Category.objects.filter(owner=None).order_by().in_bulk()
    return _Shelves(categories, dict(tree_of(categories.values()).choices()), {})


def _of_page(sight: Sight, others: bool) -> QuerySet[Feed]:
    """The feeds that the reader follows, or `others`: those of the site that they don't."""
    followed = feeds_in(sight, quiet=True)
    return Feed.objects.filter(is_shared=True).exclude(pk__in=followed.order_by().values("pk")) if others else followed


def _in_places(sight: Sight, others: bool) -> QuerySet[Feed, Any]:
    name = Lower(
        Coalesce(NullIf("custom_title", Value("")), NullIf("title", Value("")), F("host")), output_field=CharField()
    )
    rows = _of_page(sight, others).order_by().annotate(name_key=name, health=health_by(_SILENT_SINCE))
    return rows.values_list("pk", "category_id", "position", "name_key", "health")


_SILENT_SINCE = Given("silent_since", DateTimeField())
_IN_PLACES = Statement(_in_places)


def _order(sight: Sight, others: bool, shelves: _Shelves) -> list[tuple[int, str]]:
    """Id and health of each of the feeds, in the order of the page: by the path of the category, then by position and
    name. Feeds without a category come last. Sorted here because no database knows the path; 5,000 such
    rows are read in no time."""
    ranks = {pk: rank for rank, pk in enumerate(shelves.paths)}
    since = connection.ops.adapt_datetimefield_value(timezone.now() - SILENCE)
    found = []
    for row in _IN_PLACES.rows(sight.shape, others, reader=sight.reader_id, silent_since=since):
        pk, category, site_position, name_key, of_health = row
        rank, mine = ranks.get(shelves.place(pk, category), len(ranks)), shelves.own.get(pk)
        own_name = mine.title.lower() if mine else ""
        position = position_of(mine.position if mine else 0, site_position, follows_all=shelves.follows_all)
        found.append((rank, position, own_name or name_key or "", pk, of_health))
    return [(pk, of_health) for _rank, _position, _name, pk, of_health in sorted(found)]


def _by_time(sight: Sight, others: bool, order: str) -> list[tuple[int, str]]:
    """The same in one of the orders by the newest article, or first what has not worked for the longest time."""
    newest = F("newest_article_at")
    keys = {NEWEST: newest.desc(nulls_last=True), SILENT: newest.asc(nulls_first=True)}
    rows = _of_page(sight, others).order_by(keys.get(order) or Coalesce("last_success_at", "added_at"), "pk")
    return list(rows.annotate(health=health(timezone.now())).values_list("pk", "health"))


def _feeds(shown: list[int], healths: dict[int, str], reader: Reader) -> list[Feed]:
    """The feeds that are shown, each with its `health`, in that order."""
    found = {feed.pk: feed for feed in _FEEDS.objects(Feed, COLUMNS, feeds=shown)}
    feeds: list[Feed] = [found[pk] for pk in shown if pk in found]
    for feed in feeds:
        feed.health = healths[feed.pk]  # type: ignore[attr-defined]  # which rows ask for
    call_by_own_titles(feeds, reader)
    return feeds


def _chosen(order: list[tuple[int, str]], wanted: str) -> list[int]:
    """The feeds whose health is wanted."""
    if not wanted:
        return [pk for pk, _of_health in order]
    healths = BROKEN if wanted == ANY else {wanted}
    return [pk for pk, of_health in order if of_health in healths]


def _groups(feeds: list[Feed], shelves: _Shelves, heading: str) -> list[tuple[str, Category | None, list[Feed]]]:
    """The path of each category, the category, its feeds; or all of them below the heading."""
    if heading and feeds:
        return [(heading, None, feeds)]
    groups = groupby(feeds, key=lambda feed: shelves.place(feed.pk, feed.category_id))
    return [
        (shelves.paths.get(place, _("Without a category")), shelves.categories.get(place), list(members))
        for place, members in groups
    ]


def _filters(order: list[tuple[int, str]]) -> list[tuple[str, str, int]]:
    """Value, name and number of feeds of each health that some feed has."""
    counts = Counter(of_health for _pk, of_health in order)
    kinds = [(kind.value, str(kind.label), counts[kind]) for kind in Health if counts[kind]]
    broken = [counts[kind] for kind in BROKEN if counts[kind]]
    return [*kinds, (ANY, _("in need of a look"), sum(broken))] if len(broken) > 1 else kinds


def _page_number(text: str, feeds: int) -> int:
    """A page that there is. Raises Http404."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    if number < 1 or (number > 1 and (number - 1) * PAGE >= feeds):
        raise Http404("no such page")
    return number
