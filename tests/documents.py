"""Feed documents for tests: a few lines say what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

FIRST_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rss(items: Iterable[str], *, title: str = "The Harbour Post", extra: str = "") -> str:
    """An RSS 2.0 document of items made by `item`."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>https://harbour.example/</link><description>News</description>{extra}"
        f"{''.join(items)}</channel></rss>"
    )


def item(number: int, *, title: str = "", body: str = "", guid: str | None = None, link: str | None = None) -> str:
    """Item `number`, published so many hours after FIRST_DAY."""
    guid = f"guid-{number}" if guid is None else guid
    link = f"https://harbour.example/{number}" if link is None else link
    date = format_datetime(FIRST_DAY + timedelta(hours=number), usegmt=True)
    return (
        f"<item><title>{escape(title or f'Story {number}')}</title><link>{escape(link)}</link>"
        + (f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "")
        + f"<pubDate>{date}</pubDate>"
        f"<content:encoded>{escape(body or f'<p>The text of story {number}.</p>')}</content:encoded></item>"
    )


def items(*numbers: int) -> list[str]:
    """Plain items, newest first, as publishers have them."""
    return [item(number) for number in sorted(numbers, reverse=True)]
