"""Articles without their bodies, as lists have them: each feed of theirs is one object, however many it has there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from articles.models import Article, Origin
from articles.querysets import BODIES, FEED_COLUMNS
from feeds.models import Feed
from feeds.statements import Given, Statement, all_columns, columns_of, loaded

_UNSEEN = BODIES | {"guid", "tags", "entry_hash", "sanitizer_version"}  # by lists, hits and apps
_COLUMNS = all_columns(Article, but=_UNSEEN)
_PK = _COLUMNS.index("id")
_OF_FEED = columns_of(Feed, FEED_COLUMNS)
_OF_ORIGIN = columns_of(Origin, ("id", "title"))
_ARTICLES = Statement(
    lambda: (
        Article.objects.filter(pk__in=[Given("articles")])
        .order_by()
        .values_list(*_COLUMNS, *(f"feed__{name}" for name in _OF_FEED), *(f"origin__{name}" for name in _OF_ORIGIN))
    )
)


def bare_articles(pks: Sequence[int]) -> list[Article]:
    """These articles, in that order, as far as they are there: as `for_list` has them, but for what no list
    shows. One query."""
    if not pks:
        return []
    alias, feeds, found = connection.alias, dict[int, Feed](), dict[int, Article]()
    of_article, of_feed = len(_COLUMNS), len(_COLUMNS) + len(_OF_FEED)
    for row in _ARTICLES.rows(articles=list(pks)):
        article = loaded(Article, alias, _COLUMNS, row[:of_article])
        feed = feeds.get(article.feed_id)
        if feed is None:
            feed = feeds[article.feed_id] = loaded(Feed, alias, _OF_FEED, row[of_article:of_feed])
        origin = loaded(Origin, alias, _OF_ORIGIN, row[of_feed:]) if article.origin_id else None
        article._state.fields_cache = {"feed": feed, "origin": origin}
        found[row[_PK]] = article
    return [found[pk] for pk in pks if pk in found]
