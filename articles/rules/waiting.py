"""Articles that rules have still to see: noted in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from articles.rules.models import NOT_LOST, Rule, UnjudgedArticle
from feeds.statements import Statement

if TYPE_CHECKING:  # articles.models asks for this room
    from articles.models import Article

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
