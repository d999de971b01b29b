"""Where connections lead, and how long they are kept."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from feeds.http import Client, HttpError, Problem
from feeds.http.connections import MAX_IDLE, PlainSocket
from tests.feeds.hostility import (
    LOOPBACK,
    MEBI,
    PUBLIC_ADDRESS,
    STRICT,
    client,
    problem_of,
    raw,
    resolving,
    silent,
)
from tests.publisher import Exchange, Publisher

__all__ = ["client"]


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

    def test_a_new_connection_that_closes_without_an_answer_is_the_last(self, client: Client, publisher: Publisher):
        assert problem_of(client, publisher.respond("/", lambda exchange: None)).problem is Problem.BODY
        assert (publisher.connections, len(publisher.requests)) == (1, 1)

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
            port = unused.getsockname()[1]
            error = problem_of(client, f"http://127.0.0.1:{port}/")
        assert error.problem is Problem.CONNECT
        assert str(error) == f"no connection to 127.0.0.1 (port {port}): Connection refused"

    def test_an_address_that_keeps_silent_leaves_time_for_the_next(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        publisher.serve("/", "here")
        resolving(monkeypatch, ["127.0.0.77", "127.0.0.1"])
        with silent("127.0.0.77", publisher.port), Client(replace(LOOPBACK, connect_timeout=2)) as client:
            began = time.monotonic()
            assert client.get(f"http://feeds.example:{publisher.port}/").body == b"here"
            assert time.monotonic() - began < 2

    @pytest.mark.parametrize("addresses", [["127.0.0.77"], ["127.0.0.77", "127.0.0.77"]])
    def test_addresses_that_all_keep_silent_have_all_the_time_there_is_to_connect(
        self, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
    ):
        resolving(monkeypatch, addresses)
        with silent("127.0.0.77") as port, Client(replace(LOOPBACK, connect_timeout=0.4)) as client:
            began = time.monotonic()
            error = problem_of(client, f"http://feeds.example:{port}/")
            assert time.monotonic() - began >= 0.4
        assert (error.problem, error.is_unreached) == (Problem.TIMEOUT, True)
        assert str(error) == f"feeds.example (port {port}) did not accept a connection in time"

    def test_an_unknown_name_is_named(self, client: Client, monkeypatch: pytest.MonkeyPatch):
        def unknown(*args: Any, **options: Any) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        error = problem_of(client, "http://no-such-name.example/")
        assert error.problem is Problem.DNS
        assert str(error) == "the name no-such-name.example can't be found: Name or service not known"

    def test_a_name_without_an_address_is_named(self, client: Client, monkeypatch: pytest.MonkeyPatch):
        resolving(monkeypatch, [])
        error = problem_of(client, "http://empty.example/")
        assert (error.problem, error.is_unreached) == (Problem.DNS, True)
        assert str(error) == "the name empty.example leads to no address"

    def test_a_name_that_leads_to_this_network_says_nothing_of_its_host(self, monkeypatch: pytest.MonkeyPatch):
        """Routers without a way out give all names their own address."""
        resolving(monkeypatch, ["192.168.1.1"])
        with Client(STRICT) as client:
            for host, is_unreached in (("feeds.example", True), ("192.168.1.1", False)):
                error = problem_of(client, f"http://{host}/")
                assert (error.problem, error.is_unreached) == (Problem.BLOCKED, is_unreached)

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

    @pytest.mark.parametrize("addresses", [["127.0.0.1", PUBLIC_ADDRESS], [PUBLIC_ADDRESS, "127.0.0.1"]])
    def test_a_private_address_among_public_ones_is_never_connected_to(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
    ):
        resolving(monkeypatch, addresses)
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

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_the_name_that_stands_in_the_address_is_the_one_that_is_checked(
        self, monkeypatch: pytest.MonkeyPatch, scheme: str
    ):
        asked = resolving(monkeypatch, ["10.0.0.7"])
        with Client(LOOPBACK) as client:
            error = problem_of(client, f"{scheme}://inside.example/")
        assert error.problem is Problem.BLOCKED
        assert asked == ["inside.example"]

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


class TestSockets:
    def test_a_socket_that_hangs_up_is_closed_though_an_answer_holds_on_to_it(self):
        near, far = socket.socketpair()
        sock = PlainSocket(fileno=near.detach())
        with far, sock.makefile("rb"):
            sock.hang_up()
            far.settimeout(10)
            assert far.recv(1) == b""
            sock.hang_up()  # there is nothing more to close

    def test_a_socket_reads_what_is_there_up_to_its_budget_and_its_deadline(self):
        near, far = socket.socketpair()
        buffer = bytearray(4)
        with far, PlainSocket(fileno=near.detach()) as sock:
            sock.limit(time.monotonic() + 60, 6)
            far.sendall(b"abcdef")
            assert [sock.recv_into(buffer), sock.recv_into(buffer, 1), sock.recv_into(buffer)] == [4, 1, 1]
            assert buffer == b"fbcd"
            far.sendall(b"g")
            with pytest.raises(HttpError) as caught:
                sock.recv_into(buffer)
            assert caught.value.problem is Problem.TOO_LARGE
            far.sendall(b"h")
            sock.limit(time.monotonic(), 6)
            with pytest.raises(TimeoutError):
                sock.recv_into(buffer)
            sock.limit(time.monotonic() + 60, 6)
            assert sock.recv_into(buffer) == 1

    def test_a_server_that_never_reads_what_it_is_sent_is_not_waited_for(self):
        deaf = socket.create_server(("127.0.0.1", 0))
        with deaf, Client(replace(LOOPBACK, read_timeout=0.2)) as client, pytest.raises(HttpError) as caught:
            client.send(f"http://127.0.0.1:{deaf.getsockname()[1]}/", bytes(32 * MEBI), {})
        assert caught.value.problem is Problem.TIMEOUT
