"""The guarded client against a real server, a hostile one most of the time."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.connections import MAX_IDLE, tls_context
from feeds.http import Client, FetchPolicy, HttpError, Problem, target_of
from tests.publisher import Exchange, Handler, Publisher

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STRICT = FetchPolicy(user_agent="Newsreader/test (+https://news.example)")
LOOPBACK = replace(STRICT, allowed_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
PUBLIC_ADDRESS = "93.184.215.14"
MEBI = 2**20


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(LOOPBACK) as opened:
        yield opened


def problem_of(client: Client, url: str, headers: dict[str, str] | None = None) -> HttpError:
    with pytest.raises(HttpError) as caught:
        client.get(url, headers)
    return caught.value


def raw(*parts: bytes) -> Handler:
    """Answers with exactly these bytes, then closes the connection."""

    def send(exchange: Exchange) -> None:
        for part in parts:
            exchange.send(part)

    return send


def endless(start: bytes, more: bytes) -> Handler:
    def send(exchange: Exchange) -> None:
        exchange.send(start)
        while not exchange.closing.is_set():
            exchange.send(more)

    return send


def dripping(start: bytes, drop: bytes) -> Handler:
    def send(exchange: Exchange) -> None:
        exchange.send(start)
        while True:
            exchange.send(drop)
            exchange.pause(0.02)

    return send


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The system's resolver answers with these addresses, call after call; returns the names it was asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


class TestAnswers:
    def test_an_answer_brings_status_headers_and_body(self, client: Client, publisher: Publisher):
        url = publisher.serve("/feed.xml", "<rss/>", headers={"X-Robots": "none"}, content_type="text/xml")
        response = client.get(url)
        assert (response.status, response.body, response.url, response.permanent_url) == (200, b"<rss/>", url, url)
        assert response.headers["x-robots"] == "none"
        assert response.headers["content-type"] == "text/xml"
        assert response.received_bytes == 6

    def test_the_request_names_the_reader_and_what_it_can_decode(self, client: Client, publisher: Publisher):
        client.get(publisher.serve("/feed.xml", "<rss/>"), {"Accept": "text/xml"})
        (request,) = publisher.requests
        assert request.headers["user-agent"] == STRICT.user_agent
        assert request.headers["accept-encoding"] == "gzip, br, zstd, deflate"
        assert request.headers["accept"] == "text/xml"
        assert request.headers["host"] == f"127.0.0.1:{publisher.port}"

    def test_an_error_page_is_an_answer_too(self, client: Client, publisher: Publisher):
        response = client.get(publisher.serve("/feed.xml", "later", status=503))
        assert (response.status, response.body) == (503, b"later")

    def test_of_an_error_page_without_end_the_status_remains(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", endless(b"HTTP/1.1 403 Forbidden\r\n\r\n", b"go away " * 1000))
        response = client.get(url)
        assert (response.status, response.body) == (403, b"")

    def test_a_repeated_header_keeps_all_its_values(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw(b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\n\r\nbody"))
        assert client.get(url).headers["link"] == "<a>, <b>"

    def test_no_cookie_is_ever_sent(self, client: Client, publisher: Publisher):
        url = publisher.serve("/feed.xml", "<rss/>", headers={"Set-Cookie": "id=7"})
        client.get(url)
        client.get(url)
        assert all("cookie" not in request.headers for request in publisher.requests)

    def test_a_proxy_of_the_environment_is_not_used(
        self, client: Client, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        assert client.get(publisher.serve("/feed.xml", "<rss/>")).status == 200


class TestConnections:
    def test_a_connection_serves_many_requests(self, client: Client, publisher: Publisher):
        first, second = publisher.serve("/1", "one", etag='"1"'), publisher.redirect("/2", "/1")
        client.get(first)
        client.get(first, {"If-None-Match": '"1"'})
        client.get(second)
        client.get(publisher.url("/none"))
        assert len(publisher.requests) == 5
        assert publisher.connections == 1

    def test_a_connection_that_the_server_closed_is_replaced(self, client: Client, publisher: Publisher):
        lone = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"  # promises to stay, and goes
        url = publisher.respond("/", raw(lone))
        assert [client.get(url).body for _ in range(3)] == [b"ok"] * 3
        assert publisher.connections == 3

    def test_a_connection_that_closes_just_as_it_is_asked_is_replaced(self, client: Client, publisher: Publisher):
        def send(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            exchange.connection.recv(1000)  # the next request, which gets no answer

        url = publisher.respond("/", send)
        assert [client.get(url).body for _ in range(3)] == [b"ok"] * 3
        assert publisher.connections == 3

    def test_a_body_that_was_not_read_to_its_end_spoils_the_connection(self, publisher: Publisher):
        def send(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n the first part,")
            if exchange.connection.recv(1000):  # a next request on this connection finds the rest of the body
                exchange.send(b"the rest" * 200)

        publisher.respond("/long", send)
        publisher.serve("/short", "short")
        with Client(replace(LOOPBACK, max_bytes=10)) as client:
            assert problem_of(client, publisher.url("/long")).problem is Problem.TOO_LARGE
            assert client.get(publisher.url("/short")).body == b"short"

    def test_idle_connections_are_limited(self, client: Client):
        publishers = [Publisher() for _ in range(MAX_IDLE + 1)]
        try:
            for publisher in [*publishers, publishers[-1], publishers[0]]:
                client.get(publisher.serve("/", "x"))
            assert [publisher.connections for publisher in publishers] == [2] + [1] * MAX_IDLE
        finally:
            for publisher in publishers:
                publisher.close()

    def test_a_closed_client_leaves_no_connection(self, publisher: Publisher):
        with Client(LOOPBACK) as client:
            client.get(publisher.serve("/", "x"))
            client.close()
            client.get(publisher.url("/"))
        assert publisher.connections == 2

    def test_an_address_that_refuses_gives_way_to_the_next(
        self, client: Client, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        publisher.serve("/", "here")
        resolving(monkeypatch, ["127.0.0.77", "127.0.0.1"])
        assert client.get(f"http://feeds.example:{publisher.port}/").body == b"here"
        assert publisher.requests[0].headers["host"] == f"feeds.example:{publisher.port}"

    def test_a_refused_connection_is_named(self, client: Client):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            error = problem_of(client, f"http://127.0.0.1:{unused.getsockname()[1]}/")
        assert error.problem is Problem.CONNECT
        assert "refused" in str(error)

    def test_an_unknown_name_is_named(self, client: Client, monkeypatch: pytest.MonkeyPatch):
        def unknown(*args: Any, **options: Any) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        error = problem_of(client, "http://no-such-name.example/")
        assert error.problem is Problem.DNS
        assert str(error) == "the name no-such-name.example can't be found: Name or service not known"

    def test_ipv6_is_spoken(self, client: Client):
        with Publisher("::1") as publisher:
            response = client.get(publisher.serve("/", "six"))
            assert (response.body, response.url) == (b"six", publisher.url("/"))
            assert publisher.requests[0].headers["host"] == f"[::1]:{publisher.port}"


class TestRefusedAddresses:
    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "localhost",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.1",
            "0",
            "0.0.0.0",
            "１２７.0.0.1",
            "127。0。0。1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:7f00:0001]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2002:7f00:1::]",
            "[::127.0.0.1]",
            "10.0.0.1",
            "169.254.169.254",
            "192.168.0.1",
            "100.100.100.200",
        ],
    )
    def test_no_notation_of_a_private_address_is_spoken_to(self, publisher: Publisher, host: str):
        with Client(STRICT) as client:
            error = problem_of(client, f"http://{host}:{publisher.port}/")
        assert error.problem is Problem.BLOCKED
        assert "allow it with NEWSREADER_ALLOWED_NETWORKS" in str(error)
        assert publisher.connections == 0

    def test_the_sentence_says_what_the_address_is(self):
        with Client(STRICT) as client:
            assert str(problem_of(client, "http://127.0.0.1/")) == (
                "127.0.0.1 is a loopback address; allow it with NEWSREADER_ALLOWED_NETWORKS if you trust it"
            )

    def test_a_name_that_leads_to_a_private_address_is_refused(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1", "::1"])
        with Client(STRICT) as client:
            error = problem_of(client, f"http://innocent.example:{publisher.port}/")
        assert error.problem is Problem.BLOCKED
        assert "innocent.example leads to" in str(error)
        assert publisher.connections == 0

    def test_a_private_address_among_public_ones_is_never_connected_to(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1", PUBLIC_ADDRESS])
        with Client(replace(STRICT, connect_timeout=0.05)) as client:
            error = problem_of(client, f"http://mixed.example:{publisher.port}/")
        assert error.problem in {Problem.TIMEOUT, Problem.CONNECT}
        assert publisher.connections == 0

    def test_a_name_is_resolved_once_for_check_and_connection(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        asked = resolving(monkeypatch, [PUBLIC_ADDRESS], ["127.0.0.1"])
        with Client(replace(STRICT, connect_timeout=0.05)) as client:
            problem_of(client, f"http://rebinding.example:{publisher.port}/")
        assert asked == ["rebinding.example"]
        assert publisher.connections == 0

    def test_a_redirect_resolves_and_checks_anew(self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch):
        publisher.redirect("/", f"http://rebinding.example:{publisher.port}/inside")
        publisher.serve("/inside", "secret")
        resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
        with Client(replace(STRICT, allowed_networks=(ip_network("127.0.0.1/32"),))) as client:
            error = problem_of(client, f"http://first.example:{publisher.port}/")
        assert error.problem is Problem.BLOCKED
        assert "127.0.0.2" in str(error)
        assert [request.path for request in publisher.requests] == ["/"]

    @pytest.mark.parametrize("to", ["http://192.168.1.1/admin", "http://[::1]/", "//0x7f000002/", "http://127.2/"])
    def test_a_redirect_to_a_private_address_is_refused(self, publisher: Publisher, to: str):
        url = publisher.redirect("/", to)
        with Client(replace(STRICT, allowed_networks=(ip_network("127.0.0.1/32"),))) as client:
            error = problem_of(client, url)
        assert error.problem is Problem.BLOCKED
        assert str(error).startswith("redirected to http://")


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "feed.xml",
            "/feed.xml",
            "ftp://feeds.example/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:70/",
            "javascript:alert(1)",
            "data:text/xml,<rss/>",
            "feed://feeds.example/",
            "http://",
            "http:///path",
            "http:feeds.example",
            "http://exa mple.example/",
            "http://a..example/",
            "http://%31%32%37.0.0.1/",
            "http://feeds.example:99999/",
            "http://feeds.example:port/",
            "http://[::1/",
            "http://[fe80::1%25eth0]zone/",
            "http://" + "a" * 64 + ".example/",
            "http://" + "a." * 200 + "example/",
            "http://\udc80.example/",
            "http://a℀b.example/",
        ],
    )
    def test_what_is_no_web_address_is_refused(self, client: Client, url: str):
        assert problem_of(client, url).problem is Problem.ADDRESS

    @pytest.mark.parametrize("user", ["user:secret@", "user@", "@", ":secret@", "feeds.example\\@"])
    def test_credentials_are_refused_and_not_repeated(self, client: Client, publisher: Publisher, user: str):
        error = problem_of(client, f"http://{user}127.0.0.1:{publisher.port}/")
        assert error.problem is Problem.ADDRESS
        assert "secret" not in str(error)
        assert publisher.connections == 0

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("/订阅/最新.xml", "/%E8%AE%A2%E9%98%85/%E6%9C%80%E6%96%B0.xml"),
            ("/%E8%AE%A2%E9%98%85", "/%E8%AE%A2%E9%98%85"),
            ("/a b.xml", "/a%20b.xml"),
            ("/a?q=新 闻&x=%20+1", "/a?q=%E6%96%B0%20%E9%97%BB&x=%20+1"),
            ("/a#section", "/a"),
            ("/a?b#c", "/a?b"),
            ("?a=1", "/?a=1"),
            ("", "/"),
            ("/a;b,c(d)~!*'[e]|f", "/a;b,c(d)~!*'[e]|f"),
            ('/"<>^`{}\\', "/%22%3C%3E%5E%60%7B%7D%5C"),
            ("/a\r\nX-Injected: 1", "/aX-Injected:%201"),
            ("/a\x00\x7f", "/a%00%7F"),
        ],
    )
    def test_an_address_goes_over_the_wire_encoded(self, client: Client, publisher: Publisher, asked: str, sent: str):
        response = client.get(publisher.url(asked))
        assert publisher.requests[0].path == sent
        assert response.url == publisher.url(sent)
        assert response.permanent_url == publisher.url(asked)
        assert "x-injected" not in publisher.requests[0].headers

    @pytest.mark.parametrize(
        ("host", "ascii_host"),
        [("例子.中国", "xn--fsqu00a.xn--fiqs8s"), ("Bücher.example", "xn--bcher-kva.example")],
    )
    def test_a_host_in_any_script_is_asked_for_in_ascii(
        self, client: Client, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, host: str, ascii_host: str
    ):
        asked = resolving(monkeypatch, ["127.0.0.1"])
        client.get(f"http://{host}:{publisher.port}/")
        assert asked == [ascii_host]
        assert publisher.requests[0].headers["host"] == f"{ascii_host}:{publisher.port}"


class TestRedirects:
    def test_a_permanent_chain_tells_the_new_address(self, client: Client, publisher: Publisher):
        publisher.redirect("/old", "/newer", 301)
        publisher.redirect("/newer", publisher.url("/newest#top"), 308)
        publisher.serve("/newest", "<rss/>")
        response = client.get(publisher.url("/old"))
        assert response.url == response.permanent_url == publisher.url("/newest")

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_a_chain_is_permanent_only_up_to_its_first_temporary_hop(
        self, client: Client, publisher: Publisher, status: int
    ):
        publisher.redirect("/a", "/b", 301)
        publisher.redirect("/b", "/c", status)
        publisher.redirect("/c", "/d", 301)
        publisher.serve("/d", "<rss/>")
        response = client.get(publisher.url("/a"))
        assert (response.url, response.permanent_url) == (publisher.url("/d"), publisher.url("/b"))
        assert client.get(publisher.url("/b")).permanent_url == publisher.url("/b")

    @pytest.mark.parametrize("to", ["/b", "b", "./b", "../b", "//127.0.0.1:{port}/b", " /b ", "http:b", "?to=b"])
    def test_a_relative_redirect_is_resolved(self, client: Client, publisher: Publisher, to: str):
        publisher.redirect("/a", to.format(port=publisher.port))
        publisher.serve("/b", "here")
        publisher.serve("/a?to=b", "here")
        assert client.get(publisher.url("/a")).body == b"here"

    def test_a_redirect_in_raw_utf8_is_followed(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw("HTTP/1.1 302 Found\r\nLocation: /新闻\r\n\r\n".encode()))
        client.get(url)
        assert publisher.requests[1].path == "/%E6%96%B0%E9%97%BB"

    def test_a_redirect_in_some_other_charset_keeps_its_bytes(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw("HTTP/1.1 302 Found\r\nLocation: /新闻\r\n\r\n".encode("gbk")))
        client.get(url)
        assert publisher.requests[1].path == "/%D0%C2%CE%C5"

    @pytest.mark.parametrize(
        "to", ["ftp://feeds.example/", "file:///etc/passwd", "http://[::1", "http://a:b@feeds.example/", "http://\x00/"]
    )
    def test_a_redirect_that_leads_off_the_web_is_refused(self, client: Client, publisher: Publisher, to: str):
        error = problem_of(client, publisher.redirect("/", to))
        assert error.problem is Problem.ADDRESS
        assert "redirects to" in str(error)
        assert "\x00" not in str(error)

    def test_a_redirect_to_nowhere_is_the_answer(self, client: Client, publisher: Publisher):
        assert client.get(publisher.serve("/", status=302)).status == 302

    def test_a_circle_is_left_at_once(self, client: Client, publisher: Publisher):
        publisher.redirect("/a", "/b")
        publisher.redirect("/b", "/a#again")
        error = problem_of(client, publisher.url("/a"))
        assert error.problem is Problem.REDIRECTS
        assert "circle" in str(error)
        assert len(publisher.requests) == 2

    def test_a_chain_is_followed_for_so_many_redirects_and_no_more(self, client: Client, publisher: Publisher):
        for number in range(20):
            publisher.redirect(f"/{number}", f"/{number + 1}")
        publisher.serve("/20", "the end")
        assert client.get(publisher.url(f"/{20 - LOOPBACK.max_redirects}")).body == b"the end"
        assert problem_of(client, publisher.url("/0")).problem is Problem.REDIRECTS

    def test_credentials_stay_with_the_host_they_were_given_for(self, client: Client, publisher: Publisher):
        with Publisher() as other:
            publisher.redirect("/a", "/b", 302)
            publisher.redirect("/b", other.serve("/c", "<rss/>"), 302)
            client.get(publisher.url("/a"), {"Authorization": "Bearer 1", "Cookie": "id=7", "If-None-Match": '"1"'})
            assert [request.headers["authorization"] for request in publisher.requests] == ["Bearer 1"] * 2
            assert not {"authorization", "cookie"} & other.requests[0].headers.keys()
            assert other.requests[0].headers["if-none-match"] == '"1"'

    def test_a_huge_redirect_page_is_not_read(self, client: Client, publisher: Publisher):
        start = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
        publisher.respond("/a", endless(start, b"you will be redirected " * 1000))
        publisher.serve("/b", "here")
        assert client.get(publisher.url("/a")).body == b"here"


def zip_deflate(data: bytes) -> bytes:
    bare = zlib.compressobj(wbits=-15)
    return bare.compress(data) + bare.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "deflate": zlib.compress,
    "Deflate": zip_deflate,
}


class TestEncodings:
    @pytest.mark.parametrize("coding", CODINGS)
    @pytest.mark.parametrize("size", [0, 1, 2**16, 3 * 10**5])
    def test_an_encoded_body_is_decoded(self, client: Client, publisher: Publisher, coding: str, size: int):
        body = (b"<item>" + bytes(range(256)) * (size // 256 + 1))[:size]
        packed = CODINGS[coding](body)
        response = client.get(publisher.serve("/", packed, headers={"Content-Encoding": coding}))
        assert response.body == body
        assert response.received_bytes == len(packed)

    @pytest.mark.parametrize("coding", CODINGS)
    def test_an_encoded_body_in_chunks_is_decoded(self, client: Client, publisher: Publisher, coding: str):
        body = b"<item/>" * 1000
        packed = CODINGS[coding](body)
        chunks = b"".join(b"1;note=x\r\n%c\r\n" % byte for byte in packed) + b"0\r\nTrailer: x\r\n\r\n"
        head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {coding}\r\n\r\n"
        assert client.get(publisher.respond("/", raw(head.encode(), chunks))).body == body

    @pytest.mark.parametrize("coding", ["gzip", "zstd"])
    def test_members_that_follow_each_other_are_all_decoded(self, client: Client, publisher: Publisher, coding: str):
        pack = CODINGS[coding]
        packed = pack(b"one " * 50000) + pack(b"two " * 50000)
        response = client.get(publisher.serve("/", packed, headers={"Content-Encoding": coding}))
        assert response.body == b"one " * 50000 + b"two " * 50000

    def test_padding_after_gzip_is_ignored(self, client: Client, publisher: Publisher):
        packed = gzip.compress(b"<rss/>") + bytes(100)
        assert client.get(publisher.serve("/", packed, headers={"Content-Encoding": "gzip"})).body == b"<rss/>"

    @pytest.mark.parametrize("coding", ["", "identity", "utf-8", "none"])
    def test_an_encoding_that_is_none_leaves_the_body_alone(self, client: Client, publisher: Publisher, coding: str):
        assert client.get(publisher.serve("/", "<rss/>", headers={"Content-Encoding": coding})).body == b"<rss/>"

    def test_an_empty_body_needs_no_decoding(self, client: Client, publisher: Publisher):
        assert client.get(publisher.serve("/", b"", headers={"Content-Encoding": "gzip"})).body == b""

    @pytest.mark.parametrize("coding", CODINGS)
    def test_a_body_cut_short_is_no_body(self, client: Client, publisher: Publisher, coding: str):
        packed = CODINGS[coding](b"".join(b"<item>%d</item>" % n for n in range(5000)))
        for cut in (packed[: len(packed) // 2], packed[:-1]):
            url = publisher.serve("/", cut, headers={"Content-Encoding": coding})
            error = problem_of(client, url)
            assert error.problem is Problem.BODY
            assert "cut short" in str(error)

    @pytest.mark.parametrize("coding", [*CODINGS, "gzip, br"])
    def test_a_body_that_is_not_encoded_as_it_says_is_an_error(self, client: Client, publisher: Publisher, coding: str):
        url = publisher.serve("/", b"\xff<rss> this is plain </rss>" * 20, headers={"Content-Encoding": coding})
        assert problem_of(client, url).problem is Problem.BODY

    def test_zstd_with_a_window_of_gigabytes_is_an_error(self, client: Client, publisher: Publisher):
        wide = zstd.compress(b"<rss/>" * 10**6, options={zstd.CompressionParameter.window_log: 27})
        frame = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
        streamed = frame.compress(b"<rss/>" * 10**6) + frame.flush()
        assert len(wide) < MEBI
        url = publisher.serve("/", streamed, headers={"Content-Encoding": "zstd"})
        assert problem_of(client, url).problem is Problem.BODY


def bomb(coding: str, size: int) -> bytes:
    """`size` bytes of nothing, packed without ever being whole in memory."""
    block = bytes(MEBI)
    if coding == "gzip":
        packer = zlib.compressobj(wbits=31)
        return b"".join([*(packer.compress(block) for _ in range(size // MEBI)), packer.flush()])
    if coding == "br":
        brotler = brotli.Compressor(quality=1)
        return b"".join([*(brotler.process(block) for _ in range(size // MEBI)), brotler.finish()])
    frame = zstd.ZstdCompressor()
    return b"".join([*(frame.compress(block) for _ in range(size // MEBI)), frame.flush()])


class TestLimits:
    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
    def test_a_decompression_bomb_ends_early_and_small(self, publisher: Publisher, coding: str):
        packed = bomb(coding, 100 * MEBI)
        assert len(packed) < MEBI
        url = publisher.serve("/", packed, headers={"Content-Encoding": coding})
        with Client(replace(LOOPBACK, max_bytes=MEBI)) as client:
            client.get(publisher.serve("/warm", gzip.compress(b"x"), headers={"Content-Encoding": "gzip"}))
            tracemalloc.start()
            error = problem_of(client, url)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert error.problem is Problem.TOO_LARGE
        assert str(error) == "127.0.0.1 sent more than 1 MiB, the limit"
        assert peak < 4 * MEBI

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
        ],
        ids=["headers", "a header", "status line", "chunk size", "trailers", "continue"],
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

    def test_a_server_that_says_nothing_is_left_after_the_read_timeout(self, publisher: Publisher):
        url = publisher.respond("/", lambda exchange: exchange.pause(60))
        with Client(replace(LOOPBACK, read_timeout=0.1)) as client:
            error = problem_of(client, url)
        assert error.problem is Problem.TIMEOUT
        assert str(error) == "127.0.0.1 didn't answer in time"

    def test_a_server_that_takes_no_connection_is_left_after_the_connect_timeout(self):
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            waiting = [socket.socket() for _ in range(4)]
            for connection in waiting:
                connection.setblocking(False)
                connection.connect_ex(full.getsockname())
            with Client(replace(LOOPBACK, connect_timeout=0.1, total_timeout=5, read_timeout=0.1)) as client:
                error = problem_of(client, f"http://127.0.0.1:{full.getsockname()[1]}/")
            for connection in waiting:
                connection.close()
        assert error.problem is Problem.TIMEOUT


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
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_a_server_sends_is_an_answer_or_an_http_error(
        self, client: Client, publisher: Publisher, parts: list[bytes]
    ):
        url = publisher.respond("/", raw(b"".join(parts)))
        try:
            told = str(client.get(url).status)
        except HttpError as error:
            told = str(error)
        assert told.isprintable()  # it is kept, and shown

    @given(st.text() | st.text(alphabet="/:@[]?#%.a1é例\x00\\ ").map("http://".__add__))
    def test_every_text_is_an_address_in_wire_form_or_an_error(self, text: str):
        try:
            target = target_of(text)
        except HttpError as error:
            refused = error
        else:
            assert target.url.isascii()
            assert target.url.isprintable()
            assert not set(' "<>#\\^`{}') & set(target.url)
            assert target_of(target.url) == target
            return
        assert refused.problem is Problem.ADDRESS
        assert str(refused).isprintable()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate for the name feeds.example, made by the system's openssl."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    options = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=feeds.example"
    extension = "subjectAltName=DNS:feeds.example"
    command: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        *options.split(),
        "-addext",
        extension,
        "-keyout",
        path,
        "-out",
        path,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Publisher]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Publisher(tls=context) as running:
        running.serve("/", "sealed")
        yield running


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system trusts the test's certificate."""
    tls_context.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield
    tls_context.cache_clear()


