"""Fetches one picture, sound or film through the guarded client, into a file without a name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from math import inf
from pathlib import Path
from time import monotonic
from typing import IO

from django.conf import settings
from django.db import connection

from articles.images.files.media_types import HEAD, is_picture, media_type_of
from articles.images.models import RefererRule
from articles.images.store_errors import storing
from feeds.http.client import Client, HttpStream
from feeds.http.fetch import retry_after
from feeds.http.policy import FetchPolicy, HttpError
from feeds.models import host_of

ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/svg+xml,image/*;q=0.8,video/*;q=0.7,audio/*;q=0.7,*/*;q=0.5"
MISSING = "X-Image-Missing"  # a header by which a Newsreader says that it sends a drawing in a picture's stead


class NotFetched(Exception):
    """No picture came. `str()` is a sentence for the operator; `is_final`: the publisher says that there is none.
    `status` and `retry_after` (seconds): its answer, where there was one."""

    def __init__(
        self, message: str, *, is_final: bool = False, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Download:
    """A file that came. It is open, at its start, and vanishes when it is closed, or with its process."""

    file: IO[bytes]
    digest: str
    media_type: str
    size: int


def patient_policy() -> FetchPolicy:
    """For workers: nobody waits."""
    return replace(settings.FETCH_POLICY, max_bytes=settings.MEDIA_MAX_BYTES, total_timeout=120)


def quick_policy() -> FetchPolicy:
    """For pages: a reader waits, and what takes longer is left to the worker."""
    policy = settings.FETCH_POLICY
    return replace(policy, max_bytes=settings.IMAGE_MAX_BYTES, connect_timeout=5, read_timeout=8, total_timeout=15)


@contextmanager
def download(client: Client, url: str) -> Iterator[Download]:
    """The file at `url`, checked to be a picture, sound or film. Raises NotFetched, and StoreFailed where the disk
    takes no more."""
    folder = Path(settings.IMAGE_CACHE_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Without a name: whatever ends this process, nothing is left behind.
    with tempfile.TemporaryFile(dir=folder) as file:
        yield _download(client, url, file)


def let_database_go() -> None:
    """Close the connection to the database, as nobody needs it who waits for a publisher: Postgres has a hundred."""
    if not connection.in_atomic_block:
        connection.close()


def _download(client: Client, url: str, file: IO[bytes]) -> Download:
    headers = {"Accept": ACCEPT, **referer_for(url)}
    let_database_go()
    try:
        with client.stream(url, headers) as answer:
            return _written(answer, file)
    except HttpError as error:
        raise NotFetched(str(error)) from error


def _written(answer: HttpStream, file: IO[bytes]) -> Download:
    if answer.status != 200:
        host = host_of(answer.url)
        is_final, wait = answer.status in {404, 410}, retry_after(answer.headers)
        raise NotFetched(f"{host} answered {answer.status}", is_final=is_final, status=answer.status, retry_after=wait)
    if MISSING.lower() in answer.headers:
        raise NotFetched(f"{host_of(answer.url)} does not have the picture itself")
    digest, size = sha256(), 0
    head, pieces = with_head(answer.pieces())
    media_type = media_type_of(head)
    if not media_type:
        raise NotFetched(f"{host_of(answer.url)} sent {_described(answer)} that is no picture")
    limit = settings.IMAGE_MAX_BYTES if is_picture(media_type) else settings.MEDIA_MAX_BYTES
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise NotFetched(f"{host_of(answer.url)} sent more than {limit / 2**20:.3g} MiB, the limit")
        digest.update(piece)
        with storing():
            file.write(piece)
    with storing():
        file.seek(0)
    return Download(file, digest.hexdigest(), media_type, size)


def with_head(pieces: Iterator[bytes], *, seconds: float = inf) -> tuple[bytes, Iterator[bytes]]:
    """The start of a body, at least the bytes that tell its type where it has so many, and all of its pieces. Raises
    NotFetched where these bytes take longer than `seconds`, by one piece at most."""
    end, head, first = monotonic() + seconds, b"", []
    while len(head) < HEAD and (piece := next(pieces, None)) is not None:
        head += piece
        first.append(piece)
        if monotonic() > end:
            raise NotFetched("the first bytes didn't come in time")
    return head, chain(first, pieces)


def _described(answer: HttpStream) -> str:
    named = answer.headers.get("content-type", "").partition(";")[0].strip()[:60]
    return f"something called {named!r}" if named else "something"


def referer_for(url: str) -> dict[str, str]:
    """The header that this host demands, by the operator's table. One query."""
    labels = host_of(url).split(".")
    hosts = [".".join(labels[place:]) for place in range(len(labels))]
    rules = RefererRule.objects.filter(host__in=hosts).values_list("host", "referer")
    return {"Referer": max(rules, key=lambda rule: len(rule[0]))[1]} if rules else {}
