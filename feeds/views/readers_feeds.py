"""The page of the feeds that readers have for themselves: what staff may know of them, and the way to share them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feeds.models import Subscription
from feeds.polls.health import health
from feeds.subscriptions.visibility import feeds_of_readers
from feeds.views.staff import staff_only

PAGE = 100  # feeds


@staff_only
@require_safe
def readers_feeds(request: HttpRequest) -> HttpResponse:
    """Name, address, followers and health of each, what was added last first; the form of each shares it."""
    followers = Subscription.objects.select_related("user").order_by("pk")
    feeds = feeds_of_readers(request.user).order_by("-added_at", "-pk").annotate(health=health(timezone.now()))
    rows = feeds.prefetch_related(Prefetch("subscriptions", followers))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "feeds/readers_feeds.html", {"page": page})
