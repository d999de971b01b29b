"""One file through the guarded client: what is taken, what is refused and in which words, and what the host is told."""

from __future__ import annotations

from hashlib import sha256
from stat import S_IMODE

import pytest
from django.db import connection

from articles.images.fetch import ACCEPT, NotFetched, download, patient_policy, quick_policy, referer_for, with_head
from articles.images.files.media_types import HEAD
from articles.images.models import RefererRule
from feeds.http import Client
from tests.articles.images import pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def refused(url) -> NotFetched:
    with Client(quick_policy()) as client, pytest.raises(NotFetched) as caught, download(client, url):
        pass
    return caught.value


def test_what_came_is_described_and_at_its_start(publisher, picture, settings):
    body = pictures.jpeg()
    with Client(quick_policy()) as client, download(client, picture) as came:
        assert (came.size, came.media_type, came.digest) == (len(body), "image/jpeg", sha256(body).hexdigest())
        assert came.file.read() == body
        assert list(settings.IMAGE_CACHE_DIR.iterdir()) == []  # it has no name
    assert came.file.closed
    assert S_IMODE(settings.IMAGE_CACHE_DIR.stat().st_mode) == 0o700
    assert publisher.requests[0].headers["accept"] == ACCEPT


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_publisher_has_no_connection_meanwhile(picture):
    connected = []

    class Watched(Client):
        def stream(self, *arguments, **options):
            connected.append(connection.connection is not None)
            return super().stream(*arguments, **options)

    RefererRule.objects.create(host="127.0.0.1", referer="https://exact.example/")
    with Watched(quick_policy()) as client, download(client, picture):
        assert connected == [False]


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_file_may_be_as_large_as_the_limit(publisher, settings, beyond):
    settings.IMAGE_MAX_BYTES, settings.MEDIA_MAX_BYTES = 2**19, 2**20
    for path, start, limit in (("/a.jpg", pictures.jpeg(), 2**19), ("/a.mp4", pictures.MP4, 2**20)):
        url = publisher.serve(path, start.ljust(limit + beyond, b"\0"))
        with Client(patient_policy()) as client:
            if beyond:
                told = f"more than {limit / 2**20:g} MiB"
                with pytest.raises(NotFetched, match=told), download(client, url):
                    pass
            else:
                with download(client, url) as came:
                    assert came.size == limit


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("text/html; charset=utf-8", "something called 'text/html' that is no picture"),
        ("x" * 70, f"something called '{'x' * 60}' that is no picture"),
        (" ; charset=utf-8", "something that is no picture"),
    ],
)
def test_what_is_no_picture_is_called_as_its_publisher_calls_it(publisher, named, said):
    error = refused(publisher.serve("/a", pictures.HTML, content_type=named))
    assert str(error) == f"127.0.0.1 sent {said}"
    assert (error.is_final, error.status, error.retry_after) == (False, None, None)


@pytest.mark.parametrize(
    ("status", "is_final"), [(403, False), (404, True), (410, True), (429, False), (500, False), (206, False)]
)
@pytest.mark.parametrize(("headers", "seconds"), [({}, None), ({"Retry-After": "90"}, 90)])
def test_a_refusal_is_told_with_all_that_the_publisher_said(publisher, status, is_final, headers, seconds):
    error = refused(publisher.serve("/a.jpg", pictures.jpeg(), status=status, headers=headers))
    assert str(error) == f"127.0.0.1 answered {status}"
    assert (error.is_final, error.status, error.retry_after) == (is_final, status, seconds)


@pytest.mark.parametrize("lengths", [[], [1], [HEAD], [HEAD - 1, 1, 5], [HEAD - 1, 2, 5], [0, HEAD + 1, 1], [3, 4]])
def test_the_head_of_a_body_is_read_and_nothing_of_it_is_lost(lengths):
    pieces = [bytes([number]) * length for number, length in enumerate(lengths)]
    source = iter(pieces)
    head, again = with_head(source)
    left = list(source)
    assert len(head) >= min(HEAD, sum(lengths))
    assert b"".join(pieces).startswith(head)
    read = pieces[: len(pieces) - len(left)]
    assert b"".join(read) == head
    assert len(b"".join(read[:-1])) < HEAD  # no piece more than it takes
    source = iter(pieces)
    assert list(with_head(source)[1]) == pieces
    assert list(again) == read


def test_a_head_that_takes_too_long_is_not_waited_for():
    source = iter([b"x", b"y"])
    with pytest.raises(NotFetched, match="first bytes didn't come in time"):
        with_head(source, seconds=-1)
    assert list(source) == [b"y"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://paper.example/a.jpg", "https://wide.example/"),
        ("https://img.paper.example/a.jpg", "https://near.example/"),
        ("https://a.img.PAPER.example:8080/a.jpg", "https://near.example/"),
        ("https://other.paper.example/a.jpg", "https://wide.example/"),
        ("https://newspaper.example/a.jpg", None),
        ("https://paper.example.org/a.jpg", None),
    ],
)
def test_of_the_operators_rules_the_nearest_holds_for_a_host_and_those_below_it(url, told):
    RefererRule.objects.create(host="img.paper.example", referer="https://near.example/")
    RefererRule.objects.create(host="paper.example", referer="https://wide.example/")
    assert referer_for(url) == ({"Referer": told} if told else {})
