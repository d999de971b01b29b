"""Servers that misbehave, and a client that may speak to them on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from feeds.http import Client, FetchPolicy, HttpError
from tests.publisher import Exchange, Handler

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

    def getaddrinfo(host: bytes, port: int, *args: Any, **options: Any) -> list[Any]:
        asked.append(host.decode())
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@contextmanager
def silent(host: str, port: int = 0) -> Iterator[int]:
    """The port of a server that takes no more connections, and refuses none."""
    with ExitStack() as opened:
        full = opened.enter_context(socket.socket())
        full.bind((host, port))
        full.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield full.getsockname()[1]
