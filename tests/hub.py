"""A small WebSub hub on loopback: it takes requests, calls subscribers back when a test says so, and delivers."""

from __future__ import annotations

import hashlib
import hmac
import urllib.error
import urllib.request
from urllib.parse import parse_qs, parse_qsl, urlencode

from tests.publisher import Exchange, Publisher


class Hub:
    """Lives on a publisher at /hub. `forms`: the requests it took, oldest first."""

    def __init__(self, publisher: Publisher, status: int = 202) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.status = status
        self.verifies_at_once = False
        self.url = publisher.respond("/hub", self._take)

    def _take(self, exchange: Exchange) -> None:
        form = parse_qs(exchange.request.body.decode())
        self.forms.append(form)
        if self.verifies_at_once and form["hub.mode"] == ["subscribe"]:
            assert self.verify()[0] == 200
        said = b"Not today" if self.status >= 400 else b""
        exchange.send(b"HTTP/1.1 %d Answer\r\nContent-Length: %d\r\n\r\n%s" % (self.status, len(said), said))

    @property
    def last(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.forms[-1].items()}

    def verify(self, *, lease: str = "3600", challenge: str = "Ch4llenge", **changed: str) -> tuple[int, str]:
        """Ask the subscriber whether the last request was meant: status and body of its answer."""
        said = {"hub.mode": self.last["hub.mode"], "hub.topic": self.last["hub.topic"]}
        said |= {"hub.challenge": challenge, "hub.lease_seconds": lease}
        return call(self.last["hub.callback"], said | {f"hub.{name}": value for name, value in changed.items()})

    def deny(self, reason: str) -> tuple[int, str]:
        said = {"hub.mode": "denied", "hub.topic": self.last["hub.topic"], "hub.reason": reason}
        return call(self.last["hub.callback"], said)

    def deliver(self, body: str, *, method: str = "sha256", secret: str | None = None, signed: bool = True) -> int:
        """Send the topic's content to the subscriber; the status of its answer."""
        raw, key = body.encode(), (self.last.get("hub.secret", "") if secret is None else secret).encode()
        headers = {"Content-Type": "application/rss+xml"}
        if signed:
            headers["X-Hub-Signature"] = f"{method}={hmac.new(key, raw, getattr(hashlib, method)).hexdigest()}"
        return post(self.last["hub.callback"], raw, headers)


def call(address: str, said: dict[str, str]) -> tuple[int, str]:
    query = dict(parse_qsl(address.partition("?")[2])) | said
    try:
        with urllib.request.urlopen(f"{address.partition('?')[0]}?{urlencode(query)}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
