"""The page where staff say what a feed's publisher demands: user agent, sign-in, headers, a proxy, certificates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from feeds.access.form import AccessForm
from feeds.access.granted import SECRETS
from feeds.models import Feed
from feeds.polls.polling import make_due
from feeds.subscribe.add import subscribe
from feeds.views.staff import staff_only


@staff_only
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def feed_access(request: HttpRequest, pk: int) -> HttpResponse:
    """A form of the demands of a feed's publisher. A POST keeps them, and the feed is due. Raises Http404 for a feed
    that is not the site's: whoever knows its address may follow it, and would read what the secrets let in."""
    feeds = Feed.objects.filter(is_shared=True).exclude(host="").select_related("access")
    feed = get_object_or_404(feeds, pk=pk)
    form = AccessForm(request.POST if request.method == "POST" else None, feed=feed)
    if form.is_valid():
        form.store()
        make_due(Feed.objects.filter(pk=pk), timezone.now())
        messages.success(request, _("Saved. The feed is checked with it at once."))
        return redirect("feed", pk=pk)
    return render(request, "feeds/access.html", {"feed": feed, "form": form})


@staff_only
@require_POST
def add_protected(request: HttpRequest) -> HttpResponse:
    """Add the feed at an address that lets nobody in without what its page is then asked for."""
    try:
        feed, _is_new = subscribe(request.POST.get("address", ""))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("add_feed")
    return redirect("feed_access", pk=feed.pk)
