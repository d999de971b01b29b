"""The demands of a feed's publisher, met for the files that the feed names on its own server: pictures, sounds, films,
and its icon.

A kept file is shown wherever its address stands. So the demands are those of a feed that everybody sees, and that names
the file itself: what another feed names, a reader's own among them, is asked for as anything is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db.models import Q

from articles.images.fetch import NotFetched
from articles.images.models import key_of
from articles.models import Article, Enclosure
from feeds.access.granted import client_at, is_of_origin
from feeds.access.sealed import AnotherKey
from feeds.http.client import Client
from feeds.memory import recall, remember
from feeds.models import Feed, host_of

KNOWN_SECONDS = 600  # which files a feed's articles name, unless more have come in

# What stands before and behind an address in our HTML, so that a longer one with this beginning is not meant.
_AROUND = (
    ('src="', '"'), ('poster="', '"'),
    *((before, after) for before in ('srcset="', ", ") for after in (" ", ",", '"')),
)  # fmt: skip


def demanding(url: str, feed_id: int | None = None) -> Feed | None:
    """The feed whose publisher demands something of who asks for the file at `url`: the one with `feed_id`, which
    named it first, else one that names it, too. None where there is none on that server that all of the site see. One
    query, where no feed there demands anything."""
    feeds = Feed.objects.select_related("access").filter(is_shared=True, access__isnull=False, host=host_of(url))
    there = [feed for feed in feeds.order_by("pk") if is_of_origin(url, feed.url)]
    first = next((feed for feed in there if feed.pk == feed_id), None)
    return first or next((feed for feed in there if _names(feed, url)), None)


def _names(feed: Feed, url: str) -> bool:
    """True where `feed` has that for its icon, or an article of it for a picture, sound or film. Known for a while: all
    of its articles are looked through, and a film is asked for a piece at a time."""
    if url == feed.icon_url:
        return True
    key = f"named:{feed.pk}:{feed.article_count}:{key_of(url)}"
    known = recall(key)
    if known is None:
        known = _is_in_articles(feed, url)
        remember(key, known, KNOWN_SECONDS)
    return bool(known)


def _is_in_articles(feed: Feed, url: str) -> bool:
    if Enclosure.objects.filter(Q(url=url) | Q(poster_url=url), article__feed=feed).exists():
        return True
    written = url.replace("&", "&amp;")
    articles = Article.objects.filter(Q(image_url=url) | Q(content_html__contains=written), feed=feed)
    whole = [before + written + after for before, after in _AROUND]
    rows = articles.values_list("image_url", "content_html").iterator(chunk_size=20)
    return any(image == url or any(each in html for each in whole) for image, html in rows)


@contextmanager
def asking(client: Client, feed: Feed | None, url: str) -> Iterator[Client]:
    """The client that asks for the file at `url`: on the server of `feed` it gives what its publisher demands.
    Raises NotFetched where that can't be read any more."""
    with ExitStack() as stack:
        try:
            own = stack.enter_context(client_at(client, feed, url)) if feed else client
        except AnotherKey as error:
            raise NotFetched(str(error)) from error
        yield own
