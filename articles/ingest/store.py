"""The only writer of articles: new ones, changed ones with their earlier versions, and deletion where it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone

from articles.compression import compressed
from articles.full_text import waiting as full_text
from articles.full_text.models import FullText
from articles.images import wants
from articles.ingest.content import DerivedContent
from articles.ingest.entries.decide import Known
from articles.kept_counts import recent
from articles.kept_counts.rows import put_all_out_of_date
from articles.models import Article, ArticleSource, ArticleVersion, Enclosure, Origin, Tombstone
from articles.rules import waiting as rules
from articles.sanitize import VERSION
from articles.search import index as search_index
from articles.search.analyze.languages import detect
from articles.settled_ids import hold_back
from articles.stories import fold, groups
from feeds import sandbox
from feeds.insertion import insert
from feeds.models import Feed
from feeds.parse.document import ParsedEntry, ParsedSource
from feeds.parse.redirects import leads_to
from feeds.parse.spellings import is_same_page
from feeds.statements import standing_cursor

DELETE_AT_ONCE = 500
BODY = ("content_html", "content_text", "summary", "image_url", "language")
REFETCHED_AFTER = timedelta(hours=1)  # pages whose entries change at every poll
COUNT = """
UPDATE feeds_feed SET article_count = article_count + %s,
    newest_article_at = CASE WHEN newest_article_at > %s THEN newest_article_at ELSE %s END
WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class CleanEntry:
    """An entry that is ready to be stored: what came, what is shown of it, and its digest (see entries.decide)."""

    entry: ParsedEntry
    content: DerivedContent
    entry_hash: str


@transaction.atomic(savepoint=False)
def insert_articles(feed: Feed, entries: Sequence[CleanEntry], *, received_at: datetime | None = None) -> list[Article]:
    """Store new entries, given in a document's order (newest first), so that ids follow time. Keeps feed counts."""
    if not entries:
        return []
    hold_back()
    received_at = received_at or timezone.now()
    origins = _origins(feed, entries)
    # An undated entry is dated by its arrival; a moment apart keeps the document's order in the list.
    pairs = [
        (clean, _new_article(feed, clean, received_at, received_at - timedelta(milliseconds=place), origins))
        for place, clean in reversed(list(enumerate(entries)))
    ]
    pairs.sort(key=lambda pair: pair[1].published_at)
    articles = list(insert([article for _, article in pairs]))
    insert([ArticleSource(article=article, **_source(clean.entry)) for clean, article in pairs])
    files = {article.id: _enclosures(article, clean.entry) for clean, article in pairs}
    insert(list(chain.from_iterable(files.values())))
    kinds = {article.id: [file.kind for file in clean.entry.enclosures] for clean, article in pairs}
    search_index.index(articles, kinds)
    wants.want(articles, feed, files)
    full_text.want(articles, feed)
    rules.want(articles)
    recent.note(articles)
    fold.want(articles)
    _count(feed, articles)
    return articles


def _count(feed: Feed, articles: Sequence[Article]) -> None:
    """Add `articles` to the feed's counts. In SQL of its own: the ORM took five times as long for it."""
    newest = connection.ops.adapt_datetimefield_value(max(article.published_at for article in articles))
    with standing_cursor() as cursor:
        cursor.execute(COUNT, [len(articles), newest, newest, feed.pk])


def _new_article(
    feed: Feed, clean: CleanEntry, received_at: datetime, fallback: datetime, origins: dict[ParsedSource, int]
) -> Article:
    # A date in the future would sit on top of the list until it comes true.
    published = min(clean.entry.published_at or clean.entry.updated_at or fallback, received_at)
    return Article(
        feed=feed,
        guid=clean.entry.guid,
        published_at=published,
        received_at=received_at,
        origin_id=origins.get(clean.entry.source) if clean.entry.source else None,
        **_columns(feed, clean),
    )


