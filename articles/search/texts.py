"""The texts of articles as they are matched and cut into snippets, and what a reader did with these."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from articles.models import Article
from articles.search.index import media_of_articles
from articles.search.query.matching import Condition, HasMedia, OfReader, Text
from articles.search.query.tree import And, leaves
from articles.search.reader_leaves import facts
from feeds.statements import Given, Row, Statement
from feeds.subscriptions.visibility import Reader

COLUMNS = ("id", "title", "content_text", "author", "url", "language", "feed_id", "published_at")
_TEXTS = Statement(lambda: Article.objects.filter(pk__in=[Given("articles")]).values_list(*COLUMNS))


def facts_of(article_ids: Collection[int], condition: Condition, reader: Reader) -> dict[int, frozenset[OfReader]]:
    """Of each of these articles, which leaves of the condition its reader's rows answer with yes."""
    return facts(article_ids, condition, reader) if isinstance(reader, User) else {}


def texts_of(article_ids: Iterable[int], known: dict[int, Text]) -> dict[int, Text]:
    """The texts of these articles, as far as there still are any."""
    wanted = set(article_ids)
    loaded = loaded_texts(wanted - known.keys(), And(), AnonymousUser())
    return {article_id: text for article_id, text in (known | loaded).items() if article_id in wanted}


def loaded_texts(article_ids: Collection[int], condition: Condition, reader: Reader) -> dict[int, Text]:
    """The articles' texts as they are matched against `condition` and cut into snippets."""
    if not article_ids:
        return {}
    media = media_of_articles(article_ids) if _asks_media(condition) else {}
    known = facts_of(article_ids, condition, reader)
    rows = _TEXTS.rows(articles=list(article_ids))
    nothing = frozenset[Any]()
    return {row[0]: text_of(row, media.get(row[0], nothing), known.get(row[0], nothing)) for row in rows}


def text_of(row: Row, media: frozenset[str] = frozenset(), of_reader: frozenset[OfReader] = frozenset()) -> Text:
    """The text of an article, by its COLUMNS."""
    _, title, text, author, url, language, feed_id, published_at = row
    return Text(
        title=title,
        text=text,
        author=author,
        url=url,
        language=language,
        feed_id=feed_id,
        published_at=published_at,
        media=media,
        of_reader=of_reader,
    )


def _asks_media(condition: Condition) -> bool:
    return any(isinstance(wanted, HasMedia) for wanted, _ in leaves(condition))
