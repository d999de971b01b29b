"""robots.txt of hosts, each asked for once a day."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlsplit

from articles.full_text import robots
from articles.full_text.robots import Rule
from feeds import memory
from feeds.http import Client, HttpError
from feeds.http.fetch import retry_after

KEPT = 24 * 60 * 60  # seconds (RFC 9309 §2.4)


class Unknown(Exception):
    """The host does not say now what may be fetched: nothing may (RFC 9309 §2.3.1.4). `str()` says why."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


def may_fetch(client: Client, url: str, wait: Callable[[], None]) -> bool:
    """True where the host of `url` lets it be fetched. It is asked, after `wait`, where that is not known. Raises
    Unknown."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    key = f"robots.{sha256(origin.encode('utf-8', 'surrogatepass')).hexdigest()}"
    rules: tuple[Rule, ...] | None = memory.recall(key)
    if rules is None:
        wait()
        rules = _asked(client, f"{origin}/robots.txt")
        memory.remember(key, rules, KEPT)
    return robots.allows(rules, url)


def _asked(client: Client, url: str) -> tuple[Rule, ...]:
    body = bytearray()
    try:
        with client.stream(url) as answer:
            if answer.status == 429 or answer.status >= 500:
                wanted = retry_after(answer.headers)
                raise Unknown(f"{url} answered {answer.status}", status=answer.status, retry_after=wanted)
            if answer.status != 200:
                return ()
            for piece in answer.pieces():
                body += piece
                if len(body) >= robots.MAX_BYTES:
                    break
    except HttpError as error:
        raise Unknown(str(error)) from error
    return robots.rules_of(bytes(body[: robots.MAX_BYTES]).decode("utf-8", "replace").removeprefix("\ufeff"))
