"""The access that a feed's row grants to who polls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from feeds.access import sealed
from feeds.access.models import FeedAccess
from feeds.http import Client, HttpError
from feeds.http.target import Origin, target_of
from feeds.models import Feed

if TYPE_CHECKING:
    from feeds.http.access import Access

SECRETS = ("name", "password", "token", "cookie", "headers", "proxy")


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as they are kept. Raises feeds.http.HttpError."""
    return _kept(target_of(url).origin)


def _kept(origin: Origin) -> str:
    scheme, host, port = origin
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def row_of(feed: Feed) -> FeedAccess | None:
    """The demands of the feed's publisher; None where there are none."""
    return getattr(feed, "access", None)


@contextmanager
def client_of(client: Client, feed: Feed) -> Iterator[Client]:
    """The client that asks for `feed`: `client`, and where its publisher demands something one that gives it. Raises
    feeds.access.sealed.AnotherKey."""
    row = row_of(feed)
    if row is None:
        yield client
        return
    policy = replace(client.policy, access=access_of(feed.url, row))
    if row.user_agent:
        policy = replace(policy, user_agent=row.user_agent)
    with client.with_policy(policy) as own:
        yield own


@contextmanager
def client_at(client: Client, feed: Feed, url: str) -> Iterator[Client]:
    """The client that asks for `url`, which `feed` or an article of it names: as `client_of` where scheme, host and
    port are those of the feed, else `client`. Raises feeds.access.sealed.AnotherKey."""
    if row_of(feed) is None or not is_of_origin(url, feed.url):
        yield client
        return
    with client_of(client, feed) as own:
        yield own


def is_of_origin(url: str, other: str) -> bool:
    """True where two addresses have one scheme, host and port; never where one is no web address."""
    try:
        return target_of(url).origin == target_of(other).origin
    except HttpError:
        return False


def access_of(url: str, row: FeedAccess) -> Access | None:
    """The secrets for, and the trust in, the origin of `url`; None where the row was kept for another one, but for a
    proxy: past that nobody is asked. Raises feeds.access.sealed.AnotherKey."""
    from feeds.http.access import Access  # 1 ms of each poll's start, and few publishers demand anything

    origin = target_of(url).origin
    secrets = sealed.opened(row.secrets)
    if row.origin != _kept(origin):
        proxy = secrets.get("proxy", "")
        return Access(origin=origin, proxy=proxy) if proxy else None
    return Access(
        origin=origin,
        headers=_headers(secrets),
        proxy=secrets.get("proxy", ""),
        authorities=row.authorities,
        is_unchecked=row.is_unchecked,
    )


def _headers(secrets: Mapping[str, str]) -> dict[str, str]:
    from feeds.http.access import basic

    headers = dict(line.split(": ", 1) for line in secrets.get("headers", "").splitlines())
    if secrets.get("token"):
        headers["Authorization"] = f"Bearer {secrets['token']}"
    elif secrets.get("name"):
        headers["Authorization"] = basic(secrets["name"], secrets.get("password", ""))
    if secrets.get("cookie"):
        headers["Cookie"] = secrets["cookie"]
    return headers
