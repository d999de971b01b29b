"""One request and its answer over a guarded connection, with every way to fail given a name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException, IncompleteRead

from feeds.http.connections import FRAMING, Connection, Connections, FinalAnswer, PlainSocket, TlsSocket
from feeds.http.content_encoding import PIECE, UndecodableError, codings_of, decoder
from feeds.http.policy import FetchPolicy, HttpError, Problem
from feeds.http.target import Target

WORTH_READING = 2**14  # bytes of an unwanted body: more cost more than a new connection

_Sent = tuple[Connection, PlainSocket | TlsSocket, FinalAnswer]

NOT_CONNECTED = frozenset({Problem.CONNECT, Problem.TLS, Problem.TIMEOUT})

FAILURES = (HttpError, UndecodableError, HTTPException, OSError)


class Answer:
    """Status and headers of an answer, whose body is still to be read: its first byte in the time that `sock` has, the
    rest until `deadline`."""

    def __init__(self, response: FinalAnswer, host: str, sock: PlainSocket | TlsSocket, deadline: float) -> None:
        self._response = response
        self._host = host
        self._sock = sock
        self._deadline = deadline
        self.status = response.status
        self.headers: dict[str, str] = {}
        for given, value in response.headers.items():
            name = given.lower()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        # Commas inside their dates forbid to merge them.
        self.cookies: list[str] = response.headers.get_all("set-cookie", [])
        self._codings = codings_of(self.headers.get("content-encoding", ""))
        self.is_encoded = bool(self._codings)
        self.received_bytes = 0
        self.is_whole = response.length == 0

    def body(self, limit: int) -> bytes:
        """All of the decoded body. Raises HttpError as soon as it is more than `limit` bytes."""
        return b"".join(self.limited_pieces(limit))

    def limited_pieces(self, limit: int, *, as_it_comes: bool = False) -> Iterator[bytes]:
        """The decoded body in pieces. Raises HttpError, also as soon as it is more than `limit` bytes."""
        if (self._response.length or 0) > limit:
            raise self._too_large(limit)
        size = 0
        # Named here, too: who reads the first piece may do so far from the end of the exchange.
        with _named_failures(self._host):
            for piece in self.pieces(as_it_comes=as_it_comes):
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

    def pieces(self, *, as_it_comes: bool = False) -> Iterator[bytes]:
        """The decoded body, some 64 KiB at a time; or as the wire brings it."""
        if not self.is_encoded:
            yield from self._raw_pieces(as_it_comes=as_it_comes)
            return
        unfold = decoder(self._codings)
        for piece in self._raw_pieces(as_it_comes=as_it_comes):
            yield from unfold.pieces(piece)
        if self.received_bytes:
            unfold.finish()

    def skip(self) -> None:
        """Read a short body away, so that the connection may be used again."""
        if (self._response.length or WORTH_READING) < WORTH_READING:
            for _ in self._raw_pieces():
                pass

    def _raw_pieces(self, *, as_it_comes: bool = False) -> Iterator[bytes]:
        read = self._response.read1 if as_it_comes else self._response.read
        while not self.is_whole:
            piece = read(PIECE)
            self._sock.deadline = self._deadline
            if not piece and self._response.length:
                raise IncompleteRead(b"", self._response.length)
            self.received_bytes += len(piece)
            self.is_whole = not piece or self._response.length == 0
            yield piece

    def _too_large(self, limit: int) -> HttpError:
        return HttpError(Problem.TOO_LARGE, f"{self._host} sent more than {limit / 2**20:.3g} MiB, the limit")


class Exchanges:
    """Asks, and keeps the connections for the next question."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._connections = Connections(policy)

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def ask(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        start: float,
        deadline: float,
        body: bytes | None = None,
    ) -> Iterator[Answer]:
        """The answer to one request, which begins until `start` and ends until `deadline`; its body must be read inside
        the `with`. Raises HttpError, inside it too."""
        with _named_failures(target.host):
            connection, sock, response = self._send(method, target, headers, start, body)
            sock.limit(start, self._policy.max_bytes + FRAMING)
            answer = Answer(response, target.host, sock, deadline)
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
    ) -> _Sent:
        connection, is_used = self._take(target, deadline)
        try:
            return _request(connection, method, target, headers, body)
        except TimeoutError:
            raise
        except OSError:
            if not is_used:
                raise
        # The server closed a kept connection just as it was asked: that says nothing about the server.
        connection, _ = self._take(target, deadline)
        return _request(connection, method, target, headers, body)

    def _take(self, target: Target, deadline: float) -> tuple[Connection, bool]:
        """A connection, as Connections.take gives it. Where a certificate is another's, or nothing is said under TLS,
        somebody in between may have accepted it."""
        try:
            with _named_failures(target.host):
                return self._connections.take(target.origin, deadline)
        except HttpError as error:
            error.is_unreached = error.is_unreached or error.problem in NOT_CONNECTED
            raise


def _request(
    connection: Connection, method: str, target: Target, headers: Mapping[str, str], body: bytes | None
) -> _Sent:
    sock = connection.sock
    assert sock is not None  # Connections.take connects
    try:
        connection.request(method, target.path, body=body, headers=headers)
        answer = connection.getresponse()
        assert isinstance(answer, FinalAnswer)
        return connection, sock, answer
    except BaseException:
        connection.close()
        sock.hang_up()
        raise


@contextmanager
def _named_failures(host: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise HttpError(Problem.TIMEOUT, f"{host} didn't answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise HttpError(Problem.TLS, f"the certificate of {host} can't be trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        reason = (error.reason or type(error).__name__).lower().replace("_", " ")
        raise HttpError(Problem.TLS, f"no secure connection to {host}: {reason}") from error
    except UndecodableError as error:
        raise HttpError(Problem.BODY, f"the body that {host} sent is cut short or not encoded as it says") from error
    except HTTPException as error:
        raise HttpError(Problem.BODY, f"{host} broke off, or doesn't speak HTTP ({type(error).__name__})") from error
    except OSError as error:
        message = f"{host} broke the connection off: {error.strerror or error}"
        raise HttpError(Problem.CONNECT, message, is_unreached=False) from error
