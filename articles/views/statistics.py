"""The page of what came in and what was read of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles.statistics.bars import bars_of
from articles.statistics.reading import PERIODS, reading_of
from articles.templatetags.reading import short_day
from articles.views.departure import leave_many
from articles.views.selection import int_of
from articles.views.state import SignedIn
from feeds.subscriptions.own import call_by_own_titles
from feeds.subscriptions.visibility import followed_feeds

SHOWN = 200  # feeds
USUAL = 30  # days


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statistics(request: SignedIn) -> HttpResponse:
    """The reader's last `days` days. A POST unsubscribes from the feeds that `picked` names."""
    if request.method == "POST":
        return _leave(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else USUAL
    reading = reading_of(request.user, days, timezone.now())
    hours = [(f"{hour}:00", each) for hour, each in enumerate(reading.hours)]
    days_told = [(short_day(day), each) for day, each in reading.days.items()]
    context = {
        "periods": PERIODS,
        "days": days,
        "reading": reading,
        "feeds": reading.feeds[:SHOWN],
        "never_read": reading.never_read[:SHOWN],
        "hours": hours,
        "by_hour": bars_of(
            ((each.came, each.read) for _, each in hours), {hour: str(hour) for hour in range(0, 24, 6)}
        ),
        "days_told": days_told[::-1],
        "by_day": bars_of(((each.came, each.read) for _, each in days_told), {0: days_told[0][0]}),
    }
    return render(request, "articles/statistics.html", context)


def _leave(request: SignedIn) -> HttpResponse:
    ids = {int_of(text) for text in request.POST.getlist("picked")[:SHOWN]}
    picked = list(followed_feeds(request.user, quiet=True).filter(pk__in=ids))
    call_by_own_titles(picked, request.user)
    if not picked:
        messages.warning(request, _("Choose at least one feed."))
        return redirect(request.get_full_path())
    return leave_many(request, picked)
