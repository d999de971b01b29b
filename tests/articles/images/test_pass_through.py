"""Sounds and films that are not kept yet, as a player meets them."""

from __future__ import annotations

import gzip
import threading
from threading import BoundedSemaphore
from typing import ClassVar

import pytest
from django.db import connection

from articles.images import concurrency, pass_through
from articles.images.models import ImageAddress, RefererRule, StoredImage
from articles.images.urls import signed_path
from feeds.http import Client
from tests.articles.images import pictures
from tests.articles.images.films import head, with_ranges
from tests.feeds.hostility import dripping, endless, raw

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("what passes through is kept nowhere, and its row is as test_obtain has it on both"),
]

WAV = b"RIFF\x24\x28\0\0WAVEfmt " + bytes(range(256)) * 40
SOUNDS = {"audio/mpeg": pictures.MP3, "video/mp4": pictures.MP4, "audio/wav": WAV}
FAR = "bytes=1000000000-"


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


class Watched(Client):
    """Notes for each request whether a connection to the database is held meanwhile."""

    connected: ClassVar[list[bool]] = []

    def stream(self, *arguments, **options):
        self.connected.append(connection.connection is not None)
        return super().stream(*arguments, **options)


def ask(client, url, wanted="", **headers):
    return client.get(signed_path(url), headers={**headers, **({"Range": wanted} if wanted else {})})


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_film_has_no_connection_meanwhile(client, publisher, monkeypatch):
    monkeypatch.setattr(pass_through, "Client", Watched)
    monkeypatch.setattr(Watched, "connected", [])
    RefererRule.objects.create(host="127.0.0.1", referer="https://exact.example/")
    assert body_of(ask(client, publisher.respond("/sound", with_ranges(WAV, "audio/wav")))) == WAV
    assert Watched.connected == [False]


@pytest.mark.parametrize("media_type", SOUNDS)
@pytest.mark.parametrize("named", ["audio/mpeg", "text/html"])
@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-1", slice(0, 2)),  # how WebKit begins
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-11", slice(0, 12)),
        ("bytes=1-2", slice(1, 3)),
        ("bytes=0-", slice(0, None)),
        ("bytes=7-", slice(7, None)),
        ("bytes=1000-1999", slice(1000, 2000)),
        ("bytes=1500-1501", slice(1500, 1502)),
        ("bytes=2000-", slice(2000, None)),
        ("bytes=2000-99999999999999999999999999", slice(2000, None)),
        ("bytes=-1", slice(-1, None)),
        ("bytes=-500", slice(-500, None)),
        ("bytes=-99999999", slice(0, None)),
        ("BYTES= 3-4 ,", slice(3, 5)),
    ],
)
def test_a_player_gets_the_part_it_asks_for_and_its_type(client, publisher, media_type, named, wanted, part):
    body = SOUNDS[media_type]
    answer = ask(client, publisher.respond("/sound", with_ranges(body, named)), wanted)
    assert answer.status_code == 206
    assert answer["Content-Type"] == media_type
    first, end, _step = part.indices(len(body))
    assert answer["Content-Range"] == f"bytes {first}-{end - 1}/{len(body)}"
    assert body_of(answer) == body[part]
    assert int(answer["Content-Length"]) == end - first
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("wanted", [FAR, f"bytes={len(pictures.MP3)}-", "bytes=-0"])
@pytest.mark.parametrize("serve", [with_ranges, lambda body: raw(head(200, {"Content-Length": len(body)}), body)])
def test_a_range_beyond_the_end_is_416(client, publisher, wanted, serve):
    answer = ask(client, publisher.respond("/sound", serve(pictures.MP3)), wanted)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(pictures.MP3)}")
    assert body_of(answer) == b""


@pytest.mark.parametrize(
    "headers",
    [{"Range": wanted} for wanted in ("bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b")]
    + [{"Range": "bytes=0-1", "If-Range": '"of-another-file"'}],
)
def test_a_range_that_is_several_or_makes_no_sense_or_is_of_another_file_is_answered_with_all(
    client, publisher, headers
):
    url = publisher.respond("/sound", with_ranges(pictures.MP3))
    answer = client.get(signed_path(url), headers=headers)
    assert (answer.status_code, body_of(answer)) == (200, pictures.MP3)
    assert "range" not in publisher.requests[0].headers


def test_head_says_what_the_whole_would_be(client, publisher):
    url = publisher.respond("/sound", with_ranges(pictures.MP3))
    answer = client.head(signed_path(url), headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(pictures.MP3)))
    assert answer.content == b""


@pytest.mark.parametrize(("wanted", "part"), [("bytes=0-1", slice(0, 2)), ("bytes=-5", slice(-5, None))])
def test_of_a_publisher_who_knows_no_ranges_parts_near_the_start_are_cut_out(client, publisher, wanted, part):
    answer = ask(client, publisher.serve("/sound", pictures.MP3), wanted)
    assert (answer.status_code, body_of(answer)) == (206, pictures.MP3[part])