def _origins(feed: Feed, entries: Sequence[CleanEntry]) -> dict[ParsedSource, int]:
    """The ids of the origins that are not the feed's own, by what the entries say. No query where all are."""
    sources = {clean.entry.source for clean in entries if clean.entry.source and clean.entry.source.url != feed.url}
    if not sources:
        return {}
    rows = {
        blake2b(f"{source.title}\0{source.url}\0{source.site_url}".encode(), digest_size=16).hexdigest(): source
        for source in sources
    }
    Origin.objects.bulk_create(
        [Origin(key=key, title=row.title, url=row.url, site_url=row.site_url) for key, row in rows.items()],
        ignore_conflicts=True,
    )
    return {rows[key]: pk for key, pk in Origin.objects.filter(key__in=rows).values_list("key", "pk")}


def _columns(feed: Feed, clean: CleanEntry) -> dict[str, Any]:
    """The columns that a changed entry changes, too."""
    entry, content = clean.entry, clean.content
    return {
        "url": leads_to(entry.url),
        "title": entry.title,
        "author": entry.author,
        "language": detect(f"{entry.title}\n{content.content_text}", declared=entry.language or feed.language),
        "tags": list(entry.tags),
        "updated_at": entry.updated_at,
        "entry_hash": clean.entry_hash,
        "sanitizer_version": VERSION,
        "content_html": content.content_html,
        "content_text": content.content_text,
        "summary": content.summary,
        "image_url": content.image_url or entry.image_url,
    }


def _source(entry: ParsedEntry) -> dict[str, Any]:
    return {
        "html_zlib": compressed(entry.content_html),
        "other_zlib": compressed(entry.other_html) if entry.other_html else b"",
        "is_summary": entry.is_summary,
        "base_url": entry.base_url,
    }


def _enclosures(article: Article, entry: ParsedEntry) -> list[Enclosure]:
    return [
        Enclosure(article=article, **{field.name: getattr(file, field.name) for field in fields(file)})
        for file in entry.enclosures
    ]


@transaction.atomic(savepoint=False)
def update_articles(changes: Sequence[tuple[Known, CleanEntry]], *, now: datetime | None = None) -> int:
    """Store changed entries; what was there before stays as an ArticleVersion. Returns how many a reader can see.

    A change that a reader can't see (other markup, another tracking parameter) replaces the source, without a version.
    """
    if not changes:
        return 0
    now = now or timezone.now()
    rows = Article.objects.select_related("source", "feed", "full_text")
    rows = rows.defer("full_text__pages_zlib", "full_text__html_zlib")
    articles = rows.in_bulk([known.id for known, _ in changes])
    rules.want(articles.values())
    recent.note(articles.values())
    return sum(_update(articles[known.id], clean, now) for known, clean in changes if known.id in articles)


def _update(article: Article, clean: CleanEntry, now: datetime) -> bool:
    new = _columns(article.feed, clean)
    whole: FullText | None = getattr(article, "full_text", None)
    if whole and whole.is_shown:
        _keep_whole(article, whole, new, now)
    seen = any(getattr(article, name) != new[name] for name in ("title", "author", "content_html"))
    seen = seen or not is_same_page(article.url, new["url"])
    if seen:
        _keep_version(article, now)
        new["changed_at"] = now
    for name, value in new.items():
        setattr(article, name, value)
    article.save(update_fields=list(new))
    ArticleSource.objects.update_or_create(article=article, defaults=_source(clean.entry))
    article.enclosures.all().delete()
    files = Enclosure.objects.bulk_create(_enclosures(article, clean.entry))
    search_index.index([article], {article.id: [file.kind for file in clean.entry.enclosures]})
    wants.want([article], article.feed, {article.id: files})
    fold.want([article])
    return seen


