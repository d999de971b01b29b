"""Guarded connections: they lead to checked addresses only, and end at a deadline and at a number of bytes.

The name is resolved here, every address that it resolves to is checked, and the socket connects to a checked address
and no other. Both limits sit in the socket, under everything that parses what it brings: a server can't drip
headers for hours, or have a chunk of "-1" bytes read without end.
"""

from __future__ import annotations

import functools
import ipaddress
import math
import re
import select
import socket
import ssl
import time
from collections import OrderedDict
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, parse_headers
from typing import Any

from feeds.http.blocked_networks import refusal
from feeds.http.policy import FetchPolicy, HttpError, Problem
from feeds.http.target import Origin

MAX_IDLE = 16  # connections kept open for a next request
MOST_INTERIM = 20  # answers before the final one
_LENGTH = re.compile("[0-9]{1,18}")
FRAMING = 2**20  # bytes that headers and chunk marks may take beside the body


class _Limited:
    """A socket that reads until `deadline` (by the monotonic clock) and not more than `budget` bytes."""

    deadline = math.inf
    patience = math.inf
    budget = 0

    def limit(self, deadline: float, budget: int) -> None:
        self.deadline, self.budget = deadline, budget

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self.settimeout(min(left, self.patience))  # type: ignore[attr-defined]
        count: int = super().recv_into(buffer, nbytes or 0, flags)  # type: ignore[misc]
        self.budget -= count
        if self.budget < 0:
            raise HttpError(Problem.TOO_LARGE, "the answer doesn't end: more was sent than any feed needs")
        return count

    def hang_up(self) -> None:
        """Close at once, also where an answer that could not be read holds on to the socket."""
        descriptor: int = self.detach()  # type: ignore[attr-defined]
        if descriptor >= 0:
            socket.close(descriptor)


class PlainSocket(_Limited, socket.socket):
    pass


class TlsSocket(_Limited, ssl.SSLSocket):
    pass


