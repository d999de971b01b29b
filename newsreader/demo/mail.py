"""The mailbox of the demo: letters, and a server of its own that gives them by IMAP (RFC 3501) under TLS and takes
nothing."""

from __future__ import annotations

import re
import ssl
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from newsreader.demo import Publisher, pictures
from newsreader.demo.catalogue import HOUR, texts

USER, PASSWORD, FOLDER = "you@demo.example", "demo", "INBOX"
LONGEST_LINE = 8192  # bytes
PATIENCE = 60.0  # seconds
RANGE = re.compile(r"UID (\d{1,10}):(\d{1,10})")
FETCH = re.compile(r"(\d{1,10}) \(BODY\.PEEK\[\]<0\.(\d{1,10})>\)")


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A writer of letters. `slug` names the file of their texts, `every` the seconds between two letters."""

    slug: str
    name: str
    every: int
    list_id: str = ""


CORRESPONDENTS = (
    Correspondent("slow-post", "The Slow Post", 53 * HOUR, "slow-post.demo.example"),
    Correspondent("aunt", "Aunt Maren", 31 * HOUR),
)


def letters(since: int, now: int) -> list[bytes]:
    """The messages that have come by `now`, the oldest first. One comes five minutes after the demo began."""
    dated = [
        (since + 300 - number * sender.every - place * 7 * HOUR, sender, title, html)
        for place, sender in enumerate(CORRESPONDENTS)
        for number, (title, html) in enumerate(texts(sender.slug))
    ]
    return [_letter(*each) for each in sorted(dated, key=lambda each: each[0]) if each[0] <= now]


def _letter(sent: int, sender: Correspondent, title: str, html: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = title
    message["From"] = f"{sender.name} <{sender.slug}@demo.example>"
    message["To"] = USER
    message["Date"] = format_datetime(datetime.fromtimestamp(sent, UTC))
    message["Message-ID"] = f"<{sent}.{sender.slug}@demo.example>"
    if sender.list_id:
        message["List-Id"] = f"{sender.name} <{sender.list_id}>"
        message["List-Unsubscribe"] = f"<mailto:{sender.slug}-off@demo.example>"
    message.set_content(html, subtype="html")
    if "cid:bay@" in html:
        message.add_related(pictures.png("bay"), "image", "png", cid="<bay@demo.example>")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def certificate(folder: Path) -> Path:
    """The file of the server's key and certificate in `folder`, made on the first call."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    path = folder / "demo-mail.pem"
    if path.exists():
        return path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Newsreader demo")])
    begin = datetime.now(UTC) - timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


def trusted(path: Path) -> str:
    """The certificate alone, in PEM."""
    return path.read_text()[path.read_text().index("-----BEGIN CERTIFICATE") :]


class Post(ThreadingTCPServer):
    """Serves the mailbox."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, publisher: Publisher, pem: Path) -> None:
        self.since = publisher.since
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(pem)
        super().__init__(("127.0.0.1", publisher.mail_port), Talk)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The session, in a thread of its own."""
        request.settimeout(PATIENCE)
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as secure:
            Talk(secure, client_address, self)


class Talk(StreamRequestHandler):
    """One session: who has signed in may look."""

    server: Post

    def handle(self) -> None:
        self.is_known, self.is_over = False, False
        self.say("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] The demo's mailbox")
        while not self.is_over and (line := self.rfile.readline(LONGEST_LINE)):
            tag, _blank, rest = line.decode("ascii", "replace").strip().partition(" ")
            name, _blank, rest = rest.partition(" ")
            if name.upper() == "UID":
                name, _blank, rest = rest.partition(" ")
            answers: dict[str, Callable[[str], str]] = {"CAPABILITY": self.capability, "NOOP": self.noop,
                "AUTHENTICATE": self.authenticate, "LOGOUT": self.logout}  # fmt: skip
            if self.is_known:
                answers |= {"EXAMINE": self.examine, "SEARCH": self.search, "FETCH": self.fetch}
            answer = answers.get(name.upper())
            self.say(f"{tag} {answer(rest) if answer else 'BAD not here, or not yet'}")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def letters(self) -> list[bytes]:
        return letters(self.server.since, int(time.time()))

    def capability(self, _rest: str) -> str:
        self.say("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
        return "OK done"

    def noop(self, _rest: str) -> str:
        return "OK done"

    def logout(self, _rest: str) -> str:
        self.say("* BYE until next time")
        self.is_over = True
        return "OK done"

    def authenticate(self, rest: str) -> str:
        self.say("+ ")
        said = self.rfile.readline(LONGEST_LINE)
        try:
            self.is_known = rest.upper() == "PLAIN" and b64decode(said) == f"\0{USER}\0{PASSWORD}".encode()
        except ValueError:
            self.is_known = False
        return "OK signed in" if self.is_known else "NO [AUTHENTICATIONFAILED] not you"

    def examine(self, rest: str) -> str:
        if rest.strip('"') != FOLDER:
            return "NO no such folder"
        count = len(self.letters())
        self.say(f"* {count} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.since}] the demo's beginning")
        self.say(f"* OK [UIDNEXT {count + 1}] the next one")
        return "OK [READ-ONLY] open"

    def search(self, rest: str) -> str:
        asked = RANGE.fullmatch(rest)
        if not asked:
            return "BAD a range of numbers, please"
        first, last = max(int(asked[1]), 1), min(int(asked[2]), len(self.letters()))
        self.say(" ".join(["* SEARCH", *map(str, range(first, last + 1))]))
        return "OK done"

    def fetch(self, rest: str) -> str:
        asked = FETCH.fullmatch(rest)
        if not asked:
            return "BAD one message, please"
        number, here = int(asked[1]), self.letters()
        if 0 < number <= len(here):
            body = here[number - 1][: int(asked[2])]
            self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (number, number, len(body), body))
        return "OK done"
