"""A real SMTP server on loopback (RFC 5321) that keeps what comes, and refuses what a test has it refuse; with TLS from
the first byte (RFC 8314) or by STARTTLS (RFC 3207) where it has a certificate."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it came, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailTaker:
    """Serves from its making until `close()`. `replies`: what a command, by its first word, is answered instead of
    being done; `user`: a name and password that have to be given. With a `certificate` nothing is done without TLS."""

    def __init__(self, certificate: Path | None = None, *, is_implicit: bool = False) -> None:
        self.tls: ssl.SSLContext | None = None
        self.is_implicit = is_implicit
        if certificate is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)
        self.letters: list[Letter] = []
        self.replies: dict[str, str] = {}
        self.user: tuple[str, str] | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, taker: MailTaker) -> None:
        self.taker = taker
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            if self.server.taker.is_implicit:
                self._encrypt()
            self._talk()
        except ssl.SSLError:  # whoever calls does not trust the certificate
            pass

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _encrypt(self) -> None:
        assert self.server.taker.tls is not None
        self.connection = self.server.taker.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _talk(self) -> None:
        taker = self.server.taker
        sender, recipients, is_known = "", list[str](), taker.user is None
        self._say(taker.replies.get("connect", "220 mail.example"))
        while line := self.rfile.readline(2000):
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            word = word.upper()
            if word in taker.replies:
                self._say(taker.replies[word])
            elif word == "QUIT":
                self._say("221 bye")
                return
            elif word == "EHLO":
                offers = "AUTH PLAIN" if self._is_safe() else "STARTTLS"
                self._say(f"250-mail.example\r\n250 {offers}")
            elif word == "STARTTLS":
                self._say("220 go on")
                self._encrypt()
            elif not self._is_safe():
                self._say("530 encrypt first")
            elif word == "AUTH":
                _, name, password = base64.b64decode(rest.split()[-1]).decode().split("\0")
                is_known = (name, password) == taker.user
                self._say("235 welcome" if is_known else f"535 no such name {name} or password {password}")
            elif not is_known:
                self._say("530 sign in first")
            elif word == "MAIL":
                sender, recipients = _address(rest), []
                self._say("250 ok")
            elif word == "RCPT":
                recipients.append(_address(rest))
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                body = self._body()
                reply = taker.replies.get("end", "250 taken")
                if reply.startswith("250"):
                    message = email.message_from_bytes(body, policy=email.policy.default)
                    taker.letters.append(Letter(sender, tuple(recipients), message))
                self._say(reply)
            else:
                self._say("250 ok")

    def _is_safe(self) -> bool:
        return self.server.taker.tls is None or isinstance(self.connection, ssl.SSLSocket)

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@pytest.fixture
def mail_taker(settings) -> Iterator[MailTaker]:
    """The server that this site sends its mail by."""
    taker = MailTaker()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taker.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "news@news.example"
    yield taker
    taker.close()
