"""Lists asked for by several readers at once, over HTTP, of the web server as `up` starts it."""

from __future__ import annotations

import http.client
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.images import cpu_of, free_port, running
from benchmarks.report import percentiles

READERS = 8


def readers_at_once(seconds: float) -> dict[str, Any]:
    """Lists a second, and how long a reader waited for one: with one process and with as many as `up` would start. Of a
    list also the server's processor ms, which other work on the machine stretches less."""
    from newsreader.management.commands.up import web_processes

    return {str(n): _measured(seconds, n) for n in dict.fromkeys((1, web_processes()))}


def _measured(seconds: float, processes: int) -> dict[str, Any]:
    cookie = _signed_in()
    port = free_port()
    command = [sys.executable, "-m", "newsreader.web", "--port", str(port), "--workers", str(processes)]
    with running(command, port, dict(os.environ)) as pid:
        _ask_all(port, cookie, 0.5)  # each process has its templates then
        started, cpu = time.monotonic(), cpu_of(pid)
        waits = _ask_all(port, cookie, seconds)
        took, cpu = time.monotonic() - started, cpu_of(pid) - cpu
    return {
        "lists_per_second": round(len(waits) / took, 1),
        "readers": READERS,
        "server_cpu_ms_per_list": round(cpu / len(waits) * 1000, 1),
        "load": round(os.getloadavg()[0], 1),
        **percentiles(waits),
    }


def _signed_in() -> str:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="reader"))
    return f"sessionid={client.cookies['sessionid'].value}"


def _ask_all(port: int, cookie: str, seconds: float) -> list[float]:
    """The seconds that each request took, of all readers."""
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(READERS) as readers:
        waits = [readers.submit(_ask, port, cookie, deadline) for _ in range(READERS)]
        return [wait for some in waits for wait in some.result()]


def _ask(port: int, cookie: str, deadline: float) -> list[float]:
    """The seconds of each request until the deadline, and of one at the least: a busy machine may begin late."""
    connection, waits = http.client.HTTPConnection("127.0.0.1", port, timeout=60), list[float]()
    while not waits or time.monotonic() < deadline:
        started = time.monotonic()
        connection.request("GET", "/", headers={"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        assert response.status == 200, response.status
        waits.append(time.monotonic() - started)
    return waits
