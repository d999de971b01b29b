"""The web server as it is started, with clients that take their time and headers that pretend."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from newsreader.processes import end_with_parent
from tests.newsreader.conftest import ROOT
from tests.servers import free_port

PATIENCE = 60


@contextmanager
def running_web(environment: Mapping[str, str], *options: str) -> Iterator[int]:
    """The port of a web server that answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "newsreader.web", "--port", str(port), *options],
        cwd=ROOT,
        env=environment,
        preexec_fn=end_with_parent,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                assert get(port, "/healthz")[0] == 200
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def get(port: int, path: str, *headers: tuple[str, str], method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    status, _, content = fetched(port, path, *headers, method=method, body=body)
    return status, content


def fetched(
    port: int, path: str, *headers: tuple[str, str], method: str = "GET", body: bytes | Iterable[bytes] = b""
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of the answer. A `body` in pieces is sent in chunks."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.putrequest(method, path, skip_host=any(name == "Host" for name, value in headers))
        for name, value in headers:
            client.putheader(name, value)
        in_chunks = not isinstance(body, bytes)
        if in_chunks:
            client.putheader("Transfer-Encoding", "chunked")
        elif body:
            client.putheader("Content-Length", str(len(body)))
        client.endheaders(body or None, encode_chunked=in_chunks)
        response = client.getresponse()
        return response.status, response.headers, response.read()
    finally:
        client.close()


def test_bodies_that_take_their_time_keep_no_thread(used_environment):
    with running_web(used_environment, "--threads", "4") as port, ExitStack() as stack:
        head = (
            f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nReferer: http://127.0.0.1:{port}/\r\n"
            f"Cookie: csrftoken={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 100000\r\n\r\na"
        )
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(30)]
        for client in slow:
            client.sendall(head.encode())
        for _ in range(3):
            assert get(port, "/healthz") == (200, b"ok\n")
            assert get(port, "/sign-in/")[0] == 200
            assert get(port, "/sign-in/", method="POST", body=b"username=a")[0] == 403
            for client in slow:
                client.sendall(b"b")


def test_long_bodies_keep_few_threads(used_environment):
    with running_web(used_environment, "--threads", "12") as port, ExitStack() as stack:
        token = f"csrfmiddlewaretoken={'a' * 32}&x="
        head = (
            f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nReferer: http://127.0.0.1:{port}/\r\n"
            f"Cookie: csrftoken={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: 1000000\r\n\r\n{token}{'a' * 200_000}"
        )
        for _ in range(20):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(head.encode())
        assert get(port, "/healthz") == (200, b"ok\n")
        assert get(port, "/sign-in/")[0] == 200


def test_names_with_underscores_are_not_taken_for_a_proxys(used_environment):
    told = {"NEWSREADER_URL": "https://news.example", "NEWSREADER_TRUSTED_PROXIES": "127.0.0.1/32"}
    host = ("Host", "news.example")
    with running_web(used_environment | told) as port:

        def status(*headers: tuple[str, str]) -> int:
            return get(port, "/sign-in/", *headers)[0]

        honest, plain = ("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "http")
        assert status(host, honest) == 200
        assert status(host, plain) == 301
        for name in ("X_Forwarded_Proto", "X-Forwarded_Proto", "x_forwarded-proto"):
            for others in range(4):
                dummies = [(f"X-Dummy-{number}", "1") for number in range(others)]
                assert status(host, plain, (name, "https"), *dummies) == 301
                assert status(host, honest, (name, "http"), *dummies) == 200
            assert status(host, (name, "https")) == 301
        assert status(host, honest, ("X_Forwarded_Host", "evil.example")) == 200
        assert status(host, honest, ("X-Forwarded-Host", "evil.example")) == 400


def test_a_form_in_chunks_is_read_and_one_too_long_for_that_is_told_so(used_environment):
    token = "a" * 32
    form = f"csrfmiddlewaretoken={token}&username=nobody&password=wrong".encode()
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    with running_web(used_environment) as port:
        origin, cookie = ("Referer", f"http://127.0.0.1:{port}/"), ("Cookie", f"csrftoken={token}")

        def status(body: bytes | Iterable[bytes]) -> int:
            return fetched(port, "/sign-in/", kind, origin, cookie, method="POST", body=body)[0]

        assert status(form) == 200
        assert status([form[:20], form[20:]]) == 200
        assert status([form, b"&x=" + bytes(300_000)]) == 411
        assert status([form[20:]]) == 403
