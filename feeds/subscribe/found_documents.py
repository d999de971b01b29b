"""The documents in which a reader has just found feeds, kept for some minutes: the first poll reads them, and
publishers are asked once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace

from django.contrib.auth.models import User
from django.core.cache import cache

from feeds.http import HttpResponse
from feeds.subscribe.add import Candidate

KEPT_SECONDS = 600
MAX_KEPT = 2 * 2**20  # bytes, compressed, of all that one reader has found last


def keep(reader: User, found: Iterable[Candidate]) -> None:
    """Keep the documents of `found`, those that come first as far as there is room, in the place of earlier ones."""
    kept: dict[str, HttpResponse] = {}
    room = MAX_KEPT
    for candidate in found:
        if candidate.document is None:
            continue
        body = zlib.compress(candidate.document.body, 1)
        room -= len(body)
        if room < 0:
            break
        kept[candidate.url] = replace(candidate.document, body=body)
    cache.set(_key(reader), kept, KEPT_SECONDS)


def kept_for(reader: User) -> dict[str, HttpResponse]:
    """The documents that the reader has found last, by the addresses of their feeds."""
    kept: dict[str, HttpResponse] = cache.get(_key(reader), {})
    return {url: replace(document, body=zlib.decompress(document.body)) for url, document in kept.items()}


def _key(reader: User) -> str:
    return f"found:{reader.pk}"
