"""A real HTTP/1.1 server on loopback that serves what a test tells it to. `Publisher` also works without pytest."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from types import TracebackType

import pytest
from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. `headers` with lower-case names; of a repeated one the values joined by commas."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Page:
    """What a path answers."""

    body: bytes
    content_type: str = "application/xml"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    etag: str = ""
    last_modified: str = ""

    def is_known_to(self, request: Request) -> bool:
        """Whether the request's conditions say that the client has this (RFC 9110 §13.2.2)."""
        if "if-none-match" in request.headers:
            asked = {tag.strip().removeprefix("W/") for tag in request.headers["if-none-match"].split(",")}
            return bool(self.etag) and not asked.isdisjoint({"*", self.etag.removeprefix("W/")})
        since = request.headers.get("if-modified-since")
        if not (since and self.last_modified):
            return False
        return parsedate_to_datetime(self.last_modified) <= parsedate_to_datetime(since)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the raw connection to answer it on. The connection closes when the handler returns."""

    request: Request
    connection: socket.socket
    closing: threading.Event

    def send(self, data: bytes) -> None:
        """Put `data` on the wire as it is: status line, headers and all are the handler's."""
        self.connection.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the publisher is open."""
        if self.closing.wait(seconds):
            raise ConnectionAbortedError("the publisher closes")


Handler = Callable[[Exchange], None]


class Publisher:
    """Serves from its making until `close()`, each connection on a thread of its own.

    `host` is the loopback address to listen on, `tls` a context with a certificate for https. A path with a query
    may be served as such; else the query counts for nothing. Unknown paths answer 404.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self._answers: dict[str, Page | Handler] = {}
        self._server = _Server(self, host, port, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def connections(self) -> int:
        """How many connections were ever opened to it."""
        return self._server.accepted

    def url(self, path: str = "/") -> str:
        scheme = "https" if self._server.tls else "http"
        host = str(self._server.server_address[0])
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}{path}"

    def serve(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        content_type: str = "application/xml",
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        etag: str = "",
        last_modified: str = "",
    ) -> str:
        """Answer `path` so from now on; returns its address. With a validator, conditional requests get their 304."""
        raw = body.encode() if isinstance(body, str) else body
        self._answers[path] = Page(raw, content_type, headers or {}, status, etag, last_modified)
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 301) -> str:
        return self.serve(path, headers={"Location": to}, status=status)

    def respond(self, path: str, handler: Handler) -> str:
        """Give `path` to `handler`, for everything that a good server would not do."""
        self._answers[path] = handler
        return self.url(path)

    def answer_to(self, path: str) -> Page | Handler:
        not_found = Page(b"not found", "text/plain", status=404)
        return self._answers.get(path) or self._answers.get(path.partition("?")[0]) or not_found

    def close(self) -> None:
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = False  # so that server_close joins them

    def __init__(self, publisher: Publisher, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.publisher = publisher
        self.tls = tls
        self.closing = threading.Event()
        self.accepted = 0
        self._open: set[socket.socket] = set()
        super().__init__((host, port), _Connection)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self.tls:  # the handshake comes with the first read, on the connection's own thread
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.accepted += 1
        self._open.add(connection)
        return connection, address

    def close_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        self._open.discard(request)
        request.close()

    def close_connections(self) -> None:
        self.closing.set()
        for connection in list(self._open):
            with contextlib.suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        if error and not isinstance(error, OSError):  # a client may go away at any time
            self.publisher.errors.append(error)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        publisher = self.server.publisher
        request = self._request()
        publisher.requests.append(request)
        answer = publisher.answer_to(request.path)
        if isinstance(answer, Page):
            self._send(answer, request)
        else:
            self.close_connection = True
            answer(Exchange(request, self.connection, self.server.closing))

    do_HEAD = do_POST = do_CONNECT = do_GET  # noqa: N815  (http.server's names)

    def _request(self) -> Request:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        body = self.rfile.read(int(headers.get("content-length", 0)))
        return Request(self.command, self.path, headers, body)

    def _send(self, page: Page, request: Request) -> None:
        is_known = page.status == 200 and page.is_known_to(request)
        status = 304 if is_known else page.status
        headers = {"ETag": page.etag, "Last-Modified": page.last_modified}
        if not is_known:
            headers |= {"Content-Type": page.content_type, "Content-Length": str(len(page.body))}
        headers |= page.headers
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value]
        has_body = not is_known and request.method != "HEAD"
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (page.body if has_body else b""))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: what came is in Publisher.requests."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """An empty publisher on http://127.0.0.1, closed after the test; an error in a handler fails the test. What others
    gave before is forgotten."""
    cache.clear()
    with Publisher() as running:
        yield running
    assert not running.errors, running.errors
