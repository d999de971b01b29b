"""From an address to its file, against a real server: once, whatever it answers, and for good."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from articles.images import obtain as obtaining
from articles.images.answers import missing
from articles.images.fetch import MISSING, patient_policy, quick_policy
from articles.images.models import ImageAddress, RefererRule, StoredImage, key_of
from articles.images.obtain import (
    LONGEST_PAUSE,
    Missing,
    at_hand,
    has_room_for,
    is_over_budget,
    obtain,
    pause_after,
)
from articles.images.store_errors import StoreFailed
from articles.images.urls import signed_path
from feeds.http import Client, HttpError, Problem
from feeds.leases.queues import LeaseLost
from tests.articles.images import pictures
from tests.feeds.hostility import dripping, endless, resolving
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def client(**changes):
    return Client(replace(quick_policy(), **changes))


def get(url, *, is_kept=True, **changes):
    return obtain(url, lambda: client(**changes), is_kept=is_kept, patience=5)


def failure_of(url, **changes):
    with pytest.raises(Missing) as caught:
        get(url, **changes)
    return str(caught.value)


def test_a_picture_is_fetched_once_and_kept(publisher, picture, stored_files):
    for _ in range(3):
        with get(picture).open() as file:
            assert file.read() == pictures.jpeg()
    assert len(publisher.requests) == 1
    (stored,) = StoredImage.objects.all()
    assert (stored.width, stored.height, stored.media_type) == (1000, 600, "image/jpeg")
    (path,) = stored_files()
    assert path.name == f"{sha256(pictures.jpeg()).hexdigest()}.jpg"


def test_a_kept_picture_outlives_its_publisher():
    with Publisher() as brief:
        url = brief.serve("/a.jpg", pictures.jpeg())
        get(url)
    with get(url).open() as file:
        assert file.read() == pictures.jpeg()


def test_the_same_bytes_at_two_addresses_are_stored_once(publisher, picture, stored_files):
    get(picture)
    get(publisher.serve("/b.jpg", pictures.jpeg()))
    assert len(stored_files()) == StoredImage.objects.count() == 1
    assert ImageAddress.objects.filter(image__isnull=False).count() == 2


def test_what_is_only_shown_is_not_kept(publisher, picture, stored_files):
    address = ImageAddress.objects.create(key=key_of(picture), url=picture, failures=2, retry_at=timezone.now())
    for _ in range(2):
        with get(picture, is_kept=False).open() as file:
            assert file.read() == pictures.jpeg()
    assert len(publisher.requests) == 1
    assert not stored_files()
    assert not StoredImage.objects.exists()
    address.refresh_from_db()
    assert address.failures == 0


def test_what_another_newsreader_draws_for_a_missing_picture_is_none(publisher):
    drawn = missing("paper.example", is_thumbnail=False)
    url = publisher.serve("/a.svg", drawn.content, content_type="image/svg+xml", headers={MISSING: drawn[MISSING]})
    assert failure_of(url) == "127.0.0.1 does not have the picture itself"
    assert not StoredImage.objects.exists()


def test_over_the_budget_pictures_are_shown_but_no_more_kept(publisher, picture, settings, stored_files):
    settings.IMAGE_BUDGET = 1
    get(picture)
    cache.clear()
    get(publisher.serve("/b.gif", pictures.animated("gif")))
    assert len(stored_files()) == 1


def test_the_type_is_what_the_bytes_say(publisher):
    url = publisher.serve("/a.html", pictures.animated("gif"), content_type="text/html")
    assert get(url).media_type == "image/gif"


@pytest.mark.parametrize("body", [b"", pictures.HTML, b"%PDF-1.7", b"x" * 5000])
def test_what_is_no_picture_is_refused_whatever_it_is_called(publisher, stored_files, body):
    assert "no picture" in failure_of(publisher.serve("/a.jpg", body, content_type="image/jpeg"))
    assert not stored_files()


@pytest.mark.parametrize("status", [403, 404, 410, 500, 503])
def test_a_failure_is_remembered_and_nobody_asks_again_until_its_pause_is_over(publisher, status):
    url = publisher.serve("/a.jpg", pictures.jpeg(), status=status)
    assert str(status) in failure_of(url)
    publisher.serve("/a.jpg", pictures.jpeg())
    assert str(status) in failure_of(url)
    assert len(publisher.requests) == 1
    address = ImageAddress.objects.get()
    wait = address.retry_at - timezone.now()
    assert wait > timedelta(hours=23) if status in {404, 410} else wait < timedelta(minutes=6)
    ImageAddress.objects.update(retry_at=timezone.now())
    get(url)
    address.refresh_from_db()
    assert (address.failures, address.last_error) == (0, "")


@pytest.mark.parametrize(
    ("is_final", "expected"),
    [(False, [5, 20, 80, 20_480, 43_200, 43_200]), (True, [1_440, 5_760, 23_040, 43_200, 43_200, 43_200])],
)
def test_each_pause_is_four_times_as_long_up_to_a_month(is_final, expected):
    pauses = [pause_after(failures, is_final=is_final) for failures in (1, 2, 3, 7, 8, 10**9)]
    assert pauses == [timedelta(minutes=minutes) for minutes in expected]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_slow_server_costs_no_more_than_the_time_limit(publisher):
    url = publisher.respond("/a.jpg", dripping(b"HTTP/1.1 200 OK\r\n\r\n\xff\xd8\xff", b"x"))
    assert "in time" in failure_of(url, total_timeout=0.3)


def test_an_endless_picture_ends_at_the_size_limit(publisher, settings, stored_files):
    settings.IMAGE_MAX_BYTES = 100_000
    url = publisher.respond("/a.jpg", endless(b"HTTP/1.1 200 OK\r\n\r\n\xff\xd8\xff", b"x" * 10_000))
    assert "limit" in failure_of(url)
    assert not stored_files()


def test_a_picture_that_breaks_off_is_not_kept(publisher, stored_files):
    body = pictures.jpeg()
    start = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:500]
    url = publisher.respond("/a.jpg", lambda exchange: exchange.send(start))
    assert failure_of(url)
    assert not stored_files()


def test_no_private_address_is_spoken_to_neither_directly_nor_by_redirect_nor_by_name(
    publisher, picture, settings, monkeypatch
):
    way = publisher.redirect("/way", "http://127.0.0.2/a.jpg", 302)
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=())
    assert "127.0.0.1" in failure_of(picture)
    assert not publisher.requests
    allowed = django_settings.FETCH_POLICY
    from ipaddress import ip_network

    settings.FETCH_POLICY = replace(allowed, allowed_networks=(ip_network("127.0.0.1/32"),))
    assert "127.0.0.2" in failure_of(way)
    resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    assert get(publisher.url("/a.jpg?1").replace("127.0.0.1", "rebinding.example"))
    assert "10.0.0.1" in failure_of(publisher.url("/a.jpg?2").replace("127.0.0.1", "rebinding.example"))


def test_a_redirect_to_a_name_that_turns_private_is_not_followed(publisher, picture, monkeypatch):
    there = publisher.url("/a.jpg").replace("127.0.0.1", "rebinding.example")
    first, second = publisher.redirect("/1", there, 302), publisher.redirect("/2", there, 302)
    resolving(monkeypatch, *[["127.0.0.1"]] * 3, ["192.168.0.9"])  # one answer for each hop
    assert get(first)
    assert "192.168.0.9" in failure_of(second)
    assert [request.path for request in publisher.requests] == ["/1", "/a.jpg", "/2"]


@pytest.mark.parametrize("url", ["https://mail.invalid/1", "http://MAIL.invalid:8080/1"])
@pytest.mark.parametrize("width", [0, 320])
def test_what_came_in_a_message_is_asked_of_nobody(url, width):
    with pytest.raises(Missing, match="came in a message"):
        get(url)
    assert MISSING in Browser().get(signed_path(url, width))
    assert not ImageAddress.objects.exists()


def test_a_host_that_demands_a_referer_is_given_the_operators(publisher, picture):
    RefererRule.objects.create(host="0.0.1", referer="https://wide.example/")
    RefererRule.objects.create(host="127.0.0.1", referer="https://exact.example/")
    get(picture)
    assert publisher.requests[0].headers["referer"] == "https://exact.example/"


def test_a_host_without_a_rule_is_told_nothing(publisher, picture):
    get(picture)
    assert "referer" not in publisher.requests[0].headers
    assert "cookie" not in publisher.requests[0].headers


def test_what_was_served_before_needs_no_database(picture, django_assert_num_queries):
    get(picture)
    with django_assert_num_queries(0):
        assert at_hand(picture)


def test_a_lease_that_was_left_behind_ends(picture, monkeypatch):
    get_later = ImageAddress.objects.create(
        key=key_of(picture), url=picture, host="127.0.0.1", leased_until=timezone.now() + timedelta(minutes=2)
    )
    with pytest.raises(Missing, match="others"):
        obtain(picture, client, is_kept=True, patience=0.2)
    ImageAddress.objects.filter(key=get_later.key).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert get(picture)


def test_a_disk_that_is_full_is_no_failure_of_the_publisher(picture, monkeypatch):
    def full(*came):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(obtaining, "put", full)
        with pytest.raises(StoreFailed, match="No space left on device"):
            get(picture)
    address = ImageAddress.objects.get()
    assert (address.failures, address.leased_until) == (0, None)
    assert get(picture)


@pytest.mark.django_db(transaction=True)
def test_however_many_ask_at_once_the_publisher_is_asked_once(publisher):
    body = pictures.jpeg()
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    asked, go = threading.Event(), threading.Event()

    def hold(exchange):
        asked.set()
        go.wait(10)
        exchange.send(answer)

    url = publisher.respond("/a.jpg", hold)
    came = []

    def ask():
        try:
            came.append(get(url).tag)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert asked.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert len(came) == 6
    assert len(set(came)) == 1
    assert len(publisher.requests) == 1


def test_workers_have_more_patience_than_pages():
    assert patient_policy().total_timeout > quick_policy().total_timeout


class Unforeseen(Exception):
    pass


@pytest.mark.parametrize("fault", [Unforeseen, KeyboardInterrupt])
def test_whatever_goes_wrong_the_lease_is_given_back(picture, fault):
    class Broken(Client):
        def stream(self, *arguments):
            raise fault

    with pytest.raises(fault):
        obtain(picture, lambda: Broken(quick_policy()), is_kept=True)
    address = ImageAddress.objects.get()
    assert (address.lease, address.leased_until, address.failures) == (None, None, 0)
    assert get(picture)


@pytest.mark.parametrize("is_kept", [True, False])
def test_who_lost_the_lease_overwrites_nothing_by_failing(publisher, is_kept):
    url = publisher.url("/none.jpg")
    address = ImageAddress.objects.create(key=key_of(url), url=url, host="127.0.0.1")
    assert obtaining.claim(address)
    other = uuid4()
    told = {"lease": other, "leased_until": timezone.now() + timedelta(minutes=2), "last_error": "another's"}
    ImageAddress.objects.update(**told)
    with client() as opened, pytest.raises(Missing):
        obtaining.fetch(opened, address, is_kept=is_kept)
    row = ImageAddress.objects.values("lease", "leased_until", "last_error", "failures").get()
    assert row == {**told, "failures": 0}


def test_who_only_shows_a_picture_and_lost_the_lease_leaves_the_others_alone(picture):
    address = ImageAddress.objects.create(key=key_of(picture), url=picture, host="127.0.0.1")
    assert obtaining.claim(address)
    other = uuid4()
    ImageAddress.objects.update(lease=other)
    with client() as opened:
        obtaining.fetch(opened, address, is_kept=False)
    assert ImageAddress.objects.get().lease == other


def test_who_is_to_keep_a_picture_and_lost_the_lease_keeps_nothing(picture):
    address = ImageAddress.objects.create(key=key_of(picture), url=picture, host="127.0.0.1", is_wanted=True)
    assert obtaining.claim(address)
    other = uuid4()
    ImageAddress.objects.update(lease=other)
    with client() as opened, pytest.raises(LeaseLost):
        obtaining.fetch(opened, address, is_kept=True)
    row = ImageAddress.objects.get()
    assert (row.lease, row.image, row.is_wanted) == (other, None, True)
    assert not StoredImage.objects.exists()


def test_an_address_that_failed_meanwhile_is_not_claimed_before_its_pause_is_over(picture):
    address = ImageAddress.objects.create(key=key_of(picture), url=picture, host="127.0.0.1")
    ImageAddress.objects.update(failures=1, retry_at=timezone.now() + timedelta(minutes=5))  # which `address` knows not
    assert not obtaining.claim(address)
    ImageAddress.objects.update(retry_at=timezone.now())
    assert obtaining.claim(address)


def test_workers_have_time_for_films_and_still_no_room_for_pictures_above_their_limit(publisher, settings):
    settings.IMAGE_MAX_BYTES = 5_000
    policy = patient_policy()
    film = publisher.serve("/film.mp4", pictures.MP4)
    assert len(pictures.MP4) > settings.IMAGE_MAX_BYTES
    assert obtain(film, lambda: Client(policy), is_kept=True).media_type == "video/mp4"
    large = publisher.serve("/large.jpg", pictures.jpeg() + bytes(5_000))
    with pytest.raises(Missing, match="MiB, the limit"):
        obtain(large, lambda: Client(policy), is_kept=True)


@pytest.mark.parametrize(("budget", "is_over"), [(0, False), (1, True), (30, True), (31, False)])
def test_the_budget_is_for_all_that_is_kept_and_none_has_no_end(settings, budget, is_over):
    settings.IMAGE_BUDGET = budget
    lost, *_others = [StoredImage.objects.create(digest=f"{n}", media_type="image/png", size=n) for n in (10, 20)]
    assert is_over_budget() is is_over
    assert has_room_for(ImageAddress()) is not is_over
    assert has_room_for(ImageAddress(image=lost))


def test_whoever_shares_a_lost_file_has_it_again_and_nobody_else(publisher, picture, stored_files):
    get(picture)
    get(publisher.serve("/b.jpg", pictures.jpeg()))
    ImageAddress.objects.update(is_wanted=True)
    told = {"image": StoredImage.objects.get(), "lease": uuid4()}
    asked = ImageAddress.objects.create(key="1", url="https://paper.example/1", **told)
    waiting = ImageAddress.objects.create(key="0", url="https://paper.example/", is_wanted=True)
    (path,) = stored_files()
    path.unlink()
    address = ImageAddress.objects.get(key=key_of(picture))
    assert obtaining.claim(address)
    with client() as opened:
        obtaining.fetch(opened, address, is_kept=True)
    assert stored_files() == [path]
    assert ImageAddress.objects.get(is_wanted=True) == waiting
    assert ImageAddress.objects.get(image=None) == waiting
    assert ImageAddress.objects.exclude(lease=None).get() == asked


def test_what_is_kept_has_a_tag_of_its_content(publisher, picture):
    same, other = publisher.serve("/b.jpg", pictures.jpeg()), publisher.serve("/c.gif", pictures.animated("gif"))
    tags = [get(url).tag for url in (picture, same, other)]
    assert tags[0] == tags[1] != tags[2]
    assert [at_hand(url).tag for url in (picture, same, other)] == tags


def test_of_a_long_failure_the_beginning_is_remembered(picture):
    class Talkative(Client):
        def stream(self, *arguments):
            raise HttpError(Problem.CONNECT, "x" * 600)

    with pytest.raises(Missing):
        obtain(picture, lambda: Talkative(quick_policy()), is_kept=True)
    assert ImageAddress.objects.get().last_error == "x" * 500
