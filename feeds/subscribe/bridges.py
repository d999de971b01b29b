"""Feeds that programs of the operator's own make for sites that have none: RSS-Bridge and RSSHub."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from django.conf import settings

RSSHUB = "rsshub://"


def at_own_hub(address: str) -> str:
    """`address`, and where it is a route of RSSHub ("rsshub://github/issue/DIYgod/RSSHub") its address at the
    operator's own."""
    address = address.strip()
    if not settings.RSSHUB or not address.lower().startswith(RSSHUB):
        return address
    return f"{settings.RSSHUB}/{quote(address[len(RSSHUB) :].lstrip('/'), '/:?&=%@+,~')}"


def bridged(url: str) -> Iterator[str]:
    """The address at which the operator's RSS-Bridge finds the bridge for that page, if there is one: it redirects to
    the feed.

    https://rss-bridge.github.io/rss-bridge/For_Developers/Actions.html
    """
    if settings.RSS_BRIDGE:
        yield f"{settings.RSS_BRIDGE}/?{urlencode({'action': 'detect', 'format': 'Atom', 'url': url})}"
