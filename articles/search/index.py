"""Keeping the index: what an article puts into it, when it is stored and when the analyzer has changed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from articles.kept_counts.rows import have_all_looked_anew
from articles.models import Article, Enclosure, IndexState
from articles.search.analyze.document import document_lexemes
from articles.search.analyze.lexemes import stem_language, version
from articles.search.backend import IndexDocument
from articles.search.databases import backend
from feeds.parse.media_types import Kind, kind_of
from feeds.statements import Given, Statement, columns_of

BATCH = 200
MANY = 500  # in one transaction, where all is indexed anew
_TAGS = {"image": "<img ", "audio": "<audio", "video": "<video"}
_KINDS: dict[Kind, str] = {"picture": "image", "sound": "audio", "film": "video", "player": "video"}
_COLUMNS = (
    "id", "feed_id", "published_at", "title", "author", "url", "language", "content_text", "content_html", "image_url",
)  # fmt: skip


def index(articles: Sequence[Article], kinds: Mapping[int, Iterable[Kind]] | None = None) -> None:
    """Put stored articles into the index. `kinds`: of their enclosures, by article id, where they are known."""
    if kinds is None:
        kinds = _kinds([article.id for article in articles])
    for start in range(0, len(articles), BATCH):
        batch = articles[start : start + BATCH]
        backend().index([document(article, kinds.get(article.id, ())) for article in batch], version())


def document(article: Article, kinds: Iterable[Kind]) -> IndexDocument:
    """The document that the index holds of an article."""
    media = media_of(article, kinds)
    lexemes = document_lexemes(
        title=article.title,
        text=article.content_text,
        author=article.author,
        url=article.url,
        language=article.language,
        feed_id=article.feed_id,
        media=media,
    )
    return IndexDocument(
        article_id=article.id,
        feed_id=article.feed_id,
        published_at=article.published_at,
        lexemes=lexemes,
        stems=stem_language(article.language),
        digest=_digest(article, media),
    )


def _digest(article: Article, media: Iterable[str]) -> bytes:
    columns = [article.feed_id, article.published_at.timestamp(), article.title, article.author, article.url]
    known = repr((*columns, article.language, article.content_text, sorted(media)))
    return blake2b(known.encode(), digest_size=16).digest()


def media_of(article: Article, kinds: Iterable[Kind]) -> frozenset[str]:
    """The kinds of media that has:image, has:audio and has:video find: in the content, or attached."""
    attached = {_KINDS.get(kind, "") for kind in kinds}
    shown = {kind for kind, tag in _TAGS.items() if tag in article.content_html}
    return frozenset((attached & _TAGS.keys()) | shown | ({"image"} if article.image_url else set()))


def media_of_articles(article_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of media of each of these articles, by its id, that has:image, has:audio and has:video find."""
    kinds = _kinds(article_ids)
    articles = _SHOWN.objects(Article, _OF_SHOWN, articles=list(article_ids))
    return {article.id: media_of(article, kinds.get(article.id, ())) for article in articles}


_OF_SHOWN = columns_of(Article, ("id", "content_html", "image_url"))
_SHOWN = Statement(lambda: Article.objects.filter(pk__in=[Given("articles")]).values_list(*_OF_SHOWN))
_FILES = Statement(
    lambda: Enclosure.objects.filter(article__pk__in=[Given("articles")]).values_list(
        "article", "media_type", "url", "is_player"
    )
)


def _kinds(article_ids: Collection[int]) -> dict[int, list[Kind]]:
    found: dict[int, list[Kind]] = {}
    for article_id, media_type, url, is_player in _FILES.rows(articles=list(article_ids)):
        found.setdefault(article_id, []).append(kind_of(media_type, url, is_player=is_player))
    return found


def load(article_ids: Iterable[int]) -> list[Article]:
    """Articles with the columns that indexing reads."""
    return list(Article.objects.filter(id__in=article_ids).only(*_COLUMNS).order_by("id"))


def reindex(*, seconds: float = float("inf")) -> Iterator[int]:
    """Index whatever the index lacks or has by an older analyzer, a batch and a transaction at a time; yields how many
    each batch had. Stopped, or over after `seconds`, and called again, it goes on where it was. Searching goes on
    meanwhile."""
    started, beyond, current = time.monotonic(), 0, version()
    backend().begin_reindex()
    while ids := backend().unindexed(current, beyond=beyond, limit=MANY):
        with backend().many():
            index(load(ids))
        beyond = ids[-1]
        yield len(ids)
        if time.monotonic() - started > seconds:
            return
    backend().end_reindex()
    if beyond or not is_complete():
        IndexState.objects.update_or_create(id=1, defaults={"complete_version": current})
        have_all_looked_anew()  # what was looked through meanwhile, or before, may have been missed


def is_complete() -> bool:
    """True where every article has gone through the present analyzer."""
    return IndexState.objects.filter(id=1, complete_version=version()).exists()


def forget() -> None:
    """Have `reindex` make every article's entry anew."""
    IndexState.objects.all().delete()
    backend().forget_versions()


def wrong(article_ids: Sequence[int]) -> list[int]:
    """Of these articles, those whose entry in the index is missing or differs from what their text says."""
    kinds = _kinds(article_ids)
    return backend().wrong([document(article, kinds.get(article.id, ())) for article in load(article_ids)])