def test_of_a_publisher_who_knows_no_ranges_what_is_far_comes_whole(client, publisher, monkeypatch):
    monkeypatch.setattr(pass_through, "SKIPPED", 100)
    answer = ask(client, publisher.serve("/sound", pictures.MP3), "bytes=1500-1501")
    assert (answer.status_code, body_of(answer)) == (200, pictures.MP3)


def test_a_part_that_nobody_asked_for_is_not_handed_on(client, publisher):
    def other(exchange):
        is_head = exchange.request.headers["range"] == "bytes=0-1023"
        first, body = (0, pictures.MP3[:1024]) if is_head else (1100, pictures.MP3[1100:1110])
        told = f"bytes {first}-{first + len(body) - 1}/{len(pictures.MP3)}"
        exchange.send(head(206, {"Content-Range": told, "Content-Length": len(body)}) + body)

    assert ask(client, publisher.respond("/sound", other), "bytes=1500-1509")["X-Image-Missing"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Range": "bytes 0-1023/*"}, {"Content-Range": "octets"}, {"Content-Type": "multipart/byteranges"}],
)
def test_where_a_publishers_parts_are_of_no_use_the_whole_comes(client, publisher, headers):
    def odd(exchange):
        is_part = "range" in exchange.request.headers
        body = pictures.MP3[:1024] if is_part else pictures.MP3
        exchange.send(head(206 if is_part else 200, {**headers, "Content-Length": len(body)}) + body)

    answer = ask(client, publisher.respond("/sound", odd), "bytes=0-1")
    assert (answer.status_code, body_of(answer)) == (206, pictures.MP3[:2])


def refuses_ends_beyond(body):
    """Answers 416 where any byte that is asked for is not there."""

    def answer(exchange):
        last = exchange.request.headers.get("range", "").rpartition("-")[2]
        if last and int(last) >= len(body):
            exchange.send(head(416, {"Content-Range": f"bytes */{len(body)}", "Content-Length": 0}))
        else:
            with_ranges(body)(exchange)

    return answer


@pytest.mark.parametrize("size", [600, 1024, 2000])
@pytest.mark.parametrize(
    ("wanted", "part"),
    [("bytes=0-1", slice(0, 2)), ("bytes=9-99999999", slice(9, None)), ("bytes=-5", slice(-5, None))],
)
def test_what_a_publisher_refuses_who_knows_no_range_beyond_the_end_is_cut_out_of_the_whole(
    client, publisher, size, wanted, part
):
    body = pictures.MP3[:size]
    answer = ask(client, publisher.respond("/sound", refuses_ends_beyond(body)), wanted)
    assert (answer.status_code, body_of(answer)) == (206, body[part])


def test_a_part_of_another_length_than_its_range_is_not_believed(client, publisher):
    def whole_as_part(exchange):
        found = exchange.request.headers.get("range", "").removeprefix("bytes=")
        told = {"Content-Range": f"bytes {found}/{len(pictures.MP3)}"} if found else {}
        sent = {"Content-Length": len(pictures.MP3), **told}
        exchange.send(head(206 if found else 200, sent) + pictures.MP3)

    answer = ask(client, publisher.respond("/sound", whole_as_part), "bytes=1500-1509")
    assert (answer.status_code, body_of(answer)) == (206, pictures.MP3[1500:1510])


def test_a_film_that_is_not_kept_plays_at_once_and_is_wanted(client, publisher):
    url = publisher.serve("/film.mp4", pictures.MP4, content_type="text/html")
    answer = client.get(signed_path(url))
    assert answer["Content-Type"] == "video/mp4"
    assert body_of(answer) == pictures.MP4
    assert ImageAddress.objects.get().is_wanted
    assert not StoredImage.objects.exists()


def test_what_a_publisher_says_of_a_part_goes_no_further_than_it_must(client, publisher):
    url = publisher.serve(
        "/film.mp4", pictures.MP4[:1024], status=206, content_type="video/mp4",
        headers={"Content-Range": "bytes 0-1023/9999", "Set-Cookie": "spy=1"},
    )  # fmt: skip
    answer = client.get(signed_path(url, is_kept=False), headers={"Range": "bytes=5-14", "Cookie": "sessionid=secret"})
    assert (answer.status_code, answer["Content-Range"]) == (206, "bytes 5-14/9999")
    assert body_of(answer) == pictures.MP4[5:15]
    assert "cookie" not in publisher.requests[0].headers
    assert "Set-Cookie" not in answer
    assert not ImageAddress.objects.exists()


def test_no_page_passes_through_under_the_name_of_a_film(client, publisher):
    url = publisher.serve("/film.mp4", pictures.HTML, content_type="video/mp4")
    answer = client.get(signed_path(url))
    assert answer["X-Image-Missing"]
    assert b"alert" not in answer.content


def test_a_listener_who_leaves_frees_the_place(client, publisher, monkeypatch):
    monkeypatch.setattr(concurrency, "films", BoundedSemaphore(1))
    url = publisher.serve("/film.mp4", pictures.MP4)
    for _ in range(3):
        assert body_of(client.get(signed_path(url))) == pictures.MP4
        assert client.head(signed_path(url))["Content-Type"] == "video/mp4"
    assert client.get(signed_path(publisher.url("/none.mp4")))["X-Image-Missing"]
    assert body_of(client.get(signed_path(url))) == pictures.MP4


def packed(body, status=200, **headers):
    sent = gzip.compress(body)
    return raw(head(status, {"Content-Encoding": "gzip", "Content-Length": len(sent), **headers}) + sent)


@pytest.mark.parametrize("wanted", ["", "bytes=0-", "bytes=0-1", "bytes=5000-"])
def test_of_what_comes_packed_all_is_sent_and_no_length_told(client, publisher, wanted):
    body = pictures.MP3 + bytes(2**20)
    answer = ask(client, publisher.respond("/sound", packed(body)), wanted)
    assert (answer.status_code, body_of(answer)) == (200, body)
    assert answer["Content-Type"] == "audio/mpeg"
    assert not {"Content-Length", "Content-Range", "Content-Encoding"} & set(answer.headers)
    assert publisher.requests[0].headers["accept-encoding"] == "identity"


def test_a_part_of_what_comes_packed_is_no_part_of_the_file(client, publisher):
    def answer_with(exchange):
        is_part = "range" in exchange.request.headers
        told = {"Content-Range": "bytes 0-99/9999"} if is_part else {}
        packed(pictures.MP3, 206 if is_part else 200, **told)(exchange)

    answer = ask(client, publisher.respond("/sound", answer_with), "bytes=0-99")
    assert (answer.status_code, body_of(answer)) == (200, pictures.MP3)


@pytest.mark.parametrize(
    "answer",
    [
        head(200, {"Content-Encoding": "br"}) + gzip.compress(pictures.MP3, mtime=0),
        head(200, {"Content-Encoding": "zstd"}) + b"(\xb5/\xfd\x04\xa8" + b"x" * 40,
        head(200, {"Content-Encoding": "gzip"}) + b"no gzip",
        head(200, {"Content-Encoding": "gzip, br"}) + b"x",
        head(200, {"Transfer-Encoding": "chunked"}) + b"zz\r\nID3",
        head(200, {"Content-Length": 99}) + b"ID3",
        head(200, {"Content-Length": 2**40}) + b"ID3\x04",
        head(200, {}),
        b"HTTP/1.1 200 OK\r\nbroken off",
        b"no HTTP\r\n\r\n",
    ],
)
@pytest.mark.parametrize("way", ["/sound", "/elsewhere"])
def test_whatever_goes_wrong_with_the_first_piece_is_answered_as_a_missing_picture(client, publisher, answer, way):
    publisher.respond("/sound", raw(answer))
    publisher.redirect("/elsewhere", "/sound", 302)
    for wanted in ("", "bytes=0-1", "bytes=5000-"):
        assert ask(client, publisher.url(way), wanted)["X-Image-Missing"]


@pytest.mark.parametrize(
    "start",
    [
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Padding: " + b"x" * 60_000 + b"\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X"),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"I"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda exchange: exchange.pause(60),
    ],
)
def test_an_answer_that_does_not_begin_is_soon_given_up(client, publisher, monkeypatch, start):
    monkeypatch.setattr(pass_through, "START_SECONDS", 0.4)
    assert ask(client, publisher.respond("/sound", start))["X-Image-Missing"]


def test_a_film_comes_as_it_arrives_and_may_take_its_time(client, publisher, monkeypatch):
    monkeypatch.setattr(pass_through, "START_SECONDS", 0.4)
    came = threading.Event()

    def slowly(exchange):
        exchange.send(head(200, {"Content-Length": len(pictures.MP3)}) + pictures.MP3[:1100])
        came.wait(10)
        exchange.pause(0.5)
        exchange.send(pictures.MP3[1100:])

    pieces = iter(ask(client, publisher.respond("/sound", slowly)).streaming_content)
    first = next(pieces)
    assert 0 < len(first) <= 1100
    came.set()
    assert first + b"".join(pieces) == pictures.MP3


def test_a_listener_who_leaves_ends_what_the_publisher_sends(client, publisher):
    ended = threading.Event()

    def without_end(exchange):
        try:
            dripping(head(200, {"Content-Length": 10**8}) + pictures.MP3, b"x")(exchange)
        except ConnectionAbortedError:  # the test is over
            raise
        except OSError:
            ended.set()

    answer = ask(client, publisher.respond("/sound", without_end))
    assert next(iter(answer.streaming_content))
    answer.close()
    assert ended.wait(10)