class TestTls:
    def test_a_certificate_that_nobody_vouches_for_is_named(
        self, client: Client, secure: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1"])
        error = problem_of(client, f"https://feeds.example:{secure.port}/")
        assert error.problem is Problem.TLS
        assert str(error) == "the certificate of feeds.example can't be trusted: self-signed certificate"
        assert secure.requests == []

    @pytest.mark.usefixtures("trusting")
    def test_the_certificate_is_checked_against_the_name(
        self, client: Client, secure: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1"])
        for _ in range(2):
            assert client.get(f"https://feeds.example:{secure.port}/").body == b"sealed"
        assert secure.connections == 1
        for host in ("other.example", "127.0.0.1"):
            error = problem_of(client, f"https://{host}:{secure.port}/")
            assert error.problem is Problem.TLS
            assert "mismatch" in str(error)

    def test_a_server_that_speaks_no_tls_is_named(self, client: Client, publisher: Publisher):
        error = problem_of(client, publisher.url("/").replace("http:", "https:"))
        assert error.problem in {Problem.TLS, Problem.CONNECT}

    def test_a_handshake_has_no_more_than_the_connect_timeout(self):
        mute = socket.create_server(("127.0.0.1", 0))
        with mute, Client(replace(LOOPBACK, connect_timeout=0.1)) as client:
            error = problem_of(client, f"https://127.0.0.1:{mute.getsockname()[1]}/")
        assert error.problem is Problem.TIMEOUT

    @pytest.mark.usefixtures("trusting")
    def test_a_secure_server_that_drips_meets_the_deadline(self, secure: Publisher, monkeypatch: pytest.MonkeyPatch):
        resolving(monkeypatch, ["127.0.0.1"])
        secure.respond("/slow", dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"))
        with Client(replace(LOOPBACK, total_timeout=0.5)) as client:
            error = problem_of(client, f"https://feeds.example:{secure.port}/slow")
        assert error.problem is Problem.TIMEOUT

    @pytest.mark.usefixtures("trusting")
    def test_a_redirect_from_https_to_http_is_followed_but_not_inside(
        self, secure: Publisher, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"])
        secure.redirect("/plain", publisher.serve("/", "open"))
        secure.redirect("/inside", f"http://inside.example:{publisher.port}/")
        with Client(replace(STRICT, allowed_networks=(ip_network("127.0.0.1/32"),))) as client:
            assert client.get(f"https://feeds.example:{secure.port}/plain").body == b"open"
            error = problem_of(client, f"https://feeds.example:{secure.port}/inside")
        assert error.problem is Problem.BLOCKED


def test_the_settings_do_not_load_the_network_stack():
    code = "import feeds.http, sys; print(sorted({'urllib3', 'ssl', 'brotli', 'http.client'} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout == "[]\n"
