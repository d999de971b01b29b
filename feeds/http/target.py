"""Addresses in the form that goes over the wire, and in one that is fit for a message."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from feeds.http.policy import HttpError, Problem

Origin = tuple[str, str, int]

_PORTS = {"http": 80, "https": 443}
_PATH = "/%:@!$&'()*+,;=~|[]"  # what stays as it is; a % is taken for an escape
_QUERY = _PATH + "?"
_IPV6 = re.compile(r"(^|@)\[[0-9A-Fa-f:.]+\](:\d*)?$")  # no zone: that is a matter of this machine alone
_NAME = re.compile(r"(?=.{1,254}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")


class Target(NamedTuple):
    """An address in the form that goes over the wire: ASCII, without fragment (RFC 3986 §3.5)."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> Origin:
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def target_of(url: str) -> Target:
    """Raises HttpError for everything that is no http or https address, and for one that carries credentials."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in _PORTS:
            raise HttpError(Problem.ADDRESS, f"{shown(url)} is not an http or https address")
        port, host = parts.port, _host(parts.netloc, parts.hostname or "")
    except ValueError as error:
        raise HttpError(Problem.ADDRESS, f"{shown(url)} is not a valid web address") from error
    if "@" in parts.netloc:
        raise HttpError(Problem.ADDRESS, f"the address at {host} has a user name or password in it: leave it out")
    path = quote(parts.path or "/", _PATH, errors="replace")
    if parts.query:
        path += "?" + quote(parts.query, _QUERY, errors="replace")
    return Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path)


def _host(netloc: str, host: str) -> str:
    """The host as DNS knows it (IDNA 2003, which the standard library has). Raises ValueError where there is none."""
    if "[" in netloc:
        if not _IPV6.search(netloc):
            raise ValueError(netloc)
        return str(IPv6Address(host))
    if len(host) <= 253 and not host.isascii():
        host = host.encode("idna").decode().lower()
    if not _NAME.fullmatch(host):
        raise ValueError(host)
    return host


def shown(url: str) -> str:
    """`url` fit for a message, whatever it contains; a password in it is left out."""
    scheme, slashes, rest = url.partition("//")
    url = scheme + slashes + rest.rpartition("@")[2]
    return repr(url if len(url) <= 200 else url[:200] + "…")


def location_of(location: str) -> str:
    """A Location header as meant: its bytes reach us as Latin-1, but are UTF-8 if they can be."""
    raw = location.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, _QUERY + "#")
