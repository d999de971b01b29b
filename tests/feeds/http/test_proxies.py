"""The words to a proxy, byte for byte, and what its answers mean. Whole polls go through one in
tests/feeds/access/test_proxies.py."""

from __future__ import annotations

import socket
import time
from base64 import b64encode
from dataclasses import replace

import pytest

from feeds.http import Client
from feeds.http.access import Access
from feeds.http.policy import HttpError, Problem
from feeds.http.proxies import LONGEST_HEAD, REFUSED, go_through, parts_of, place_of
from feeds.http.target import target_of
from tests.feeds.hostility import STRICT, problem_of, resolving, silent
from tests.publisher import Exchange, Publisher

TAKEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
JOINED = b"\x05\x00\x00\x01" + bytes(6)  # to an IPv4 address and a port that nobody asks for
ASKED = b"\x05\x01\x00\x03\x0dfeeds.example\x01\xbb"


def told(proxy: str, answer: bytes, host: str = "feeds.example") -> bytes:
    """The words to a proxy that answers so, and is followed by the host's own first words: these are left unread."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(answer + b"welcome")
        go_through(near, parts_of(proxy), host, 443)
        assert near.recv(100) == b"welcome"
        near.shutdown(socket.SHUT_WR)
        return far.makefile("rb").read()


def refusal(proxy: str, answer: bytes) -> str:
    """The words about a proxy that answers so, and no more."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(answer)
        far.shutdown(socket.SHUT_WR)
        with pytest.raises(HttpError) as caught:
            go_through(near, parts_of(proxy), "feeds.example", 443)
    assert (caught.value.problem, caught.value.is_unreached) == (Problem.CONNECT, True)
    sentence, _, why = str(caught.value).partition(" refuses: ")
    assert sentence == "the proxy proxy.example"
    return why


@pytest.mark.parametrize(
    ("proxy", "place"),
    [
        ("http://proxy.example", ("proxy.example", 8080)),
        ("http://ann:secret@proxy.example:3128/", ("proxy.example", 3128)),
        ("socks5://proxy.example", ("proxy.example", 1080)),
        ("socks5h://[::1]", ("::1", 1080)),
    ],
)
def test_a_proxy_has_a_place(proxy: str, place: tuple[str, int]):
    assert place_of(parts_of(proxy)) == place


@pytest.mark.parametrize(
    "proxy",
    [
        "",
        "proxy.example:8080",
        "https://proxy.example",
        "socks4://proxy.example",
        "http://",
        "http://:8080",
        "http://proxy.example/way",
        "http://proxy.example?a=b",
        "http://proxy.example:99999",
        "http://proxy.example:port",
    ],
)
def test_what_is_no_proxy_is_refused(proxy: str):
    with pytest.raises(ValueError):
        parts_of(proxy)


class TestHttp:
    @pytest.mark.parametrize(
        ("host", "where"), [("feeds.example", "feeds.example:443"), ("2001:db8::1", "[2001:db8::1]:443")]
    )
    def test_it_is_told_where_to_connect(self, host: str, where: str):
        expected = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n"
        assert told("http://proxy.example", TAKEN, host).decode() == expected

    @pytest.mark.parametrize(
        ("given", "credentials"),
        [("ann:secret@", "ann:secret"), ("a%40b:p%3A%C3%BC@", "a@b:p:ü"), ("ann@", "ann:"), ("ann:@", "ann:")],
    )
    def test_it_is_told_who_asks(self, given: str, credentials: str):
        lines = told(f"http://{given}proxy.example", TAKEN).split(b"\r\n")
        assert lines[2:] == [b"Proxy-Authorization: Basic " + b64encode(credentials.encode()), b"", b""]

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.0 200\r\n\r\n",
            b"HTTP/1.1 299 Why not\r\nX: y\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * (LONGEST_HEAD - 24) + b"\r\n\r\n",
        ],
        ids=["bare", "with a header", "the longest"],
    )
    def test_every_success_will_do(self, answer: bytes):
        assert len(answer) <= LONGEST_HEAD
        assert told("http://proxy.example", answer)

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (b"HTTP/1.1 407 Proxy Authentication Required\r\nA: 200\r\n\r\n", "it answered 407"),
            (b"HTTP/1.1 " + b"5" * 30 + b"\r\n\r\n", f"it answered {'5' * 20}"),
            (b"HTTP/1.1 \xff\r\n\r\n", "it answered ÿ"),
            (b"HTTP/1.1\r\n\r\n", "it answered nothing"),
            (b"200\r\n\r\n", "it answered nothing"),
            (b"", "it broke off"),
            (b"HTTP/1.1 200 OK\r\n", "it broke off"),
            (b"y" * LONGEST_HEAD, "it answers nothing that is HTTP"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"y" * (LONGEST_HEAD - 23) + b"\r\n\r\n", "it answers nothing that is HTTP"),
        ],
    )
    def test_all_else_is_a_refusal(self, answer: bytes, why: str):
        assert refusal("http://ann:secret@proxy.example", answer) == why


