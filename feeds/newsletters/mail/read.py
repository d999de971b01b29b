"""A message to a letter."""

from __future__ import annotations

import logging
from dataclasses import replace
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

from feeds import sandbox
from feeds.newsletters.mail import headers
from feeds.newsletters.mail.body import html_of
from feeds.newsletters.mail.headers import Part
from feeds.newsletters.mail.values import Letter, Picture, Sender
from feeds.parse import identity
from feeds.parse.dates import parse_date
from feeds.parse.people import byline
from feeds.parse.text import MAX_TITLE, language, line
from feeds.parse.values import ParsedEntry

HEAD = 2**16  # bytes
NOBODY = "unknown"  # who messages are from that say of nobody that they are


logger = logging.getLogger(__name__)


def letter_of(body: bytes) -> Letter:
    """The letter that a message is, read within the budget of a document; of one that takes too much its head alone.
    Raises sandbox.Interrupted."""
    try:
        return sandbox.run(read, body)
    except sandbox.Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one message does, the next ones are read
        logger.warning("A message of %d bytes can't be read: %s", len(body), error)
        return head(body)


def read(body: bytes) -> Letter:
    """The letter that a message is, whatever the bytes. May take long, and fail where parts are nested without end."""
    message: Part = message_from_bytes(body, policy=policy.compat32)
    html, pictures = html_of(message)
    return _letter(message, html, pictures)


def head(body: bytes) -> Letter:
    """The letter without its text, of a message that takes too much to read; quick, whatever the bytes."""
    start = body[:HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return replace(_letter(BytesHeaderParser(policy=policy.compat32).parsebytes(start), "", ()), is_head=True)


def _letter(message: Part, html: str, pictures: tuple[Picture, ...]) -> Letter:
    title = headers.text(message, "subject")
    name, address = headers.sender(message)
    link = headers.web_address(message, "archived-at")  # RFC 5064
    entry = ParsedEntry(
        guid=identity.guid_of(_message_id(message), "", title, html),
        url=link,
        title=title,
        author=byline([name or address]),
        language=language(headers.raw(message, "content-language").partition(",")[0]),
        content_html=html,
        base_url=link,
        published_at=parse_date(headers.raw(message, "date")),
    )
    return Letter(sender=_sender(message, name, address), entry=entry, pictures=pictures)


def _message_id(message: Part) -> str:
    return line(headers.raw(message, "message-id").strip("<> "), MAX_TITLE)


def _sender(message: Part, name: str, address: str) -> Sender:
    key, called = headers.mailing_list(message)
    names = (called, name) if headers.is_discussion(message) else (name, called)
    return Sender(
        key=key or address or NOBODY,
        title=next(filter(None, (*names, address, key)), NOBODY),
        unsubscribe_url=headers.unsubscribe_url(message),
    )