def _keep_whole(article: Article, whole: FullText, new: dict[str, Any], now: datetime) -> None:
    """Let the article's whole text stay in the `new` columns where it stands in the place of what its feed gave, and
    have the page fetched again: it may have changed with the entry. Where the entry has more by now, that stands."""
    if new["content_html"] != whole.feed_html:
        from articles.extract import is_fuller  # loads what reads pages

        before, now_given = whole.feed_text, new["content_text"]  # the page was the fuller of what was given before
        whole.feed_html, whole.feed_text = new["content_html"], now_given
        try:
            whole.is_shown = sandbox.run(is_fuller, new["title"], now_given, article.content_text, before)
        except sandbox.Interrupted:
            raise
        except sandbox.OverBudget:  # one article costs no other of its feed
            whole.is_shown = False
        whole.outcome = whole.Outcome.WHOLE if whole.is_shown else whole.Outcome.WAITING
        whole.is_wanted, whole.failures, whole.fetch_at = True, 0, max(now, (whole.fetched_at or now) + REFETCHED_AFTER)
        whole.save(update_fields=["feed_html", "feed_text", "is_shown", "outcome", "is_wanted", "failures", "fetch_at"])
    if whole.is_shown:
        new |= {name: getattr(article, name) for name in BODY}


@transaction.atomic(savepoint=False)
def put_whole(article: Article, content: DerivedContent, *, now: datetime, is_first: bool) -> bool:
    """Have the text from an article's page stand in it. What the feed gave is kept beside it (articles.full_text); a
    text from the page that this one replaces stays as a version. Returns whether there is anything to see."""
    if article.content_html == content.content_html:
        return False
    if not is_first:
        _keep_version(article, now)
    declared = article.language or article.feed.language
    new = asdict(content) | {
        "image_url": content.image_url or article.image_url,
        "language": detect(f"{article.title}\n{content.content_text}", declared=declared),
        "changed_at": now,
        "sanitizer_version": VERSION,
    }
    for name, value in new.items():
        setattr(article, name, value)
    article.save(update_fields=list(new))
    search_index.index([article])
    wants.want([article], article.feed)
    rules.want([article])
    recent.note([article])
    fold.want([article])
    Feed.objects.filter(pk=article.feed_id).update(articles_changed_at=now)
    return True


def _keep_version(article: Article, now: datetime) -> None:
    source = getattr(article, "source", None)
    ArticleVersion.objects.create(
        article=article,
        replaced_at=now,
        url=article.url,
        title=article.title,
        author=article.author,
        updated_at=article.updated_at,
        content_html=article.content_html,
        html_zlib=source.html_zlib if source else b"",
        base_url=source.base_url if source else "",
        entry_hash=article.entry_hash,
    )


def delete_articles(article_ids: Iterable[int]) -> int:
    """Delete articles for good, as an operator asked; their entries don't come back. Returns how many there were."""
    ids = list(article_ids)
    return sum(_delete(ids[start : start + DELETE_AT_ONCE]) for start in range(0, len(ids), DELETE_AT_ONCE))


@transaction.atomic
def _delete(ids: Sequence[int]) -> int:
    doubles = groups.without(ids)
    articles = list(Article.objects.filter(id__in=ids).values_list("id", "feed_id", "guid"))
    Tombstone.objects.bulk_create(
        [Tombstone(feed_id=feed_id, guid=guid) for _, feed_id, guid in articles], ignore_conflicts=True
    )
    Article.objects.filter(id__in=[article_id for article_id, _, _ in articles]).delete()
    groups.regroup(doubles)
    transaction.on_commit(put_all_out_of_date)
    repair_counts(Feed.objects.filter(id__in={feed_id for _, feed_id, _ in articles}))
    return len(articles)


def repair_counts(feeds: Any = None) -> int:
    """Count the articles of `feeds` (all by default) anew. Returns the number of feeds whose columns were wrong."""
    feeds = Feed.objects.all() if feeds is None else feeds
    return sum(_repair_count(pk) for pk in list(feeds.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _repair_count(pk: int) -> bool:
    """True where the feed's columns were wrong. Its row is held: who is about to commit has added what it stores
    before, and who stores adds it afterwards."""
    feed = Feed.objects.select_for_update(no_key=True).filter(pk=pk)
    kept = feed.values_list("article_count", "newest_article_at").first()
    counted = Article.objects.filter(feed_id=pk).aggregate(count=Count("pk"), newest=Max("published_at"))
    if kept is None or kept == (counted["count"], counted["newest"]):
        return False
    Feed.objects.filter(pk=pk).update(article_count=counted["count"], newest_article_at=counted["newest"])
    return True
