"""The rules for a request, and the reasons why one came to nothing. Loads no network code: the settings read it in
every process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.http.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """The rules for a client. Times in seconds, sizes in bytes of the decoded body. `access`: what the publisher of the
    one feed that is asked for demands beside."""

    user_agent: str
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    connect_timeout: float = 10
    read_timeout: float = 20
    total_timeout: float = 60
    start_timeout: float = math.inf  # until the first byte of the body, redirects and all
    max_bytes: int = 20 * 2**20
    max_redirects: int = 8
    access: Access | None = None


class Problem(StrEnum):
    """The reason why a request gave no answer."""

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
    """No usable answer. `str()` is a sentence for the operator. `is_unreached`: the host was not spoken to, as its name
    was not found or led to no public address, or there was no connection, or none that is surely with it; this
    machine's own network may be at fault."""

    def __init__(self, problem: Problem, message: str, *, is_unreached: bool | None = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.is_unreached = problem in {Problem.DNS, Problem.CONNECT} if is_unreached is None else is_unreached
