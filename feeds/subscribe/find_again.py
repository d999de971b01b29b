"""The places where a feed that is no longer at its address may be now."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from feeds.http import Client
from feeds.models import Feed, host_of
from feeds.subscribe.add import Candidate, NothingFound, find
from feeds.subscriptions.visibility import Reader


def find_again(
    client: Client, feed: Feed, reader: Reader, refusing: dict[str, NothingFound] | None = None
) -> list[Candidate]:
    """The feeds at the first of these that has another one than `feed` is at: its address, where it was redirected, its
    address by https, its web page, its site. Each is looked at as `find` does: itself, the feeds that it names, the
    usual places. Where there is no other, its present address if a feed is there. All of it within the client's time.
    `refusing`: the hosts that have answered that they are asked too often, each with what it said; nothing more is
    asked of them, and those that do so now are added. 503 may be said of one address alone. Raises NothingFound."""
    refusing = {} if refusing is None else refusing
    reason: NothingFound | None = None
    same: list[Candidate] = []
    for address in dict.fromkeys(_addresses(feed)):
        host = host_of(address)
        if host in refusing:
            reason = reason or refusing[host]
            continue
        try:
            found = find(client, address, reader)
        except NothingFound as error:
            reason = reason or error
            if error.is_asked_less:
                refusing[host] = error
            continue
        if any(candidate.url != feed.url for candidate in found):
            return found
        same = found
    if same:
        return same
    assert reason is not None, "the first address is tried in any case"
    raise reason


def _addresses(feed: Feed) -> Iterator[str]:
    yield feed.url
    if feed.moved_to:
        yield feed.moved_to
    if feed.url.startswith("http://"):
        yield f"https://{feed.url.removeprefix('http://')}"
    if feed.site_url:
        yield feed.site_url
    yield urljoin(feed.url, "/")
