"""Articles that a search finds, and what its page shows of them."""

from __future__ import annotations

import re

from articles.search import index
from tests.factories import make_article, make_articles


def make_found(feed=None, **fields):
    """An indexed article."""
    text = fields.pop("text", "The harbour sleeps.")
    article = make_article(feed, content_text=text, content_html=f"<p>{text}</p>", language="en", **fields)
    index.index([article])
    return article


def make_harbours(n, feed=None, **fields):
    articles = make_articles(n, feed, content_text="The harbour sleeps.", language="en", **fields)
    index.index(articles)
    return articles


def titles(response):
    return [found.article.title for found in response.context["page"].found]


def search(client, query="harbour", **more):
    return client.get("/", {"q": query, **more})


def text_of(response):
    """What a reader sees, without the marks that keep a quotation's direction."""
    return re.sub("[\u2068\u2069]|<[^>]*>", "", response.text)
