"""`manage.py up`: the whole of Newsreader as one program."""

from __future__ import annotations

import errno
import os
import socket
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from newsreader import demo
from newsreader.demo.mail import certificate
from newsreader.demo.subscribe import subscribe_to
from newsreader.env import KNOWN
from newsreader.first_start import prepare
from newsreader.health import broker_problem
from newsreader.processes import AlreadyRunning, Plan, become_supervisor, lock

MOST_WEB_PROCESSES = 4
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to


class Command(BaseCommand):
    help = "Run everything: web server, worker and beat. Ctrl-C stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
        parser.add_argument("--port", type=port_number, default=8000, help="0: a free one (default: 8000)")
        parser.add_argument("--demo", action="store_true", help="with feeds of its own, in a data folder of its own")
        parser.add_argument("--demo-port", type=port_number, default=0, help="where the demo's feeds are served")
        parser.add_argument("--in-demo-folder", action="store_true", help="for internal use")

    def handle(self, *, host: str, port: int, demo_port: int, **options: Any) -> None:
        if options["demo"] and not options["in_demo_folder"]:
            environment = demo.environment(os.environ, settings.DATA_DIR)
            os.execve(sys.executable, [sys.executable, *sys.argv, "--in-demo-folder"], environment)  # noqa: S606
        try:
            held = lock(settings.DATA_DIR / "up.lock")
        except AlreadyRunning:
            raise CommandError(f"Newsreader already runs on the data folder {settings.DATA_DIR}") from None
        except OSError as error:
            raise CommandError(f"the data folder {settings.DATA_DIR} can't be written: {error.strerror}") from None
        with held:
            port = usable_port(host, port)
            self.say(f"Newsreader keeps its data in {settings.DATA_DIR}")
            how_to_sign_in = prepare()
            if broker_problem():
                raise CommandError(f"the broker {broker_problem()}: see REDIS_URL")
            children = processes(host, port)
            if options["demo"]:
                publisher = demo.publisher_of(settings.DATA_DIR, demo_port)
                pem = certificate(settings.DATA_DIR)
                subscribe_to(publisher, pem)
                arguments = [str(publisher.port), str(publisher.since), str(publisher.mail_port), str(pem)]
                children.insert(0, ("demo publisher", [sys.executable, "-m", "newsreader.demo", *arguments]))
            connections.close_all()
            self.say("Starting")
            greeting = [f"Open {address_to_open(host, port)}", how_to_sign_in, *self.hints(host), "Ctrl-C stops it."]
            plan = Plan(cwd=str(settings.BASE_DIR), children=children, host=host, port=port, greeting=greeting)
            become_supervisor(plan, child_environment(host))

    def hints(self, host: str) -> list[str]:
        if host in EVERYWHERE and not settings.ALLOWED_HOSTS_GIVEN:
            return ["It answers to this machine's names only: ALLOWED_HOSTS names others."]
        return []

    def say(self, *lines: str) -> None:
        for line in lines:
            self.stdout.write(line)
        self.stdout.flush()


def processes(host: str, port: int) -> list[tuple[str, list[str]]]:
    """The three that make Newsreader. The worker's threads wait for the network most of the time."""
    python = [sys.executable, "-m"]
    worker = ["worker", "--pool=threads", "--concurrency=4", "--loglevel=INFO"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        ("web", [*python, "newsreader.web", "--host", host, "--port", str(port), "--workers", str(web_processes())]),
        ("worker", [*python, "celery", "-A", "newsreader", "--quiet", *worker, *alone]),
        ("beat", [*python, "celery", "-A", "newsreader.beat", "--quiet", "beat", "--loglevel=INFO"]),
    ]


def web_processes() -> int:
    """The number of processes that answer requests: as many as are asked for, else one for each core that this process
    may use, four at most, and no more than there are GB of memory. Python runs in one thread of a process at a time."""
    if settings.WEB_PROCESSES:
        return int(settings.WEB_PROCESSES)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return max(1, min(cores, MOST_WEB_PROCESSES, round(gigabytes)))


def child_environment(host: str) -> dict[str, str]:
    """The environment with paths made absolute, as children run in the program's folder, and with the names that the
    site answers to where the operator gave none."""
    environment = dict(os.environ)
    for name in KNOWN:
        path = environment.get(f"{name}_FILE")
        if path:
            environment[f"{name}_FILE"] = str(Path(path).absolute())
    environment.pop("NEWSREADER_DATA_FILE", None)
    environment["NEWSREADER_DATA"] = str(settings.DATA_DIR)
    environment["PYTHONPATH"] = str(settings.BASE_DIR)
    environment["PYTHONUNBUFFERED"] = "1"
    if not settings.ALLOWED_HOSTS_GIVEN:
        environment["ALLOWED_HOSTS"] = ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, *names_of(host)]))
    return environment


def names_of(host: str) -> list[str]:
    """The names that a browser may call this machine by when the server listens on `host`."""
    if host not in EVERYWHERE:
        return [f"[{host}]" if ":" in host else host]
    name = socket.gethostname().lower()
    return [name, f"{name}.local", own_address()]


def own_address() -> str:
    """This machine's address in its network, as the system would choose it; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def address_to_open(host: str, port: int) -> str:
    if settings.NEWSREADER_URL:
        return str(settings.NEWSREADER_URL)
    name = own_address() if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= 65535):
        raise ArgumentTypeError(f"a number from 0 to 65535, not {text!r}")
    return int(text)


def usable_port(host: str, port: int) -> int:
    """`port`, or a free one for 0. Raises CommandError where nothing can listen there."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(f"port {port} is taken: stop what runs there, or choose another with --port") from None
        raise CommandError(f"can't listen on {host} port {port}: {error}") from None
