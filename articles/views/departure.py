"""Unsubscribing from several feeds at once, wherever they were picked."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from articles.ingest.feed_deletion import gone_and_kept, leave
from articles.views.state import SignedIn
from feeds.models import Feed
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds


def leave_many(request: SignedIn, picked: Sequence[Feed]) -> HttpResponse:
    """Unsubscribe from those that the reader follows, and go back to the page that asked; where articles would go with
    one, only after a warning (`confirmed=1`)."""
    followed = set(followed_feeds(request.user, quiet=True).values_list("pk", flat=True))
    feeds = [feed for feed in picked if feed.pk in followed]
    last = [(feed, gone_and_kept(feed)[0]) for feed in feeds if own.is_last(request.user, feed)]
    if any(gone for _feed, gone in last) and request.POST.get("confirmed") != "1":
        here = request.get_full_path()
        context = {"picked": feeds, "last": last, "leave_address": here, "cancel_address": here}
        return render(request, "feeds/leave_many.html", context)
    gone = sum(leave(request.user, feed) for feed in feeds)
    n = len(feeds)
    text = ngettext("You no longer follow %(n)d feed.", "You no longer follow %(n)d feeds.", n) % {"n": n}
    if gone:
        text += " " + ngettext("%(n)d article is deleted.", "%(n)d articles are deleted.", gone) % {"n": gone}
    messages.success(request, text)
    return redirect(request.get_full_path())
