"""What a feed's server says, and what it means for the feed."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from feeds.http import Client, FetchPolicy
from feeds.http.fetch import (
    Failed,
    Fetched,
    Gone,
    Outcome,
    Unchanged,
    fetch,
    max_age,
    outcome_of,
    retry_after,
    with_subscribers,
)
from tests.publisher import Exchange, Publisher

FEED = b"<rss><channel><title>Harbour news</title></channel></rss>"
FEED_HASH = hashlib.sha256(FEED).hexdigest()
MONDAY = "Mon, 02 Mar 2026 08:00:00 GMT"
DATE = {"date": "Mon, 02 Mar 2026 08:00:00 GMT"}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(FetchPolicy(user_agent="Newsreader/test", allowed_networks=(ip_network("127.0.0.0/8"),))) as opened:
        yield opened


def failure(outcome: Outcome) -> Failed:
    assert isinstance(outcome, Failed)
    return outcome


def test_a_first_fetch_brings_body_hash_and_validators(client: Client, publisher: Publisher):
    url = publisher.serve(
        "/feed.xml", FEED, content_type="application/rss+xml; charset=gbk", etag='"v1"', last_modified=MONDAY
    )
    assert fetch(client, url) == Fetched(
        status=200,
        permanent_url=url,
        received_bytes=len(FEED),
        etag='"v1"',
        last_modified=MONDAY,
        url=url,
        body=FEED,
        body_hash=FEED_HASH,
        content_type="application/rss+xml; charset=gbk",
    )
    (request,) = publisher.requests
    assert "application/rss+xml" in request.headers["accept"]
    assert not {"if-none-match", "if-modified-since"} & request.headers.keys()


@pytest.mark.parametrize(
    "known", [{"etag": '"v1"'}, {"last_modified": MONDAY}, {"etag": '"v1"', "last_modified": MONDAY}]
)
def test_a_304_is_unchanged_and_keeps_the_validators(client: Client, publisher: Publisher, known: dict[str, str]):
    url = publisher.serve(
        "/feed.xml", FEED, etag='"v1"', last_modified=MONDAY, headers={"Cache-Control": "max-age=600"}
    )
    outcome = fetch(client, url, **known)
    assert outcome == Unchanged(
        status=304, permanent_url=url, max_age=600, received_bytes=0, etag='"v1"', last_modified=MONDAY
    )


def test_a_304_that_repeats_no_validator_keeps_the_known_ones(client: Client, publisher: Publisher):
    outcome = fetch(client, publisher.serve("/", status=304), etag='"v1"', last_modified=MONDAY)
    assert isinstance(outcome, Unchanged)
    assert (outcome.etag, outcome.last_modified) == ('"v1"', MONDAY)


def test_a_304_that_nobody_asked_for_is_a_failure(client: Client, publisher: Publisher):
    outcome = failure(fetch(client, publisher.serve("/", status=304), body_hash=FEED_HASH))
    assert outcome.reason == (
        "127.0.0.1 answered 304 (Not Modified), though it was not asked whether anything had changed"
    )


def test_a_known_body_is_unchanged_and_brings_its_new_validators(client: Client, publisher: Publisher):
    url = publisher.serve("/feed.xml", FEED, etag='"v2"')
    outcome = fetch(client, url, etag='"v1"', last_modified=MONDAY, body_hash=FEED_HASH)
    assert outcome == Unchanged(status=200, permanent_url=url, received_bytes=len(FEED), etag='"v2"')


def test_another_body_is_fetched(client: Client, publisher: Publisher):
    url = publisher.serve("/feed.xml", FEED + b"<!-- -->", etag='"v2"')
    assert isinstance(fetch(client, url, etag='"v1"', body_hash=FEED_HASH), Fetched)


@pytest.mark.parametrize("value", ["x" * 1001, '"tab\there"', '"\x01"'])
def test_a_validator_that_cannot_be_kept_is_dropped(client: Client, publisher: Publisher, value: str):
    outcome = fetch(client, publisher.serve("/", FEED, headers={"ETag": value, "Last-Modified": value}))
    assert isinstance(outcome, Fetched)
    assert (outcome.etag, outcome.last_modified) == ("", "")


def test_an_etag_beyond_ascii_comes_back_as_it_was_sent(client: Client, publisher: Publisher):
    url = publisher.serve("/", FEED, etag='"été"')
    first = fetch(client, url)
    assert isinstance(fetch(client, url, etag=first.etag), Unchanged)


def test_a_moved_feed_tells_where_to(client: Client, publisher: Publisher):
    new = publisher.serve("/new.xml", FEED)
    outcome = fetch(client, publisher.redirect("/old.xml", "/new.xml"))
    assert isinstance(outcome, Fetched)
    assert outcome.url == outcome.permanent_url == new


def test_a_move_to_an_address_that_is_too_long_to_keep_is_not_told(client: Client, publisher: Publisher):
    long = "/" + "x" * 2000
    publisher.serve(long, FEED)
    url = publisher.redirect("/old.xml", long)
    assert fetch(client, url).permanent_url == url


def test_a_410_is_gone(client: Client, publisher: Publisher):
    url = publisher.serve("/", "gone", status=410)
    assert fetch(client, url, etag='"v1"') == Gone(
        status=410,
        permanent_url=url,
        received_bytes=4,
        reason="127.0.0.1 answered 410 (Gone): its publisher says that the feed is no more",
    )


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_a_failure(client: Client, publisher: Publisher, body: bytes):
    outcome = failure(fetch(client, publisher.serve("/", body, etag='"v1"')))
    assert outcome.reason == "127.0.0.1 answered 200 (OK) with an empty body"
    assert outcome.etag == ""


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (202, "127.0.0.1 answered 202 (Accepted)"),
        (302, "127.0.0.1 answered 302 (Found): a redirect to nowhere"),
        (401, "127.0.0.1 answered 401 (Unauthorized): it asks for a password"),
        (403, "127.0.0.1 answered 403 (Forbidden): it refuses access"),
        (404, "127.0.0.1 answered 404 (Not Found): there is no feed at this address"),
        (418, "127.0.0.1 answered 418 (I'm a Teapot)"),
        (429, "127.0.0.1 answered 429 (Too Many Requests): it is asked too often"),
        (500, "127.0.0.1 answered 500 (Internal Server Error): the fault is on the server's side"),
        (503, "127.0.0.1 answered 503 (Service Unavailable): it is overloaded or being worked on"),
    ],
)
def test_a_failure_says_what_came(client: Client, publisher: Publisher, status: int, sentence: str):
    outcome = failure(fetch(client, publisher.serve("/", "no feed", status=status)))
    assert (outcome.status, outcome.reason) == (status, sentence)


def test_a_status_that_nobody_knows_is_a_failure(client: Client, publisher: Publisher):
    def send(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 521 \r\nContent-Length: 0\r\n\r\n")

    outcome = failure(fetch(client, publisher.respond("/", send)))
    assert outcome.reason == "127.0.0.1 answered 521: the fault is on the server's side"


@pytest.mark.parametrize(
    ("wall", "headers", "page"),
    [
        ("Cloudflare", {"CF-Mitigated": "challenge"}, "Just a moment..."),
        ("Cloudflare", {}, "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script>"),
        ("Akamai", {}, "Access Denied https://errors.edgesuite.net/18.2"),
        ("Imperva", {}, "<iframe src='/_Incapsula_Resource?x=1'>"),
        ("DataDome", {"X-DataDome": "protected"}, ""),
        ("AWS WAF", {"x-amzn-waf-action": "captcha"}, ""),
        ("DDoS-Guard", {"Server": "ddos-guard"}, ""),
        ("Anubis", {}, "<link href='/.within.website/x/xess.css'>"),
    ],
)
def test_a_bot_wall_is_called_by_its_name(
    client: Client, publisher: Publisher, wall: str, headers: dict[str, str], page: str
):
    url = publisher.serve("/", page, status=403, headers=headers, content_type="text/html")
    assert failure(fetch(client, url)).reason == (
        f"127.0.0.1 answered 403 (Forbidden): {wall} takes the reader for a bot; "
        "the publisher would have to let feed readers in"
    )


@pytest.mark.parametrize(("status", "meaning"), [(429, "it is asked too often"), (503, "it is overloaded")])
def test_a_service_that_says_when_to_come_again_takes_nobody_for_a_bot(
    client: Client, publisher: Publisher, status: int, meaning: str
):
    page = "<div id='cf-error-details'>You are being rate limited</div>"
    outcome = failure(fetch(client, publisher.serve("/", page, status=status, headers={"Retry-After": "60"})))
    assert meaning in outcome.reason
    assert outcome.retry_after == 60


def test_a_feed_behind_a_wall_that_lets_it_through_is_fetched(client: Client, publisher: Publisher):
    url = publisher.serve("/", FEED, headers={"Server": "ddos-guard", "X-DataDome": "protected"})
    assert isinstance(fetch(client, url), Fetched)


@pytest.mark.parametrize(
    ("status", "body"), [(200, FEED), (200, b" "), (203, FEED), (304, b""), (404, b"none"), (410, b"gone"), (503, b"")]
)
def test_an_answer_that_is_here_means_what_it_would_to_a_first_request(
    client: Client, publisher: Publisher, status: int, body: bytes
):
    headers = {"ETag": '"v1"', "Retry-After": "9"}
    url = publisher.redirect("/old", publisher.serve("/", body, status=status, headers=headers))
    assert outcome_of(client.get(url), url) == fetch(client, url)


def test_no_answer_at_all_is_a_failure_without_a_status(publisher: Publisher):
    with Client(FetchPolicy(user_agent="Newsreader/test")) as client:
        outcome = fetch(client, publisher.url("/"), etag='"v1"')
    assert outcome == Failed(
        reason="127.0.0.1 is a loopback address; allow it with NEWSREADER_ALLOWED_NETWORKS if you trust it"
    )


@pytest.mark.parametrize("status", [301, 403, 429, 500, 503])
def test_a_failure_tells_when_to_come_back(client: Client, publisher: Publisher, status: int):
    url = publisher.serve("/", status=status, headers={"Retry-After": "120", "Cache-Control": "max-age=9"})
    outcome = failure(fetch(client, url))
    assert (outcome.retry_after, outcome.max_age) == (120, 9)
    assert not outcome.is_unreached


def test_a_network_that_wants_a_sign_in_answers_for_no_host(client: Client, publisher: Publisher):
    assert failure(fetch(client, publisher.serve("/", "<p>Sign in</p>", status=511))).is_unreached


def test_a_host_that_cannot_be_reached_is_told_from_one_that_breaks_off(client: Client, publisher: Publisher):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert failure(fetch(client, closed)).is_unreached
        assert not failure(fetch(client, publisher.redirect("/away", closed))).is_unreached  # one was reached
    assert not failure(fetch(client, publisher.respond("/", lambda exchange: None))).is_unreached
    assert not failure(fetch(client, "http://10.0.0.1/")).is_unreached


@pytest.mark.parametrize(
    ("subscribers", "comment"),
    [(0, "(+https://n.example)"), (1, "(+https://n.example)"), (2, "(+https://n.example; 2 subscribers)")],
)
def test_a_publisher_is_told_how_many_read_it(publisher: Publisher, subscribers: int, comment: str):
    policy = FetchPolicy(user_agent="Newsreader/1 (+https://n.example)", allowed_networks=(ip_network("127.0.0.0/8"),))
    with Client(policy) as client:
        fetch(client, publisher.url("/"), subscribers=subscribers)
    assert publisher.requests[0].headers["user-agent"] == f"Newsreader/1 {comment}"


def test_a_name_without_a_comment_stays_as_it_is():
    assert with_subscribers("Newsreader/1", 5) == "Newsreader/1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 08:01:30 GMT", 90),
        ("Monday, 02-Mar-26 08:01:30 GMT", 90),
        ("Mon Mar  2 08:01:30 2026", 90),
        ("Mon, 02 Mar 2026 07:00:00 GMT", None),
        ("9" * 400, 2**31),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 2**31),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99 Mar 2026 08:00:00 GMT", None),
        ("Mon, 02 Mar 99999999999999999999 08:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None):
    assert retry_after({"retry-after": value, **DATE}) == seconds


def test_a_date_without_the_servers_own_clock_counts_from_ours():
    assert (retry_after({"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}) or 0) > 10**9
    assert retry_after({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "public, Max-Age=300, must-revalidate"}, 300),
        ({"cache-control": 'max-age="300"'}, 300),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, 0),
        ({"cache-control": "max-age=300", "age": "old"}, 300),
        ({"cache-control": "max-age=300", "expires": "Mon, 02 Mar 2026 09:00:00 GMT"}, 300),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "x-max-age=300"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "no-store", "expires": "Mon, 02 Mar 2026 09:00:00 GMT"}, None),
        ({"cache-control": "max-age=" + "9" * 400}, 2**31),
        ({"expires": "Mon, 02 Mar 2026 09:00:00 GMT"}, 3600),
        ({"expires": "Mon, 02 Mar 2026 07:00:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
    ],
)
def test_freshness_is_read_from_the_headers(headers: dict[str, str], seconds: float | None):
    assert max_age({**headers, **DATE}) == seconds
