"""Apprise's addresses, as far as they are requests that we can make exactly: those of an Apprise API server, which
speaks to everybody else, and json:// and jsons://."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from articles.notices.answer import Answer, posted
from articles.notices.message import Message, cut
from feeds.access.form import OURS, header_in
from feeds.http import Client
from feeds.http.target import target_of

AT_ONCE = 200
LONGEST_TITLE, LONGEST_TEXT = 250, 8000
SCHEMES = {"json": "http", "jsons": "https", "apprise": "http", "apprises": "https"}
NO_NOTIFICATION = 204  # an API server's, for a key that nothing is configured for
# What a header of Apprise's may not be here: all of ours but the one that signs in.
REFUSED = OURS - {"authorization"}


class NotSupported(ValueError):
    """An address that would ask for what is not done here. `str()`: its part."""


@dataclass(frozen=True, slots=True)
class Way:
    """The request that an address stands for. `is_json`: Apprise's json://; else an API server's."""

    url: str
    is_json: bool
    headers: dict[str, str] = field(default_factory=dict)


def way_of(address: str) -> Way:
    """The request that an address of Apprise stands for. Raises NotSupported, HttpError for what is no address, and
    ValueError."""
    parts = urlsplit(address.strip())
    if parts.scheme in {"http", "https"}:
        keys = parts.path.rstrip("/").split("/")
        if len(keys) < 3 or keys[-2] != "notify" or parts.query:
            raise NotSupported(parts.scheme)
        return Way(target_of(address).url, is_json=False)
    if parts.scheme not in SCHEMES:
        raise NotSupported(f"{parts.scheme}://"[:30])
    host = parts.netloc.rpartition("@")[2]
    headers, query = _headers_and_query(parts.query)
    if parts.username is not None:
        headers["Authorization"] = _basic(unquote(parts.username), unquote(parts.password or ""))
    base = f"{SCHEMES[parts.scheme]}://{host}"
    is_json = parts.scheme in {"json", "jsons"}
    url = base + (_json_path(parts.path, query) if is_json else _notify_path(parts, query))
    return Way(target_of(url).url, is_json, headers)


def _json_path(path: str, query: list[tuple[str, str]]) -> str:
    return (path or "/") + (f"?{urlencode(query)}" if query else "")


def _notify_path(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    """The path of an API server's address for a key, which is the last part of an Apprise address. Raises
    NotSupported."""
    before, _, key = parts.path.strip("/").rpartition("/")
    if query or not key:
        raise NotSupported(parts.scheme + "://")
    return (f"/{before}" if before else "") + f"/notify/{quote(key)}"


def _headers_and_query(query: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The headers that +NAME=… adds, and the fields that -NAME=… adds to the address."""
    headers, sent = {}, []
    for part in query.split("&") if query else ():
        name, _, value = (unquote(each) for each in part.partition("="))
        if name == "method" and value.upper() == "POST":
            continue
        if name.startswith("+") and _may_be_sent(name[1:], value):
            headers[name[1:]] = value
        elif name.startswith("-") and len(name) > 1:
            sent.append((name[1:], value))
        else:
            raise NotSupported(f"{name}="[:30])
    return headers, sent


def _may_be_sent(name: str, value: str) -> bool:
    return bool(header_in(f"{name}: {value}")) and name.lower() not in REFUSED


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def send(client: Client, secrets: Mapping[str, str], message: Message) -> Answer:
    way = way_of(secrets["address"])
    title = cut(message.title, LONGEST_TITLE)
    text = message.text(LONGEST_TEXT) + f"\n\n{message.page}"
    body: dict[str, object] = (
        {"version": "1.0", "title": title, "message": text, "attachments": [], "type": "info"}
        if way.is_json
        else {"title": title, "body": text, "type": "info", "format": "text"}
    )
    known = {**secrets, "url": way.url, **way.headers, "key": urlsplit(way.url).path.rpartition("/")[2]}
    raw = json.dumps(body, ensure_ascii=False).encode()
    answer = posted(client, way.url, raw, {"Content-Type": "application/json", **way.headers}, secrets=known)
    if answer.status == NO_NOTIFICATION and not way.is_json:
        return Answer(is_taken=False, said=f"{answer.said}: nothing is configured for this key", status=answer.status)
    return answer
