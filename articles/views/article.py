"""One article, as it is and as it was."""

from __future__ import annotations

import logging
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.display.article import shown_html
from articles.display.attachments import whole
from articles.labels.own import labels_on
from articles.lists.full_article import files_of, full_article, versions_of
from articles.lists.list_settings import ListChoice
from articles.lists.pages import BadCursor, Selection, Show, cursor_of, finder, neighbours
from articles.lists.readable import may_read
from articles.lists.reader_state import mark_read
from articles.models import Article, ArticleVersion, Enclosure, Note
from articles.notes.own import notes_on
from articles.notes.shown import with_passages
from articles.search.find import Search
from articles.stories.doubles import also_told, doubles_of
from articles.views import full_text
from articles.views.beside_list import is_part, opened
from articles.views.frame import with_films
from articles.views.listening import heard
from articles.views.matches import beside, marked
from articles.views.query import address, search_of
from articles.views.river import in_river
from articles.views.rules import deeds_in_words
from articles.views.script import html_of, name_in, pronounced, script_of, show_in
from articles.views.selection import address_of, as_chosen, chosen_for_hits, list_address, selection_of
from feeds.subscriptions.own import call_by_own_titles
from feeds.writes import UNWRITABLE, soon

logger = logging.getLogger(__name__)

OPENING_SECONDS = 1.0  # that somebody who wants to read waits for the mark at most


@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """An article among its neighbours in the selection. Opening it marks it as read, though it is a GET: that is what
    opening means to a reader, and doing it twice changes nothing."""
    shown = _full_article(request, pk)
    show_in(shown, script := script_of(request))
    notes = notes_on(request.user, shown.pk) if isinstance(request.user, User) else []
    selection = selection_of(request.GET, request.user)
    if search := search_of(request, selection):
        place, choice = _in_hits(request, shown, search, notes), ListChoice()
        if is_part(request):
            choice = chosen_for_hits(selection, request.user)
    else:
        selection, choice = as_chosen(selection, request.GET, request.user)
        place = _in_list(request, shown, selection, choice.size, notes)
    is_opened = request.user.is_authenticated and not _is_prefetch(request) and _is_marked(request, shown)
    of_feed, texts = full_text.of_article(request, shown)
    if of_feed is not None:
        place |= _whole(shown, html_of(shown, of_feed, script), notes)
    doubles = doubles_of([shown.pk], request.user).get(shown.pk, [])
    context = {
        **texts,
        "notes": notes,
        "article": shown,
        "selection": selection,
        "is_unread": not is_opened,
        "is_starred": shown.is_starred,
        "labels": labels_on([shown.pk], request.user).get(shown.pk, []) if isinstance(request.user, User) else [],
        **deeds_in_words(request, shown),
        "doubles": doubles,
        "also_told": also_told(shown, doubles, request.user),
        "versions": versions_of(shown),
    }
    context |= place
    for beside_it in (place["newer"], place["older"]):
        name_in(cast(Article | None, beside_it), script)
    context |= heard(request, shown, str(context["content"]), cast(list[Enclosure], context["files"]))
    context["content"] = pronounced(shown, str(context["content"]), request)
    return opened(request, shown, choice, context) or render(request, "articles/article.html", context)


def _full_article(request: HttpRequest, pk: int) -> Article:
    """Raises Http404 where there is none that the reader may see."""
    shown = full_article(pk, request.user)
    if shown is None:
        raise Http404("no such article")
    _ensure_readable(shown, request)
    return shown


def _in_list(
    request: HttpRequest, shown: Article, selection: Selection, size: int, notes: list[Note]
) -> dict[str, object]:
    """The article as the list leads to it, or the river of today, if it was opened there."""
    if river := in_river(request, shown, selection):
        query, at = address_of(selection, today=river.place), _at(shown, selection)
        return {
            **_whole(shown, shown.content_html, notes),
            **_steps(river.before, river.after, query, cursor=""),
            "river_place": river.place,
            "list_address": river.address(),
            "row_address": f"{river.address(at=at)}#article-{shown.pk}",
        }
    find = finder(selection, request.user)  # one for both: whether anything is hidden it asks once
    before, after = neighbours(shown, selection, request.user, find=find)
    try:
        cursor = cursor_of(shown, selection, request.user, request.GET.get("cursor", ""), size=size, find=find)
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the list. Start again at its top.")) from error
    row_address = list_address(selection, cursor=cursor, at=_at(shown, selection))
    return {
        **_whole(shown, shown.content_html, notes),
        **_steps(before, after, address_of(selection, cursor=cursor), cursor=cursor),
        "list_address": list_address(selection, cursor=cursor),
        "row_address": f"{row_address}#article-{shown.pk}",
    }


