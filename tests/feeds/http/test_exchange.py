"""Answers without end, broken off, and not HTTP at all."""

from __future__ import annotations

import gzip
import socket
import struct
import sys
import time
import tracemalloc
from dataclasses import replace

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.http import Client, HttpError, Problem
from feeds.http.connections import MOST_INTERIM
from feeds.http.exchange import WORTH_READING
from tests.feeds.hostility import (
    LOOPBACK,
    MEBI,
    client,
    dripping,
    endless,
    problem_of,
    raw,
)
from tests.publisher import Exchange, Publisher

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["client"]


class TestLimits:
    def test_a_body_of_just_the_limit_is_whole(self, publisher: Publisher):
        with Client(replace(LOOPBACK, max_bytes=100_000)) as client:
            assert len(client.get(publisher.serve("/", bytes(100_000))).body) == 100_000
            assert problem_of(client, publisher.serve("/", bytes(100_001))).problem is Problem.TOO_LARGE

    @pytest.mark.parametrize(
        "start",
        [
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:-8],
        ],
        ids=["unmarked", "announced", "one chunk", "negative chunk", "gzip"],
    )
    def test_a_body_without_end_is_cut_off(self, publisher: Publisher, start: bytes):
        url = publisher.respond("/", endless(start, bytes(2**16)))
        with Client(replace(LOOPBACK, max_bytes=2 * MEBI)) as client:
            tracemalloc.start()
            error = problem_of(client, url)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert error.problem in {Problem.TOO_LARGE, Problem.BODY}
        assert peak < 10 * MEBI

    @pytest.mark.parametrize(
        ("start", "more"),
        [
            (b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n"),
            (b"HTTP/1.1 200 OK\r\nX-Long: ", b"long " * 1000),
            (b"HTTP/1.1 ", b"2" * 1000),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"note" * 1000),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"X-Trailer: and more\r\n"),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"),
        ],
        ids=["headers", "a header", "status line", "chunk size", "trailers", "continue", "hints"],
    )
    def test_headers_without_end_are_cut_off(self, publisher: Publisher, start: bytes, more: bytes):
        url = publisher.respond("/", endless(start, more))
        with Client(replace(LOOPBACK, max_bytes=MEBI)) as client:
            assert problem_of(client, url).problem in {Problem.BODY, Problem.TOO_LARGE}

    @pytest.mark.parametrize(
        ("start", "drop"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
            (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
            (b"HTTP", b"/"),
            (b"HTTP/1.1 403 Forbidden\r\nX-Slow: ", b"x"),
        ],
        ids=["length", "no length", "chunks", "header", "status line", "error"],
    )
    def test_a_server_that_drips_meets_the_deadline(self, publisher: Publisher, start: bytes, drop: bytes):
        url = publisher.respond("/", dripping(start, drop))
        with Client(replace(LOOPBACK, total_timeout=0.3)) as client:
            begin = time.monotonic()
            error = problem_of(client, url)
            assert time.monotonic() - begin < 3
        assert error.problem is Problem.TIMEOUT

    def test_redirects_share_one_deadline(self, publisher: Publisher):
        def slow(exchange: Exchange) -> None:
            exchange.pause(0.1)
            number = int(exchange.request.path[1:])
            publisher.respond(f"/{number + 1}", slow)
            exchange.send(f"HTTP/1.1 302 Found\r\nLocation: /{number + 1}\r\n\r\n".encode())

        url = publisher.respond("/0", slow)
        with Client(replace(LOOPBACK, total_timeout=0.35, max_redirects=1000)) as client:
            assert problem_of(client, url).problem is Problem.TIMEOUT
        assert len(publisher.requests) <= 4

    def test_what_has_begun_in_time_has_the_time_of_the_whole(self, publisher: Publisher):
        def answer(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            exchange.pause(0.7)
            exchange.send(b"b")

        url = publisher.respond("/", answer)
        with Client(replace(LOOPBACK, start_timeout=0.5)) as client, client.stream(url) as coming:
            assert b"".join(coming.arriving()) == b"ab"

    def test_a_server_that_says_nothing_is_left_after_the_read_timeout(self, publisher: Publisher):
        url = publisher.respond("/", lambda exchange: exchange.pause(60))
        with Client(replace(LOOPBACK, read_timeout=0.1)) as client:
            error = problem_of(client, url)
        assert error.problem is Problem.TIMEOUT
        assert str(error) == "127.0.0.1 didn't answer in time"


FINAL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal"


class TestInterimAnswers:
    @pytest.mark.parametrize(
        "interim",
        [
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nContent-Length: 9\r\n\r\n",
            b"HTTP/1.1 102 Processing\r\n\r\n" * 2 + b"HTTP/1.1 103 Early Hints\r\n\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            b"HTTP/1.1 199 Unheard of\r\n\r\n" * MOST_INTERIM,
        ],
        ids=["continue", "hints", "several", "switching", "the most"],
    )
    def test_they_are_read_over(self, client: Client, publisher: Publisher, interim: bytes):
        response = client.get(publisher.respond("/", raw(interim + FINAL)))
        assert (response.status, response.body) == (200, b"real")
        assert "link" not in response.headers

    def test_no_more_of_them_than_so_many(self, client: Client, publisher: Publisher):
        hints = b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MOST_INTERIM + 1)
        assert problem_of(client, publisher.respond("/", raw(hints + FINAL))).problem is Problem.BODY

    def test_hints_without_an_answer_meet_the_timeout(self, publisher: Publisher):
        def hint(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            exchange.pause(60)

        with Client(replace(LOOPBACK, read_timeout=0.1)) as client:
            assert problem_of(client, publisher.respond("/", hint)).problem is Problem.TIMEOUT


class TestKeptConnections:
    def test_silence_on_a_kept_connection_is_waited_for_once(self, publisher: Publisher):
        with Client(replace(LOOPBACK, read_timeout=0.1)) as client:
            client.get(publisher.serve("/", "kept"))
            error = problem_of(client, publisher.respond("/", lambda exchange: exchange.pause(60)))
        assert error.problem is Problem.TIMEOUT
        assert len(publisher.requests) == 2


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"<html>no status line</html>",
            b"HTTP/1.1 abc OK\r\n\r\n",
            b"HTTP/1.1 99999 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n12345",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100, 100\r\n\r\nonly this",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello, this is longer\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ],
    )
    def test_what_is_broken_off_or_no_http_is_named(self, client: Client, publisher: Publisher, answer: bytes):
        error = problem_of(client, publisher.respond("/", raw(answer)))
        assert error.problem in {Problem.BODY, Problem.CONNECT}
        assert str(error).startswith("127.0.0.1 ")

    @pytest.mark.parametrize("lengths", ["5\r\nContent-Length: 05", "5, 5", "5\r\nContent-Length:", "005"])
    def test_a_length_that_is_said_twice_is_one(self, client: Client, publisher: Publisher, lengths: str):
        url = publisher.respond("/", raw(f"HTTP/1.1 200 OK\r\nContent-Length: {lengths}\r\n\r\nhello".encode()))
        assert client.get(url).body == b"hello"

    def test_a_connection_that_is_reset_is_named(self, client: Client, publisher: Publisher):
        def reset(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            at_once = struct.pack("ii", 1, 0)  # close(2) sends RST: socket(7), SO_LINGER
            exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)

        error = problem_of(client, publisher.respond("/", reset))
        assert error.problem in {Problem.BODY, Problem.CONNECT}
        assert str(error).startswith("127.0.0.1 ")

    @pytest.mark.parametrize(("length", "connections"), [(5, 1), (2 * WORTH_READING, 2)])
    def test_only_the_short_body_of_a_redirect_is_read_for_its_connection(
        self, client: Client, publisher: Publisher, length: int, connections: int
    ):
        moved = publisher.serve("/", b"x" * length, headers={"Location": "/there"}, status=302)
        publisher.serve("/there", "yes")
        assert client.get(moved).body == b"yes"
        assert publisher.connections == connections

    def test_what_comes_after_the_announced_length_is_not_taken_for_the_next_answer(
        self, client: Client, publisher: Publisher
    ):
        smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake" * 1000
        publisher.respond("/", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal" + smuggled))
        assert [client.get(publisher.url("/")).body for _ in range(3)] == [b"real"] * 3


FRAGMENTS = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 304 \r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: ",
    b"HTTP/1.1 403 No\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: br\r\n",
    b"Content-Encoding: zstd\r\n",
    b"Content-Encoding: deflate\r\n",
    b"Set-Cookie: a=b\r\n",
    b"http://127.0.0.1:1/\r\n",
    b"//[\r\n",
    b"/\xe6\x96\xb0\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"5\r\nhello\r\n",
    b"-5\r\n",
    b"0\r\n\r\n",
    b"7",
    gzip.compress(b"<rss/>"),
    brotli.compress(b"<rss/>"),
    zstd.compress(b"<rss/>"),
    b"\x00",
    b" \r\n folded: ",
]


class TestAnything:
    @given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=12))
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_whatever_a_server_sends_is_an_answer_or_an_http_error(
        self, client: Client, publisher: Publisher, parts: list[bytes]
    ):
        url = publisher.respond("/", raw(b"".join(parts)))
        try:
            told = str(client.get(url).status)
        except HttpError as error:
            told = str(error)
        assert told.isprintable()  # it is kept, and shown
