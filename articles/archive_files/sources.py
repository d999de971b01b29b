"""The feed that the articles of a source belong to, and what that feed has already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles.archive_files.format.article_file import ArticleFile
from articles.boilerplate.rules import boilerplate_for
from articles.models import ArchiveSource, Article
from articles.sanitize import Boilerplate
from feeds.addresses import change_address
from feeds.categories import free_slug
from feeds.models import Category, Feed, feeds_at
from feeds.parse import spellings

# A paused feed needs an address of its own, too. No client knows this scheme, so it is never fetched; the operator may
# put the feed's real address in its place at any time.
ARCHIVE_SCHEME = "archive:"


@dataclass(slots=True, eq=False)
class Source:
    """A source and its feed, which is made when its first article comes in."""

    key: str
    name: str
    address: str
    is_polled: bool
    category: tuple[str, ...] = ()
    feed: Feed | None = None
    is_recorded: bool = False
    # In a dry run, what would have been stored.
    planned: set[str] = field(default_factory=set)
    _links: dict[int, int] | None = None
    _boilerplate: Sequence[Boilerplate] | None = None

    def boilerplate(self) -> Sequence[Boilerplate]:
        assert self.feed
        if self._boilerplate is None:
            self._boilerplate = boilerplate_for(self.feed)
        return self._boilerplate

    def article_with(self, link: str) -> int | None:
        """The id of the article that has this address but another guid, as polled ones may.

        Addresses are kept as 64-bit hashes: among a million, two that collide are less likely than one in ten million.
        """
        if self.feed is None or not link:
            return None
        if self._links is None:
            rows = Article.objects.filter(feed=self.feed).exclude(url="").exclude(url=F("guid"))
            self._links = {hash(spellings.key(url)): pk for url, pk in rows.values_list("url", "pk").iterator()}
        return self._links.get(hash(spellings.key(link)))

    def remember(self, stored: Iterable[tuple[ArticleFile, int]]) -> None:
        """Articles that were stored just now."""
        if self._links is not None:
            self._links |= {
                hash(spellings.key(file.link)): pk for file, pk in stored if file.link and file.link != file.identity
            }

    def forget(self) -> None:
        """Ask the database again."""
        self._links = None


class Sources:
    """The sources of one run."""

    def __init__(self, note: Callable[[str], None], *, dry_run: bool) -> None:
        self._note = note
        self._dry_run = dry_run
        self._by_key: dict[str, Source] = {}
        self._by_address: dict[str, Source] = {}

    def of(self, file: ArticleFile, subscriptions: Mapping[str, str]) -> Source:
        """The source of a file. Two that have one feed are one."""
        is_own_address = file.feed_url.startswith(("http://", "https://", ARCHIVE_SCHEME))
        key = file.feed_url if is_own_address else file.source
        if key not in self._by_key:
            listed = subscriptions.get(file.source, "")
            is_polled = key in subscriptions.values() if is_own_address else bool(listed)
            address = key if is_own_address else listed or archive_address(file.source)
            source = self._found(Source(key, file.source, address, is_polled, file.category))
            self._by_key[key] = self._by_address.setdefault(source.feed.url if source.feed else address, source)
        return self._by_key[key]

    def _found(self, source: Source) -> Source:
        """`source` with its feed, where there is one: first the one that its articles went to before, whatever its
        address is now."""
        recorded = ArchiveSource.objects.filter(name=source.key).select_related("feed").first()
        source.is_recorded = recorded is not None
        source.feed = recorded.feed if recorded else feeds_at(source.address).first()
        if source.feed and source.is_polled and source.feed.url.startswith(ARCHIVE_SCHEME) and not self._dry_run:
            self._start_polling(source.feed, source.address)
        return source

    def _start_polling(self, feed: Feed, address: str) -> None:
        """An earlier import knew no address; this one does."""
        if not feeds_at(address).exists():
            change_address(feed, address, state=Feed.State.ACTIVE)
            self._note(_("%(feed)s is polled from now on, at %(url)s.") % {"feed": feed.name, "url": address})

    def feed_of(self, source: Source) -> Feed:
        """The feed of `source`, made where there is none."""
        if source.feed is None or not source.is_recorded:
            with transaction.atomic():
                feed = source.feed or _new_feed(source)
                ArchiveSource.objects.get_or_create(name=source.key, defaults={"feed": feed})
            source.feed, source.is_recorded = feed, True
        return source.feed

    def forget(self) -> None:
        """Ask the database again."""
        for source in self._by_key.values():
            source.forget()


def _new_feed(source: Source) -> Feed:
    feed, is_new = Feed.objects.get_or_create(
        url=source.address,
        defaults={
            "title": source.name,
            # The first poll brings the publisher's title; the archive's readers know the feed by this name.
            "custom_title": source.name if source.is_polled else "",
            "state": Feed.State.ACTIVE if source.is_polled else Feed.State.PAUSED,
        },
    )
    if is_new and source.category:
        feed.category = _category(source.category)
        feed.save(update_fields=["category"])
    return feed


def _category(path: Sequence[str]) -> Category | None:
    """The category at `path`, from the outermost one inwards, made where there is none."""
    parent = None
    for name in path:
        parent, _is_new = Category.objects.get_or_create(
            name=name, parent=parent, owner=None, defaults={"slug": free_slug(name)}
        )
    return parent


def archive_address(name: str) -> str:
    """The address of a feed that only an archive knows."""
    return ARCHIVE_SCHEME + re.sub(r"[\s%]", lambda match: quote(match[0]), name)
