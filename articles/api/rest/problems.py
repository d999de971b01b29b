"""Errors as RFC 9457 has them."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = {HTTPStatus.TOO_MANY_REQUESTS: 900, HTTPStatus.SERVICE_UNAVAILABLE: 10}


def problem(detail: str, *, status: int) -> HttpResponse:
    """The answer that says what is wrong. Its type is none but its status (RFC 9457, 4.2.1)."""
    known = HTTPStatus(status)
    response = JsonResponse(
        {"type": "about:blank", "title": known.phrase, "status": status, "detail": detail},
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if known in RETRY_SECONDS:
        response["Retry-After"] = str(RETRY_SECONDS[known])
    if known == HTTPStatus.UNAUTHORIZED:
        # Not Basic, though it is taken: a browser would ask for a password, keep it, and send it unasked from then on.
        response["WWW-Authenticate"] = 'Bearer realm="Newsreader"'
    return response
