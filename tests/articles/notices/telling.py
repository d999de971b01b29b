"""Readers who are told of something, and the sending of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Article, Channel, Notice
from articles.notices import channels, own, queue
from articles.rules.models import Rule
from tests.factories import make_article, make_feed

HERE = {"site": "https://news.example", "language": "en", "zone": "UTC"}
_numbers = count(1)


def channel_of(reader: User, kind: Channel.Kind, secrets: dict[str, str], **columns: Any) -> Channel:
    return channels.add(reader, kind, secrets, **{**HERE, "name": "Mine", "host": "127.0.0.1", **columns})


def tell(reader: User, *titles: str) -> list[Notice]:
    """Notices of new articles with these titles, by a rule of the reader's."""
    now = timezone.now()
    rule = Rule.objects.create(user=reader, name="Weather", text="rain", tells=True)
    feed = make_feed(title="Harbour Notes")
    articles = [make_article(feed, title=title, summary=f"Of {title}."[:300], published_at=now) for title in titles]
    return own.tell(reader, {rule: [article.pk for article in articles]}, now)


def send(after: timedelta = timedelta(minutes=2)) -> queue.Tally:
    """Send what is due so much later."""
    tally = queue.Tally()
    for claim in queue.claim_due(timezone.now() + after):
        each = queue.send_claim(settings.FETCH_POLICY, claim, pause=0)
        tally = queue.Tally(tally.sent + each.sent, tally.failed + each.failed)
    return tally


def articles_by_title() -> dict[str, Article]:
    return {article.title: article for article in Article.objects.all()}
