"""The guarded HTTP client: the only way out to addresses that came from outside.

Only public addresses are spoken to, unless the operator allowed a private network. The check is made on the address
that is connected to, at the moment of connecting and again on every redirect, so that a name that resolves
differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """What a client may do. Times in seconds, sizes in bytes of the decoded body."""

    user_agent: str
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    connect_timeout: float = 10
    read_timeout: float = 20
    total_timeout: float = 60
    max_bytes: int = 20 * 2**20
    max_redirects: int = 8


class Problem(StrEnum):
    """Why a request gave no answer."""

    ADDRESS = "address"  # no http(s) URL, or it carries credentials
    BLOCKED = "blocked"  # not a public address
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    REDIRECTS = "redirects"
    BODY = "body"  # broken off, or undecodable


class HttpError(Exception):
    """No usable answer. `str()` is a sentence for the operator."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """An answer of any status, its body decoded. `headers` with lower-case names.

    `url` is where it came from in the end. `permanent_url` is how far the chain of redirects was permanent (301, 308)
    from its start: equal to the asked address when the first hop was temporary or there was none.
    `received_bytes` counts the body as it came over the wire.
    """

    status: int
    url: str
    permanent_url: str
    headers: dict[str, str]
    body: bytes
    received_bytes: int


class Client:
    """Keeps connections open between requests. Use as a context manager; not for several threads at once."""

    def __init__(self, policy: FetchPolicy) -> None:
        self.policy = policy

    def get(self, url: str, headers: dict[str, str] | None = None) -> HttpResponse:
        """The answer to GET `url`, redirects followed. Raises HttpError, and nothing else that the far side causes."""
        raise NotImplementedError
