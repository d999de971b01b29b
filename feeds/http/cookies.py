"""Cookies of one chain of redirects: each goes back to the origin that set it, and all are forgotten with the chain.

Publishers ask for this to tell browsers from what follows no redirects (Springer, Nature and journals on OJS do). Of
RFC 6265 only what a chain needs is kept: an origin (scheme, host and port) gets its own cookies whatever Domain and
Path say, so that none ever reaches another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.http.target import Origin

MOST = 20  # of one chain
LONGEST = 4096  # characters of one, with its name (RFC 6265, 6.1)
# Name and value as RFC 6265, 4.1.1 lets servers send them, and the blanks and quotes that they send beside.
PAIR = re.compile(r"""[!#-'*+.\^_`|~0-9A-Za-z-]+=[ !-:<-~]*""")
ENDED = re.compile(r";\s*max-age\s*=\s*(?:-|0+\s*(?:;|$))", re.IGNORECASE)
SECURE = re.compile(r";\s*secure\s*(?:;|$)", re.IGNORECASE)


class ChainCookies:
    """The cookies that the servers of one chain have set."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Origin, str], str] = {}

    def header(self, origin: Origin) -> str:
        """The Cookie header for `origin`; empty where it has set none."""
        return "; ".join(f"{name}={value}" for (whose, name), value in self._kept.items() if whose == origin)

    def take(self, origin: Origin, headers: Iterable[str]) -> bool:
        """Keep what the Set-Cookie `headers` of an answer from `origin` say; whether that changes what is sent back."""
        before = dict(self._kept)
        for header in headers:
            self._take(origin, header)
        return self._kept != before

    def _take(self, origin: Origin, header: str) -> None:
        pair, _, _ = header.partition(";")
        pair = pair.strip()
        if len(pair) > LONGEST or not PAIR.fullmatch(pair) or (SECURE.search(header) and origin[0] != "https"):
            return
        name, _, value = pair.partition("=")
        key = (origin, name)
        if ENDED.search(header):
            self._kept.pop(key, None)
        elif key in self._kept or len(self._kept) < MOST:
            self._kept[key] = value.strip()
