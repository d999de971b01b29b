"""The actions on a feed from its page, by staff and by the one subscriber of a private feed: check it now, look for it
again, change its address and how often it is checked."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from articles.ingest.feed_deletion import leave
from articles.ingest.pipeline import NotStored
from articles.ingest.single_poll import poll_now
from articles.views.feed_page import on_from, page_of, polled_feed, tended_feed
from articles.views.state import SignedIn
from feeds.forms import AddressForm, IntervalForm
from feeds.models import Feed
from feeds.polls.failure_messages import translated
from feeds.subscribe.add import NothingFound
from feeds.subscribe.find_again import find_again
from feeds.subscribe.own_feeds import NoRoom, move_address, waiting_client


@login_required
@require_POST
def try_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Check a feed now, and say what came of it, on the page that `next` names or on the feed's."""
    feed = polled_feed(request, pk)
    _try(request, feed)
    return on_from(request, pk)


@login_required
@require_POST
def look_for_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Look for the feed where it may be now, and show what was found."""
    feed = polled_feed(request, pk)
    try:
        with waiting_client() as client:
            found = find_again(client, feed, request.user)
    except NothingFound as error:
        return page_of(request, feed, not_found=str(error))
    return page_of(request, feed, found=found)


@login_required
@require_POST
def change_address(request: SignedIn, pk: int) -> HttpResponse:
    """Have the feed asked at another address from now on, and check it there; or have the feed at that address take its
    place."""
    feed = polled_feed(request, pk)
    form = AddressForm(request.POST, reader=request.user, instance=Feed.objects.get(pk=pk))
    if not form.is_valid():
        return page_of(request, feed, address_form=form)
    if form.cleaned_data["url"] == feed.url:
        return redirect("feed", pk=pk)
    try:
        moved = move_address(request.user, feed, form.cleaned_data["url"])
    except NoRoom as error:
        form.add_error("url", str(error))
        return page_of(request, feed, address_form=form)
    messages.success(request, _("The address is changed."))
    if moved.pk != feed.pk:
        let_go(request, feed)
    _try(request, moved)
    return redirect("feed", pk=moved.pk)


def let_go(request: SignedIn, feed: Feed) -> None:
    """Say what becomes of the feed at the former address: with articles it stays, without any it goes."""
    if not feed.article_count:
        leave(request.user, feed)
        return
    text = _("What came from the former address stays, paused, as a feed of its own: %(feed)s.")
    messages.info(request, text % {"feed": feed.url})


@login_required
@require_POST
def change_interval(request: SignedIn, pk: int) -> HttpResponse:
    """Store how often the feed is checked, and what becomes of its pictures."""
    feed = tended_feed(request, pk)
    form = IntervalForm(request.POST, instance=Feed.objects.get(pk=pk))
    if not form.is_valid():
        return page_of(request, feed, interval_form=form)
    Feed.objects.filter(pk=pk).update(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("feed", pk=pk)


def _try(request: SignedIn, feed: Feed) -> None:
    """Check a feed now, and have the page that follows say what came of it."""
    try:
        poll = poll_now(feed)
    except NotStored:
        messages.error(request, _("The check could not be stored: the database can't be written."))
        return
    if poll is None:
        messages.info(request, _("It is being checked at this moment."))
    elif poll.error:
        messages.error(request, _("The check failed: %(reason)s") % {"reason": translated(poll.error)})
    else:
        n = poll.new_articles
        messages.success(request, ngettext("Checked: %(n)d new article.", "Checked: %(n)d new articles.", n) % {"n": n})
