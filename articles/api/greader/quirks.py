"""Answers that one client needs to be others than all others do."""

from __future__ import annotations

from django.http import HttpRequest

# The library google-reader makes objects of what it is sent, and fails on a member that Miniflux does not send.
_STRICT = "Google Reader Python Client"


def takes_no_more(request: HttpRequest) -> bool:
    """True for a client that fails on a tag's number of unread articles, and on any member of an enclosure but "url"
    and "type"."""
    return request.headers.get("User-Agent", "").startswith(_STRICT)
