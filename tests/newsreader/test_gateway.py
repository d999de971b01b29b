"""The gateway between the server's ASGI and the application's WSGI, without a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from newsreader import gateway
from newsreader.gateway import Gateway, Message
from newsreader.threads import Threads

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/港/",
    "raw_path": b"/%e6%b8%af/",
    "query_string": b"a=%20b",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("192.0.2.1", 999),
    "headers": [
        (b"host", b"news.example"),
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"x_forwarded_for", b"192.0.2.66"),
        (b"x-forwarded-for", b"192.0.2.8"),
        (b"content-type", b"text/plain"),
        (b"content_type", b"text/html"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ],
}


class Client:
    """Sends `pieces` of a body, each when it is asked for, and keeps what is answered."""

    def __init__(self, *pieces: bytes, ends: bool = True, goes_after: int | None = None) -> None:
        self.pieces = list(pieces)
        self.ends = ends
        self.goes_after = goes_after
        self.messages: list[Message] = []
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces) or not self.ends}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        if len(self.messages) == self.goes_after:
            self.gone.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])


def ask(application: Callable[..., Iterable[bytes]], client_of: Callable[[], Client], **options: Any) -> Client:
    async def run() -> Client:
        client = client_of()
        await Gateway(application, Threads(2, 0.1), **options)(SCOPE, client.receive, client.send)
        return client

    return asyncio.run(run())


def echo(environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def test_the_environ_is_that_of_pep_3333_without_names_that_pretend():
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        seen.update(environ)
        start("204 No Content", [])
        return []

    assert ask(application, lambda: Client(b"")).status == 204
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/港/"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"], seen["SERVER_PORT"]) == ("a=%20b", "192.0.2.1", "8000")
    assert seen["HTTP_X_FORWARDED_FOR"] == "192.0.2.7,192.0.2.8"
    assert (seen["CONTENT_TYPE"], seen["HTTP_COOKIE"]) == ("text/plain", "a=1; b=2")
    assert "HTTP_CONTENT_TYPE" not in seen


@pytest.mark.parametrize("size", [0, 1, gateway.FIRST_BYTES - 1, gateway.FIRST_BYTES, 3 * gateway.FIRST_BYTES + 7])
def test_bodies_of_any_length_arrive_whole(size):
    body = bytes(range(256)) * (size // 256 + 1)
    pieces = [body[:size][place : place + 10_000] for place in range(0, size, 10_000)] or [b""]
    assert ask(echo, lambda: Client(*pieces)).body == body[:size]


@pytest.mark.parametrize("sent", [[], [b"a"]])
def test_a_body_that_does_not_come_is_refused_before_a_thread_is_taken(sent):
    def application(environ: object, start: object) -> list[bytes]:
        raise AssertionError

    client = ask(application, lambda: Client(*sent, ends=False), body_seconds=0.05)
    assert client.status == 408
    assert (b"connection", b"close") in client.messages[0]["headers"]


def test_the_rest_of_a_long_body_has_a_deadline_too(monkeypatch):
    monkeypatch.setattr(gateway, "SLOWEST", 10**9)
    errors: list[OSError] = []

    def application(environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        try:
            environ["wsgi.input"].read()
        except OSError as error:
            errors.append(error)
        start("400 Bad Request", [])
        return [b"slow"]

    client = ask(application, lambda: Client(bytes(gateway.FIRST_BYTES), b"more", ends=False), body_seconds=0.05)
    assert (client.status, client.body) == (400, b"slow")
    assert isinstance(errors[0], TimeoutError)


class Stream:
    """An answer in pieces, which knows when it was closed."""

    streaming = True

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.closed = threading.Event()

    def __iter__(self) -> Iterable[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed.set()


def test_a_stream_is_sent_piece_by_piece_and_closed():
    stream = Stream([b"a", b"", b"b"])

    def application(environ: object, start: Callable[..., object]) -> Any:
        start("200 OK", [])
        return stream

    client = ask(application, lambda: Client(b""))
    assert [message["body"] for message in client.messages[1:]] == [b"a", b"b", b""]
    assert [message["more_body"] for message in client.messages[1:]] == [True, True, False]
    assert stream.closed.is_set()


def test_nothing_more_is_read_for_a_client_that_has_gone():
    taken: list[int] = []

    def endless() -> Iterable[bytes]:
        while True:
            taken.append(1)
            yield b"a"

    stream = Stream(endless())

    def application(environ: object, start: Callable[..., object]) -> Any:
        start("200 OK", [])
        return stream

    ask(application, lambda: Client(b"", goes_after=4))
    assert stream.closed.is_set()
    assert len(taken) < 10


def test_an_application_that_fails_leaves_the_thread_to_the_next():
    def broken(environ: object, start: object) -> list[bytes]:
        raise LookupError("broken")

    threads = Threads(1, 10)

    async def run() -> Client:
        client = Client(b"")
        with pytest.raises(LookupError):
            await Gateway(broken, threads)(SCOPE, client.receive, client.send)
        client = Client(b"x")
        await Gateway(echo, threads)(SCOPE, client.receive, client.send)
        return client

    assert asyncio.run(run()).body == b"x"


def test_no_more_threads_than_allowed_and_none_that_nobody_needs():
    threads = Threads(3, 0.05)
    together, many = threading.Barrier(3), 30
    futures = [threads.submit(lambda: together.wait(20)) for _ in range(many)]
    assert sorted(future.result(20) for future in futures) == sorted([0, 1, 2] * (many // 3))
    assert threads.count <= 3
    ended = threading.Event()
    for _ in range(200):
        if threads.count == 0:
            break
        ended.wait(0.05)
    assert threads.count == 0
    assert threads.submit(lambda: 7).result(20) == 7
