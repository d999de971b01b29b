"""Cookies of one chain of redirects: each goes back to the origin that set it, and all are forgotten with the chain.

Publishers ask for this to tell browsers from what follows no redirects (Springer, Nature and journals on OJS do). Of
RFC 6265 only what a chain needs is kept: an origin (scheme, host and port) gets its own cookies whatever Domain says,
so that none ever reaches another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from feeds.http.dates import http_date
from feeds.http.target import Origin

MOST = 20  # of one chain
LONGEST = 4096  # characters of one, with its name (RFC 6265, 6.1)
# Name and value as RFC 6265, 4.1.1 lets servers send them, and the blanks and quotes that they send beside.
PAIR = re.compile(r"""[!#-'*+.\^_`|~0-9A-Za-z-]+=[ !-:<-~]*""")


class ChainCookies:
    """The cookies that the servers of one chain have set."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Origin, str, str], str] = {}

    def header(self, origin: Origin, path: str = "/") -> str:
        """The Cookie header for a request to `origin`; empty where it has set none for `path`. Of several of one name
        that for the longest path comes first (RFC 6265, 5.4)."""
        kept = [each for each in self._kept.items() if each[0][0] == origin and _is_within(path, each[0][2])]
        kept.sort(key=lambda each: -len(each[0][2]))
        return "; ".join(f"{name}={value}" for (_, name, _), value in kept)

    def take(self, origin: Origin, headers: Iterable[str], date: str = "") -> bool:
        """Keep what the Set-Cookie `headers` of an answer from `origin` say; whether that changes what is sent back.
        `date`: the answer's, by which they end, as the clock here may be wrong."""
        before = dict(self._kept)
        for header in headers:
            self._take(origin, header, date)
        return self._kept != before

    def _take(self, origin: Origin, header: str, date: str) -> None:
        pair, *given = (each.strip() for each in header.split(";"))
        told = {name.strip().lower(): value.strip() for name, _, value in (each.partition("=") for each in given)}
        if len(pair) > LONGEST or not PAIR.fullmatch(pair) or ("secure" in told and origin[0] != "https"):
            return
        name, _, value = pair.partition("=")
        path = told.get("path", "")
        key = (origin, name, path if path.startswith("/") else "/")
        if _is_over(told, date):
            self._kept.pop(key, None)
        elif key in self._kept or len(self._kept) < MOST:
            self._kept[key] = value.strip()


def _is_within(path: str, of_cookie: str) -> bool:
    """True where a cookie for one path goes to another (RFC 6265, 5.1.4)."""
    asked = path.partition("?")[0]
    return asked == of_cookie or asked.startswith(f"{of_cookie.removesuffix('/')}/")


def _is_over(told: Mapping[str, str], date: str) -> bool:
    """True where its attributes end a cookie; Max-Age counts before Expires (RFC 6265, 5.3)."""
    if re.fullmatch("-?[0-9]+", seconds := told.get("max-age", "")):
        return seconds.startswith("-") or not seconds.strip("0")
    end = http_date(told.get("expires", ""))
    return end is not None and end <= (http_date(date) or datetime.now(UTC))
