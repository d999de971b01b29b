"""The answers to the selectors. Numbers are numbers, flags are 0 or 1, lists of ids are one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User

from articles.api.contents import Whole, wholes
from articles.api.doors import Call, second
from articles.api.fever import items
from articles.api.fever.favicons import data_of
from articles.api.fields import NoSense, is_number
from articles.api.shelves import folders_of, subscribed
from articles.lists.readable import readable_among
from feeds.subscriptions.visibility import followed_feeds

LARGEST_ID = 2**53  # what a number of JavaScript's holds


def groups(reader: User) -> dict[str, Any]:
    names = folders_of(reader).names
    return {"groups": [{"id": pk, "title": name} for pk, name in names.items()], **feeds_groups(reader)}


def feeds_groups(reader: User) -> dict[str, Any]:
    inside: dict[int, list[int]] = {}
    for row in subscribed(reader):
        if row.category_id:
            inside.setdefault(row.category_id, []).append(row.feed.pk)
    return {"feeds_groups": [{"group_id": pk, "feed_ids": joined(feeds)} for pk, feeds in inside.items()]}


def feeds(reader: User) -> dict[str, Any]:
    rows = [
        {
            "id": row.feed.pk,
            "favicon_id": row.feed.pk if row.feed.icon_url else 0,
            "title": row.feed.name,
            "url": row.feed.url,
            "site_url": row.feed.site_url or row.feed.url,
            "is_spark": 0,
            "last_updated_on_time": second(changed) if (changed := row.feed.last_changed_at) else 0,
        }
        for row in subscribed(reader)
    ]
    return {"feeds": rows, **feeds_groups(reader)}


def favicons(reader: User) -> dict[str, Any]:
    found = ((row.feed.pk, data_of(row.feed)) for row in subscribed(reader))
    return {"favicons": [{"id": pk, "data": data} for pk, data in found if data]}


def unread_item_ids(reader: User) -> dict[str, Any]:
    return {"unread_item_ids": joined(items.unread(reader))}


def saved_item_ids(reader: User) -> dict[str, Any]:
    return {"saved_item_ids": joined(items.starred(reader))}


def page_of_items(call: Call, site: str) -> dict[str, Any]:
    """50 items at most: those of `with_ids`, else those next below `max_id`, else those next above `since_id`."""
    total = sum(followed_feeds(call.reader, quiet=True).values_list("article_count", flat=True))
    rows = [_item(whole) for whole in wholes(_ids(call), call.reader, site)]
    return {"total_items": total, "items": rows}


def joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _ids(call: Call) -> Sequence[int]:
    if "with_ids" in call.fields:
        texts = [text.strip() for text in call.fields.last("with_ids").split(",") if text.strip()]
        if not all(map(is_number, texts)):
            raise NoSense("with_ids")
        return readable_among(list(map(int, texts[: items.PAGE])), call.reader)
    name = "max_id" if "max_id" in call.fields else "since_id"
    start = min(call.fields.number(name, 0), LARGEST_ID)
    walk = items.Walk(start=start, is_up=name == "since_id")
    return items.fed_ids(call.reader, walk, call.now, is_whole=call.password.is_whole)


def _item(whole: Whole) -> dict[str, Any]:
    article = whole.article
    return {
        "id": article.pk,
        "feed_id": article.feed_id,
        "title": article.name,
        "author": article.author,
        "html": whole.html,
        "url": whole.url,
        "is_saved": int(article.is_starred),
        "is_read": int(not article.is_unread),
        "created_on_time": second(article.published_at),
    }
