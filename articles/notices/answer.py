"""The outcome of a message: the answer of the other side, in a sentence without secrets."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import responses
from urllib.parse import parse_qsl, unquote, urlsplit

from feeds.http import Client, HttpError
from feeds.http.fetch import retry_after
from feeds.leases.models import host_of

SAID = 200  # characters of an answer that are kept
SHORTEST_SECRET = 4
_PLAIN = frozenset({"content-type", "content-encoding", "ttl", "urgency", "topic", "webhook-id", "webhook-timestamp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`said`: a sentence, English as `feeds.polls.failure_messages` has them. `is_gone`: nobody is there any more, and
    nothing is to be sent again. `retry_after`: seconds for which the other side wants to be left alone."""

    is_taken: bool
    said: str
    status: int | None = None
    is_gone: bool = False
    retry_after: float | None = None
    is_silent: bool = False  # the other side was not reached, or did not answer


def posted(client: Client, url: str, body: bytes, headers: Mapping[str, str], *, secrets: Mapping[str, str]) -> Answer:
    """The answer to a body sent to `url`; a redirect is not followed, and counts as a refusal."""
    known = {**secrets, **_parts(url, headers)}
    try:
        response = client.send(url, body, headers)
    except HttpError as error:
        return Answer(is_taken=False, said=without(known, str(error)), is_silent=True)
    host, phrase = host_of(response.url), responses.get(response.status, "")
    said = f"{host} answered {response.status}" + (f" ({phrase})" if phrase else "")
    is_taken = 200 <= response.status < 300
    if 300 <= response.status < 400:
        said += ": a redirect, which is not followed. Give the address that it leads to."
    elif not is_taken and (text := _text(response.body)):
        said += f": {text}"
    return Answer(
        is_taken=is_taken,
        said=without(known, said),
        status=response.status,
        is_gone=response.status == 410,
        retry_after=retry_after(response.headers),
    )


def _parts(url: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The parts of a request that its receiver may repeat, and that may be secrets: of the address all but the host, of
    headers what signs in and what others have added."""
    parts = urlsplit(url)
    found = [parts.path, parts.query, *parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    for name, value in headers.items():
        if name.lower() not in _PLAIN:
            found += [value, *value.split()]
            if value.startswith("Basic "):
                with suppress(ValueError):  # of an address that somebody wrote by hand
                    found += b64decode(value[6:]).decode("utf-8", "replace").split(":", 1)
    found += [unquote(part) for part in found]
    return {str(number): part for number, part in enumerate(found)}


def _text(body: bytes) -> str:
    text = " ".join(body[: 4 * SAID].decode("utf-8", "replace").split())
    return "".join(letter for letter in text if letter.isprintable())[:SAID]


def without(secrets: Mapping[str, str], text: str) -> str:
    """`text` with … for every secret, should the other side repeat one."""
    for secret in sorted(secrets.values(), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text
