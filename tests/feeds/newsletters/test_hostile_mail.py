"""Messages that were made to harm whoever reads them."""

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.sanitize import clean
from feeds import sandbox
from feeds.newsletters.mail.body import MAX_NAMED, MAX_PARTS, MAX_PICTURES
from feeds.newsletters.mail.read import HEAD, head, letter_of, read
from feeds.parse.text import MAX_FEED_TITLE, MAX_TITLE
from tests.feeds.newsletters.messages import PIXEL, raw

NAMES = b"Subject: Hostile\r\nFrom: Mallory <m@x.example>\r\nMessage-ID: <1@x.example>\r\n"


def nested(depth):
    inside = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return NAMES + inside + b"\r\nThe text.\r\n"


def parts(count, one):
    return (
        NAMES + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n" + one + b"\r\n") * count + b"--b--"
    )


HOSTILE = {
    "300 nested parts": lambda: nested(300),
    "10,000 nested parts": lambda: nested(10_000),
    "10,000 nested messages": lambda: NAMES + b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "20,000 parts": lambda: parts(20_000, b"Content-Type: text/html\r\n\r\n<p>x</p>"),
    "a subject of 10 MB": lambda: b"Subject: " + b"x" * 10_000_000 + b"\r\n\r\n",
    "half an encoded word, often": lambda: b"Subject: " + b"=?utf-8?Q?" * 500_000 + b"\r\n\r\n",
    "50,000 headers": lambda: b"X: y\r\n" * 50_000 + NAMES + b"\r\n",
    "100,000 lines of one header": lambda: b"Subject: x\r\n" + b" x\r\n" * 100_000 + b"\r\n",
    "a type of 200,000 parameters": lambda: b"Content-Type: multipart/mixed; " + b"a=b; " * 200_000 + b"\r\n\r\nx",
    "a type of quotation marks": lambda: b"Content-Type: multipart/mixed; " + b'a="; ' * 20_000 + b"\r\n\r\nx",
    "an address of 2 MB": lambda: b"From: " + b"(<a@" * 500_000 + b"\r\n\r\n",
    "a list's name of 2 MB": lambda: b"List-Id: " + b"<" * 2_000_000 + b"\r\n\r\n",
    "ways to leave without end": lambda: b"List-Unsubscribe: " + b"<https://x.example/>, " * 100_000 + b"\r\n\r\n",
    "half a tag, often": lambda: raw("Subject: x", b'<img src="cid:' * 200_000, kind="text/html"),
    "1 MB of >": lambda: raw("Subject: x", b"> " * 500_000, kind="text/plain; format=flowed"),
    "1 MB of open lines": lambda: raw("Subject: x", b"a \r\n" * 250_000, kind="text/plain; format=flowed"),
    "1 MB of nothing": lambda: bytes(1_000_000),
    "no bytes": lambda: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_read_within_its_budget(name, monkeypatch):
    """A message that can't be read is known by its head."""
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    letter = letter_of(HOSTILE[name]())
    assert letter.sender.key
    assert len(letter.entry.title) <= MAX_TITLE
    assert len(letter.sender.title) <= MAX_FEED_TITLE
    assert letter.entry.guid


def test_of_nesting_without_end_the_head_is_left():
    letter = letter_of(nested(10_000))
    assert (letter.entry.title, letter.sender.key, letter.entry.guid) == ("Hostile", "m@x.example", "1@x.example")
    assert letter.entry.content_html == ""


def test_parts_and_pictures_beyond_the_limit_are_left_out():
    assert (
        read(parts(10_000, b"Content-Type: text/html\r\n\r\n<p>x</p>")).entry.content_html.count("<p>") == MAX_PARTS - 1
    )
    many = b"".join(b"--b\r\nContent-Type: image/png\r\n\r\n" + PIXEL + b"%d\r\n" % n for n in range(500))
    found = read(NAMES + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + many + b"--b--")
    assert len(found.pictures) == MAX_PICTURES == found.entry.content_html.count("<img")


def test_a_letter_that_names_its_picture_without_end_does_not_grow_without_end():
    one = b"Content-Type: image/png\r\nContent-ID: <a>\r\n\r\n" + PIXEL
    html = b"Content-Type: text/html\r\n\r\n" + b"<img src=cid:a>" * 50_000
    assert read(parts(1, one + b"\r\n--b\r\n" + html)).entry.content_html.count("mail.invalid") == MAX_NAMED


def test_a_head_is_read_whatever_comes_after_it():
    body = NAMES + b"\r\n" + b"x" * (2 * HEAD)
    assert head(body).entry.title == "Hostile"
    assert head(b"x" * (2 * HEAD)).sender.key == "unknown"


def test_no_header_comes_out_of_another():
    """Line ends in encoded words are no ends of a header."""
    letter = read(
        raw(
            "Subject: =?utf-8?Q?Hi=0D=0AList-Id:_<evil.example>=0D=0A?=\n"
            "From: =?utf-8?Q?Ann=0D=0AX:_y?= <ann@x.example>\n"
            "List-Unsubscribe: <https://x.example/=?utf-8?Q?=0D=0ASet-Cookie:x?=>"
        )
    )
    assert letter.entry.title == "Hi List-Id: <evil.example>"
    assert (letter.sender.key, letter.sender.title) == ("ann@x.example", "Ann X: y")
    assert "\n" not in letter.sender.unsubscribe_url
    assert "\r" not in letter.sender.unsubscribe_url


def test_nothing_in_words_becomes_markup():
    """Subjects of messages that were sent on, and texts, are escaped."""
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: <script>x()</script><img src=x onerror=x()>\r\n\r\n<b>x</b>"
    html = read(parts(1, inner)).entry.content_html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html


def test_a_picture_s_name_can_t_break_out_of_its_attribute():
    one = b'Content-Type: image/png\r\nContent-ID: <"><script>x()</script>>\r\n\r\n' + PIXEL
    html = b"Content-Type: text/html\r\n\r\n<img src='cid:\"><script>x()</script>'>"
    entry = read(parts(1, one + b"\r\n--b\r\n" + html)).entry
    assert "script" not in clean(entry.content_html, base_url="")


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter(body):
    letter = read(NAMES + body)
    assert letter.sender.key
    assert letter.entry.guid
    clean(letter.entry.content_html, base_url=letter.entry.base_url)


@given(st.lists(st.sampled_from([b"Subject: ", b"=?utf-8?B?", b"?=", b"\r\n", b"\r\n ", b"<", b">", b'"', b"@", b"--b",
    b"Content-Type: multipart/alternative; boundary=b", b"Content-Type: message/rfc822", b"From: ", b"\xff", b"x"]),
    max_size=60))  # fmt: skip
def test_any_pieces_of_messages_are_a_letter(pieces):
    body = b"".join(pieces)
    assert read(body).sender.key
    assert head(body).sender.key
    assert message_from_bytes(body) is not None