class FinalAnswer(HTTPResponse):
    """The final answer to a request: what comes before it with a status of 1xx (100 Continue, 103 Early Hints) is read
    over (RFC 9110, 15.2), up to MOST_INTERIM of them. The standard library does so with 100 alone, and for ever."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM + 1):
            line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if line[1] >= 200:
                return line
            parse_headers(self.fp)
        raise HTTPException("interim answers without end")

    def begin(self) -> None:
        super().begin()
        if self.chunked:
            return
        # The standard library believes the first of several fields, and reads no list (RFC 9112, 6.3).
        given = ",".join(self.headers.get_all("content-length", ())).split(",")
        lengths = {int(each) for each in map(str.strip, given) if _LENGTH.fullmatch(each)}
        if len(lengths) > 1:
            raise HTTPException("lengths that differ")
        if lengths and self.length is None:
            self.length = lengths.pop()

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:
            raise ValueError(size)  # as what is no number at all
        return size


class Connection(HTTPConnection):
    """To one origin. Under TLS its name, never the address, is what the server is asked for and its certificate must
    say."""

    response_class = FinalAnswer
    sock: PlainSocket | TlsSocket | None

    def __init__(self, origin: Origin, policy: FetchPolicy, deadline: float, context: ssl.SSLContext | None) -> None:
        _, self._name, port = origin
        super().__init__(self._name.rstrip("."), port)  # the dot is for DNS alone
        self.default_port = 443 if context else 80
        self._policy, self._deadline, self._context = policy, deadline, context

    def connect(self) -> None:
        self.sock = _connect(self._name, self.port, self._policy, self._deadline)
        if self._context:
            self.sock = _under_tls(self.sock, self.host, self._context)

    @property
    def is_silent(self) -> bool:
        """Connected, and nothing has come since the last answer: neither the end nor what nobody asked for."""
        if self.sock is None:
            return False
        events = select.poll()
        events.register(self.sock, select.POLLIN)
        return not events.poll(0)


@functools.lru_cache(maxsize=64)
def tls_context(authorities: str = "", is_unchecked: bool = False, protocol: str = "") -> ssl.SSLContext:
    """The system's certificate authorities and those of one feed's server; or none that would be asked. Kept: loading
    them costs more than a poll. `protocol`: what is spoken, as ALPN calls it (RFC 7301)."""
    context = ssl.create_default_context()
    context.sslsocket_class = TlsSocket
    if protocol:
        context.set_alpn_protocols([protocol])
    if authorities:
        context.load_verify_locations(cadata=authorities)
    if is_unchecked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _connect(host: str, port: int, policy: FetchPolicy, deadline: float) -> PlainSocket:
    if policy.access and policy.access.proxy:
        return _through_proxy(policy.access.proxy, host, port, policy, deadline)
    return _connected(host, port, _checked_addresses(host, port, policy), policy, deadline)


def _through_proxy(proxy: str, host: str, port: int, policy: FetchPolicy, deadline: float) -> PlainSocket:
    """A socket that the proxy has joined to `host`. Where the proxy itself is, the operator has said: any network will
    do."""
    from feeds.http import proxies  # few feeds go through one: 6 million instructions of a poll's start

    parts = proxies.parts_of(proxy)
    own_host, own_port = proxies.place_of(parts)
    addresses = [(family, address) for family, _, _, _, address in _resolve(own_host, own_port)]
    sock = _connected(own_host, own_port, addresses, policy, deadline)
    sock.limit(min(deadline, time.monotonic() + policy.connect_timeout), 2 * proxies.LONGEST_HEAD)
    try:
        proxies.go_through(sock, parts, host, port)
    except BaseException:
        sock.close()
        raise
    return sock


def _connected(
    host: str, port: int, addresses: Sequence[tuple[int, Any]], policy: FetchPolicy, deadline: float
) -> PlainSocket:
    deadline = min(deadline, time.monotonic() + policy.connect_timeout)
    problem = HttpError(Problem.TIMEOUT, f"no time was left to connect to {host}", is_unreached=True)
    for family, address in addresses:
        sock = PlainSocket(family, socket.SOCK_STREAM)
        left = deadline - time.monotonic()
        try:
            # A dead first address leaves time for the next.
            sock.settimeout(max(left if address == addresses[-1][1] else left / 2, 0.001))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(max(deadline - time.monotonic(), 0.001))  # what the TLS handshake has
            return sock
        except TimeoutError:
            sock.close()
            message = f"{host} (port {port}) did not accept a connection in time"
            problem = HttpError(Problem.TIMEOUT, message, is_unreached=True)
        except OSError as error:
            sock.close()
            reason = error.strerror or error
            problem = HttpError(Problem.CONNECT, f"no connection to {host} (port {port}): {reason}")
    raise problem


def _checked_addresses(host: str, port: int, policy: FetchPolicy) -> Sequence[tuple[int, Any]]:
    """The family and socket address of everything that `host` resolves to and that may be fetched from."""
    allowed: list[tuple[int, Any]] = []
    problem = HttpError(Problem.DNS, f"the name {host} leads to no address")
    for family, _, _, _, address in _resolve(host, port):
        numeric = str(address[0])
        kind = refusal(ipaddress.ip_address(numeric), policy.allowed_networks)
        if not kind:
            allowed.append((family, address))
            continue
        where = numeric if numeric == host else f"{host} leads to {numeric}, which"
        message = f"{where} is {kind} address; allow it with NEWSREADER_ALLOWED_NETWORKS if you trust it"
        problem = HttpError(Problem.BLOCKED, message, is_unreached=numeric != host)  # routers give names their own
    if not allowed:
        raise problem
    return allowed


def _resolve(host: str, port: int) -> Sequence[tuple[int, int, int, str, Any]]:
    try:
        return socket.getaddrinfo(_in_dns(host), port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise HttpError(Problem.DNS, f"the name {host} can't be found: {error.strerror}") from error


def _in_dns(host: str) -> bytes:
    """The name as DNS knows it. Of text Python makes that itself, by tables that take 4 million instructions to load,
    and that few names need."""
    return host.encode("ascii" if host.isascii() else "idna")


def tls_socket(host: str, port: int, policy: FetchPolicy, authorities: str = "") -> TlsSocket:
    """A connection under TLS to a checked address of `host`, for what is not HTTP; its caller sets further limits.
    `authorities`: certificates in PEM that may sign for it, too. Raises HttpError, OSError or ssl.SSLError."""
    context = tls_context(authorities)
    sock = _connect(host, port, policy, time.monotonic() + policy.connect_timeout)
    return _under_tls(sock, host, context)


def _under_tls(sock: PlainSocket, host: str, context: ssl.SSLContext) -> TlsSocket:
    try:
        secure = context.wrap_socket(sock, server_hostname=_in_dns(host))
    except BaseException:
        sock.close()
        raise
    assert isinstance(secure, TlsSocket)
    return secure


class Connections:
    """Open connections that wait for a next request to the same origin; the longest idle makes room."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._idle: OrderedDict[Origin, Connection] = OrderedDict()

    def take(self, origin: Origin, deadline: float) -> tuple[Connection, bool]:
        """A connected connection, and whether it served before. Until `deadline` it brings the head of an answer,
        FRAMING bytes at most: a body has limits of its own. Raises HttpError, OSError or ssl.SSLError."""
        connection = self._idle.pop(origin, None)
        if connection and connection.is_silent:
            return self._limit(connection, deadline), True
        if connection:
            connection.close()
        return self._limit(self._open(origin, deadline), deadline), False

    def give_back(self, origin: Origin, connection: Connection) -> None:
        if other := self._idle.pop(origin, None):
            other.close()
        self._idle[origin] = connection
        if len(self._idle) > MAX_IDLE:
            self._idle.popitem(last=False)[1].close()

    def close(self) -> None:
        while self._idle:
            self._idle.popitem()[1].close()

    def _open(self, origin: Origin, deadline: float) -> Connection:
        access = self._policy.access
        context: ssl.SSLContext | None = None
        if origin[0] == "https":
            own = (access.authorities, access.is_unchecked) if access and access.origin == origin else ("", False)
            context = tls_context(*own, protocol="http/1.1")
        connection = Connection(origin, self._policy, deadline, context)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _limit(self, connection: Connection, deadline: float) -> Connection:
        assert connection.sock is not None
        left = max(deadline - time.monotonic(), 0.001)
        connection.sock.settimeout(min(left, self._policy.read_timeout))  # to send the request
        connection.sock.patience = self._policy.read_timeout
        connection.sock.limit(deadline, FRAMING)
        return connection
