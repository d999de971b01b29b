"""The articles that a reader may read, one by one: those of feeds that they may see, and what they starred, labelled
or wrote a note on of others."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from articles.labels.own import is_labelled
from articles.models import Article, ArticleLabel, ArticleState, Note
from articles.notes.own import is_noted
from articles.querysets import ArticleQuerySet
from feeds.statements import parts
from feeds.subscriptions.visibility import Reader, reader_id, sees, visible_to


def readable(reader: Reader) -> ArticleQuerySet:
    """The articles that `reader` may read at their own addresses."""
    pk = reader_id(reader)
    visible = visible_to(reader, "feed__")
    if pk is None:
        return Article.objects.filter(visible)
    starred = ArticleState.objects.filter(user=pk, article=OuterRef("pk"), starred_at__isnull=False)
    article = OuterRef("pk")
    return Article.objects.filter(visible | Exists(starred) | is_labelled(pk, article) | is_noted(pk, article))


def readable_among(ids: Iterable[int], reader: Reader) -> list[int]:
    """Those of the ids whose articles are there and may be read by the reader, in the order given, each once."""
    wanted = [pk for pk in dict.fromkeys(ids) if 0 < pk < 2**63]
    seen: set[int] = set()
    for some in parts(wanted):
        seen.update(readable(reader).filter(pk__in=some).values_list("pk", flat=True))
    return [pk for pk in wanted if pk in seen]


def may_read(reader: Reader, article: Article) -> bool:
    """True where `reader` may read `article`, whose feed is loaded. No query where that is shared with the site."""
    if sees(reader, article.feed):
        return True
    pk = reader_id(reader)
    if pk is None:
        return False
    states = ArticleState.objects.filter(article=article, starred_at__isnull=False, user=pk)
    if states.exists() or ArticleLabel.objects.filter(article=article, label__user=pk).exists():
        return True
    return Note.objects.filter(article=article, user=pk).exists()
