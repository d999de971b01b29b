"""Servers that break off, lie or never end cost a visit some seconds and some memory, and no more."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from feeds.http import FetchPolicy
from feeds.newsletters import imap
from feeds.newsletters.imap import NotRead, Refused, opened
from tests.scripted_imap import CALM, certificate, scripted

__all__ = ["certificate", "scripted"]

POLICY = FetchPolicy(
    user_agent="", allowed_networks=(ip_network("127.0.0.0/8"),), connect_timeout=60, read_timeout=60, total_timeout=150
)


def read(account, policy=POLICY):
    with opened(account, policy) as folder:
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
        ({"SEARCH": b"%s NO not today\r\n"}, "refuses a command: not today"),
        ({"FETCH": b"%s NO not this\r\n"}, "refuses a command: not this"),
        ({"FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {9999999999}\r\n"}, "too long"),
        ({"FETCH": b"nonsense\r\n"}, "doesn't speak IMAP"),
        ({"EXAMINE": b"* BYE overloaded\r\n"}, "broke off"),
        ({"SEARCH": b"* SEARCH " + b"9" * 2_000_000 + b"\r\n"}, "."),
        ({"SEARCH": lambda tag: (b"* 1 FETCH (FLAGS ())\r\n" for _ in range(10**9))}, "doesn't end"),
        ({"FETCH": lambda tag: (b"* 1 FETCH (X {1000000}\r\n" + b"x" * 10**6 + b")\r\n" for _ in range(10**9))}, "doesn't end"),
    ],
)  # fmt: skip
def test_a_server_that_does_as_it_likes_is_given_up(scripted, script, reason):
    account, _asked = scripted(CALM | script)
    with pytest.raises(NotRead, match=reason) as failure:
        read(account)
    assert "secret" not in str(failure.value)


def test_half_an_answer_and_then_nothing_is_given_up_in_time(scripted):
    account, _asked = scripted(CALM | {"FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {99}\r\nhalf"})
    with pytest.raises(NotRead, match=r"in time|broke"):
        read(account, replace(POLICY, read_timeout=1))


def test_a_large_message_has_time_by_its_size(scripted):
    """Of what is announced, not of what may come at most: a server that says nothing is not waited for."""
    account, _asked = scripted(
        CALM | {"FETCH": b"* 1 FETCH (UID 9 BODY[]<0> {1000000}\r\n" + bytes(10**6) + b")\r\n%s OK done\r\n"}
    )
    with opened(account, POLICY) as folder:
        talk = folder._talk
        folder.message(9)
        assert talk.sock.deadline == talk._until + 1_000_000 / imap.SLOWEST
        assert list(folder.numbers(0))
        assert talk.sock.deadline == talk._until


def test_a_message_that_is_refused_leaves_the_others(scripted):
    account, _asked = scripted(
        CALM | {"FETCH": lambda line: [b"%s NO not this\r\n" if b" 9 " in line else CALM["FETCH"]]}
    )
    with opened(account, POLICY) as folder:
        with pytest.raises(Refused):
            folder.message(9)
        assert folder.message(11) == b"Subject:\n"


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
