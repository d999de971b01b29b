"""One article with all that its page shows of it: what that page asks each time it asks by statements."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Exists, OuterRef

from articles.models import Article, ArticleState, ArticleVersion, Enclosure, FullText, Origin
from feeds.models import Category, Feed
from feeds.statements import Given, Part, Statement, all_columns, columns_in, columns_of, joined
from feeds.subscriptions.visibility import Reader, reader_id

_UNUSED = frozenset({"html_zlib", "pages_zlib", "feed_text"})
# Whose rows stand beside each other in the answer.
_PARTS: tuple[Part, ...] = (
    ("", Article, all_columns(Article)),
    ("feed__", Feed, all_columns(Feed)),
    ("feed__category__", Category, all_columns(Category)),
    ("origin__", Origin, all_columns(Origin)),
    ("full_text__", FullText, all_columns(FullText, but=_UNUSED)),
)
_STARS = ArticleState.objects.filter(user=Given("reader"), article=OuterRef("pk"), starred_at__isnull=False)
_ARTICLE = Statement(
    lambda: (
        Article.objects.filter(pk=Given("article"))
        .annotate(starred=Exists(_STARS))
        .values_list(*columns_in(_PARTS), "starred")
    )
)
_OF_FILE = all_columns(Enclosure)
_FILES = Statement(lambda: Enclosure.objects.filter(article=Given("article")).values_list(*_OF_FILE))
_OF_VERSION = columns_of(ArticleVersion, ("id", "article_id", "replaced_at", "title"))
_VERSIONS = Statement(lambda: ArticleVersion.objects.filter(article=Given("article")).values_list(*_OF_VERSION))


def full_article(pk: int, reader: Reader) -> Article | None:
    """The article with its bodies, its feed, the feed's category, its origin, what came of its page, and whether the
    reader has starred it; None where there is none. One query."""
    for row in _ARTICLE.rows(article=pk, reader=reader_id(reader)) if 0 < pk < 2**63 else ():
        article, feed, category, origin, full_text = joined(_PARTS, row)
        feed._state.fields_cache = {"category": category}
        article._state.fields_cache = {"feed": feed, "origin": origin, "full_text": full_text}
        if full_text is not None:
            full_text._state.fields_cache = {"article": article}
        article.is_starred = bool(row[-1])
        return cast(Article, article)
    return None


def files_of(article: Article) -> list[Enclosure]:
    """The files that came along with the article, in their order."""
    return _of(article, _FILES.objects(Enclosure, _OF_FILE, article=article.pk))


def versions_of(article: Article) -> list[ArticleVersion]:
    """The former versions of the article, without their texts, the last first."""
    return _of(article, _VERSIONS.objects(ArticleVersion, _OF_VERSION, article=article.pk))


def _of(article: Article, rows: list[Any]) -> list[Any]:
    for row in rows:
        row._state.fields_cache = {"article": article}
    return rows
