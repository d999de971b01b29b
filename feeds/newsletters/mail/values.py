"""The content of a message, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from feeds.newsletters.mail.addresses import PICTURES
from feeds.parse.values import ParsedEntry


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a message brings along, and the address that stands for it in the entry's HTML."""

    url: str
    data: bytes

    @classmethod
    def of(cls, data: bytes) -> Picture:
        """The picture in a part, known by its content."""
        return cls(PICTURES + sha256(data).hexdigest(), data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The list or the person that a message is from. `key` is the same in all of its messages: the list's identity
    (RFC 2919), else the sender's address; never empty. `unsubscribe_url`: a page, or an address of mail, by which the
    list is left (RFC 2369)."""

    key: str
    title: str
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message. The entry's HTML names `pictures` by their addresses. `is_head`: it takes too much to read more."""

    sender: Sender
    entry: ParsedEntry
    pictures: tuple[Picture, ...] = ()
    is_head: bool = False
