"""A server of mail that answers by a script, under TLS: what a real one does only when something is wrong with it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from feeds.newsletters.imap import Account
from tests.imap_server import certificate_in
from tests.listener import stop_listening

# By the name of a command: bytes, with %s for its tag, or what makes pieces of such out of the command's line.
Script: TypeAlias = dict[str, Any]
Start: TypeAlias = Callable[..., tuple[Account, list[bytes]]]

GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here\r\n"
CALM: Script = {
    "AUTHENTICATE": b"+ \r\n",
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 12] ok\r\n%s OK [READ-ONLY] open\r\n",
    "SEARCH": b"* SEARCH 11 9 99\r\n%s OK done\r\n",
    "FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {9}\r\nSubject:\n)\r\n%s OK done\r\n",
    "LOGOUT": b"* BYE so long\r\n%s OK done\r\n",
}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def scripted(certificate: Path) -> Iterator[Start]:
    """Makes a server for each script. Returns the way into it, and the lines that it is asked."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with contextlib.ExitStack() as stack:

        def start(script: Script, greeting: bytes = GREETING) -> tuple[Account, list[bytes]]:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            asked: list[bytes] = []
            serving = threading.Thread(target=_serve, args=(listener, context, greeting, script, asked), daemon=True)
            serving.start()
            stack.callback(stop_listening, listener, serving)
            account = Account(
                host="127.0.0.1",
                port=listener.getsockname()[1],
                user_name="ann",
                password="secret",
                folder="INBOX",
                authorities=certificate.read_text(),
            )
            return account, asked

        yield start


def _serve(
    listener: socket.socket, context: ssl.SSLContext, greeting: bytes, script: Script, asked: list[bytes]
) -> None:
    with contextlib.suppress(OSError):  # of a listener that is closed
        while True:
            plain, _address = listener.accept()
            with contextlib.suppress(OSError), plain:
                _talk(plain, context, greeting, script, asked)


def _talk(plain: socket.socket, context: ssl.SSLContext, greeting: bytes, script: Script, asked: list[bytes]) -> None:
    with context.wrap_socket(plain, server_side=True) as secure, secure.makefile("rwb") as stream:
        stream.write(greeting)
        stream.flush()
        while line := stream.readline():
            tag, name, *rest = line.split() if len(line.split()) > 1 else (b"", b"")
            called = (rest[0] if name == b"UID" and rest else name).decode()
            asked.append(line)
            answer = script.get(called, b"%s OK done\r\n")
            for piece in [answer] if isinstance(answer, bytes) else answer(line):
                stream.write(piece.replace(b"%s", tag))
                stream.flush()
            if called == "AUTHENTICATE":
                asked.append(stream.readline())
                stream.write(tag + b" OK in\r\n")
                stream.flush()
