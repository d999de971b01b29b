"""Pages ask a host that says that it is asked too often for no more pictures, sounds and films."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.images.models import ImageAddress
from articles.images.urls import signed_path
from feeds.models import Host
from tests.articles.images import pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def look_at(client, url: str, width: int) -> bool:
    """True where something other than a drawing came."""
    return "X-Image-Missing" not in client.get(signed_path(url, width)).headers


@pytest.mark.parametrize("width", [0, 640])  # passed through, and fetched
def test_after_one_refusal_a_page_asks_for_nothing_more_and_teaches_workers_no_pace(client, publisher, width):
    for number in range(5):
        assert not look_at(client, publisher.serve(f"/{number}.jpg", status=429), width)
    assert len(publisher.requests) == 1
    assert not Host.objects.exists()


def test_it_is_asked_again_when_the_time_is_over(client, publisher):
    for number in range(3):
        look_at(client, publisher.serve(f"/{number}.jpg", status=429, headers={"Retry-After": "0"}), 0)
    assert len(publisher.requests) == 3


@pytest.mark.parametrize("width", [0, 640])
def test_one_picture_that_is_out_of_service_hides_no_others(client, publisher, width):
    assert not look_at(client, publisher.serve("/away.jpg", status=503), width)
    assert look_at(client, publisher.serve("/here.jpg", pictures.jpeg()), width)


def test_a_picture_waits_for_as_long_as_its_host_wants(client, publisher):
    look_at(client, publisher.serve("/a.jpg", status=429, headers={"Retry-After": "86400"}), 640)
    assert ImageAddress.objects.get().retry_at > timezone.now() + timedelta(hours=23)
