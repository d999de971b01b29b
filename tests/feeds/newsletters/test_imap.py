"""Servers that break off, lie or never end cost a visit some seconds and some memory, and no more."""

import contextlib
import socket
import ssl
import threading
from ipaddress import ip_network

import pytest

from feeds.http import FetchPolicy
from feeds.newsletters import imap
from feeds.newsletters.imap import Account, NotRead, opened
from tests.imap_server import certificate_in

POLICY = FetchPolicy(
    user_agent="", allowed_networks=(ip_network("127.0.0.0/8"),), connect_timeout=60, read_timeout=60, total_timeout=150
)
GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def scripted(certificate):
    """Makes a server that answers each command by a script: the command's name → bytes, with %s for its tag."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with contextlib.ExitStack() as stack:

        def start(script, greeting=GREETING):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            asked = []
            threading.Thread(target=_serve, args=(listener, context, greeting, script, asked), daemon=True).start()
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


def _serve(listener, context, greeting, script, asked):
    with contextlib.suppress(OSError):
        plain, _address = listener.accept()
        with plain, context.wrap_socket(plain, server_side=True) as secure, secure.makefile("rwb") as stream:
            stream.write(greeting)
            stream.flush()
            while line := stream.readline():
                tag, name, *_rest = line.split() if len(line.split()) > 1 else (b"", b"")
                name = (_rest[0] if name == b"UID" and _rest else name).decode()
                asked.append(line)
                answer = script.get(name, b"%s OK done\r\n")
                for piece in [answer] if isinstance(answer, bytes) else answer(tag):
                    stream.write(piece.replace(b"%s", tag))
                    stream.flush()
                if name == "AUTHENTICATE":
                    asked.append(stream.readline())
                    stream.write(tag + b" OK in\r\n")
                    stream.flush()


CALM = {
    "AUTHENTICATE": b"+ \r\n",
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 12] ok\r\n%s OK [READ-ONLY] open\r\n",
    "SEARCH": b"* SEARCH 11 9 99\r\n%s OK done\r\n",
    "FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {9}\r\nSubject:\n)\r\n%s OK done\r\n",
    "LOGOUT": b"* BYE so long\r\n%s OK done\r\n",
}


def read(account):
    with opened(account, POLICY) as folder:
        return folder.validity, [folder.message(n) for numbers, _end in folder.numbers(0) for n in numbers]


def test_a_folder_is_examined_and_its_messages_are_peeked_at(scripted):
    account, asked = scripted(CALM)
    assert read(account) == (7, [b"Subject:\n", b"Subject:\n"])
    said = b"".join(asked)
    assert b"EXAMINE" in said
    assert b"BODY.PEEK[]" in said
    assert not [word for word in (b"SELECT", b"STORE", b"EXPUNGE", b"COPY", b"APPEND", b"secret") if word in said]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"AUTHENTICATE": b"%s NO [AUTHENTICATIONFAILED] no such name\r\n"}, "refuses the name or the password: .*no such"),
        ({"EXAMINE": b"%s NO no such folder\r\n"}, "There is no folder “INBOX” that can be read: no such"),
        ({"SEARCH": b"%s BAD what\r\n"}, "doesn't speak IMAP"),
        ({"FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {9999999999}\r\n"}, "too long"),
        ({"FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {99}\r\nhalf"}, None),
        ({"FETCH": b"nonsense\r\n"}, "doesn't speak IMAP"),
        ({"EXAMINE": b"* BYE overloaded\r\n"}, "broke off"),
        ({"SEARCH": b"* SEARCH " + b"9" * 2_000_000 + b"\r\n"}, "."),
        ({"SEARCH": lambda tag: (b"* 1 FETCH (FLAGS ())\r\n" for _ in range(10**9))}, "doesn't end"),
        ({"FETCH": lambda tag: (b"* 1 FETCH (X {1000000}\r\n" + b"x" * 10**6 + b")\r\n" for _ in range(10**9))}, "doesn't end"),
    ],
)  # fmt: skip
def test_a_server_that_does_as_it_likes_is_given_up(scripted, monkeypatch, script, reason):
    if reason is None:  # half an answer, and then nothing: the only one to wait for
        monkeypatch.setattr(POLICY.__class__, "read_timeout", 1, raising=False)
        reason = "in time|broke"
    account, _asked = scripted(CALM | script)
    with pytest.raises(NotRead, match=reason) as failure:
        read(account)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"* BYE full\r\n", b"", b"\0" * 2_000_000])
def test_what_is_no_mail_server_is_given_up(scripted, greeting):
    account, _asked = scripted({}, greeting + b"\r\n")
    with pytest.raises(NotRead):
        read(account)


def test_numbers_are_asked_for_in_windows_and_none_twice(scripted, monkeypatch):
    monkeypatch.setattr(imap, "WINDOW", 5)
    account, asked = scripted(CALM)
    with opened(account, POLICY) as folder:
        assert list(folder.numbers(2)) == [([], 7), ([9, 11], 11)]
    assert [line.split()[-1] for line in asked if b"SEARCH" in line] == [b"3:7", b"8:11"]


def test_windows_grow_where_there_is_nothing(scripted):
    next_number = CALM["EXAMINE"].replace(b"UIDNEXT 12", b"UIDNEXT 4294967295")
    account, asked = scripted(CALM | {"EXAMINE": next_number, "SEARCH": b"* SEARCH\r\n%s OK done\r\n"})
    with opened(account, POLICY) as folder:
        assert [numbers for numbers, _end in folder.numbers(11) if numbers] == []
    assert len([line for line in asked if b"SEARCH" in line]) < 1100


def test_without_a_next_number_all_that_is_new_is_asked_for(scripted):
    account, asked = scripted(CALM | {"EXAMINE": CALM["EXAMINE"].replace(b"* OK [UIDNEXT 12] ok\r\n", b"")})
    with opened(account, POLICY) as folder:
        assert list(folder.numbers(10)) == [([11, 99], 99)]
    assert [line.split()[-1] for line in asked if b"SEARCH" in line] == [b"11:*"]


def test_a_message_that_is_gone_is_none(scripted):
    account, _asked = scripted(CALM | {"FETCH": b"%s OK done\r\n"})
    assert read(account) == (7, [None, None])


def test_without_auth_plain_the_name_is_told_by_login(scripted):
    account, asked = scripted(CALM, b"* OK [CAPABILITY IMAP4rev1] here\r\n")
    read(account)
    assert any(b'LOGIN ann "secret"' in line for line in asked)
