"""A real IMAP server on loopback, under TLS: pymap with folders in memory, in a process of its own.

python -m tests.imap_server SOCKET CERTIFICATE      serves at an inherited socket until it is ended
"""

from __future__ import annotations

import asyncio
import imaplib
import itertools
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from newsreader.processes import end_with_parent

USER, PASSWORD = "ann@harbour.example", "pass wörd of the quay"
START_SECONDS = 150


class MailServer:
    """The server, as a mail program and its filters see it. Each test has a folder of its own."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port, self.certificate = port, certificate
        context = ssl.create_default_context(cafile=str(certificate))
        self._imap = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context, timeout=START_SECONDS)
        self._imap.authenticate("PLAIN", lambda _asked: f"\0{USER}\0{PASSWORD}".encode())
        self._names = (f"Letters {uuid4().hex[:12]} {n}" for n in itertools.count())

    def folder(self, name: str = "") -> str:
        """A new folder's name."""
        name = name or next(self._names)
        self._told(self._imap.create(f'"{name}"'))
        return name

    def remove(self, folder: str) -> None:
        self._told(self._imap.delete(f'"{folder}"'))

    def put(self, folder: str, *messages: EmailMessage | bytes) -> None:
        """Have messages come into a folder."""
        for each in messages:
            body = each if isinstance(each, bytes) else each.as_bytes()
            self._told(self._imap.append(f'"{folder}"', "", "", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))

    def take(self, folder: str, number: int) -> None:
        """Have a message go, as its reader deletes it."""
        self._told(self._imap.select(f'"{folder}"'))
        self._told(self._imap.uid("STORE", str(number), "+FLAGS", r"(\Deleted)"))
        self._told(self._imap.expunge())

    def flags(self, folder: str) -> list[bytes]:
        """A line for each message that is there, with its flags."""
        self._told(self._imap.select(f'"{folder}"', readonly=True))
        lines = self._told(self._imap.fetch("1:*", "(FLAGS)"))
        return [line for line in lines if line]

    def end(self) -> None:
        self._imap.logout()

    @staticmethod
    def _told(answer: tuple[str, list[Any]]) -> list[Any]:
        assert answer[0] == "OK", answer
        return answer[1]


def certificate_in(folder: Path) -> Path:
    """The path of a new key and certificate for loopback, in one file."""
    path = folder / "mail.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(path)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    certificate = certificate_in(tmp_path_factory.mktemp("mail"))
    with socket.create_server(("127.0.0.1", 0)) as listener:  # whoever connects waits for the process to serve
        port, number = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, "-m", "tests.imap_server", str(number), str(certificate)]
        process = subprocess.Popen(command, pass_fds=[number])
    try:
        server = MailServer(port, certificate)
        yield server
        server.end()
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Serve IMAP as pymap does, under TLS from the first byte."""
    from pymap.main import main as serve
    from pysasl.hashing import BuiltinHash

    end_with_parent()
    number, certificate = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    BuiltinHash.__init__.__kwdefaults__["rounds"] = 1  # half a million for each sign-in take their time
    listener = socket.socket(fileno=int(number))
    start = asyncio.start_server
    asyncio.start_server = lambda talk, host, port: start(talk, sock=listener, ssl=context)  # type: ignore[assignment]
    sys.argv = ["pymap", "--no-tls", "--no-service", "admin", "--no-service", "managesieve",
                "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]  # fmt: skip
    serve()


if __name__ == "__main__":
    main()
