"""What the client asks for and where it is sent: answers, addresses, redirects."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.http.client import Client
from feeds.http.policy import HttpError, Problem
from feeds.http.target import target_of
from tests.feeds.hostility import (
    LOOPBACK,
    STRICT,
    client,
    dripping,
    endless,
    problem_of,
    raw,
    resolving,
)
from tests.publisher import Exchange, Handler, Publisher

__all__ = ["client"]


class TestAnswers:
    def test_an_answer_brings_status_headers_and_body(self, client: Client, publisher: Publisher):
        url = publisher.serve("/feed.xml", "<rss/>", headers={"X-Robots": "none"}, content_type="text/xml")
        response = client.get(url)
        assert (response.status, response.body, response.url, response.permanent_url) == (200, b"<rss/>", url, url)
        assert response.headers["x-robots"] == "none"
        assert response.headers["content-type"] == "text/xml"
        assert response.received_bytes == 6

    def test_the_request_names_the_reader_and_what_it_can_decode(self, client: Client, publisher: Publisher):
        client.get(publisher.serve("/feed.xml", "<rss/>"), {"Accept": "text/xml"})
        (request,) = publisher.requests
        assert request.headers["user-agent"] == STRICT.user_agent
        assert request.headers["accept-encoding"] == "gzip, br, zstd, deflate"
        assert request.headers["accept"] == "text/xml"
        assert request.headers["host"] == f"127.0.0.1:{publisher.port}"

    def test_an_error_page_is_an_answer_too(self, client: Client, publisher: Publisher):
        response = client.get(publisher.serve("/feed.xml", "later", status=503))
        assert (response.status, response.body) == (503, b"later")

    @pytest.mark.parametrize(
        ("header", "more"), [(b"", b"go away " * 1000), (b"Content-Encoding: gzip\r\n", gzip.compress(b"go away " * 9))]
    )
    def test_of_an_error_page_without_end_the_start_is_read(
        self, client: Client, publisher: Publisher, header: bytes, more: bytes
    ):
        url = publisher.respond("/", endless(b"HTTP/1.1 403 Forbidden\r\n" + header + b"\r\n", more))
        response = client.get(url)
        assert (response.status, response.body) == (403, b"go away " * 2**13)
        assert response.received_bytes == 2**16

    @pytest.mark.parametrize(
        "answer",
        [
            raw(b"HTTP/1.1 503 Busy\r\nContent-Encoding: gzip\r\n\r\nthis is not gzip"),
            raw(b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nbroken off"),
            dripping(b"HTTP/1.1 503 Busy\r\n\r\n", b"x"),
        ],
    )
    def test_an_error_page_that_cannot_be_read_leaves_its_status(self, publisher: Publisher, answer: Handler):
        with Client(replace(LOOPBACK, total_timeout=0.3)) as client:
            assert client.get(publisher.respond("/", answer)).status == 503

    def test_a_repeated_header_keeps_all_its_values(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw(b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\n\r\nbody"))
        assert client.get(url).headers["link"] == "<a>, <b>"

    def test_no_cookie_is_ever_sent(self, client: Client, publisher: Publisher):
        url = publisher.serve("/feed.xml", "<rss/>", headers={"Set-Cookie": "id=7"})
        client.get(url)
        client.get(url)
        assert all("cookie" not in request.headers for request in publisher.requests)

    def test_a_proxy_of_the_environment_is_not_used(
        self, client: Client, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        assert client.get(publisher.serve("/feed.xml", "<rss/>")).status == 200


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "feed.xml",
            "/feed.xml",
            "ftp://feeds.example/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:70/",
            "javascript:alert(1)",
            "data:text/xml,<rss/>",
            "feed://feeds.example/",
            "http://",
            "http:///path",
            "http:feeds.example",
            "http://exa mple.example/",
            "http://a..example/",
            "http://%31%32%37.0.0.1/",
            "http://feeds.example:99999/",
            "http://feeds.example:port/",
            "http://[::1/",
            "http://[fe80::1%25eth0]zone/",
            "http://" + "a" * 64 + ".example/",
            "http://" + "a." * 200 + "example/",
            "http://\udc80.example/",
            "http://a℀b.example/",
        ],
    )
    def test_what_is_no_web_address_is_refused(self, client: Client, url: str):
        assert problem_of(client, url).problem is Problem.ADDRESS

    @pytest.mark.parametrize("user", ["user:secret@", "user@", "@", ":secret@", "feeds.example\\@"])
    def test_credentials_are_refused_and_not_repeated(self, client: Client, publisher: Publisher, user: str):
        error = problem_of(client, f"http://{user}127.0.0.1:{publisher.port}/")
        assert error.problem is Problem.ADDRESS
        assert "secret" not in str(error)
        assert publisher.connections == 0

    def test_a_broken_address_is_named_without_its_password(self, client: Client):
        error = problem_of(client, "http://user:secret@not a host/")
        assert str(error) == "'http://not a host/' is not a valid web address"

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("/订阅/最新.xml", "/%E8%AE%A2%E9%98%85/%E6%9C%80%E6%96%B0.xml"),
            ("/%E8%AE%A2%E9%98%85", "/%E8%AE%A2%E9%98%85"),
            ("/a b.xml", "/a%20b.xml"),
            ("/a?q=新 闻&x=%20+1", "/a?q=%E6%96%B0%20%E9%97%BB&x=%20+1"),
            ("/a#section", "/a"),
            ("/a?b#c", "/a?b"),
            ("?a=1", "/?a=1"),
            ("", "/"),
            ("/a;b,c(d)~!*'[e]|f", "/a;b,c(d)~!*'[e]|f"),
            ('/"<>^`{}\\', "/%22%3C%3E%5E%60%7B%7D%5C"),
            ("/a\r\nX-Injected: 1", "/aX-Injected:%201"),
            ("/a\x00\x7f", "/a%00%7F"),
        ],
    )
    def test_an_address_goes_over_the_wire_encoded(self, client: Client, publisher: Publisher, asked: str, sent: str):
        response = client.get(publisher.url(asked))
        assert publisher.requests[0].path == sent
        assert response.url == publisher.url(sent)
        assert response.permanent_url == publisher.url(asked)
        assert "x-injected" not in publisher.requests[0].headers

    @pytest.mark.parametrize(
        ("host", "ascii_host"),
        [("例子.中国", "xn--fsqu00a.xn--fiqs8s"), ("Bücher.example", "xn--bcher-kva.example")],
    )
    def test_a_host_in_any_script_is_asked_for_in_ascii(
        self, client: Client, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, host: str, ascii_host: str
    ):
        asked = resolving(monkeypatch, ["127.0.0.1"])
        client.get(f"http://{host}:{publisher.port}/")
        assert asked == [ascii_host]
        assert publisher.requests[0].headers["host"] == f"{ascii_host}:{publisher.port}"

    @given(st.text() | st.text(alphabet="/:@[]?#%.a1é例\x00\\ ").map("http://".__add__))
    def test_every_text_is_an_address_in_wire_form_or_an_error(self, text: str):
        try:
            target = target_of(text)
        except HttpError as error:
            refused = error
        else:
            assert target.url.isascii()
            assert target.url.isprintable()
            assert not set(' "<>#\\^`{}') & set(target.url)
            assert target_of(target.url) == target
            return
        assert refused.problem is Problem.ADDRESS
        assert str(refused).isprintable()


class TestRedirects:
    def test_a_permanent_chain_tells_the_new_address(self, client: Client, publisher: Publisher):
        publisher.redirect("/old", "/newer", 301)
        publisher.redirect("/newer", publisher.url("/newest#top"), 308)
        publisher.serve("/newest", "<rss/>")
        response = client.get(publisher.url("/old"))
        assert response.url == response.permanent_url == publisher.url("/newest")

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_a_chain_is_permanent_only_up_to_its_first_temporary_hop(
        self, client: Client, publisher: Publisher, status: int
    ):
        publisher.redirect("/a", "/b", 301)
        publisher.redirect("/b", "/c", status)
        publisher.redirect("/c", "/d", 301)
        publisher.serve("/d", "<rss/>")
        response = client.get(publisher.url("/a"))
        assert (response.url, response.permanent_url) == (publisher.url("/d"), publisher.url("/b"))
        assert client.get(publisher.url("/b")).permanent_url == publisher.url("/b")

    @pytest.mark.parametrize("to", ["/b", "b", "./b", "../b", "//127.0.0.1:{port}/b", " /b ", "http:b", "?to=b"])
    def test_a_relative_redirect_is_resolved(self, client: Client, publisher: Publisher, to: str):
        publisher.redirect("/a", to.format(port=publisher.port))
        publisher.serve("/b", "here")
        publisher.serve("/a?to=b", "here")
        assert client.get(publisher.url("/a")).body == b"here"

    def test_a_redirect_in_raw_utf8_is_followed(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw("HTTP/1.1 302 Found\r\nLocation: /新闻\r\n\r\n".encode()))
        client.get(url)
        assert publisher.requests[1].path == "/%E6%96%B0%E9%97%BB"

    def test_a_redirect_in_some_other_charset_keeps_its_bytes(self, client: Client, publisher: Publisher):
        url = publisher.respond("/", raw("HTTP/1.1 302 Found\r\nLocation: /新闻\r\n\r\n".encode("gbk")))
        client.get(url)
        assert publisher.requests[1].path == "/%D0%C2%CE%C5"

    @pytest.mark.parametrize(
        ("to", "why"),
        [
            ("ftp://feeds.example/", "'ftp://feeds.example/' is not an http or https address"),
            ("gopher://feeds.example/", "'gopher://feeds.example/' is not an http or https address"),
            ("file:///etc/passwd", "'file:///etc/passwd' is not an http or https address"),
            ("http://[::1", "'http://[::1' is not a valid web address"),
            ("http://a:b@feeds.example/", "the address at feeds.example has a user name or password in it"),
            ("http://\x00/", "'http://\\x00/' is not a valid web address"),
        ],
    )
    def test_a_redirect_that_leads_off_the_web_is_refused(
        self, client: Client, publisher: Publisher, to: str, why: str
    ):
        error = problem_of(client, publisher.redirect("/", to))
        assert error.problem is Problem.ADDRESS
        assert f"127.0.0.1 redirects to where no reader can follow: {why}" in str(error)
        assert "\x00" not in str(error)

    def test_a_redirect_to_nowhere_is_the_answer(self, client: Client, publisher: Publisher):
        assert client.get(publisher.serve("/", status=302)).status == 302

    def test_a_circle_is_left_at_once(self, client: Client, publisher: Publisher):
        publisher.redirect("/a", "/b")
        publisher.redirect("/b", "/a#again")
        error = problem_of(client, publisher.url("/a"))
        assert error.problem is Problem.REDIRECTS
        assert "circle" in str(error)
        assert len(publisher.requests) == 2

    def test_a_chain_is_followed_for_so_many_redirects_and_no_more(self, client: Client, publisher: Publisher):
        for number in range(20):
            publisher.redirect(f"/{number}", f"/{number + 1}")
        publisher.serve("/20", "the end")
        assert client.get(publisher.url(f"/{20 - LOOPBACK.max_redirects}")).body == b"the end"
        assert problem_of(client, publisher.url("/0")).problem is Problem.REDIRECTS

    @pytest.mark.parametrize("status", [301, 302, 303])
    def test_a_form_is_not_sent_again_over_a_redirect_that_makes_a_get_of_it(
        self, client: Client, publisher: Publisher, status: int
    ):
        publisher.redirect("/hub", "/elsewhere", status)
        publisher.serve("/elsewhere", "here")
        assert client.post(publisher.url("/hub"), [("hub.secret", "s3cret")]).status == status
        assert [(request.method, request.path) for request in publisher.requests] == [("POST", "/hub")]

    @pytest.mark.parametrize("status", [307, 308])
    def test_a_form_follows_the_redirects_that_keep_it(self, client: Client, publisher: Publisher, status: int):
        publisher.redirect("/hub", "/elsewhere", status)
        publisher.serve("/elsewhere", "here")
        assert client.post(publisher.url("/hub"), [("hub.secret", "s3cret")]).status == 200
        assert [(request.method, request.path, request.body) for request in publisher.requests] == [
            ("POST", "/hub", b"hub.secret=s3cret"),
            ("POST", "/elsewhere", b"hub.secret=s3cret"),
        ]

    def test_credentials_stay_with_the_host_they_were_given_for(self, client: Client, publisher: Publisher):
        with Publisher() as other:
            publisher.redirect("/a", "/b", 302)
            publisher.redirect("/b", other.serve("/c", "<rss/>"), 302)
            secrets = {"Authorization": "Bearer 1", "Cookie": "id=7", "Proxy-Authorization": "Basic eDp5"}
            client.get(publisher.url("/a"), {**secrets, "If-None-Match": '"1"'})
            assert [request.headers["authorization"] for request in publisher.requests] == ["Bearer 1"] * 2
            assert not {"authorization", "cookie", "proxy-authorization"} & other.requests[0].headers.keys()
            assert other.requests[0].headers["if-none-match"] == '"1"'

    def test_a_huge_redirect_page_is_not_read(self, client: Client, publisher: Publisher):
        start = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
        publisher.respond("/a", endless(start, b"you will be redirected " * 1000))
        publisher.serve("/b", "here")
        assert client.get(publisher.url("/a")).body == b"here"


class TestForms:
    FORM = [("hub.secret", "s3cret")]

    @pytest.mark.parametrize("status", [307, 308])
    def test_a_form_follows_redirects_that_keep_it(self, client: Client, publisher: Publisher, status: int):
        publisher.redirect("/old", "/new", status)
        publisher.serve("/new", "taken")
        assert client.post(publisher.url("/old"), self.FORM).body == b"taken"
        assert [(each.method, each.body) for each in publisher.requests] == [("POST", b"hub.secret=s3cret")] * 2

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_message_is_handed_to_nobody_but_whom_it_is_for(self, client: Client, publisher: Publisher, status: int):
        publisher.serve("/new", "taken")
        answer = client.send(publisher.redirect("/old", "/new", status), b"{}", {"Content-Type": "application/json"})
        assert answer.status == status
        assert [(each.method, each.path, each.body) for each in publisher.requests] == [("POST", "/old", b"{}")]

    def test_the_answer_to_a_message_brings_its_body(self, client: Client, publisher: Publisher):
        url = publisher.serve("/hook", "taken")
        answer = client.send(url, b"{}", {})
        assert (answer.status, answer.body, answer.url, answer.permanent_url) == (200, b"taken", url, url)

    def test_a_form_says_that_it_is_one(self, client: Client, publisher: Publisher):
        url = publisher.serve("/hub", "taken")
        answer = client.post(url, [("a b", "ü&"), ("a b", "2")])
        [request] = publisher.requests
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert request.body == b"a+b=%C3%BC%26&a+b=2"
        assert (answer.status, answer.url, answer.permanent_url, answer.received_bytes) == (200, url, url, 5)

    @pytest.mark.parametrize("status", [301, 302, 303])
    def test_a_form_goes_nowhere_else(self, client: Client, publisher: Publisher, status: int):
        publisher.serve("/new", "taken")
        assert client.post(publisher.redirect("/old", "/new", status), self.FORM).status == status
        assert len(publisher.requests) == 1


def test_the_settings_do_not_load_the_network_stack():
    code = "import feeds.http.client, sys; print(sorted({'ssl', 'brotli', 'http.client'} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout == "[]\n"


class TestStreams:
    def test_what_has_arrived_is_handed_on_before_the_rest_comes(self, client: Client, publisher: Publisher):
        has_come = threading.Event()

        def send(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst")
            has_come.wait(30)
            exchange.send(b"last")

        with client.stream(publisher.respond("/", send)) as stream:
            pieces = stream.arriving()
            assert next(pieces) == b"first"
            has_come.set()
            assert b"".join(pieces) == b"last"

    @pytest.mark.parametrize("way", ["pieces", "arriving"])
    def test_no_more_is_handed_on_than_allowed(self, publisher: Publisher, way: str):
        url = publisher.respond("/", endless(b"HTTP/1.1 200 OK\r\n\r\n", b"more " * 1000))
        with Client(replace(LOOPBACK, max_bytes=100_000)) as client, client.stream(url) as stream:
            with pytest.raises(HttpError) as caught:
                list(getattr(stream, way)())
            assert caught.value.problem is Problem.TOO_LARGE

    @pytest.mark.parametrize(("coding", "is_encoded"), [("gzip", True), ("identity", False), ("", False)])
    def test_an_answer_says_what_it_is(self, client: Client, publisher: Publisher, coding: str, is_encoded: bool):
        url = publisher.serve("/", "x", headers={"Content-Encoding": coding, "X-Of": "it"}, status=203)
        with client.stream(publisher.redirect("/old", "/")) as stream:
            assert (stream.url, stream.status, stream.headers["x-of"]) == (url, 203, "it")
            assert stream.is_encoded is is_encoded


class TestTimeInAll:
    def test_a_request_ends_when_the_clients_time_does(self, publisher: Publisher):
        url = publisher.respond("/", lambda exchange: exchange.pause(60))
        began = time.monotonic()
        # Of all that ends a request here, the client's time is by far the first.
        with Client(replace(LOOPBACK, read_timeout=50), until=began + 0.3) as client:
            assert problem_of(client, url).problem is Problem.TIMEOUT
        assert time.monotonic() - began < 30

    def test_after_it_nothing_is_asked(self, publisher: Publisher):
        url = publisher.serve("/", "x")
        with Client(LOOPBACK, until=time.monotonic()) as client, client.with_policy(STRICT) as other:
            assert other.policy == STRICT
            for each in (client, other):
                error = problem_of(each, url)
                assert (error.problem, error.is_unreached) == (Problem.TIMEOUT, False)
        assert not publisher.requests
