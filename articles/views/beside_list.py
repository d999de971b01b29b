"""An article that a reader opens beside its list, or in its row: `in=pane` and `in=row` in its address.

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

PARTS = {"pane", "row"}


def opened(request: HttpRequest, shown: Article, choice: ListChoice, context: dict[str, Any]) -> HttpResponse | None:
    """The article as the address says that it is opened; None where that is a page of its own. `context` is that of
    its page."""
    part = request.GET.get("in")
    if part not in PARTS or not request.user.is_authenticated:
        return None
    context = {**context, "part": part}
    if request.htmx:  # type: ignore[attr-defined]  # from django_htmx
        answer = render(request, "articles/opened.html", context)
    elif part == "pane" and choice.opening is Opening.BESIDE:
        answer = render(request, "articles/list.html", _with_list(request, shown, choice, context))
    else:
        return None
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _with_list(request: HttpRequest, shown: Article, choice: ListChoice, context: dict[str, Any]) -> dict[str, Any]:
    around = context_around(request, shown, context["selection"], choice, context["cursor"])
    reading = render_to_string("articles/opened.html", context, request)
    return {**around, "reading": reading, "reading_name": shown.name}
