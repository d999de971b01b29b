"""The guarded HTTP client: the only way out to addresses that came from outside.

Only public addresses are spoken to, unless the operator allowed a private network. The check is made on the address
that is connected to, at the moment of connecting and again on every redirect, so that a name that resolves
differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urlencode, urljoin

from feeds.http.policy import FetchPolicy, HttpError, Problem
from feeds.http.target import Target, location_of, shown, target_of

if TYPE_CHECKING:
    from feeds.http.cookies import ChainCookies
    from feeds.http.exchange import Answer

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
REPEATED = frozenset({307, 308})  # with the same method and body (RFC 9110, 15.4)
ERROR_PAGE = 2**16  # bytes of the page that comes with an error: enough to tell whose it is
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


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


class _Chain(NamedTuple):
    """The addresses of a chain of redirects. One is a circle where it comes again in `since_cookie`: a server that has
    set a cookie in between means to be asked again, with it."""

    hops: list[Target]
    since_cookie: set[Target]


class Client:
    """Keeps connections open between requests. Use as a context manager; not for several threads at once. `until`: a
    time by the monotonic clock after which every request ends, and none is begun."""

    def __init__(self, policy: FetchPolicy, *, until: float = math.inf) -> None:
        # The settings read FetchPolicy in every process; the network stack is loaded in those that fetch.
        from feeds.http.content_encoding import ACCEPT_ENCODING
        from feeds.http.exchange import Exchanges

        self.policy = policy
        self._until = until
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

    def with_policy(self, policy: FetchPolicy) -> Client:
        """A client by other rules, which shares nothing with this one but the time that it has."""
        return Client(policy, until=self._until)

    def get(self, url: str, headers: dict[str, str] | None = None) -> HttpResponse:
        """The answer to GET `url`, redirects followed. Raises HttpError, and nothing else that the far side causes."""
        with self._answer("GET", url, headers or {}) as (answer, where, permanent_url):
            body = answer.body(self.policy.max_bytes) if answer.status < 400 else answer.start(ERROR_PAGE)
            return _response(answer, where, permanent_url, body)

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> HttpResponse:
        """The answer to a form sent to `url`; only redirects that keep method and body (307, 308) are followed. Raises
        HttpError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode("ascii")
        with self._answer("POST", url, headers, body, followed=REPEATED) as (answer, where, permanent_url):
            return _response(answer, where, permanent_url, answer.start(ERROR_PAGE))

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> HttpResponse:
        """The answer to a POST of `body` to `url`, of any status: no redirect is followed, which would hand the body to
        somebody else. Raises HttpError."""
        with self._answer("POST", url, headers, body, followed=frozenset()) as (answer, where, permanent_url):
            return _response(answer, where, permanent_url, answer.start(ERROR_PAGE))

    @contextmanager
    def stream(self, url: str, headers: dict[str, str] | None = None) -> Iterator[HttpStream]:
        """The answer to GET `url`, redirects followed, its body still to be read, inside the `with`. Raises HttpError,
        inside it too, and nothing else that the far side causes."""
        with self._answer("GET", url, headers or {}) as (answer, where, _permanent_url):
            yield HttpStream(answer, where.url, self.policy.max_bytes)

    @contextmanager
    def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        followed: frozenset[int] = REDIRECTS,
    ) -> Iterator[tuple[Answer, Target, str]]:
        """The first answer that is no redirect that is `followed`, where it came from, and how far the way there is
        permanent."""
        now = time.monotonic()
        deadline = min(now + self.policy.total_timeout, self._until)
        start = min(deadline, now + self.policy.start_timeout)
        target, permanent_url, is_permanent = target_of(url), url, True
        if now >= self._until:
            raise HttpError(Problem.TIMEOUT, f"no time was left to connect to {target.host}", is_unreached=False)
        sent = {**self._headers, **headers}
        chain = _Chain([target], {target})
        cookies: ChainCookies | None = None  # until a server has redirected, as few do
        while True:
            asked = self._told(target, sent, cookies)
            with _named_hop(chain.hops), self._exchanges.ask(method, target, asked, start, deadline, body) as answer:
                location = answer.headers.get("location", "") if answer.status in followed else ""
                if not location:
                    yield answer, target, permanent_url
                    return
                answer.skip()
            cookies = cookies or _no_cookies()
            if cookies.take(target.origin, answer.cookies, answer.headers.get("date", "")):
                chain.since_cookie.clear()
            to = self._redirected(chain, location)
            if to.origin != target.origin:
                sent = _without_credentials(sent)
            is_permanent = is_permanent and answer.status in PERMANENT
            permanent_url = to.url if is_permanent else permanent_url
            target = to

    def _told(self, target: Target, sent: Mapping[str, str], cookies: ChainCookies | None) -> Mapping[str, str]:
        """The headers for one hop: its origin's cookies, and what that alone is told, among them. Raises HttpError."""
        secrets = self._secrets(target)
        if not secrets and cookies is None:
            return sent
        told = [
            each for each in (secrets.get("Cookie"), cookies and cookies.header(target.origin, target.path)) if each
        ]
        return {**sent, **secrets, **({"Cookie": "; ".join(told)} if told else {})}

    def _secrets(self, target: Target) -> Mapping[str, str]:
        """The headers that the target's origin alone is told. Raises HttpError."""
        access = self.policy.access
        if access is None:
            return {}
        if access.proxy and target.host != access.origin[1]:
            reason = f"{access.origin[1]} redirects to {target.host}: through a proxy no other host is asked"
            raise HttpError(Problem.REDIRECTS, reason)
        return access.headers_for(target.origin)

    def _redirected(self, chain: _Chain, location: str) -> Target:
        """The target that `location` leads to from the chain's last hop; it joins the chain. Raises HttpError."""
        here = chain.hops[-1]
        try:
            to = target_of(urljoin(here.url, location_of(location)))
        except (HttpError, ValueError) as error:
            why = error if isinstance(error, HttpError) else f"{shown(location)} is not a valid web address"
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


def _response(answer: Answer, where: Target, permanent_url: str, body: bytes) -> HttpResponse:
    return HttpResponse(
        status=answer.status,
        url=where.url,
        permanent_url=permanent_url,
        headers=answer.headers,
        body=body,
        received_bytes=answer.received_bytes,
    )


def _without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in CREDENTIALS}


def _no_cookies() -> ChainCookies:
    from feeds.http.cookies import ChainCookies

    return ChainCookies()


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
