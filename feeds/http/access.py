"""The demands of one feed's publisher on who asks for it. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.http.target import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`headers` are secrets of `origin` and go nowhere else, whatever redirects say. `authorities` (certificates in PEM
    that may sign for it, too) and `is_unchecked` (any certificate will do) hold for it alone. With a `proxy` (http://…
    or socks5://…, a password in it) all goes through it, and nothing to another host than the origin's: what the proxy
    can reach, it alone knows."""

    origin: Origin
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    authorities: str = ""
    is_unchecked: bool = False

    def headers_for(self, origin: Origin) -> Mapping[str, str]:
        """The secrets for a request to `origin`."""
        return self.headers if origin == self.origin else {}


def basic(name: str, password: str) -> str:
    """The value of Authorization for a name and a password (RFC 7617)."""
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
