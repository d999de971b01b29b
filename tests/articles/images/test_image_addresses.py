"""Addresses of pictures that are to be fetched, by whom and when."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from articles.images import obtain as obtaining
from articles.images.fetch import quick_policy
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.store_errors import StoreFailed
from feeds.http import Client
from feeds.models import Feed
from feeds.newsletters.mail.addresses import HOST as MAIL
from tests.articles.images import pictures
from tests.factories import make_feed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("columns", "is_claimed"),
    [
        ({}, True),
        ({"image_id": "kept"}, False),
        ({"image_id": "kept", "is_wanted": True}, True),  # its file is lost
        ({"failures": 1, "minutes": 5}, False),
        ({"failures": 1, "minutes": -5}, True),
        ({"failures": 1, "minutes": -5, "image_id": "kept"}, False),
        ({"minutes": 5}, True),  # nothing failed: it is only to be fetched later, and somebody waits
    ],
)
def test_what_is_neither_kept_nor_pausing_is_fetched_for_who_waits(columns, is_claimed):
    StoredImage.objects.create(digest="kept", media_type="image/png", size=1)
    told = dict(columns)
    told["retry_at"] = timezone.now() + timedelta(minutes=told.pop("minutes", 0))
    address = ImageAddress.objects.create(key="0", url="https://paper.example/", **told)
    assert obtaining.claim(address) is is_claimed
    assert (ImageAddress.objects.get().lease is not None) is is_claimed


@pytest.mark.parametrize(("failures", "pause", "is_time"), [(0, 1, True), (1, 1, False), (1, -1, True), (1, 40, True)])
def test_a_publisher_is_asked_again_after_the_pause_or_where_it_is_longer_than_any(failures, pause, is_time):
    retry_at = timezone.now() + timedelta(days=pause)
    assert obtaining.is_time(ImageAddress(failures=failures, retry_at=retry_at)) is is_time


@pytest.mark.parametrize(
    ("columns", "is_wanted"),
    [
        ({}, True),
        ({"is_wanted": False}, False),
        ({"url": f"https://{MAIL}/1.png"}, False),
        ({"rule": Feed.Images.PROXY}, False),
        ({"rule": Feed.Images.KEEP}, True),
    ],
)
def test_what_a_worker_is_to_fetch_at_all(columns, is_wanted):
    told = {"is_wanted": True, "url": "https://paper.example/"} | columns
    feed = make_feed(images=told.pop("rule")) if "rule" in told else None
    ImageAddress.objects.create(key="0", feed=feed, **told)
    assert obtaining.wanted().exists() is is_wanted


@pytest.mark.parametrize(
    ("columns", "is_told"),
    [
        ({}, True),
        ({"seconds": -1}, False),
        ({"seconds": 3600}, False),
        ({"is_wanted": False}, False),
        ({"failures": 1}, False),  # that was the publisher's
        ({"last_error": ""}, False),
    ],
)
def test_a_store_that_failed_is_told_of_for_some_minutes(columns, is_told):
    told = {"is_wanted": True, "last_error": "full", "seconds": 60} | columns
    told["retry_at"] = timezone.now() + timedelta(seconds=told.pop("seconds"))
    ImageAddress.objects.create(key="0", url="https://paper.example/", **told)
    later = timezone.now() + timedelta(minutes=2)  # one with which nothing is wrong
    ImageAddress.objects.create(key="1", url="https://paper.example/1", is_wanted=True, retry_at=later)
    assert obtaining.store_problem() == ("full" if is_told else "")


def full(*came):
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("loopback_allowed")
@pytest.mark.parametrize(
    ("is_kept", "was_kept", "is_wanted"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_what_the_store_did_not_take_is_wanted_later_where_it_is_to_be_kept_or_was(
    picture, monkeypatch, is_kept, was_kept, is_wanted
):
    monkeypatch.setattr(obtaining, "put", full)
    monkeypatch.setattr("articles.images.cache.write", full)
    image = StoredImage.objects.create(digest="lost", media_type="image/png", size=1) if was_kept else None
    address = ImageAddress.objects.create(key=key_of(picture), url=picture, image=image, is_wanted=was_kept)
    assert obtaining.claim(address)
    with Client(quick_policy()) as client, pytest.raises(StoreFailed):
        obtaining.fetch(client, address, is_kept=is_kept)
    address.refresh_from_db()
    assert (address.is_wanted, address.lease, address.failures) == (is_wanted, None, 0)


@pytest.mark.usefixtures("loopback_allowed")
def test_a_database_that_is_full_too_does_not_hide_what_the_store_said(picture, monkeypatch):
    monkeypatch.setattr(obtaining, "put", full)
    address = ImageAddress.objects.create(key=key_of(picture), url=picture)
    assert obtaining.claim(address)

    def refuse(execute, sql, *arguments):
        if sql.startswith("UPDATE"):
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)

    is_told = pytest.raises(StoreFailed, match="No space left on device")
    with Client(quick_policy()) as client, connection.execute_wrapper(refuse), is_told:
        obtaining.fetch(client, address, is_kept=True)


@pytest.mark.usefixtures("loopback_allowed")
def test_who_lost_the_lease_while_fetching_waits_for_the_other(picture):
    class Overtaken(Client):
        def stream(self, *arguments):
            ImageAddress.objects.update(lease=uuid4(), leased_until=timezone.now() + timedelta(minutes=2))
            return super().stream(*arguments)

    feed = make_feed()
    with pytest.raises(obtaining.Missing, match="others are still fetching it"):
        obtaining.obtain(picture, lambda: Overtaken(quick_policy()), is_kept=True, patience=0, named_by=feed)
    assert ImageAddress.objects.get().feed == feed


@pytest.mark.usefixtures("loopback_allowed")
def test_a_publisher_that_wants_to_be_asked_later_is_said_to(publisher):
    url = publisher.serve("/busy.jpg", status=503, headers={"Retry-After": "70"})
    with pytest.raises(obtaining.Missing) as caught:
        obtaining.obtain(url, lambda: Client(quick_policy()), is_kept=True)
    assert (caught.value.status, caught.value.retry_after) == (503, 70)


@pytest.mark.usefixtures("loopback_allowed")
@pytest.mark.parametrize(
    ("body", "size"),
    [(pictures.jpeg(40, 20), (40, 20)), (pictures.SVG_WITH_SCRIPT, (None, None)), (pictures.MP4, (0, 0))],
)
def test_of_what_is_only_shown_the_size_is_known_and_that_of_a_film_is_none(publisher, body, size):
    url = publisher.serve("/shown", body)
    obtaining.obtain(url, lambda: Client(quick_policy()), is_kept=False)
    address = ImageAddress.objects.get()
    assert (address.width, address.height) == size
