"""An article that a reader opens beside its list, or in its row: `in=pane` and `in=row` in its address. The list may be
one of hits.

Scripts get it alone. To who asks for such an address as a page, `pane` is the list with the article beside it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from articles.lists.list_settings import ListChoice, Opening
from articles.models import Article
from articles.views.lists import context_around
from articles.views.search import hits_around

PARTS = {"pane", "row"}


def is_part(request: HttpRequest) -> bool:
    """True where a reader asks for an article as it is opened in a list."""
    return request.user.is_authenticated and request.GET.get("in") in PARTS


def opened(request: HttpRequest, shown: Article, choice: ListChoice, context: dict[str, Any]) -> HttpResponse | None:
    """The article as the address says that it is opened; None where that is a page of its own. `context` is that of
    its page."""
    if not is_part(request):
        return None
    part = request.GET["in"]
    context = {**context, "part": part}
    if request.htmx:  # type: ignore[attr-defined]  # from django_htmx
        answer = render(request, "articles/opened.html", context)
    elif part == "pane" and choice.opening is Opening.BESIDE:
        template = "search/results.html" if "search" in context else "articles/list.html"
        answer = render(request, template, _with_list(request, shown, choice, context))
    else:
        return None
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _with_list(request: HttpRequest, shown: Article, choice: ListChoice, context: dict[str, Any]) -> dict[str, Any]:
    if search := context.get("search"):
        around = hits_around(request, shown, search, choice.opening, context["cursor"])
    else:
        around = context_around(request, shown, context["selection"], choice, context["cursor"])
    reading = render_to_string("articles/opened.html", context, request)
    return {**around, "reading": reading, "reading_name": shown.name}
