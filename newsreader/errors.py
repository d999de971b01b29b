"""Pages for requests that can't be answered. 404 and 403 are Django's own views with our templates."""

from __future__ import annotations

import logging
import sys

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as broken

from feeds.writes import is_of_machine

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 400 page, with the reason where it is meant for the reader: one of ours, or that a form is at fault."""
    title, reason = "", str(exception) if isinstance(exception, BadRequest) else ""
    if isinstance(exception, (*TOO_MUCH, MultiPartParserError)) or (reason and request.method == "POST"):
        title = _("This form can't be read")
        reason = (
            _("It has too many fields, or more text than this site takes.")
            if isinstance(exception, TOO_MUCH)
            else reason
        )
    return render(request, "400.html", {"title": title, "reason": reason}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page; 503 and a line in the log, without a traceback, where it is the database that is away, busy, full,
    read-only or damaged, or the disk."""
    error = sys.exc_info()[1]
    if not is_of_machine(error):
        return broken(request)
    logger.error("%s %s: %s", request.method, request.path, " ".join(str(error).split()) or type(error).__name__)
    answer = HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    answer["Cache-Control"] = "no-store"
    answer._has_been_logged = True  # type: ignore[attr-defined]  # or Django would log it again, with a traceback
    return answer
