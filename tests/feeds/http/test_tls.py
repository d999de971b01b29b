"""Connections under TLS: whom they trust, and what is said where they fail."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from feeds.http import Client, HttpError, Problem
from feeds.http.access import Access
from feeds.http.connections import tls_context, tls_socket
from tests.feeds.hostility import LOOPBACK, MEBI, STRICT, client, dripping, problem_of, resolving
from tests.publisher import Exchange, Publisher

__all__ = ["client"]


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
        assert error.is_unreached  # it may be that of somebody in between
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
            assert (error.problem, error.is_unreached) == (Problem.TLS, True)
            assert "mismatch" in str(error)

    def test_what_is_not_http_speaks_tls_with_checked_addresses_and_trusted_names_alone(
        self, secure: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ):
        resolving(monkeypatch, ["127.0.0.1"])
        with pytest.raises(HttpError) as caught:
            tls_socket("feeds.example", secure.port, STRICT, certificate.read_text())
        assert caught.value.problem is Problem.BLOCKED
        assert secure.connections == 0
        for host, authorities in (("feeds.example", ""), ("other.example", certificate.read_text())):
            with pytest.raises(ssl.SSLCertVerificationError):
                tls_socket(host, secure.port, LOOPBACK, authorities)
        with tls_socket("feeds.example", secure.port, LOOPBACK, certificate.read_text()) as sock:
            sock.limit(time.monotonic() + 60, MEBI)
            sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert sock.makefile("rb").read().endswith(b"sealed")

    def test_a_server_that_speaks_no_tls_is_named(self, client: Client, publisher: Publisher):
        error = problem_of(client, publisher.url("/").replace("http:", "https:"))
        assert error.problem in {Problem.TLS, Problem.CONNECT}
        assert error.is_unreached

    def test_a_handshake_that_never_comes_reaches_nobody(self):
        with socket.create_server(("127.0.0.1", 0)) as mute, Client(replace(LOOPBACK, connect_timeout=0.3)) as client:
            error = problem_of(client, f"https://127.0.0.1:{mute.getsockname()[1]}/")
        assert (error.problem, error.is_unreached) == (Problem.TIMEOUT, True)

    def test_a_handshake_that_fails_is_named_with_its_reason(self, client: Client):
        with Publisher(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as keyless:
            error = problem_of(client, keyless.url("/"))
        assert error.problem is Problem.TLS
        assert re.fullmatch(r"no secure connection to 127\.0\.0\.1: [a-z0-9 ]+", str(error))

    @pytest.mark.usefixtures("trusting")
    def test_a_secure_connection_that_is_broken_into_is_named(
        self, client: Client, secure: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        def spoil(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe start")
            os.write(exchange.connection.fileno(), b"and no TLS at all")

        resolving(monkeypatch, ["127.0.0.1"])
        secure.respond("/spoilt", spoil)
        error = problem_of(client, f"https://feeds.example:{secure.port}/spoilt")
        assert (error.problem, error.is_unreached) == (Problem.TLS, False)
        assert re.fullmatch(r"no secure connection to feeds\.example: [a-z0-9 ]+", str(error))

    @pytest.mark.usefixtures("trusting")
    def test_a_server_that_speaks_more_is_asked_for_http_1_by_its_name_without_the_dot_of_dns(
        self, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ):
        chosen: list[str | None] = []

        def note(exchange: Exchange) -> None:
            assert isinstance(exchange.connection, ssl.SSLSocket)
            chosen.append(exchange.connection.selected_alpn_protocol())
            exchange.send(b"HTTP/1.1 204 No Content\r\n\r\n")

        asked = resolving(monkeypatch, ["127.0.0.1"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with Publisher(tls=context) as publisher, Client(LOOPBACK) as client:
            publisher.respond("/", note)
            assert client.get(f"https://feeds.example.:{publisher.port}/").status == 204
            assert publisher.requests[0].headers["host"] == f"feeds.example:{publisher.port}"
        assert (asked, chosen) == (["feeds.example."], ["http/1.1"])

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


class TestTrustOfOneFeed:
    """A publisher with a certificate of its own is trusted by the client of its feed, and no other one is by that."""

    @pytest.mark.parametrize("is_unchecked", [False, True])
    def test_it_holds_for_the_origin_of_the_feed_alone(
        self, secure: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch, is_unchecked: bool
    ):
        resolving(monkeypatch, ["127.0.0.1"])
        trust = {"is_unchecked": True} if is_unchecked else {"authorities": certificate.read_text()}
        access = Access(origin=("https", "feeds.example", secure.port), **trust)
        with Client(replace(LOOPBACK, access=access)) as client:
            assert client.get(f"https://feeds.example:{secure.port}/").body == b"sealed"
            for host in ("other.example", "127.0.0.1"):
                error = problem_of(client, f"https://{host}:{secure.port}/")
                assert error.problem is Problem.TLS
                assert "self-signed" in str(error)

    @pytest.mark.parametrize("is_unchecked", [False, True])
    def test_only_who_checks_nothing_takes_a_certificate_for_another_name(
        self, secure: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch, is_unchecked: bool
    ):
        resolving(monkeypatch, ["127.0.0.1"])
        origin = ("https", "other.example", secure.port)
        access = Access(origin=origin, authorities=certificate.read_text(), is_unchecked=is_unchecked)
        with Client(replace(LOOPBACK, access=access)) as client:
            url = f"https://other.example:{secure.port}/"
            if is_unchecked:
                assert client.get(url).body == b"sealed"
            else:
                assert "mismatch" in str(problem_of(client, url))
