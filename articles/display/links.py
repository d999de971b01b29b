"""Addresses of publishers as links. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_address(url: str) -> str:
    """The address if a browser may be sent there, else nothing: publishers' addresses may be anything."""
    try:
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def host(url: str) -> str:
    """A name for a link by its address: the host without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
