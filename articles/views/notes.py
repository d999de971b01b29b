"""The notes of a reader: on an article, one of them, and all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.lists.readable import readable
from articles.notes import own
from articles.notes.markdown import document
from articles.notes.models import Note
from articles.views.selection import number_in
from articles.views.state import SignedIn
from feeds.subscriptions.own import call_by_own_titles
from feeds.writes import soon

PAGE = 50


@login_required
@require_POST
@soon()
def add_note(request: SignedIn, pk: int) -> HttpResponse:
    """Write a note on an article (`text`), or mark a passage of it (`passage`, with what is `before` and `after`), or
    both; leads back to it."""
    article = get_object_or_404(readable(request.user).only("pk"), pk=pk)
    words = {name: request.POST.get(name, "") for name in ("passage", "before", "after")}
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    address = reverse("article", args=[article.pk]) + query
    try:
        note = own.add_note(request.user, article.pk, request.POST.get("text", ""), **words)
    except own.BadNote:
        messages.error(request, _("A note needs words, not too many of them, and room among the others."))
        return redirect(f"{address}#notes")
    return redirect(f"{address}#{'passage' if note.passage and not note.text else 'note'}-{note.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def note_page(request: SignedIn, pk: int) -> HttpResponse:
    """One note, to be changed (`text`) or deleted (`delete`)."""
    note = get_object_or_404(_notes(request), pk=pk)
    address = f"{reverse('article', args=[note.article_id])}#notes"
    if request.method == "POST" and "delete" in request.POST:
        own.delete_note(note)
        messages.success(request, _("The note is deleted."))
        return redirect(address)
    if request.method == "POST":
        try:
            own.change_note(note, request.POST.get("text", ""))
        except own.BadNote:
            messages.error(request, _("A note needs words, not too many of them, and room among the others."))
        else:
            messages.success(request, _("Saved."))
            return redirect(address)
    return render(request, "accounts/note.html", {"note": note, "back": address})


@login_required
@require_safe
def note_list(request: SignedIn) -> HttpResponse:
    """All notes of the reader, the newest first, a page of them: `before` a note's id."""
    notes = _notes(request).order_by("-pk")
    if before := number_in(request.GET, "before"):
        notes = notes.filter(pk__lt=before)
    found = list(notes[: PAGE + 1])
    rows = found[:PAGE]
    call_by_own_titles([note.article.feed for note in rows], request.user)
    more = f"?before={rows[-1].pk}" if len(found) > PAGE else ""
    return render(request, "accounts/notes.html", {"rows": rows, "more": more, "is_first": not before})


@login_required
@require_safe
def notes_document(request: SignedIn) -> HttpResponseBase:
    """All notes of the reader as Markdown."""
    answer = StreamingHttpResponse(document(request.user), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="notes.md"'
    return answer


def _notes(request: SignedIn) -> QuerySet[Note]:
    return (
        Note.objects.filter(user=request.user)
        .select_related("article__feed")
        .defer("article__content_html", "article__content_text")
    )
