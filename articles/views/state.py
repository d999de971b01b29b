"""What a reader does with articles. Plain forms that lead back to the page they were on; htmx asks for the same and
gets only the button that has changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from articles.lists import reader_state
from articles.lists.pages import Show, load
from articles.lists.readable import readable
from articles.models import Article
from articles.views.buttons import Name, Style, button
from articles.views.selection import ids_in, list_address, selection_of, with_marked
from feeds.writes import soon


class SignedIn(HttpRequest):
    """A request as `login_required` lets it through."""

    user: User
    htmx: HtmxDetails


@login_required
@require_POST
@soon()
def mark_read(request: SignedIn, pk: int) -> HttpResponse:
    """Mark an article as read (`read=1`) or put it back to unread (`read=0`)."""
    article, read = _article(request, pk), _switch(request, "read")
    reader_state.mark_read(request.user, [article], read=read)
    return _answer(
        request, article, "read", is_flagged=not read, said=_("Marked as read") if read else _("Marked as unread")
    )


@login_required
@require_POST
@soon()
def star(request: SignedIn, pk: int) -> HttpResponse:
    """Star an article (`star=1`) or take the star away (`star=0`)."""
    article, on = _article(request, pk), _switch(request, "star")
    reader_state.star(request.user, article, on=on)
    return _answer(request, article, "star", is_flagged=on, said=_("Starred") if on else _("Star removed"))


@login_required
@require_POST
@soon()
def mark_all_read(request: SignedIn) -> HttpResponse:
    """Mark as read what the list's selection had when the page was made. The page that follows offers to undo it."""
    selection = selection_of(request.POST, request.user)
    batch = reader_state.mark_all_read(request.user, selection, up_to=_number(request, "latest_id"))
    # Of what is unread nothing is left on this page, nor on any other.
    cursor = "" if selection.show is Show.UNREAD else request.POST.get("cursor", "")
    return redirect(list_address(selection, cursor=cursor, marked=str(batch)))


@login_required
@require_POST
@soon()
def mark_these_read(request: SignedIn) -> HttpResponse:
    """Mark as read the articles of a page (`article`, several times), as a page of hits has them. The page that follows
    offers to undo it."""
    unread = [article for article in _these(request) if article.is_unread]
    reader_state.mark_read(request.user, unread)
    return redirect(with_marked(_next(request), [article.pk for article in unread]))


@login_required
@require_POST
@soon()
def undo_mark_these_read(request: SignedIn) -> HttpResponse:
    """Put back to unread the articles that `mark_these_read` has marked."""
    reader_state.mark_read(request.user, _these(request), read=False)
    messages.success(request, _("Undone. The articles are unread again."))
    return redirect(_next(request))


def _these(request: SignedIn) -> list[Article]:
    ids = ids_in(request.POST.getlist("article"))
    return load(list(readable(request.user).filter(pk__in=ids).values_list("pk", flat=True)), request.user)


@login_required
@require_POST
@soon()
def undo_mark_all_read(request: SignedIn) -> HttpResponse:
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError as error:
        raise BadRequest(_("There is nothing to undo.")) from error
    reader_state.undo_mark_all_read(request.user, batch)
    messages.success(request, _("Undone. The articles are unread again."))
    return redirect(_next(request))


def _article(request: SignedIn, pk: int) -> Article:
    """Raises Http404 also where the reader may not see it: with a star it would be theirs to read."""
    return get_object_or_404(readable(request.user).only("pk", "title", "summary", "url"), pk=pk)


def _switch(request: SignedIn, name: str) -> bool:
    try:
        return {"1": True, "0": False}[request.POST.get(name, "")]
    except KeyError as error:
        raise BadRequest(_("This form was sent without its answer.")) from error


def _number(request: SignedIn, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(_("This form was sent without its answer."))
    return int(text)


def _answer(request: SignedIn, article: Article, name: Name, *, is_flagged: bool, said: str) -> HttpResponse:
    if request.htmx:
        style: Style = "words" if request.POST.get("style") == "words" else "sign"
        changed = button(name, article.pk, is_flagged=is_flagged, style=style)
        return render(request, "articles/_changed.html", {"article": article, "button": changed, "said": said})
    return redirect(f"{_next(request)}#article-{article.pk}")  # where the reader was in a long list


def _next(request: SignedIn) -> str:
    """Where the form was; the list, if the form names another site."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("list")
