"""One conditional request for a feed, its answer named by what it means for the feed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses as phrases
from typing import Any
from urllib.parse import urlsplit

from feeds.http.bot_walls import WALL_STATUSES, wall_of
from feeds.http.client import Client, HttpResponse
from feeds.http.dates import http_date
from feeds.http.policy import HttpError

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.9, */*;q=0.5"
)
# What the database keeps of them: a longer one is as good as none.
MAX_ETAG, MAX_LAST_MODIFIED, MAX_URL = 1000, 200, 2000
FROM_BETWEEN = 511  # said by a network that wants a sign-in, never by the host (RFC 6585 §6)
LONGEST = 2**31  # seconds: what a larger number means (RFC 9111 §1.2.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The facts that every outcome tells. `status` is None where there was no answer at all; `retry_after` and
    `max_age` are seconds; `permanent_url` is as in feeds.http.client.HttpResponse; `reason` is a sentence for the
    operator where there is no feed."""

    status: int | None = None
    permanent_url: str = ""
    retry_after: float | None = None
    max_age: float | None = None
    received_bytes: int = 0
    etag: str = ""
    last_modified: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(Answer):
    """A body that differs from the last. `url` is the address it came from, `body_hash` its digest, `links` its Link
    header (RFC 8288)."""

    url: str
    body: bytes
    body_hash: str
    content_type: str = ""
    links: str = ""


# These two have all from Answer, and are no dataclasses again: to make one takes 5 million instructions of each start.
class Unchanged(Answer):
    """304, or a body whose hash is known: nothing to parse."""

    __slots__ = ()


class Gone(Answer):
    """410: the publisher says that the feed is no more."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Answer):
    """No feed this time. `is_unreached` is as in feeds.http.policy.HttpError; `refused_hash` that of a body which took
    too much to read, and need not be tried again."""

    is_unreached: bool = False
    refused_hash: str = ""


Outcome = Fetched | Unchanged | Gone | Failed


def sha256(body: bytes) -> str:
    """The SHA-256 of `body`, in hex."""
    return hashlib.sha256(body).hexdigest()


def fetch(
    client: Client,
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    body_hash: str = "",
    digest: Callable[[bytes], str] = sha256,
    subscribers: int = 0,
) -> Outcome:
    """Ask for the feed at `url`, conditionally where validators are known (RFC 9110 §13.1), and tell the publisher how
    many read it, where that is more than one. All that the far side can do wrong is Failed. Bodies of one `digest` are
    the same."""
    headers = {"Accept": ACCEPT}
    if subscribers > 1:
        headers["User-Agent"] = with_subscribers(client.policy.user_agent, subscribers)
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    try:
        response = client.get(url, headers)
    except HttpError as error:
        return Failed(reason=str(error), is_unreached=error.is_unreached)
    return _outcome(response, _told(response, url), etag, last_modified, known_hash=body_hash, digest=digest)


def outcome_of(response: HttpResponse, url: str, *, digest: Callable[[bytes], str] = sha256) -> Outcome:
    """The meaning for a feed of an answer that is here already, from `url` to a request without conditions."""
    return _outcome(response, _told(response, url), "", "", known_hash="", digest=digest)


def _outcome(
    response: HttpResponse,
    told: dict[str, Any],
    etag: str,
    last_modified: str,
    *,
    known_hash: str,
    digest: Callable[[bytes], str],
) -> Outcome:
    """The meaning of an answer for a feed that these validators and this hash are known of."""
    if response.status == 304 and (etag or last_modified):
        kept = {"etag": told["etag"] or etag, "last_modified": told["last_modified"] or last_modified}
        return Unchanged(**(told | kept))
    if response.status in {200, 203} and response.body and not response.body.isspace():
        return _with_body(response, told, known_hash, digest)
    told |= {"etag": "", "last_modified": "", "reason": _sentence(response)}
    if response.status == 410:
        return Gone(**told)
    is_unreached = response.status == FROM_BETWEEN
    return Failed(**told, retry_after=retry_after(response.headers), is_unreached=is_unreached)


def with_subscribers(user_agent: str, subscribers: int) -> str:
    """`user_agent` with the number of subscribers in its comment, as publishers count them; unchanged where it has
    none."""
    return f"{user_agent[:-1]}; {subscribers} subscribers)" if user_agent.endswith(")") else user_agent


def _with_body(
    response: HttpResponse, told: dict[str, Any], known_hash: str, digest: Callable[[bytes], str]
) -> Outcome:
    body_hash = digest(response.body)
    if body_hash == known_hash:
        return Unchanged(**told)
    content_type = response.headers.get("content-type", "")
    return Fetched(
        **told,
        url=response.url,
        body=response.body,
        body_hash=body_hash,
        content_type=content_type,
        links=response.headers.get("link", ""),
    )


def _told(response: HttpResponse, asked: str) -> dict[str, Any]:
    moved = response.permanent_url
    return {
        "status": response.status,
        "permanent_url": moved if len(moved) <= MAX_URL else asked,
        "max_age": max_age(response.headers),
        "received_bytes": response.received_bytes,
        "etag": _validator(response.headers.get("etag", ""), MAX_ETAG),
        "last_modified": _validator(response.headers.get("last-modified", ""), MAX_LAST_MODIFIED),
    }


def _validator(value: str, limit: int) -> str:
    """`value` where it can be kept and sent back."""
    return value if len(value) <= limit and value.isprintable() else ""


def max_age(headers: dict[str, str]) -> float | None:
    """For how many seconds from now an answer is fresh (RFC 9111 §4.2); None where its server doesn't say."""
    control = headers.get("cache-control", "").lower()
    if control and re.search(r"\bno-(cache|store)\b", control):
        return None
    if control and (found := re.search(r'(?<![\w-])max-age="?(\d+)', control)):
        return max(_seconds(found[1]) - _seconds(headers.get("age", "")), 0)
    return _seconds_until(headers.get("expires", ""), headers)


