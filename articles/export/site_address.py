"""The address of this site, for addresses that leave it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site_address(request: HttpRequest) -> str:
    """Scheme and host without a slash at the end: as the operator set them, else as the request came."""
    return settings.NEWSREADER_URL or f"{request.scheme}://{request.get_host()}"
