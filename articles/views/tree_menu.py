"""The actions on a feed or a category of the tree: a page for each, which a script shows as a menu."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.lists.selection import Selection
from articles.settled_ids import settled_id
from articles.views.feed_page import feed_of, tended_feed
from articles.views.selection import list_address
from articles.views.state import SignedIn, next_address
from feeds.categories import read_tree, tree_of
from feeds.models import Category, Feed, Importance
from feeds.polls.standstill import pause, resume
from feeds.subscriptions import own, places
from feeds.subscriptions.visibility import categories_for, followed_feeds, importance_of
from feeds.writes import soon


@login_required
@require_safe
def feed_menu(request: SignedIn, pk: int) -> HttpResponse:
    """The menu of what the reader may do with a feed that they may see."""
    feed = feed_of(request, pk)
    follows = followed_feeds(request.user, quiet=True).filter(pk=pk).exists()
    may_move = follows and places.may_move(request.user, feed)
    context = {
        "feed": feed,
        "follows": follows,
        "may_move": may_move,
        "into": _into_feed(request, feed) if may_move else None,
        "moves_for_all": may_move and feed.is_shared and own.follows_all(request.user),
        "may_tend": own.may_tend(request.user, feed),
        "backfill": getattr(feed, "backfill", None),
    }
    if follows:
        now = importance_of(request.user, feed)
        context["importances"] = [(value, label, value == now) for value, label in Importance.choices]
    return _menu(request, Selection(feed=feed), context)


@login_required
@require_safe
def category_menu(request: SignedIn, pk: int) -> HttpResponse:
    """The menu of what the reader may do with one of their categories."""
    category = category_of(request, pk)
    may_change = places.may_change(request.user, category)
    context = {"category": category, "may_change": may_change, "into": _into_category(category) if may_change else None}
    return _menu(request, Selection(category=category), context)


def _into_feed(request: SignedIn, feed: Feed) -> dict[str, object]:
    """The categories that a feed may be moved to, by their paths, and the one that it is in."""
    categories = categories_for(request.user).order_by()
    if feed.is_shared and own.follows_all(request.user):
        categories = categories.filter(owner=None)
    return {"choices": tree_of(categories).choices(), "now": feed.category_id}


def _into_category(category: Category) -> dict[str, object]:
    """The same for a category: not itself, nor what is inside it."""
    tree = read_tree(category.owner_id)
    inside = tree.inside([category.pk])
    return {"choices": [each for each in tree.choices() if each[0] not in inside], "now": category.parent_id}


def _menu(request: SignedIn, selection: Selection, context: dict[str, object]) -> HttpResponse:
    template = "components/tree_menu.html" if request.htmx else "articles/tree_menu.html"
    here = list_address(selection)
    shown = {"params": selection.params(), "latest_id": settled_id(), "next": here, "here": here}
    return render(request, template, shown | context)


@login_required
@require_POST
@soon()
def pause_feed(request: SignedIn, pk: int) -> HttpResponse:
    """Poll a feed no more (`paused=1`), or again (`paused=0`)."""
    feed = tended_feed(request, pk)
    if request.POST.get("paused") == "1":
        pause(Feed.objects.filter(pk=pk))
        text = _("%(feed)s is paused.")
    else:
        resume(Feed.objects.filter(pk=pk))
        text = _("%(feed)s is checked again.")
    messages.success(request, text % {"feed": feed.name})
    return redirect(next_address(request))


@login_required
@require_POST
@soon()
def choose_importance(request: SignedIn, pk: int) -> HttpResponse:
    """Have a feed that the reader follows matter more or less to them (`importance=high`, `normal`, `low`)."""
    feed, importance = feed_of(request, pk), request.POST.get("importance", "")
    if importance not in Importance:
        raise BadRequest(_("This form was sent without its answer."))
    if not followed_feeds(request.user, quiet=True).filter(pk=pk).exists():
        raise Http404("not followed")
    own.choose_importance(request.user, feed, importance)
    return redirect(next_address(request))


@login_required
@require_POST
@soon()
def change_category(request: SignedIn, pk: int) -> HttpResponse:
    """Call a category that is the reader's to change `name`, or put it a place further up or down (`down=0`, `1`)."""
    category = category_of(request, pk)
    if not places.may_change(request.user, category):
        raise PermissionDenied
    if "down" in request.POST:
        places.step(request.user, category, down=request.POST["down"] == "1")
    elif not places.rename(request.user, category, request.POST.get("name", "")):
        messages.error(request, _("There is a category of that name already, or the name is empty."))
    return redirect(next_address(request))


def category_of(request: SignedIn, pk: int) -> Category:
    """A category that the reader has. Raises Http404."""
    category = categories_for(request.user).filter(pk=pk).first()
    if category is None:
        raise Http404("no such category")
    return category
