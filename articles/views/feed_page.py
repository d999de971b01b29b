"""The page of one feed as a reader has it: how it is doing, its name, its place, the way in and out; and of the choice
of feeds."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from articles.ingest.feed_deletion import gone_and_kept, leave
from articles.views import full_text
from articles.views.feed_chart import chart_of
from articles.views.state import SignedIn, next_address
from feeds.forms import AddressForm, IntervalForm, SubscriptionForm
from feeds.models import Feed, Subscription
from feeds.newsletters.feeds import newsletters_of
from feeds.polls.days import last_days
from feeds.polls.health import BROKEN, health
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own, places
from feeds.subscriptions.departures import departures_of
from feeds.subscriptions.visibility import feeds_of_readers, followed_feeds, visible_feeds


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_page(request: SignedIn, pk: int) -> HttpResponse:
    """A feed that the reader may see. A POST calls it something else, or puts it somewhere else."""
    feed = feed_of(request, pk)
    follows = followed_feeds(request.user, quiet=True).filter(pk=pk).exists()
    form = _form(request, feed, told=True) if follows and request.method == "POST" else None
    if form is not None and form.is_valid():
        _save(request, feed, form)
        messages.success(request, _("Saved."))
        return redirect("feed", pk=pk)
    return page_of(request, feed, **({"form": form} if form else {}))


def page_of(request: SignedIn, feed: Feed, **more: object) -> HttpResponse:
    """The page of a feed, with what else is to be shown there."""
    follows = followed_feeds(request.user, quiet=True).filter(pk=feed.pk).exists()
    now, gap = timezone.now(), timedelta(minutes=feed.gap_minutes or 0)
    context: dict[str, object] = {
        "feed": feed,
        "follows": follows,
        "form": _form(request, feed, told=False) if follows else None,
        "with_all": follows and feed.is_shared and own.follows_all(request.user),
        "last": _last(request, feed) if follows else None,
        "is_broken": getattr(feed, "health", "") in BROKEN,
        "may_move": follows and places.may_move(request.user, feed),
        "often": timesince(now - gap, now, depth=1) if gap else "",
        "chart": chart_of(last_days(feed, now)),
        "newsletter": newsletters_of(request.user, feed).first() if feed.comes_by_mail else None,
    }
    if own.may_tend(request.user, feed):
        context |= {"may_tend": True, "address_form": AddressForm(reader=request.user, instance=feed)}
        context["interval_form"] = IntervalForm(instance=feed)
    return render(request, "feeds/feed_page.html", context | full_text.of_feed(request, feed) | more)


@login_required
@require_POST
def follow_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Follow a feed that the reader may see, or left by an app some days ago."""
    left = departures_of(request.user).filter(feed=pk).first()
    feed = left.feed if left else feed_of(request, pk)
    own.follow(request.user, feed)
    messages.success(request, _("You follow %(feed)s now.") % {"feed": feed.name})
    return on_from(request, pk)


@login_required
@require_POST
def unfollow_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Leave a feed. Where its articles would go with the reader, only after a warning (`confirmed=1`)."""
    feed = feed_of(request, pk)
    last = _last(request, feed)
    if last and request.POST.get("confirmed") != "1":
        here, back = reverse("unfollow_feed", args=[feed.pk]), reverse("feed", args=[feed.pk])
        context = {"feed": feed, "last": last, "leave_address": here, "cancel_address": back}
        return render(request, "feeds/unfollow.html", context)
    gone = leave(request.user, feed)
    text = _("You no longer follow %(feed)s.") % {"feed": feed.name}
    if gone:
        text += " " + ngettext("%(n)d article is deleted.", "%(n)d articles are deleted.", gone) % {"n": gone}
    messages.success(request, text)
    return redirect("feeds")


@login_required
@require_POST
def move_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Put a feed a place further up or down (`down=1`) in its category."""
    places.step_feed(request.user, feed_of(request, pk), down=request.POST.get("down") == "1")
    return on_from(request, pk)


@login_required
@require_POST
def share_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Let a feed be the site's that staff or a reader has alone."""
    if not request.user.is_staff:
        raise PermissionDenied
    feed = feeds_of_readers(request.user).filter(pk=pk).first() or feed_of(request, pk)
    own.share([feed])
    messages.success(request, _("%(feed)s is shared with the site now.") % {"feed": feed.name})
    return on_from(request, pk)


@login_required
@require_POST
def choose_feeds(request: SignedIn) -> HttpResponse:
    """Follow a choice of one's own from now on (`follows=own`), or all of the site's feeds again (`follows=all`).
    Raises BadRequest for anything else: the choice would be lost."""
    follows = request.POST.get("follows")
    if follows == "own":
        own.choose_own(request.user)
        messages.success(request, _("The feeds are your own choice now. What the site adds later does not join them."))
    elif follows == "all":
        own.follow_all(request.user)
        messages.success(request, _("You follow all of the site's feeds."))
    else:
        raise BadRequest("follows is own or all")
    return redirect("feeds")


def on_from(request: SignedIn, pk: int) -> HttpResponse:
    """A redirect to the page that `next` names, or to the feed's."""
    return redirect(next_address(request)) if request.POST.get("next") else redirect("feed", pk=pk)


def feed_of(request: SignedIn, pk: int) -> Feed:
    """A feed as the reader has it, with its `health`. Raises Http404 where the reader may not see it."""
    feeds = visible_feeds(request.user).select_related("category", "access").annotate(health=health(timezone.now()))
    feed = feeds.filter(pk=pk).first()
    if feed is None:
        raise Http404("no such feed")
    own.place_as_own(feed, request.user)
    return feed


def tended_feed(request: SignedIn, pk: int) -> Feed:
    """The same. Raises PermissionDenied where others depend on the feed."""
    feed = feed_of(request, pk)
    if not own.may_tend(request.user, feed):
        raise PermissionDenied
    return feed


def polled_feed(request: SignedIn, pk: int) -> Feed:
    """The same. Raises Http404 for one that nobody is asked for."""
    feed = tended_feed(request, pk)
    if feed.comes_by_mail:
        raise Http404("a newsletter has no address")
    return feed


def _form(request: SignedIn, feed: Feed, *, told: bool) -> SubscriptionForm:
    mine = Subscription.objects.filter(user=request.user, feed=feed).first()
    return SubscriptionForm(
        request.POST if told else None,
        reader=request.user,
        with_all=feed.is_shared and own.follows_all(request.user),
        initial={
            "title": mine.title if mine else "",
            "category": mine.category_id if mine else None,
            "in_all": mine.in_all if mine else True,
            "importance": mine.importance if mine else "",
        },
    )


def _save(request: SignedIn, feed: Feed, form: SubscriptionForm) -> None:
    told = form.cleaned_data
    path = told.get("new_category")
    category = category_at(*path, owner=request.user) if path else told.get("category")
    own.change(
        request.user,
        feed,
        title=told["title"].strip(),
        category=category,
        in_all=told.get("in_all", True),
        importance=told["importance"] if "importance" in form.data else None,
    )


def _last(request: SignedIn, feed: Feed) -> dict[str, int] | None:
    """The number of articles that would go if the reader left the feed, and of those that stay as somebody has starred
    or labelled them, or written a note on them; None where others are left to see it."""
    if not own.is_last(request.user, feed):
        return None
    gone, kept = gone_and_kept(feed)
    return {"gone": gone, "kept": kept}
