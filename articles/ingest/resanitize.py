"""A better sanitizer, run over the archive: from the source that every article keeps, never from its own output."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F

from articles.boilerplate.rules import boilerplate_for
from articles.compression import decompressed
from articles.export.models import ExportIdentity
from articles.full_text.models import FullText
from articles.ingest.content import Source, derive_within
from articles.kept_counts import recent
from articles.models import Article, ArticleSource
from articles.sanitize import VERSION, Boilerplate
from articles.search import index as search_index
from articles.search.analyze.languages import detect
from articles.stories import fold
from feeds import sandbox
from feeds.models import Feed
from feeds.parse.bodies import is_summary_better

logger = logging.getLogger(__name__)

_BATCH = 100  # articles of one transaction


@dataclass(slots=True)
class Progress:
    """The progress of a run. `changed` articles read differently now."""

    changed: int = 0
    unchanged: int = 0


def resanitize(
    *, feed: Feed | None = None, everything: bool = False, report: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Derive anew what is derived from the source of articles, of `feed` or of all: those that an older sanitizer made,
    or, after a rule for boilerplate changed, `everything`. Every batch is a transaction of its own, so that a run which
    was interrupted goes on where it stopped."""
    progress = Progress()
    rules: dict[int, tuple[Boilerplate, ...]] = {}
    for ids in _batches(feed, everything):
        with transaction.atomic():
            _resanitize_batch(ids, rules, progress)
        report(progress)
    return progress


def _batches(feed: Feed | None, everything: bool) -> Iterator[list[int]]:
    """Ids, in order, a batch at a time. The articles that come in meanwhile are the current sanitizer's already."""
    articles = Article.objects.filter(source__isnull=False)
    if feed is not None:
        articles = articles.filter(feed=feed)
    if not everything:
        articles = articles.filter(sanitizer_version__lt=VERSION)
    last = 0
    while ids := list(articles.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        yield ids
        last = ids[-1]


def _resanitize_batch(ids: list[int], rules: dict[int, tuple[Boilerplate, ...]], progress: Progress) -> None:
    # The lock keeps a poll from storing a changed entry between our reading and our writing.
    articles = Article.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("feed").order_by("pk")
    changed = []
    wholes = FullText.objects.filter(article__in=ids, is_shown=True).defer("pages_zlib").in_bulk()
    for article in articles:
        source = ArticleSource.objects.get(article_id=article.pk)  # one at a time: they may be long
        if article.feed_id not in rules:
            rules[article.feed_id] = boilerplate_for(article.feed)
        whole = wholes.get(article.pk)
        if new := _changes(article, source, rules[article.feed_id], whole):
            for name, value in new.items():
                setattr(article, name, value)
            article.sanitizer_version = VERSION
            article.save(update_fields=[*new, "sanitizer_version"])
            changed.append(article)
    Article.objects.filter(pk__in=ids).exclude(sanitizer_version=VERSION).update(sanitizer_version=VERSION)
    search_index.index(changed)
    fold.want(changed)
    recent.note(changed)
    if changed:  # or who has a feed document of before would be told that it is still the same
        ExportIdentity.objects.update(edition=F("edition") + 1)
    progress.changed += len(changed)
    progress.unchanged += len(ids) - len(changed)


def _changes(
    article: Article, source: ArticleSource, rules: tuple[Boilerplate, ...], whole: FullText | None
) -> dict[str, str]:
    """The columns of `article` that come out different now. Where the source has two texts it is chosen anew between
    them, and the choice is kept. Where the text of the article's page stands in its place, that is kept beside it."""
    html, other = decompressed(source.html_zlib), decompressed(source.other_zlib)
    content, summary = (other, html) if source.is_summary else (html, other)
    if other and is_summary_better(content, summary) != source.is_summary:
        html, source.is_summary = other, not source.is_summary
        source.html_zlib, source.other_zlib = source.other_zlib, source.html_zlib
        source.save(update_fields=["html_zlib", "other_zlib", "is_summary"])
    try:
        new = asdict(derive_within(Source(html, source.base_url, article.title), rules))
        if whole is not None:
            FullText.objects.filter(pk=whole.pk).update(feed_html=new["content_html"], feed_text=new["content_text"])
            new = asdict(derive_within(Source(decompressed(whole.html_zlib), whole.url, article.title), rules))
    except sandbox.OverBudget as error:
        logger.warning("Article %s stays as it is. %s", article.pk, error)
        return {}
    # Where the content shows no picture, the entry may have named one, which the source doesn't say.
    new["image_url"] = new["image_url"] or article.image_url
    new["language"] = detect(
        f"{article.title}\n{new['content_text']}", declared=article.language or article.feed.language
    )
    return {name: value for name, value in new.items() if getattr(article, name) != value}
