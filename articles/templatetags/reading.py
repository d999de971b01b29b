"""What templates need to know of articles and feeds."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template

from articles.language import language_of
from articles.models import Article
from feeds.models import Feed

register = template.Library()


@register.filter
def language(article: Article) -> str:
    """The language tag that the article is set in; empty where nobody knows, which HTML reads as "unknown"."""
    return language_of(article.language or article.feed.language, article.title + article.summary)


@register.filter
def feed_language(feed: Feed) -> str:
    """The same for a feed's own words."""
    return language_of(feed.language, feed.name + feed.description)


@register.filter
def web_address(url: str) -> str:
    """The address if a browser may be sent there, else nothing: publishers' addresses may be anything."""
    try:
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


@register.filter
def host(url: str) -> str:
    """What to call a link by its address: the host without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
