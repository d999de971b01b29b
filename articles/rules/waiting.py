"""Articles that rules have still to see: noted in the transaction that stores them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from articles.rules.models import NOT_LOST, Rule, UnjudgedArticle
from feeds.statements import Statement

if TYPE_CHECKING:  # articles.models asks for this room
    from articles.models import Article

logger = logging.getLogger(__name__)

SECONDS = 5.0  # after a poll
_ANY = Statement(lambda: Rule.objects.filter(NOT_LOST, is_on=True).values_list("pk")[:1])


def want(articles: Iterable[Article]) -> None:
    """Have rules see articles that came in or changed. One query where nobody has a rule."""
    if _ANY.rows():
        UnjudgedArticle.objects.bulk_create(
            [UnjudgedArticle(article_id=article.pk) for article in articles], ignore_conflicts=True
        )


def is_due() -> bool:
    """True where articles wait, or a rule goes back over the archive."""
    return UnjudgedArticle.objects.exists() or Rule.objects.filter(NOT_LOST, is_going_back=True).exists()


def see_at_once() -> None:
    """Let rules see what was just stored. What fails is logged, and done at the next tick."""
    try:
        if UnjudgedArticle.objects.exists():
            from articles.rules.queue import work  # loads all that searches, which most polls have no use for

            work(SECONDS)
    except Exception:
        logger.exception("rules could not see what came in; they will at the next tick")
