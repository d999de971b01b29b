"""Publishers with a history, and the steps that fetch it."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from articles.ingest import older_documents, pipeline
from articles.models import Article
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http import Client
from feeds.models import Feed
from feeds.polls import polling
from tests.documents import items, rss
from tests.factories import make_feed
from tests.publisher import Publisher


def link(rel: str, url: str) -> str:
    return f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="{url}"/>'


def archived(publisher: Publisher, *documents: tuple[int, ...], rel: str = "prev-archive") -> Feed:
    """A feed whose documents, the newest first, have these items and link to the next older one."""
    paths = ["/feed.xml", *(f"/archive/{number}.xml" for number in range(1, len(documents)))]
    for number, (path, numbers) in enumerate(zip(paths, documents, strict=True)):
        extra = link(rel, paths[number + 1]) if number + 1 < len(paths) else ""
        publisher.serve(path, rss(items(*numbers), extra=extra))
    return make_feed(url=publisher.url("/feed.xml"))


def poll(feed: Feed) -> None:
    claims = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        assert [made.error for claim in claims for made in pipeline.refresh_claim(client, claim, pause=0)] == [""]


def step(feed: Feed, times: int = 100) -> Backfill:
    """So many steps of the feed's back-fill, or as many as it takes."""
    claim = progress.claim(feed.id, timezone.now())
    assert claim
    with Client(settings.FETCH_POLICY) as client:
        for number, _backfill in enumerate(older_documents.steps(client, claim, pause=0), 1):
            if number == times:
                break
    progress.QUEUE.release(claim)
    return Backfill.objects.get(feed=feed)


def titles(feed: Feed) -> list[str]:
    return list(Article.objects.filter(feed=feed).order_by("-published_at").values_list("title", flat=True))


def stories(*numbers: int) -> list[str]:
    return [f"Story {number}" for number in numbers]
