"""A folder of a mailbox by IMAP (RFC 3501), read and never changed: it is opened by EXAMINE, and what is fetched is not
marked as seen. Pure.

The connection is that of feeds.http: TLS from its first byte, to checked addresses only, with an end in time and in
bytes for each command, whatever the server sends.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from feeds.http import HttpError
from feeds.http.connections import TlsSocket, tls_socket
from feeds.http.policy import FetchPolicy

MAX_MESSAGE = 20 * 2**20  # bytes; of a longer one the beginning is read, which its text stands in
TALK = 2**20  # bytes that an answer may take beside a message
SLOWEST = 50_000  # bytes in a second: what is announced has so much more time to come
# Numbers that are asked for at once: more where there is nothing, as numbers may lie far apart.
WINDOW, LARGEST_WINDOW = 5000, 2**22
NUMBER = re.compile(rb"\d{1,10}")
ENCODED = re.compile(r"[^\x20-\x7e]+|&")


class NotRead(Exception):
    """The mailbox could not be read. `str()` is a sentence for people."""


class Refused(NotRead):
    """The server answered a command with NO; it can be asked for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The place of a folder, and who may read it. `authorities`: certificates in PEM, trusted beside the system's."""

    host: str
    port: int
    user_name: str
    password: str = field(repr=False)
    folder: str
    authorities: str = ""


class Folder:
    """A folder that is open for reading. `validity`: with another one all numbers of messages mean others.
    `next_number`: above all that are there; 0 where the server does not say."""

    def __init__(self, talk: _Talk, validity: int, next_number: int) -> None:
        self._talk = talk
        self.validity = validity
        self.next_number = next_number

    def numbers(self, last: int) -> Iterator[tuple[list[int], int]]:
        """The numbers of messages after `last`, upwards, some at a time, and up to where the folder is known with them.
        Raises NotRead."""
        if not self.next_number:
            found = sorted(number for number in self._search(f"{last + 1}:*") if number > last)
            yield found, max(found, default=last)
        size = WINDOW
        while last + 1 < self.next_number:
            end = min(last + size, self.next_number - 1)
            found = sorted(number for number in self._search(f"{last + 1}:{end}") if last < number <= end)
            yield found, end
            last, size = end, WINDOW if found else min(2 * size, LARGEST_WINDOW)

    def _search(self, numbers: str) -> set[int]:
        """Those of `numbers` that are there; the last one may be named, too, whatever was asked for."""
        told = self._talk.ask("SEARCH", f"UID {numbers}")
        return {int(each) for line in told if isinstance(line, bytes) for each in NUMBER.findall(line)}

    def message(self, number: int) -> bytes | None:
        """The message as it came, up to MAX_MESSAGE bytes; None where it is not there any more. Raises NotRead:
        after any but Refused nothing more is asked for in this session."""
        with _named_failures(self._talk.host):
            told = self._talk.ask("FETCH", str(number), f"(BODY.PEEK[]<0.{MAX_MESSAGE}>)", size=MAX_MESSAGE)
        bodies = (each[1] for each in told if isinstance(each, tuple) and b"BODY[" in each[0].upper())
        return next(bodies, None)


@contextmanager
def opened(account: Account, policy: FetchPolicy) -> Iterator[Folder]:
    """The folder of `account`. Raises NotRead, inside the `with` too, and nothing else that the server causes."""
    with _named_failures(account.host):
        talk = _Talk(account, policy)
        try:
            talk.sign_in(account)
            yield talk.examine(account.folder)
        finally:
            talk.end()


class _Talk(imaplib.IMAP4):
    """One session. Each command has the policy's time and TALK bytes for its answer, beside a message, which has time
    by its size."""

    sock: TlsSocket

    def __init__(self, account: Account, policy: FetchPolicy) -> None:
        self._account, self._policy = account, policy
        self._size, self._until = 0, 0.0
        super().__init__(account.host, account.port)

    def _create_socket(self, timeout: float | None) -> TlsSocket:
        account = self._account
        sock = tls_socket(account.host, account.port, self._policy, account.authorities)
        sock.patience = self._policy.read_timeout
        sock.limit(time.monotonic() + self._policy.total_timeout, TALK)
        return sock

    def read(self, size: int) -> bytes:
        """A literal. What is announced is room in memory, so that it has an end."""
        if size > self._size + TALK:
            raise self.abort("an answer that is too long")
        self.sock.deadline = max(self.sock.deadline, self._until + size / SLOWEST)
        return super().read(size)

    def _allow(self, size: int = 0) -> None:
        self._size, self._until = size, time.monotonic() + self._policy.total_timeout
        self.sock.limit(self._until, size + TALK)

    def ask(self, command: str, *arguments: str, size: int = 0) -> list[Any]:
        """The answer to a command about messages by their numbers. Raises Refused."""
        self._allow(size)
        status, told = self.uid(command, *arguments)
        if status != "OK":
            raise Refused(f"{self.host} refuses a command: {_words(told)}")
        return told

    def sign_in(self, account: Account) -> None:
        self._allow()
        name, password = account.user_name, account.password
        try:
            if "AUTH=PLAIN" in self.capabilities:  # which takes any character
                self.authenticate("PLAIN", lambda _asked: f"\0{name}\0{password}".encode())
            else:
                self.login(name, password)
        except UnicodeEncodeError as error:
            raise NotRead(f"{account.host} takes only Latin letters in names and passwords.") from error
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise NotRead(f"{account.host} refuses the name or the password: {_said(error)}") from error

    def examine(self, name: str) -> Folder:
        self._allow()
        status, told = self.select(_quoted(name), readonly=True)  # EXAMINE
        if status != "OK":
            raise NotRead(f"There is no folder “{name}” that can be read: {_words(told)}")
        return Folder(self, self._told("UIDVALIDITY"), self._told("UIDNEXT"))

    def _told(self, name: str) -> int:
        _name, values = self.response(name)
        found = NUMBER.fullmatch(values[-1] or b"") if values else None
        return min(int(found[0]), 2**32) if found else 0

    def end(self) -> None:
        with suppress(HttpError, OSError, imaplib.IMAP4.error):
            self._allow()
            self.logout()
        with suppress(OSError):
            self.shutdown()


def _quoted(name: str) -> str:
    """The name of a folder as it is sent: its letters beyond ASCII in the UTF-7 of RFC 3501, 5.1.3."""
    encoded = ENCODED.sub(_utf7, name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{encoded}"'


def _utf7(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    return f"&{b64encode(found[0].encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"


def _words(told: list[Any]) -> str:
    last = next((each for each in reversed(told) if isinstance(each, bytes)), b"")
    return last.decode("utf-8", "replace")[:200]


def _said(error: Exception) -> str:
    """The server's words in an error of imaplib's, which has them as bytes or as text."""
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace")[:200] if isinstance(first, bytes) else str(first)[:200]


@contextmanager
def _named_failures(host: str) -> Iterator[None]:
    try:
        yield
    except HttpError as error:
        raise NotRead(str(error)) from error
    except TimeoutError as error:
        raise NotRead(f"{host} didn't answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise NotRead(f"the certificate of {host} can't be trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise NotRead(f"no secure connection to {host}: {error.reason or type(error).__name__}") from error
    except OSError as error:
        raise NotRead(f"{host} broke the connection off: {error.strerror or error}") from error
    except imaplib.IMAP4.error as error:
        raise NotRead(f"{host} broke off, or doesn't speak IMAP: {_said(error)}") from error
