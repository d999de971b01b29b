"""The progress of the first checks of feeds that a list of feeds has brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feeds.models import Feed
from feeds.subscriptions.visibility import followed_feeds, visible_feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Of the feeds that are there since `since`, a time in whole seconds: how many there are, how many have been
    checked, and of these how many in vain."""

    since: int
    total: int
    checked: int
    failed: int

    @property
    def is_running(self) -> bool:
        return self.checked < self.total

    @property
    def address(self) -> str:
        return f"{reverse('import_progress')}?since={self.since}"


def progress_of(reader: User, since: datetime) -> Progress:
    """The progress of feeds that the reader has brought since then; of staff, those of the site."""
    feeds = visible_feeds(reader) if reader.is_staff else followed_feeds(reader, quiet=True)
    begun = int(since.timestamp())
    checked = Q(last_checked_at__isnull=False) | ~Q(state=Feed.State.ACTIVE)
    counts = (
        feeds.filter(added_at__gte=datetime.fromtimestamp(begun, UTC))
        .order_by()
        .aggregate(total=Count("pk"), checked=Count("pk", filter=checked), failed=Count("pk", filter=Q(failures__gt=0)))
    )
    return Progress(since=begun, **counts)


@login_required
@never_cache
@require_safe
def import_progress(request: HttpRequest) -> HttpResponse:
    """The page that tells how far the checks are; htmx gets the numbers alone. Raises Http404 for no time."""
    since = request.GET.get("since", "")
    if not (since.isascii() and since.isdecimal() and len(since) < 11):
        raise Http404("no such time")
    assert isinstance(request.user, User)
    context = {"progress": progress_of(request.user, datetime.fromtimestamp(int(since), UTC))}
    template = "feeds/_progress.html" if request.htmx else "feeds/progress.html"  # type: ignore[attr-defined]
    return render(request, template, context)
