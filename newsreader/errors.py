"""Pages for requests that can't be answered. 404 and 403 are Django's own views with our templates."""

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

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
