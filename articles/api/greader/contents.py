"""Pages of items as JSON, written an item at a time: what the decoders of apps need is always there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from articles.api.contents import Whole, wholes
from articles.api.doors import Call, microsecond, second
from articles.api.greader import item_ids, stream_names
from articles.api.greader.quirks import takes_no_more
from articles.api.labels import told_on
from articles.api.shelves import folders_of
from articles.export.formats.documents import File
from feeds.subscriptions.visibility import places_of


def page(
    call: Call, ids: Sequence[int], *, stream: str, title: str, site: str, self_url: str, continuation: str = ""
) -> Iterator[bytes]:
    """The document, in pieces."""
    head = {
        "direction": "ltr",
        "id": stream,
        "title": title,
        "author": "",
        "self": [{"href": self_url}],
        "alternate": [{"href": f"{site}/", "type": "text/html"}],
        "updated": second(call.now),
    }
    if continuation:
        head["continuation"] = continuation
    yield (_json(head)[:-1] + ',"items":[').encode()
    folders, labels = _folders(call), told_on(ids, call.reader)
    for number, whole in enumerate(wholes(ids, call.reader, site)):
        streams = map(stream_names.of_label, labels.get(whole.article.pk, ()))
        written = item(whole, folders, streams, file=_bare_enclosure if takes_no_more(call.request) else _enclosure)
        yield (("," if number else "") + _json(written)).encode()
    yield b"]}"


def _enclosure(file: File) -> dict[str, Any]:
    length = {} if file.length is None else {"length": file.length}
    return {"href": file.url, "type": file.media_type, **length}


def _bare_enclosure(file: File) -> dict[str, Any]:
    return {"url": file.url, "type": file.media_type}


def item(
    whole: Whole,
    folders: Mapping[int, str],
    labels: Iterable[str],
    *,
    file: Callable[[File], dict[str, Any]] = _enclosure,
) -> dict[str, Any]:
    """An item. Numbers of milli- and microseconds are texts, seconds are numbers; `summary` has these two names alone:
    one app takes the first. No value may be null. `folders`: by feed; `labels`: its own; `file` writes an enclosure."""
    article = whole.article
    return {
        "id": item_ids.long_form(article.pk),
        "crawlTimeMsec": str(microsecond(article.received_at) // 1000),
        "timestampUsec": str(microsecond(article.received_at)),
        "published": second(article.published_at),
        "updated": second(article.updated_at or article.changed_at or article.published_at),
        "title": article.name,
        "author": article.author,
        "canonical": [{"href": whole.url}],
        "alternate": [{"href": whole.url, "type": "text/html"}],
        "summary": {"content": whole.html, "direction": "ltr"},
        "categories": [*_categories(whole, folders), *labels],
        "origin": {
            "streamId": stream_names.of_feed(article.feed_id),
            "title": article.feed.name,
            "htmlUrl": article.feed.site_url or article.feed.url,
        },
        **({"enclosure": list(map(file, whole.files))} if whole.files else {}),
    }


def _categories(whole: Whole, folders: Mapping[int, str]) -> list[str]:
    article = whole.article
    names = [stream_names.READING_LIST]
    if not article.is_unread:
        names.append(stream_names.READ)
    if article.is_starred:
        names.append(stream_names.STARRED)
    if folder := folders.get(article.feed_id):
        names.append(folder)
    return names


def _folders(call: Call) -> dict[int, str]:
    """By feed: the stream of the folder that it is in."""
    names = folders_of(call.reader).names
    places = places_of(call.reader)
    return {feed: stream_names.of_label(names[place]) for feed, place in places.items() if place in names}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
