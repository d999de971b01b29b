"""One conditional request for a feed, its answer named by what it means for the feed."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.http import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What every outcome tells. `status` is None where there was no answer at all; `retry_after` and `max_age` are
    seconds; `permanent_url` is as in feeds.http.HttpResponse."""

    status: int | None = None
    permanent_url: str = ""
    retry_after: float | None = None
    max_age: float | None = None
    received_bytes: int = 0
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(Answer):
    """A body that differs from the last. `url` is the address it came from, `body_hash` its SHA-256 in hex."""

    url: str
    body: bytes
    body_hash: str
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged(Answer):
    """304, or a body whose hash is known: nothing to parse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Answer):
    """410: the publisher says that the feed is no more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Answer):
    """No feed this time. `reason` is a sentence for the operator."""

    reason: str


Outcome = Fetched | Unchanged | Gone | Failed


def fetch(client: Client, url: str, *, etag: str = "", last_modified: str = "", body_hash: str = "") -> Outcome:
    """Ask for the feed at `url`, conditionally where validators are known."""
    raise NotImplementedError
