"""The headers of a message to text: RFC 2047 and what is sent in its stead."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BadBase64
from email.message import Message
from quopri import decodestring
from typing import TypeAlias

from feeds.parse import charset
from feeds.parse.text import MAX_FEED_TITLE, MAX_FEED_URL, MAX_TITLE, address, line

MAX_HEADER = 4000  # characters that are looked at
MAX_KEY = 255  # bytes: what an address is made of
# An encoded word. What is in it may have blanks, which some senders leave as they are.
WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{1,40})?\?([BbQq])\?([^?]{0,1000})\?=")
BRACKETED = re.compile(r"<\s{0,9}([^<>\s]{1,2000})\s{0,9}>")
NAME_AND_ADDRESS = re.compile(r"(\"(?:[^\"\\]|\\.)*+\"|[^\"<]*+)\s*+<([^<>\s@]{1,200}@[^<>\s@]{1,200})>")
ADDRESS = re.compile(r"[^\s<>(),;:\"@]{1,200}@[^\s<>(),;:\"@]{1,200}")
ESCAPED = re.compile(r"\\(.)")
MAILTO = re.compile(r"mailto:[^\s\"<>]{3,1000}", re.IGNORECASE)
Part: TypeAlias = Message


def raw(part: Part, name: str) -> str:
    """The first header of that name as it was sent, on one line, at most MAX_HEADER characters; bytes beyond ASCII as
    lone surrogates."""
    for each, value in part.raw_items():
        if each.lower() == name:
            return " ".join(str(value)[:MAX_HEADER].split())
    return ""


def text(part: Part, name: str, limit: int = MAX_TITLE) -> str:
    """A header of words, as Subject."""
    return line(decoded(raw(part, name)), limit)


def decoded(value: str) -> str:
    """The text of a header with encoded words in it. A character may be cut in two by the end of a word, so that words
    of one encoding beside each other are one."""
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for word in WORD.finditer(value):
        name, between = word[1].lower(), value[at : word.start()]
        if between and not (pieces and pieces[-1][0] and between.isspace()):
            pieces.append(("", _bytes(between)))
        data = _unpacked(word[2], word[3])
        if pieces and pieces[-1][0] == name:
            data = pieces.pop()[1] + data
        pieces.append((name, data))
        at = word.end()
    pieces.append(("", _bytes(value[at:])))
    return "".join(charset.decode(data, f"charset={name}") for name, data in pieces)


def _unpacked(way: str, packed: str) -> bytes:
    data = _bytes(packed)
    if way in "Qq":
        return decodestring(data, header=True)
    try:
        return b64decode(data + b"=" * (-len(data) % 4))
    except (BadBase64, ValueError):
        return data


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def sender(part: Part) -> tuple[str, str]:
    """Name and address of who sent it, both empty where nobody says so."""
    value = raw(part, "from")
    if named := NAME_AND_ADDRESS.match(value):
        name = named[1].strip()
        name = ESCAPED.sub(r"\1", name[1:-1]) if name.startswith('"') else name
        return line(decoded(name), MAX_FEED_TITLE), _key(named[2])
    found = ADDRESS.search(value)
    return "", _key(found[0]) if found else ""


def _key(value: str) -> str:
    """The name of a sender in all of its messages; empty where it can't be kept."""
    key = decoded(value).strip().lower()
    is_kept = line(key, MAX_KEY) == key and len(key.encode()) <= MAX_KEY
    return key if is_kept and not set(key) & set("<> ") else ""


def mailing_list(part: Part) -> tuple[str, str]:
    """Identity and name of the list (RFC 2919), both empty where it is of none."""
    value = raw(part, "list-id")
    found = BRACKETED.search(value)
    key = _key(found[1] if found else value)
    return key, line(decoded(value[: found.start()] if found else "").strip().strip('"'), MAX_FEED_TITLE)


def is_discussion(part: Part) -> bool:
    """True of a list that its members write to (RFC 2369): then each message has another sender."""
    return BRACKETED.search(raw(part, "list-post")) is not None


def web_address(part: Part, name: str) -> str:
    """The first web address in a header of addresses; empty where it has none."""
    return next(filter(None, (address("", each, MAX_FEED_URL) for each in BRACKETED.findall(raw(part, name)))), "")


def unsubscribe_url(part: Part) -> str:
    """The way to leave the list: a page, else an address of mail; empty where there is none."""
    name = "list-unsubscribe"
    mails = (each for each in BRACKETED.findall(raw(part, name)) if MAILTO.fullmatch(each) and each.isascii())
    return web_address(part, name) or next(mails, "")
