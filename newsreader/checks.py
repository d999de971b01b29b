"""What `manage.py check --deploy` says about the set-up, beside Django's own checks."""

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
