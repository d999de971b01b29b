"""The guarded HTTP client: the only way out to addresses that came from outside.

Only public addresses are spoken to, unless the operator allowed a private network. The check is made on the address
that is connected to, at the moment of connecting and again on every redirect, so that a name that resolves
differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from feeds.http.exchange import Answer

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
REPEATED = frozenset({307, 308})  # with the same method and body (RFC 9110, 15.4)
ERROR_PAGE = 2**16  # bytes of the page that comes with an error: enough to tell whose it is
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})

Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """What a client may do. Times in seconds, sizes in bytes of the decoded body."""

    user_agent: str
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    connect_timeout: float = 10
    read_timeout: float = 20
    total_timeout: float = 60
    start_timeout: float = math.inf  # until the first byte of the body, redirects and all
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
    """No usable answer. `str()` is a sentence for the operator. `is_unreached`: nobody was spoken to, as the host's
    name was not found or there was no connection; this machine's own network may be at fault."""

    def __init__(self, problem: Problem, message: str, *, is_unreached: bool | None = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.is_unreached = problem in {Problem.DNS, Problem.CONNECT} if is_unreached is None else is_unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """An answer of any status, its body decoded; of an error page no more than its start. `headers` with lower-case
    names.

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


class HttpStream:
    """An answer of any status whose body comes in pieces. `headers` with lower-case names."""

    def __init__(self, answer: Answer, url: str, max_bytes: int) -> None:
        self.url = url
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._max_bytes = max_bytes

    @property
    def is_encoded(self) -> bool:
        """The body is unpacked on the way: what the headers say of lengths and ranges is of what came packed (RFC 9110
        §8.6)."""
        return self._answer.is_encoded

    def pieces(self) -> Iterator[bytes]:
        """The decoded body, some 64 KiB at a time. Raises HttpError, also as soon as it is more than allowed."""
        return self._answer.limited_pieces(self._max_bytes)

    def arriving(self) -> Iterator[bytes]:
        """The same in pieces as they arrive, for who hands them on."""
        return self._answer.limited_pieces(self._max_bytes, as_it_comes=True)


@dataclass(frozen=True, slots=True)
class Target:
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


@dataclass(frozen=True, slots=True)
class _Chain:
    """The addresses of a chain of redirects. One is a circle where it comes again in `since_cookie`: a server that has
    set a cookie in between means to be asked again, with it."""

    hops: list[Target]
    since_cookie: set[Target]


_PORTS = {"http": 80, "https": 443}
_PATH = "/%:@!$&'()*+,;=~|[]"  # what stays as it is; a % is taken for an escape
_QUERY = _PATH + "?"
_IPV6 = re.compile(r"(^|@)\[[0-9A-Fa-f:.]+\](:\d*)?$")  # no zone: that is a matter of this machine alone
_NAME = re.compile(r"(?=.{1,254}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")


def target_of(url: str) -> Target:
    """Raises HttpError for everything that is no http or https address, and for one that carries credentials."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in _PORTS:
            raise HttpError(Problem.ADDRESS, f"{_shown(url)} is not an http or https address")
        port, host = parts.port, _host(parts.netloc, parts.hostname or "")
    except ValueError as error:
        raise HttpError(Problem.ADDRESS, f"{_shown(url)} is not a valid web address") from error
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


def _shown(url: str) -> str:
    """`url` fit for a message, whatever it contains; a password in it is left out."""
    scheme, slashes, rest = url.partition("//")
    url = scheme + slashes + rest.rpartition("@")[2]
    return repr(url if len(url) <= 200 else url[:200] + "…")


class Client:
    """Keeps connections open between requests. Use as a context manager; not for several threads at once."""

    def __init__(self, policy: FetchPolicy) -> None:
        # The settings read FetchPolicy in every process; urllib3 is loaded in those that fetch.
        from feeds.http.content_encoding import ACCEPT_ENCODING
        from feeds.http.exchange import Exchanges

        self.policy = policy
        self._exchanges = Exchanges(policy)
        self._headers = {"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPT_ENCODING}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._exchanges.close()

    def get(self, url: str, headers: dict[str, str] | None = None) -> HttpResponse:
        """The answer to GET `url`, redirects followed. Raises HttpError, and nothing else that the far side causes."""
        with self._answer("GET", url, headers or {}) as (answer, where, permanent_url):
            return HttpResponse(
                status=answer.status,
                url=where.url,
                permanent_url=permanent_url,
                headers=answer.headers,
                body=answer.body(self.policy.max_bytes) if answer.status < 400 else answer.start(ERROR_PAGE),
                received_bytes=answer.received_bytes,
            )

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> HttpResponse:
        """The answer to a form sent to `url`; only redirects that keep method and body (307, 308) are followed. Raises
        HttpError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode("ascii")
        with self._answer("POST", url, headers, body) as (answer, where, permanent_url):
            return HttpResponse(
                status=answer.status,
                url=where.url,
                permanent_url=permanent_url,
                headers=answer.headers,
                body=answer.start(ERROR_PAGE),
                received_bytes=answer.received_bytes,
            )

    @contextmanager
    def stream(self, url: str, headers: dict[str, str] | None = None) -> Iterator[HttpStream]:
        """The answer to GET `url`, redirects followed, its body still to be read, inside the `with`. Raises HttpError,
        inside it too, and nothing else that the far side causes."""
        with self._answer("GET", url, headers or {}) as (answer, where, _permanent_url):
            yield HttpStream(answer, where.url, self.policy.max_bytes)

    @contextmanager
    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[tuple[Answer, Target, str]]:
        """The first answer that is no redirect, where it came from, and how far the way there is permanent."""
        from feeds.http.cookies import ChainCookies

        now = time.monotonic()
        deadline = now + self.policy.total_timeout
        start = min(deadline, now + self.policy.start_timeout)
        target, permanent_url, is_permanent = target_of(url), url, True
        sent = {**self._headers, **headers}
        chain = _Chain([target], {target})
        cookies = ChainCookies()
        followed = REDIRECTS if body is None else REPEATED
        while True:
            cookie = cookies.header(target.origin)
            asked = {**sent, "Cookie": cookie} if cookie else sent
            with _named_hop(chain.hops), self._exchanges.ask(method, target, asked, start, deadline, body) as answer:
                location = answer.headers.get("location", "") if answer.status in followed else ""
                if not location:
                    yield answer, target, permanent_url
                    return
                answer.skip()
            if cookies.take(target.origin, answer.cookies):
                chain.since_cookie.clear()
            to = self._redirected(chain, location)
            if to.origin != target.origin:
                sent = {name: value for name, value in sent.items() if name.lower() not in CREDENTIALS}
            is_permanent = is_permanent and answer.status in PERMANENT
            permanent_url = to.url if is_permanent else permanent_url
            target = to

    def _redirected(self, chain: _Chain, location: str) -> Target:
        """Where `location` leads from the chain's last hop; it joins the chain. Raises HttpError."""
        here = chain.hops[-1]
        try:
            to = target_of(urljoin(here.url, _text(location)))
        except (HttpError, ValueError) as error:
            why = error if isinstance(error, HttpError) else f"{_shown(location)} is not a valid web address"
            raise HttpError(Problem.ADDRESS, f"{here.host} redirects to where no reader can follow: {why}") from error
        if to in chain.since_cookie:
            raise HttpError(Problem.REDIRECTS, f"{here.host} redirects in a circle, to {to.url} again")
        if len(chain.hops) > self.policy.max_redirects:
            raise HttpError(
                Problem.REDIRECTS, f"{here.host} redirects once more after {self.policy.max_redirects} times"
            )
        chain.hops.append(to)
        chain.since_cookie.add(to)
        return to


def _text(location: str) -> str:
    """A Location header as meant: its bytes reach us as Latin-1, but are UTF-8 if they can be."""
    raw = location.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, _QUERY + "#")


@contextmanager
def _named_hop(hops: list[Target]) -> Iterator[None]:
    """Say in the message that the address was not the one asked for."""
    try:
        yield
    except HttpError as error:
        if len(hops) == 1:
            raise
        message = f"redirected to {hops[-1].url}: {error}"
        raise HttpError(error.problem, message, is_unreached=False) from error