class TestSocks:
    @pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
    @pytest.mark.parametrize(
        "joined",
        [JOINED, b"\x05\x00\x00\x04" + bytes(18), b"\x05\x00\x00\x03\x04here\x00\x00"],
        ids=["IPv4", "IPv6", "name"],
    )
    def test_it_is_told_the_name_of_the_host(self, scheme: str, joined: bytes):
        assert told(f"{scheme}://proxy.example", b"\x05\x00" + joined) == b"\x05\x01\x00" + ASKED

    @pytest.mark.parametrize(
        ("given", "credentials"),
        [
            ("ann:secret", b"\x01\x03ann\x06secret"),
            ("a%40b:%C3%BC", b"\x01\x03a@b\x02\xc3\xbc"),
            ("ann", b"\x01\x03ann\x00"),
            ("a" * 300 + ":" + "b" * 300, b"\x01\xff" + b"a" * 255 + b"\xff" + b"b" * 255),
        ],
    )
    def test_it_is_told_who_asks_where_it_wants_to_know(self, given: str, credentials: bytes):
        proxy = f"socks5://{given}@proxy.example"
        assert told(proxy, b"\x05\x02\x01\x00" + JOINED) == b"\x05\x02\x00\x02" + credentials + ASKED
        assert told(proxy, b"\x05\x00" + JOINED) == b"\x05\x02\x00\x02" + ASKED

    def test_a_name_that_is_too_long_is_cut(self):
        asked = told("socks5://proxy.example", b"\x05\x00" + JOINED, "a" * 300)
        assert asked == b"\x05\x01\x00" + b"\x05\x01\x00\x03\xff" + b"a" * 255 + b"\x01\xbb"

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (b"\x04\x00", "it wants another way to sign in"),
            (b"\x05\xff", "it wants another way to sign in"),
            (b"\x05\x01", "it wants another way to sign in"),
            (b"\x05\x02\x01\x01", "name or password are wrong"),
            (b"", "it broke off"),
            (b"\x05", "it broke off"),
            (b"\x05\x02\x01", "it broke off"),
            (b"\x05\x00\x05\x00", "it broke off"),
            (b"\x05\x00" + JOINED[:-1], "it broke off"),
            (b"\x05\x00\x05\x63\x00\x01", "no reason given"),
            *((bytes([5, 0, 5, code, 0, 1]), why) for code, why in REFUSED.items()),
        ],
    )
    def test_all_else_is_a_refusal(self, answer: bytes, why: str):
        assert refusal("socks5://ann:secret@proxy.example", answer) == why

    def test_it_does_not_sign_in_with_a_name_that_nobody_gave(self):
        assert refusal("socks5://proxy.example", b"\x05\x02\x01\x00" + JOINED) == "it wants another way to sign in"


def through(port: int, **times: float) -> Client:
    """Asks for what is at hidden.onion through a proxy at this port."""
    access = Access(origin=target_of("http://hidden.onion/").origin, proxy=f"http://127.0.0.1:{port}")
    return Client(replace(STRICT, access=access, **times))


class TestOnTheWay:
    def test_a_proxy_on_the_operators_own_network_resolves_the_name(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        def join(exchange: Exchange) -> None:
            exchange.send(TAKEN)
            heads.append(exchange.connection.recv(1000))
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")

        heads: list[bytes] = []
        publisher.respond("hidden.onion:80", join)
        asked = resolving(monkeypatch, ["127.0.0.1"])
        with through(publisher.port) as client:
            assert client.get("http://hidden.onion/feed").body == b"<rss/>"
        assert asked == ["127.0.0.1"]
        assert heads[0].startswith(b"GET /feed HTTP/1.1\r\nHost: hidden.onion\r\n")

    def test_a_proxy_that_refuses_is_asked_for_no_more(self, publisher: Publisher):
        with through(publisher.port) as client:
            error = problem_of(client, "http://hidden.onion/feed")
        assert (error.problem, str(error)) == (Problem.CONNECT, "the proxy 127.0.0.1 refuses: it answered 404")

    @pytest.mark.parametrize("times", [{"connect_timeout": 0.3}, {"connect_timeout": 50, "total_timeout": 0.3}])
    def test_a_proxy_that_keeps_silent_has_the_time_to_connect_and_of_the_request(self, times: dict[str, float]):
        mute = socket.create_server(("127.0.0.1", 0))
        began = time.monotonic()
        with mute, silent("127.0.0.1") as full:
            for port in (mute.getsockname()[1], full):
                with through(port, **times) as client:
                    assert problem_of(client, "http://hidden.onion/").problem is Problem.TIMEOUT
        assert time.monotonic() - began < 20
