"""The button on a feed's page that fetches its history."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from feeds.history import progress
from feeds.subscriptions.visibility import visible_feeds
from feeds.views.staff import staff_only


@staff_only
@require_POST
def fetch_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin with the older articles of a feed that the reader may see, or go on with them."""
    feed = get_object_or_404(visible_feeds(request.user), pk=pk)
    progress.go_on(feed)
    messages.success(request, _("Older articles come one document at a time. They count as read."))
    return redirect(f"{reverse('list')}?feed={feed.pk}")
