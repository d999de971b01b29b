"""Pages where a person marks the articles of a page that has no feed: a proposal, a preview, the feed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles.views.feed_page import tended_feed
from articles.views.selection import int_of
from articles.views.state import SignedIn
from feeds.forms import ChooseForm
from feeds.models import Feed
from feeds.pages.recipe import Recipe, recipe_of
from feeds.parse.text import line_of_html
from feeds.recipe_form import RecipeForm, values_of
from feeds.subscribe.add import NothingFound
from feeds.subscribe.from_page import Page, candidate_of, change_recipe, is_feed, page_at, proposals, tried
from feeds.subscribe.own_feeds import waiting_client
from feeds.views.staff import who_may_add

SHOWN = 10  # articles of a preview
MAX_TEXT = 200  # signs of an article's text there


@who_may_add
@require_http_methods(["GET", "HEAD", "POST"])
def page_feed(request: HttpRequest) -> HttpResponse:
    """A feed from a page. Only a POST fetches it; what is tried there is added by the form of all feeds."""
    told = request.POST if request.method == "POST" else request.GET
    address = told.get("address", "").strip()[:2000]
    if request.method != "POST" or not address:
        return _render(request, address=address)
    try:
        page = _page(request, address)
        recipes = [] if request.htmx else proposals(page)  # type: ignore[attr-defined]
    except NothingFound as error:
        return _render(request, address=address, reason=str(error))
    form, recipe = _told(request, recipes)
    chosen = next((place for place, each in enumerate(recipes) if each == recipe), None)
    more: dict[str, Any] = {
        "proposals": recipes,
        "chosen_proposal": chosen,
        "is_feed": not (recipes or recipe) and is_feed(page),
    }
    return _answer(request, page, form, recipe, address=address, **more)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_recipe(request: SignedIn, pk: int) -> HttpResponse:
    """A form of where the page of a feed has its articles; a POST keeps it (`save`) or tries it. Raises Http404 for a
    feed that is made from no page."""
    feed = tended_feed(request, pk)
    known = recipe_of(feed.recipe)
    if known is None:
        raise Http404("not made from a page")
    if request.method != "POST":
        return _render(request, feed=feed, form=RecipeForm(initial=values_of(known)))
    try:
        page = _page(request, feed.url)
    except NothingFound as error:
        return _render(request, feed=feed, form=RecipeForm(request.POST), reason=str(error))
    form, recipe = _told(request, [])
    if recipe and "save" in request.POST:
        change_recipe(feed, recipe)
        messages.success(request, _("Saved. The page is read anew at the next check."))
        return redirect("feed", pk=pk)
    return _answer(request, page, form, recipe, feed=feed)


def _page(request: HttpRequest, address: str) -> Page:
    asked_by = request.user.pk
    assert asked_by is not None, "the decorators let nobody else through"
    return page_at(waiting_client, address, asked_by=asked_by)


def _told(request: HttpRequest, recipes: list[Recipe]) -> tuple[RecipeForm, Recipe | None]:
    """The form with what it tells: a proposal that was chosen, what was filled in, else the first proposal."""
    chosen = request.POST.get("proposal", "" if "items" in request.POST else "0")
    if chosen.isascii() and chosen.isdigit():
        recipe = dict(enumerate(recipes)).get(int_of(chosen))
        return RecipeForm(initial=values_of(recipe) if recipe else {}), recipe
    form = RecipeForm(request.POST)
    return form, form.recipe if form.is_valid() else None


def _answer(
    request: HttpRequest, page: Page, form: RecipeForm, recipe: Recipe | None, feed: Feed | None = None, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "feed": feed, "page": page, **more}
    if recipe:
        context |= _preview(request, page, recipe, form)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feeds/_page_preview.html", context)
    return _render(request, **context)


def _preview(request: HttpRequest, page: Page, recipe: Recipe, form: RecipeForm) -> dict[str, Any]:
    try:
        parsed = tried(page, recipe)
    except NothingFound as error:
        return {"reason": _at_its_field(str(error), form)}
    entries = parsed.entries
    return {
        "found": len(entries),
        "undated": sum(entry.published_at is None for entry in entries),
        "unlinked": sum(not entry.url for entry in entries),
        "rows": [(entry, line_of_html(entry.content_html, MAX_TEXT)) for entry in entries[:SHOWN]],
        "candidate": (candidate := candidate_of(page, recipe, parsed, request.user)),
        "chosen": "" if candidate.already_added else ChooseForm.sign(candidate),
    }


def _at_its_field(reason: str, form: RecipeForm) -> str:
    """`reason`, after the label of the field whose value it begins with, in quotation marks of whatever language."""
    if reason[:1].isalnum():  # it quotes nothing, though a value of a letter or two may stand there
        return reason
    values = ((str(field.value() or ""), str(field.label)) for field in form)
    quoted = [(value, label) for value, label in values if value and reason[1 : len(value) + 1] == value]
    label = max(quoted, key=lambda each: len(each[0]), default=("", ""))[1]
    return f"{label}: {reason}" if label else reason


def _render(request: HttpRequest, **context: Any) -> HttpResponse:
    if not context.get("feed"):
        context["choice"] = ChooseForm(reader=request.user)  # type: ignore[arg-type]
    return render(request, "feeds/from_page.html", context)
