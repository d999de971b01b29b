"""One request and its answer over a guarded connection, with every way to fail given a name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException

from urllib3 import exceptions
from urllib3.response import BaseHTTPResponse

from feeds.connections import Connection, Connections
from feeds.decoding import PIECE, UndecodableError, decoder
from feeds.http import FetchPolicy, HttpError, Problem, Target

WORTH_READING = 2**14  # bytes of an unwanted body: more cost more than a new connection
CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})

FAILURES = (HttpError, UndecodableError, HTTPException, exceptions.HTTPError, OSError)


class Answer:
    """Status and headers of an answer, whose body is still to be read."""

    def __init__(self, response: BaseHTTPResponse, host: str) -> None:
        self._response = response
        self._host = host
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.itermerged()}
        self.cookies = response.headers.getlist("set-cookie")  # commas inside their dates forbid to merge them
        self.received_bytes = 0
        self.is_whole = response.length_remaining == 0

    def body(self, limit: int) -> bytes:
        """All of the decoded body. Raises HttpError as soon as it is more than `limit` bytes."""
        return b"".join(self.limited_pieces(limit))

    def limited_pieces(self, limit: int) -> Iterator[bytes]:
        """The decoded body in pieces. Raises HttpError as soon as it is more than `limit` bytes."""
        if (self._response.length_remaining or 0) > limit:
            raise self._too_large(limit)
        size = 0
        for piece in self.pieces():
            size += len(piece)
            if size > limit:
                raise self._too_large(limit)
            yield piece

    def start(self, limit: int) -> bytes:
        """The first `limit` bytes of the decoded body, as far as it can be read. Raises nothing."""
        parts, size = [], 0
        with suppress(*FAILURES):
            for piece in self.pieces():
                parts.append(piece)
                size += len(piece)
                if size >= limit:
                    break
        return b"".join(parts)[:limit]

    def pieces(self) -> Iterator[bytes]:
        """The decoded body, some 64 KiB at a time. An encoding that nobody knows is taken for none, as browsers do."""
        coding = self.headers.get("content-encoding", "").strip().lower()
        if coding not in CODINGS and "," not in coding:
            yield from self._raw_pieces()
            return
        unfold = decoder(coding)
        for piece in self._raw_pieces():
            yield from unfold.pieces(piece)
        if self.received_bytes:
            unfold.finish()

    def skip(self) -> None:
        """Read a short body away, so that the connection may be used again."""
        if (self._response.length_remaining or WORTH_READING) < WORTH_READING:
            for _ in self._raw_pieces():
                pass

    def _raw_pieces(self) -> Iterator[bytes]:
        while not self.is_whole:
            piece = self._response.read(PIECE, decode_content=False)
            self.received_bytes += len(piece)
            self.is_whole = not piece or self._response.length_remaining == 0
            yield piece

    def _too_large(self, limit: int) -> HttpError:
        return HttpError(Problem.TOO_LARGE, f"{self._host} sent more than {limit / 2**20:.3g} MiB, the limit")


class Exchanges:
    """Asks, and keeps the connections for the next question."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._connections = Connections(policy)

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def ask(
        self, method: str, target: Target, headers: Mapping[str, str], deadline: float, body: bytes | None = None
    ) -> Iterator[Answer]:
        """The answer to one request; its body must be read inside the `with`. Raises HttpError, inside it too."""
        with _named_failures(target.host):
            connection, response = self._send(method, target, headers, deadline, body)
            answer = Answer(response, target.host)
            try:
                yield answer
            finally:
                response.close()
                if answer.is_whole and connection.sock:
                    self._connections.give_back(target.origin, connection)
                else:
                    connection.close()

    def _send(
        self, method: str, target: Target, headers: Mapping[str, str], deadline: float, body: bytes | None
    ) -> tuple[Connection, BaseHTTPResponse]:
        connection, is_used = self._connections.take(target.origin, deadline)
        try:
            return connection, _request(connection, method, target, headers, body)
        except TimeoutError:
            raise
        except OSError:
            if not is_used:
                raise
        # The server closed a kept connection just as it was asked: that says nothing about the server.
        connection, _ = self._connections.take(target.origin, deadline)
        return connection, _request(connection, method, target, headers, body)


def _request(
    connection: Connection, method: str, target: Target, headers: Mapping[str, str], body: bytes | None
) -> BaseHTTPResponse:
    sock = connection.sock
    try:
        connection.request(method, target.path, body=body, headers=headers, preload_content=False, decode_content=False)
        return connection.getresponse()
    except BaseException:
        connection.close()
        if sock:
            sock.hang_up()
        raise


@contextmanager
def _named_failures(host: str) -> Iterator[None]:
    try:
        yield
    except (TimeoutError, exceptions.TimeoutError) as error:
        raise HttpError(Problem.TIMEOUT, f"{host} didn't answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise HttpError(Problem.TLS, f"the certificate of {host} can't be trusted: {error.verify_message}") from error
    except (ssl.SSLError, exceptions.SSLError) as error:
        raise HttpError(Problem.TLS, f"no secure connection to {host}: {_reason(error)}") from error
    except UndecodableError as error:
        raise HttpError(Problem.BODY, f"the body that {host} sent is cut short or not encoded as it says") from error
    except (HTTPException, exceptions.HTTPError) as error:
        raise HttpError(Problem.BODY, f"{host} broke off, or doesn't speak HTTP ({type(error).__name__})") from error
    except OSError as error:
        raise HttpError(Problem.CONNECT, f"{host} broke the connection off: {error.strerror or error}") from error


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if isinstance(reason, str) else type(error).__name__
