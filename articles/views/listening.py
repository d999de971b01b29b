"""The places of a reader in an article's sounds and films: read by its page, told by static/js/listening.js."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from articles.listening.own import keep_position, positions
from articles.lists.readable import may_read
from articles.models import Article, Enclosure
from articles.querysets import BODIES
from articles.views.state import SignedIn


@login_required
@require_POST
def hear(request: SignedIn, pk: int) -> HttpResponse:
    """Keep how many seconds of one of the article's files the reader has heard: `file` and `at`. A page tells it four
    times a minute at most."""
    article = get_object_or_404(Article.objects.select_related("feed").defer(*BODIES), pk=pk)
    if not may_read(request.user, article):
        raise Http404("no such article")
    try:
        keep_position(request.user, article, request.POST.get("file", ""), int(request.POST.get("at", "")[:12]))
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return HttpResponse(status=204)


def heard(request: HttpRequest, article: Article, content: str, files: Iterable[Enclosure]) -> dict[str, Any]:
    """The context of a page that plays something: the reader's places in it, as JSON. Empty for other pages."""
    plays = "<audio " in content or "<video " in content or any(file.kind in {"sound", "film"} for file in files)
    if not plays or not isinstance(request.user, User):
        return {}
    return {"heard": json.dumps(positions(request.user, article))}
