"""The demands of one publisher on who asks for its feed, and who is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from feeds.http import Client, Problem
from feeds.http.access import Access
from feeds.http.target import target_of
from tests.feeds.hostility import LOOPBACK, problem_of
from tests.publisher import Exchange, Publisher

SECRETS = {"Authorization": "Bearer 7", "Cookie": "member=ann"}


@pytest.fixture
def member(publisher: Publisher) -> Iterator[Client]:
    """A client that knows the secrets of `publisher`."""
    access = Access(origin=target_of(publisher.url("/")).origin, headers=SECRETS)
    with Client(replace(LOOPBACK, access=access)) as client:
        yield client


def told(publisher: Publisher) -> list[tuple[str | None, str | None]]:
    return [(each.headers.get("authorization"), each.headers.get("cookie")) for each in publisher.requests]


def test_a_publisher_is_told_its_own_secrets_beside_what_else_is_asked(member: Client, publisher: Publisher):
    member.get(publisher.url("/"), {"Accept": "text/xml", "Authorization": "Bearer 1"})
    assert told(publisher) == [("Bearer 7", "member=ann")]
    assert publisher.requests[0].headers["accept"] == "text/xml"


def test_nobody_else_is_told_them_on_the_way(member: Client, publisher: Publisher):
    with Publisher() as other:  # the same host, at another port
        publisher.redirect("/a", other.redirect("/b", publisher.serve("/c", "<rss/>")))
        assert member.get(publisher.url("/a")).body == b"<rss/>"
        assert told(other) == [(None, None)]
    assert told(publisher) == [("Bearer 7", "member=ann")] * 2


def test_a_cookie_that_the_operator_gave_stands_before_those_of_the_chain(member: Client, publisher: Publisher):
    def answer(exchange: Exchange) -> None:
        is_back = "seen=1" in exchange.request.headers["cookie"]
        exchange.send(
            b"HTTP/1.1 200 OK\r\n\r\n<rss/>"
            if is_back
            else b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: seen=1\r\n\r\n"
        )

    assert member.get(publisher.respond("/", answer)).body == b"<rss/>"
    assert [cookie for _, cookie in told(publisher)] == ["member=ann", "member=ann; seen=1"]


def test_no_cookie_is_sent_where_there_is_none(publisher: Publisher):
    access = Access(origin=target_of(publisher.url("/")).origin, headers={"X-Key": "7"})
    publisher.redirect("/a", "/b")
    with Client(replace(LOOPBACK, access=access)) as client:
        client.get(publisher.url("/a"))
    assert [("cookie" in each.headers, each.headers["x-key"]) for each in publisher.requests] == [(False, "7")] * 2


def test_through_a_proxy_no_host_but_the_feeds_own_is_asked():
    access = Access(origin=target_of("http://hidden.onion/feed").origin, proxy="http://127.0.0.1:9")
    with Client(replace(LOOPBACK, access=access)) as client:
        error = problem_of(client, "http://169.254.169.254/latest")
    assert error.problem is Problem.REDIRECTS
    assert str(error) == "hidden.onion redirects to 169.254.169.254: through a proxy no other host is asked"
