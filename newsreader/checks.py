"""The remarks of `manage.py check --deploy` on the set-up, beside Django's own checks."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def tls(**kwargs: Any) -> list[checks.CheckMessage]:
    """Plain http is fine at home and nowhere else."""
    if settings.IS_TLS:
        return []
    return [
        checks.Warning(
            "The site is served over plain http: passwords and sessions travel where others may read them.",
            hint="At home that may be all right. Elsewhere put a proxy with TLS in front, and set "
            "NEWSREADER_URL=https://… and NEWSREADER_TRUSTED_PROXIES to the proxy's network.",
            id="newsreader.W001",
        )
    ]


@checks.register(deploy=True)
def hub(**kwargs: Any) -> list[checks.CheckMessage]:
    """A hub can tell only of what everybody may fetch, at an address that it knows."""
    if not settings.WEBSUB_HUB or (settings.NEWSREADER_PUBLIC and settings.NEWSREADER_URL):
        return []
    return [
        checks.Warning(
            "NEWSREADER_WEBSUB_HUB has no effect: the site is not public, or has no address.",
            hint="Set NEWSREADER_PUBLIC=true and NEWSREADER_URL, or take the hub out.",
            id="newsreader.W002",
        )
    ]
