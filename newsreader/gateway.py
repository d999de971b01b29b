"""The WSGI application behind an ASGI server: what WSGI alone can't keep out. See docs/decisions/web-server.md.

A request takes a thread only when its body is there, or the first 128 KB of it, and header names with an underscore
are left out: in WSGI they can't be told from those with a hyphen, which is how `X_Forwarded_For` becomes what a proxy
is believed to have said.
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, MutableMapping, Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

from newsreader.threads import Threads

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

FIRST_BYTES = 128 * 1024  # of a body; all of most forms
BODY_SECONDS = 20.0  # for those
SLOWEST = 16 * 1024  # bytes a second of what follows them
LONG_BODIES = 8  # read at once, each in a thread
FILE_PIECE = 256 * 1024


class ClientGone(OSError):
    """Nobody waits for the answer any more."""


class Gateway:
    """An ASGI application that answers with the WSGI `application`, in `threads`."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], threads: Threads, *, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._application = application
        self._threads = threads
        self._body_seconds = body_seconds
        self._long_bodies = asyncio.Semaphore(LONG_BODIES)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            first, is_all = await asyncio.wait_for(_first_bytes(receive), self._body_seconds)
        except TimeoutError:
            await _refuse(send, 408, b"The request took too long to arrive.\n")
            return
        except ClientGone:
            return
        is_in_chunks = any(name == b"transfer-encoding" for name, value in scope["headers"])
        if is_in_chunks and not is_all:
            await _refuse(send, 411, b"So long a request must say how long it is.\n")
            return
        async with nullcontext() if is_all else self._long_bodies:
            answer = _Answer(send, receive if is_all else None)
            body: io.BufferedIOBase = io.BytesIO(first)
            if not is_all:
                body = io.BufferedReader(_LongBody(first, receive, self._body_seconds))
            environ = environ_of(scope, body)
            if is_in_chunks:  # of which Django, as PEP 3333 has it, reads nothing
                environ["CONTENT_LENGTH"] = str(len(first))
            try:
                whole = await asyncio.wrap_future(self._threads.submit(lambda: answer.run(self._application, environ)))
            except ClientGone:
                return
            finally:
                answer.end_watch()
            if whole is not None:
                await send(answer.start_message())
                await send({"type": "http.response.body", "body": whole})


async def _first_bytes(receive: Receive) -> tuple[bytes, bool]:
    """The body, or FIRST_BYTES or more of it, and whether that is all. Raises ClientGone."""
    data = bytearray()
    while len(data) < FIRST_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        data += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(data), True
    return bytes(data), False


async def _refuse(send: Send, status: int, text: bytes) -> None:
    """408 or 411 (RFC 9110, 15.5.9 and 15.5.12). The server closes the connection, since the body is not read to its
    end."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def environ_of(scope: Message, body: io.BufferedIOBase) -> Environ:
    """The request as PEP 3333 has it. Of a header that comes several times, the values in one."""
    path = unquote_to_bytes(scope["raw_path"].partition(b"?")[0]) if scope.get("raw_path") else scope["path"].encode()
    host, port = scope.get("server") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": lambda file, size=0: FileWrapper(file, FILE_PIECE),
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        text = value.decode("latin-1")
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{text}" if key in environ else text
    return environ


class _LongBody(io.RawIOBase):
    """A body whose rest is read in the request's thread. Raises TimeoutError where it is slower than SLOWEST."""

    def __init__(self, first: bytes, receive: Receive, patience: float) -> None:
        self._data = memoryview(first)
        self._receive = receive
        self._deadline = time.monotonic() + patience
        self._is_all = False
        self._loop = asyncio.get_running_loop()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._data and not self._is_all:
            self._fetch()
        size = min(len(buffer), len(self._data))
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size

    def _fetch(self) -> None:
        left = self._deadline - time.monotonic()
        message = asyncio.run_coroutine_threadsafe(asyncio.wait_for(_call(self._receive), left), self._loop).result()
        if message["type"] == "http.disconnect":
            raise ClientGone
        self._data = memoryview(message.get("body", b""))
        self._is_all = not message.get("more_body", False)
        self._deadline += len(self._data) / SLOWEST


async def _call(receive: Receive) -> Message:
    return await receive()


class _Answer:
    """The application's answer: whole, or piece by piece at the pace of the client."""

    def __init__(self, send: Send, receive: Receive | None) -> None:
        self._send = send
        self._receive = receive  # None where it may not be asked whether the client is there
        self._loop = asyncio.get_running_loop()
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._watch: asyncio.Task[None] | None = None
        self._is_gone = False

    def run(self, application: Callable[..., Iterable[bytes]], environ: Environ) -> bytes | None:
        """In a thread: the whole body, or None where it was sent already. Raises ClientGone."""
        pieces = application(environ, self._start)
        try:
            if getattr(pieces, "streaming", not isinstance(pieces, list)) is False:
                return b"".join(pieces)
            self._wait(self._begin())
            for piece in pieces:
                if piece:  # an empty one ends the answer
                    self._wait(self._go_on(piece))
            self._wait(self._go_on(b""))
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return None

    def start_message(self) -> Message:
        return {"type": "http.response.start", "status": self._status, "headers": self._headers}

    def end_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def _start(self, status: str, headers: Sequence[tuple[str, str]], exc_info: object = None) -> None:
        """`start_response` of PEP 3333, without the `write` of old applications."""
        self._status = int(status.partition(" ")[0])
        self._headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def _wait(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result()

    async def _begin(self) -> None:
        if self._receive is not None:
            self._watch = asyncio.create_task(self._see_client_go(self._receive))
        await self._send(self.start_message())

    async def _go_on(self, piece: bytes) -> None:
        if self._is_gone:
            raise ClientGone
        await self._send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})

    async def _see_client_go(self, receive: Receive) -> None:
        """The server takes what is sent to nobody without a word."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
