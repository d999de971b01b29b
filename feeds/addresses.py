"""The address of a feed, and those it had: all that changes with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from feeds.models import Feed, FeedAccess, FormerAddress, host_of

# What the last answers said of the old address says nothing of a new one.
FORGOTTEN: dict[str, Any] = {
    "etag": "", "last_modified": "", "body_hash": "", "seen_entries": b"",
    "moved_to": "", "moved_polls": 0, "hub_url": "", "topic_url": "",
}  # fmt: skip


def columns_at(url: str) -> dict[str, Any]:
    """The columns of a feed that say where it is."""
    return {"url": url, "host": host_of(url)}


def change_address(feed: Feed, url: str, **columns: Any) -> None:
    """Have `feed` asked at `url` from now on, as an operator or a list of feeds says, and set other `columns`, too. It
    is due at once; what the old address said is forgotten, and so is that address. Secrets that were kept for it are
    not sent until they are entered again."""
    changed = {**FORGOTTEN, "next_check_at": timezone.now(), **columns, **columns_at(url)}
    for name, value in changed.items():
        setattr(feed, name, value)
    with transaction.atomic():
        feed.save(update_fields=list(changed))
        FeedAccess.objects.filter(feed=feed).update(origin="")
        belongs_to_its_feed(url)


def note_move(feed: Feed, url: str) -> None:
    """Note that `feed` has moved to `url` by a redirect: its address until now goes on naming it. The caller writes the
    feed's own columns in the same transaction."""
    belongs_to_its_feed(url)
    FormerAddress.objects.update_or_create(url=feed.url, defaults={"feed_id": feed.pk})


def belongs_to_its_feed(url: str) -> None:
    """A feed is at `url` now: no other that was there before is named by it."""
    FormerAddress.objects.filter(url=url).delete()
