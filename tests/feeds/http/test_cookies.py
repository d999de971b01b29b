"""Cookies of one chain of redirects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.http import Client, Problem
from feeds.http.cookies import LONGEST, MOST, ChainCookies
from tests.feeds.hostility import LOOPBACK, client, problem_of
from tests.publisher import Exchange, Publisher

__all__ = ["client"]

HERE = ("https", "feeds.example", 443)


def redirecting(to: str, *cookies: str) -> bytes:
    set_cookies = "".join(f"Set-Cookie: {cookie}\r\n" for cookie in cookies)
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n{set_cookies}Content-Length: 0\r\n\r\n".encode()


def walled(publisher: Publisher, path: str = "/feed") -> str:
    """A feed that is served to whoever sends back the cookie that a redirect to the same address sets."""

    def answer(exchange: Exchange) -> None:
        if "session=7" in exchange.request.headers.get("cookie", ""):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
        else:
            exchange.send(
                redirecting(path, "session=7; Path=/; HttpOnly", "seen=yes; Expires=Wed, 09 Jun 2100 1:00:00")
            )

    return publisher.respond(path, answer)


class TestChains:
    def test_a_redirect_to_itself_that_sets_a_cookie_is_followed_with_it(self, client: Client, publisher: Publisher):
        response = client.get(walled(publisher))
        assert response.body == b"<rss/>"
        assert [request.headers.get("cookie") for request in publisher.requests] == [None, "session=7; seen=yes"]

    def test_the_next_chain_knows_nothing_of_it(self, client: Client, publisher: Publisher):
        for _ in range(2):
            client.get(walled(publisher))
        assert [request.headers.get("cookie") for request in publisher.requests[2:]] == [None, "session=7; seen=yes"]

    def test_a_stream_and_a_way_over_another_page_do_the_same(self, client: Client, publisher: Publisher):
        def gate(exchange: Exchange) -> None:
            exchange.send(redirecting("/picture", "pass=1"))

        def picture(exchange: Exchange) -> None:
            has_passed = exchange.request.headers.get("cookie") == "pass=1"
            exchange.send(b"HTTP/1.1 200 OK\r\n\r\npixels" if has_passed else redirecting("/gate"))

        publisher.respond("/gate", gate)
        with client.stream(publisher.respond("/picture", picture)) as stream:
            assert b"".join(stream.pieces()) == b"pixels"
        assert [request.path for request in publisher.requests] == ["/picture", "/gate", "/picture"]

    def test_the_date_of_the_answer_is_the_clock_of_a_chain(self, client: Client, publisher: Publisher):
        soon = redirecting("/b", "a=1; Expires=Wed, 09 Jun 2021 10:10:00 GMT\r\nDate: Wed, 09 Jun 2021 10:00:00 GMT")
        publisher.respond("/a", lambda exchange: exchange.send(soon))
        publisher.serve("/b", "<rss/>")
        client.get(publisher.url("/a"))
        assert publisher.requests[-1].headers.get("cookie") == "a=1"

    def test_another_origin_never_gets_the_cookie(self, client: Client, publisher: Publisher):
        with Publisher() as other:
            other.respond("/b", lambda exchange: exchange.send(redirecting(publisher.url("/c"), "theirs=2")))
            publisher.respond("/a", lambda exchange: exchange.send(redirecting(other.url("/b"), "ours=1; Domain=1")))
            publisher.serve("/c", "<rss/>")
            client.get(publisher.url("/a"))
            assert [request.headers.get("cookie") for request in other.requests] == [None]
        assert [request.headers.get("cookie") for request in publisher.requests] == [None, "ours=1"]

    def test_a_circle_is_left_where_the_cookie_changes_nothing_more(self, client: Client, publisher: Publisher):
        publisher.respond("/a", lambda exchange: exchange.send(redirecting("/a", "same=1")))
        error = problem_of(client, publisher.url("/a"))
        assert error.problem is Problem.REDIRECTS
        assert "circle" in str(error)
        assert len(publisher.requests) == 2

    def test_a_server_that_always_sets_another_cookie_meets_the_limit(self, publisher: Publisher):
        def answer(exchange: Exchange) -> None:
            exchange.send(redirecting("/a", f"n={len(publisher.requests)}"))

        publisher.respond("/a", answer)
        with Client(replace(LOOPBACK, max_redirects=3)) as client:
            assert problem_of(client, publisher.url("/a")).problem is Problem.REDIRECTS
        assert len(publisher.requests) == 4


class TestKeeping:
    @pytest.mark.parametrize(
        ("header", "sent"),
        [
            ("a=b", "a=b"),
            (" a=b ; Path=/; Domain=other.example; SameSite=Strict", "a=b"),
            ("a=b=c,d", "a=b=c,d"),
            ('a="b c"', 'a="b c"'),
            ("a=", "a="),
            ("a=b; Secure", "a=b"),
            ("a=b; Max-Age=60", "a=b"),
            ("a=b; max-age=0", ""),
            ("a=b; Max-Age=-1", ""),
            ("a=b; Max-Age=00", ""),
            ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ""),
            ("a=b; expires=Mon, 11-Oct-99 23:00:00 GMT; path=/", ""),
            ("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=b"),
            ("a=b; Expires=Fri, 31 Dec 2100 23:59:59 GMT; Max-Age=0", ""),
            ("a=b; Max-Age=soon; Expires=soon", "a=b"),
            ("a", ""),
            ("=b", ""),
            ("", ""),
            ("a b=c", ""),
            ("a=\x01", ""),
            ("a=é", ""),
            ("a=b\r\nX: y", ""),
            (f"a={'x' * (LONGEST - 2)}", f"a={'x' * (LONGEST - 2)}"),
            (f"a={'x' * (LONGEST - 1)}", ""),
        ],
    )
    def test_what_is_sent_back(self, header: str, sent: str):
        cookies = ChainCookies()
        assert cookies.take(HERE, [header]) is bool(sent)
        assert cookies.header(HERE) == sent

    def test_a_cookie_ends_by_the_clock_of_who_set_it(self):
        soon = "a=1; Expires=Wed, 09 Jun 2021 10:10:00 GMT"  # which is over by any clock here
        for date, sent in (("Wed, 09 Jun 2021 10:00:00 GMT", "a=1"), ("Wed, 09 Jun 2021 10:10:00 GMT", ""), ("x", "")):
            cookies = ChainCookies()
            assert cookies.take(HERE, [soon], date) is bool(sent)
            assert cookies.header(HERE) == sent

    def test_the_last_value_of_a_name_counts_and_an_end_ends_it(self):
        cookies = ChainCookies()
        assert cookies.take(HERE, ["a=1", "a=2"])
        assert not cookies.take(HERE, ["a=2"])
        assert cookies.header(HERE) == "a=2"
        assert cookies.take(HERE, ["a=; Max-Age=0"])
        assert cookies.header(HERE) == ""

    def test_a_cookie_goes_to_its_path_and_ends_there_alone(self):
        cookies = ChainCookies()
        cookies.take(HERE, ["a=1; Path=/", "a=2; Path=/feeds/", "b=3; Path=/feed", "c=4; Path=feeds", "d=5"])
        assert cookies.header(HERE, "/feed?n=1") == "b=3; a=1; c=4; d=5"
        assert cookies.header(HERE, "/feeds") == "a=1; c=4; d=5"
        assert cookies.header(HERE, "/feeds/all") == "a=2; a=1; c=4; d=5"
        assert cookies.take(HERE, ["a=; Path=/feeds/; Max-Age=0"])
        assert cookies.header(HERE, "/feeds/all") == "a=1; c=4; d=5"

    def test_a_cookie_that_names_no_path_is_that_of_the_root(self):
        cookies = ChainCookies()
        assert cookies.take(HERE, ["a=1", "a=2; Path=/"])
        assert cookies.header(HERE, "/feed") == "a=2"
        assert cookies.take(HERE, ["a=; Path=/; Max-Age=0"])
        assert cookies.header(HERE, "/feed") == ""

    def test_scheme_host_and_port_are_the_origin(self):
        cookies = ChainCookies()
        cookies.take(HERE, ["a=1"])
        for other in (
            ("http", *HERE[1:]),
            ("https", "example", 443),
            ("https", "a.feeds.example", 443),
            (*HERE[:2], 8443),
        ):
            assert cookies.header(other) == ""

    def test_a_secure_cookie_is_not_taken_from_plain_http(self):
        cookies = ChainCookies()
        assert not cookies.take(("http", "feeds.example", 80), ["a=1; SECURE"])
        assert cookies.take(("http", "feeds.example", 80), ["a=1; Secured=no"])

    def test_there_are_no_more_than_so_many(self):
        cookies = ChainCookies()
        cookies.take(HERE, [f"n{number}=1" for number in range(MOST + 5)])
        assert cookies.header(HERE).count("=") == MOST
        assert cookies.take(HERE, ["n0=2"])
