"""Feeds, categories, articles and readers with sensible defaults; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Max
from django.utils.text import slugify

from articles.models import Article
from feeds.models import Category, Feed

_numbers = count(1)
FIRST_DAY = datetime(2026, 1, 1, 8, tzinfo=UTC)


def number_from_one() -> None:
    """Every test has names and dates of its own, whatever ran before it."""
    global _numbers
    _numbers = count(1)


def make_category(name: str = "", *, parent: Category | None = None, **fields: Any) -> Category:
    number = next(_numbers)
    name = name or f"Category {number}"
    fields.setdefault("slug", f"{slugify(name, allow_unicode=True)}-{number}")
    return Category.objects.create(name=name, parent=parent, **fields)


def make_feed(**fields: Any) -> Feed:
    number = next(_numbers)
    defaults = {"url": f"https://feed{number}.example/rss", "title": f"Feed {number}"}
    return Feed.objects.create(**defaults | fields)


def build_article(feed: Feed, **fields: Any) -> Article:
    """An unsaved article, an hour younger than the one built before it."""
    number = next(_numbers)
    text = f"The body of article {number}."
    defaults = {
        "guid": f"guid-{number}",
        "url": f"https://feed.example/{number}",
        "title": f"Article {number}",
        "summary": text,
        "content_html": f"<p>{text}</p>",
        "content_text": text,
        "published_at": FIRST_DAY + timedelta(hours=number),
        "entry_hash": f"{number:032x}",
        "sanitizer_version": 1,
    }
    return Article(feed=feed, **defaults | fields)


def make_article(feed: Feed | None = None, **fields: Any) -> Article:
    """A stored article; its feed's counts are kept as the store keeps them."""
    article = build_article(feed or make_feed(), **fields)
    article.save()
    count_articles(article.feed)
    return article


def make_articles(n: int, feed: Feed | None = None, **fields: Any) -> list[Article]:
    """`n` articles of one feed in one write, an hour apart, oldest first."""
    feed = feed or make_feed()
    articles = Article.objects.bulk_create([build_article(feed, **fields) for _ in range(n)])
    count_articles(feed)
    return articles


def count_articles(*feeds: Feed) -> None:
    """Set the columns that the store keeps on each feed."""
    for feed in feeds:
        counts = feed.articles.aggregate(count=Count("id"), newest=Max("published_at"))
        feed.article_count, feed.newest_article_at = counts["count"], counts["newest"]
        feed.save(update_fields=["article_count", "newest_article_at"])


def make_reader(username: str = "", *, staff: bool = False, password: str = "correct horse battery") -> User:
    """Someone who can sign in with `password`."""
    username = username or f"reader{next(_numbers)}"
    return User.objects.create_user(username, password=password, is_staff=staff, is_superuser=staff)
