"""The feeds beside a list: what a page with them shows, what their buttons do, their numbers for scripts."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from articles.kept_counts.counting import is_unsettled, recount_if_due
from articles.lists.feed_tree import FeedTree, feed_tree
from articles.lists.selection import Selection, Show
from articles.views.kept_rows import kept_numbers, kept_rows
from articles.views.selection import address_of, list_address, list_of, number_in, selection_of
from articles.views.state import SignedIn
from articles.views.tree_rows import TreeRows, number
from feeds.subscribe.own_feeds import may_add
from feeds.subscriptions.own import follows_all
from feeds.subscriptions.tree_state import show_only_unread, turn
from feeds.writes import soon

RECOUNT_SECONDS = 0.5  # that an answer with numbers takes longer at most


def tree_beside(request: HttpRequest, selection: Selection) -> dict[str, object]:
    """The context that components/tree.html shows beside the list of `selection`, and `unread_here`, the number that
    belongs to it."""
    tree = feed_tree(request.user, feed=selection.feed, category=selection.category)
    return {
        "tree": tree,
        "tree_rows": TreeRows(tree, selection, may_turn=request.user.is_authenticated).html(),
        "tree_tops": _tops(tree, selection) if request.user.is_authenticated else [],
        "tree_kept": kept_rows(request.user, selection),
        "tree_query": address_of(selection.without_query()),
        "tree_total": number(tree.total),
        "unread_here": number(tree.unread(selection.feed, selection.category)),
        "may_add": may_add(request.user),
        "may_arrange": request.user.is_authenticated and (request.user.is_staff or not follows_all(request.user)),
    }


def _tops(tree: FeedTree, selection: Selection) -> list[tuple[Show, str, bool]]:
    """The choices of what to show of all feeds, each with its address, and True where that is shown now."""
    everything = replace(selection.without_query(), feed=None, category=None)
    is_here = not (selection.feed or selection.category or selection.query)
    shows = (Show.UNREAD, Show.STARRED, Show.ALL)
    return [(show, list_address(replace(everything, show=show)), is_here and show is selection.show) for show in shows]


@login_required
@require_POST
@soon()
def turn_tree(request: SignedIn) -> HttpResponse:
    """Open or shut a category (`open=ID`, `shut=ID`), or show only feeds with unread articles, or all
    (`only_unread=1`, `0`). Leads back to the list; htmx gets the tree alone."""
    selection = list_of(request.POST, request.user)
    if request.POST.get("only_unread") in {"0", "1"}:
        show_only_unread(request.user, on=request.POST["only_unread"] == "1")
    elif "open" in request.POST or "shut" in request.POST:
        name = "open" if "open" in request.POST else "shut"
        turn(request.user, number_in(request.POST, name), is_open=name == "open")
    else:
        raise BadRequest(_("This form was sent without its answer."))
    if request.htmx:
        context = {"selection": selection, **tree_beside(request, selection)}
        return render(request, "components/tree_inside.html", context)
    return redirect(list_address(selection, cursor=request.POST.get("cursor", "")))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def tree_counts(request: SignedIn) -> HttpResponse:
    """The numbers of the tree as JSON, by the names that its elements give in `data-n`: `all`, `here` for the list
    that the address names, `c` and a category's id, `f` and a feed's, `l` and a label's, `s` and a saved search's. What
    has no unread article is not there. `due`: labels and saved searches want to be asked for once more."""
    selection = selection_of(request.GET, request.user)
    tree = feed_tree(request.user)
    counts = {f"c{pk}": count for pk, count in tree.by_category.items()}
    counts |= {f"f{pk}": count for pk, count in tree.counts.items()}
    counts |= {"all": tree.total, "here": tree.unread(selection.feed, selection.category)}
    numbers: dict[str, object] = {name: number(count) for name, count in counts.items() if count}
    kept = recount_if_due(request.user, seconds=RECOUNT_SECONDS)
    return JsonResponse(numbers | kept_numbers(kept) | ({"due": True} if is_unsettled(kept) else {}))
