"""Articles and rules about rain, for the tests of rules."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import DatabaseError

from articles.ingest import pipeline
from articles.lists.pages import Selection, unread_among
from articles.models import Article, Rule, UnjudgedArticle
from articles.rules import own
from feeds.parse.document import ParsedEntry
from tests.articles.searching import make_found


def came_in(text: str, feed=None, **fields) -> Article:
    """An article that is stored and indexed, and that rules have still to see."""
    article: Article = make_found(feed, title=text, text=text, **fields)
    UnjudgedArticle.objects.create(article=article)
    return article


def rule_of(reader: User, query: str = "rain", **fields) -> Rule:
    return own.save_rule(reader, own.Draft(selection=Selection(query=query), **(fields or {"marks_read": True})))


def is_unread(reader: User, article: Article) -> bool:
    return bool(unread_among([article.pk], reader))


def stored(feed, *texts: str) -> list[Article]:
    """The articles of a feed after its document has had entries with these texts, the first one's guid being 0."""
    entries = [
        ParsedEntry(guid=str(n), url=f"https://x.example/{n}", title=text, content_html=f"<p>{text}</p>")
        for n, text in enumerate(texts)
    ]
    pipeline.store_entries(feed, entries)
    return list(Article.objects.filter(feed=feed).order_by("guid"))


def fails_for_some(reader, hits, at):
    if hits:
        raise DatabaseError("a defect")
