"""The documents in which a reader has just found feeds, kept for some minutes: the first poll reads them, and
publishers are asked once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace

from django.contrib.auth.models import User

from feeds import memory
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
    memory.remember(_key(reader), kept, KEPT_SECONDS)


def kept_for(reader: User, urls: Iterable[str]) -> dict[str, HttpResponse]:
    """The documents of the feeds at `urls`, by those addresses, as far as the reader has found them last."""
    kept: dict[str, HttpResponse] = memory.recall(_key(reader)) or {}
    wanted = {url: kept[url] for url in urls if url in kept}
    return {url: replace(document, body=zlib.decompress(document.body)) for url, document in wanted.items()}


def _key(reader: User) -> str:
    return f"found:{reader.pk}"
