"""Names the service that stands between a feed and its readers, so that the operator knows whom to ask."""

from __future__ import annotations

from collections.abc import Mapping

WALL_STATUSES = frozenset({202, 401, 403, 405, 406, 429, 503})  # other errors are what they say they are
_BY_HEADER = (
    ("Cloudflare", "cf-mitigated", ""),
    ("AWS WAF", "x-amzn-waf-action", ""),
    ("DataDome", "x-datadome", ""),
    ("Sucuri", "x-sucuri-block", ""),
    ("Vercel", "x-vercel-mitigated", ""),
    ("DDoS-Guard", "server", "ddos-guard"),
)
_BY_PAGE = (
    ("Cloudflare", b"/cdn-cgi/challenge-platform/"),
    ("Cloudflare", b"_cf_chl_"),
    ("Cloudflare", b"cf-error-details"),
    ("Akamai", b"errors.edgesuite.net"),
    ("Imperva", b"_Incapsula_Resource"),
    ("DataDome", b"captcha-delivery.com"),
    ("AWS WAF", b"awswaf.com"),
    ("Sucuri", b"Sucuri WebSite Firewall"),
    ("Anubis", b"/.within.website/"),
)


def wall_of(headers: Mapping[str, str], page: bytes) -> str:
    """Whose bot wall an answer that is no feed comes from; empty where it looks like none."""
    for name, header, value in _BY_HEADER:
        if header in headers and value in headers[header].lower():
            return name
    if "retry-after" in headers:  # who tells when to come again keeps nobody out
        return ""
    return next((name for name, mark in _BY_PAGE if mark in page), "")
