"""The pictures that are to be kept: rows for articles.images.archive, which fetches. Apart from it, as every poll that
brings an article comes here: what fetches and stores pictures takes a while to load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from articles.display.media import image_addresses
from articles.images.models import ArchiveProgress, ImageAddress, is_brought, key_of
from articles.models import Enclosure
from articles.sanitize.addresses import image_address
from feeds.insertion import IGNORED, insert
from feeds.models import Feed
from feeds.statements import Given, Statement

if TYPE_CHECKING:  # articles.ingest.store asks for this module
    from articles.display.attachments import Attached
    from articles.models import Article

Files: TypeAlias = "Mapping[int, Sequence[Attached]]"  # by article

ARTICLES_AT_ONCE = 200


def want(articles: Iterable[Article], feed: Feed, files: Files = MappingProxyType({})) -> int:
    """Have the pictures of `articles`, in their text and beside it, and their feed's icon, kept, if that is its rule.
    Returns how many addresses are new to the archive or newly wanted. Two queries at most."""
    if feed.images != Feed.Images.KEEP:
        return 0
    icon = image_address(feed.icon_url, "") if feed.icon_url else ""
    return _want([*_addresses(articles, files), *([icon] if icon else [])], feed)


def _addresses(articles: Iterable[Article], files: Files) -> list[str]:
    found: list[str] = []
    for article in articles:
        html, listed = article.content_html, files.get(article.pk, ())
        if listed:
            from articles.display.attachments import whole  # slow to load, and few articles have any

            shown = whole(html, listed, image_url=article.image_url)
            html, listed = shown.html, shown.files
        found += [article.image_url, *image_addresses(html), *(file.poster_url for file in listed)]
    return list(dict.fromkeys(filter(None, (image_address(url, "") for url in found if url))))


_KNOWN = Statement(lambda: ImageAddress.objects.filter(pk__in=[Given("keys")]).values_list("key", "is_wanted"))


def _want(urls: Sequence[str], feed: Feed) -> int:
    rows = {key_of(url): url for url in urls if not is_brought(url)}
    if not rows:
        return 0
    known: dict[str, bool] = dict(_KNOWN.rows(keys=list(rows)))
    new = [ImageAddress(key=key, url=url, feed=feed, is_wanted=True) for key, url in rows.items() if key not in known]
    insert(new, on_conflict=IGNORED)
    seen_only = [key for key, is_wanted in known.items() if not is_wanted]
    turned = seen_only and ImageAddress.objects.filter(key__in=seen_only, image=None).update(is_wanted=True)
    return len(new) + (turned or 0)


def want_archive(feeds: QuerySet[Feed], articles: QuerySet[Article], *, resume: bool) -> Iterator[int]:
    """Have the pictures of all `articles` of `feeds` kept. Yields how many articles are behind it, again and again.
    With `resume` it goes on where the last run was, which is kept with every step."""
    progress, _is_new = ArchiveProgress.objects.get_or_create(pk=1)
    position = progress.article_id if resume else 0
    by_id = feeds.in_bulk()
    looked_at = 0
    while batch := list(
        articles.filter(id__gt=position, feed__in=by_id)
        .only("id", "feed_id", "image_url", "content_html")
        .order_by("id")[:ARTICLES_AT_ONCE]
    ):
        position = batch[-1].id
        files: dict[int, list[Attached]] = defaultdict(list)
        for file in Enclosure.objects.filter(article__in=[article.pk for article in batch]):
            files[file.article_id].append(file)
        with transaction.atomic():
            for feed_id in {article.feed_id for article in batch}:
                _want(_addresses((each for each in batch if each.feed_id == feed_id), files), by_id[feed_id])
            if resume:
                ArchiveProgress.objects.filter(pk=1).update(article_id=position)
        looked_at += len(batch)
        yield looked_at