def retry_after(headers: dict[str, str]) -> float | None:
    """For how many seconds the server wants to be left alone (RFC 9110 §10.2.3); None for none, or nonsense."""
    value = headers.get("retry-after", "").strip()
    return _seconds(value) if _is_number(value) else _seconds_until(value, headers)


def _seconds(digits: str) -> float:
    return min(float(digits[:15]), LONGEST) if _is_number(digits) else 0


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _seconds_until(date: str, headers: dict[str, str]) -> float | None:
    """From the server's own clock, which may be wrong, to `date`; None where that is no date or has passed."""
    then = http_date(date) if date else None
    if then is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return min((then - now).total_seconds(), LONGEST) if then > now else None


_MEANINGS = {
    200: " with an empty body",
    203: " with an empty body",
    304: ", though it was not asked whether anything had changed",
    401: ": it asks for a password",
    403: ": it refuses access",
    404: ": there is no feed at this address",
    406: ": it has nothing that a feed reader accepts",
    410: ": its publisher says that the feed is no more",
    429: ": it is asked too often",
    451: ": the law forbids it",
    503: ": it is overloaded or being worked on",
}


def _sentence(response: HttpResponse) -> str:
    """A sentence for the operator on what came instead of a feed."""
    status = response.status
    phrase = f" ({phrases[status]})" if status in phrases else ""
    start = f"{urlsplit(response.url).hostname} answered {status}{phrase}"
    if status in WALL_STATUSES and (wall := wall_of(response.headers, response.body)):
        return f"{start}: {wall} takes the reader for a bot; the publisher would have to let feed readers in"
    if 300 <= status < 304 or status in {307, 308}:
        return f"{start}: a redirect to nowhere"
    fault = ": the fault is on the server's side" if status >= 500 else ""
    return start + _MEANINGS.get(status, fault)