def _steps(before: Article | None, after: Article | None, query: str, *, cursor: str) -> dict[str, object]:
    """The neighbours of an article, with the query that it has itself: they find out by themselves that they are on
    another page."""
    return {
        "query": query,
        "cursor": cursor,
        "newer": before,
        "newer_query": query,
        "older": after,
        "older_query": query,
    }


def _in_hits(request: HttpRequest, shown: Article, search: Search, notes: list[Note]) -> dict[str, object]:
    """The article as a search leads to it: with its matches, between the hits on both sides."""
    cursor = request.GET.get("cursor", "")
    try:
        hits = beside(shown, search, cursor)
    except BadCursor as error:
        raise BadRequest(_("This address names no page of the hits. Start again at the first one.")) from error
    found = marked(shown, search)
    at = str(shown.pk) if search.is_personal else ""
    return {
        "search": search,
        "title": found.title,
        "author": found.author,
        "found_address": found.address,
        **_whole(shown, found.content_html, notes),
        "matches": found.count,
        "query": address(search, cursor=cursor),
        "cursor": cursor,
        "newer": hits.before,
        "newer_query": address(search, cursor=hits.before_cursor),
        "older": hits.after,
        "older_query": address(search, cursor=hits.after_cursor),
        "list_address": reverse("list") + address(search, cursor=cursor),
        "row_address": reverse("list") + address(search, cursor=cursor, at=at) + f"#article-{shown.pk}",
    }


def _whole(shown: Article, content_html: str, notes: list[Note]) -> dict[str, object]:
    """The article with what came beside its text, the passages that the reader marked, and the files that are listed
    below it."""
    files = files_of(shown)
    marked_html, found_passages = with_passages(content_html, notes)
    found = whole(marked_html, files, title=shown.title, image_url=shown.image_url)
    content = with_films(shown_html(found.html, shown.feed), shown)
    return {"content": content, "files": found.files, "found_passages": found_passages}


def _at(shown: Article, selection: Selection) -> str:
    """The value that keeps the article's row in a list which it has left by being read, or by losing its star."""
    return "" if selection.show is Show.ALL else str(shown.pk)


@require_safe
def article_version(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """The page of the article as it was before its publisher changed it."""
    versions = ArticleVersion.objects.select_related("article__feed").defer("html_zlib", "article__content_text")
    earlier = get_object_or_404(versions, pk=version, article_id=pk)
    _ensure_readable(earlier.article, request)
    context = {
        "version": earlier,
        "article": earlier.article,
        "selection": selection_of(request.GET, request.user),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "content": with_films(shown_html(earlier.content_html, earlier.article.feed), earlier.article),
    }
    return render(request, "articles/version.html", context)


def _ensure_readable(shown: Article, request: HttpRequest) -> None:
    """Raises Http404 where the reader may not see the article, as if it were not there."""
    if not may_read(request.user, shown):
        raise Http404("no such article")
    call_by_own_titles([shown.feed], request.user)


def _is_marked(request: HttpRequest, shown: Article) -> bool:
    """Mark an article that is opened as read. Where the database can't be written now it is shown all the same."""
    assert isinstance(request.user, User)
    try:
        with soon(OPENING_SECONDS):
            mark_read(request.user, [shown])
    except UNWRITABLE as error:
        logger.warning("article %d is not marked as read: %s", shown.pk, error)
        messages.warning(request, _("The article could not be marked as read: the database can't be written now."))
        return False
    return True


def _is_prefetch(request: HttpRequest) -> bool:
    """True where a browser loads the page before anybody has asked to see it (W3C Resource Hints, `Sec-Purpose`)."""
    return request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "")
