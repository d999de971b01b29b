"""A message: some notices of one reader, as a channel is to send them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.notices.models import Channel, Notice
from feeds.subscriptions.own import call_by_own_titles

LINES = 20  # articles that a short message names
SUMMARY = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article that is told of. `page`: its address here."""

    id: int
    title: str
    page: str
    url: str
    feed: str
    rule: str
    summary: str
    published_at: datetime
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The articles that are sent together. `id` stays the same however often it is tried."""

    id: UUID
    at: datetime
    site: str
    items: tuple[Item, ...]
    is_test: bool = False

    @property
    def title(self) -> str:
        if self.is_test:
            return _("A test of your notices")
        if len(self.items) == 1:
            return self.items[0].feed
        return ngettext("%(n)d article for you", "%(n)d articles for you", len(self.items)) % {"n": len(self.items)}

    @property
    def page(self) -> str:
        """The address that leads to what is told."""
        return self.items[0].page if len(self.items) == 1 else f"{self.site}/account/notices/"

    def text(self, most: int) -> str:
        """A short text of at most `most` bytes of UTF-8: the articles by their titles."""
        if self.is_test:
            return _("If you can read this, notices arrive.")
        if len(self.items) == 1:
            item = self.items[0]
            return cut("\n\n".join(part for part in (item.title, item.summary) if part), most)
        lines = [f"• {item.title} ({item.feed})" for item in self.items[:LINES]]
        if more := len(self.items) - LINES if len(self.items) > LINES else 0:
            lines.append(ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more})
        return cut("\n".join(lines), most)


def message_of(channel: Channel, notices: Iterable[Notice], delivery: UUID) -> Message:
    """The message of a channel that tells of `notices`, whose articles, feeds and rules are loaded."""
    notices = list(notices)
    call_by_own_titles([notice.article.feed for notice in notices], channel.user)
    return Message(
        id=delivery, at=timezone.now(), site=channel.site, items=tuple(_item(channel, each) for each in notices)
    )


def test_message(channel: Channel) -> Message:
    """The message that tries a channel."""
    return Message(id=uuid4(), at=timezone.now(), site=channel.site, items=(), is_test=True)


def _item(channel: Channel, notice: Notice) -> Item:
    article = notice.article
    return Item(
        id=notice.pk,
        title=article.name,
        page=f"{channel.site}{article.get_absolute_url()}",
        url=article.url,
        feed=article.feed.name,
        rule=notice.rule.name if notice.rule else "",
        summary=article.summary[:SUMMARY],
        published_at=article.published_at,
        language=article.language,
    )


def cut(text: str, most: int) -> str:
    """`text`, of at most `most` bytes of UTF-8."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode("utf-8", "ignore") + "…"
