"""A stream as an Atom document (RFC 4287), for the apps that read it so: newsboat's "feedhq" and "oldreader"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from articles.api.contents import Whole
from articles.api.greader import item_ids, stream_names

MEDIA_TYPE = "application/atom+xml"
STATE_NAMES = "http://www.google.com/reader/"  # the scheme that the original's categories had
# What XML 1.0 has no place for.
_UNFIT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))


def write(items: Iterator[Whole], *, stream: str, title: str, self_url: str, updated: datetime) -> Iterator[bytes]:
    """The document, an entry at a time. What was read and starred are categories with labels "read" and "starred"."""
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:google.com,2005:reader/{_text(stream)}</id><title>{_text(title)}</title>"
        f'<link rel="self" href={_attribute(self_url)}/><updated>{_time(updated)}</updated>'
    ).encode()
    for whole in items:
        yield _entry(whole).encode()
    yield b"</feed>"


def _entry(whole: Whole) -> str:
    article = whole.article
    states = [stream_names.READING_LIST]
    states += [] if article.is_unread else [stream_names.READ]
    states += [stream_names.STARRED] if article.is_starred else []
    categories = "".join(
        f'<category term={_attribute(state)} scheme="{STATE_NAMES}" label={_attribute(state.rpartition("/")[2])}/>'
        for state in states
    )
    return (
        f"<entry><id>{item_ids.long_form(article.pk)}</id>{categories}"
        f'<title type="text">{_text(article.name)}</title>'
        f"<published>{_time(article.published_at)}</published>"
        f"<updated>{_time(article.updated_at or article.changed_at or article.published_at)}</updated>"
        f'<link rel="alternate" type="text/html" href={_attribute(whole.url)}/>'
        f"<author><name>{_text(article.author)}</name></author>"
        f'<content type="html">{_text(whole.html)}</content></entry>\n'
    )


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(text: str) -> str:
    return escape(text.translate(_UNFIT).encode("utf-8", "ignore").decode())


def _attribute(text: str) -> str:
    return quoteattr(text.translate(_UNFIT).encode("utf-8", "ignore").decode())
