"""A host that refuses whatever is asked of it is left alone by all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from articles.images import archive
from articles.images.models import ImageAddress, key_of
from articles.ingest import older_documents
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http import Client
from feeds.leases import hosts
from feeds.models import Host
from feeds.polls import polling
from feeds.websub import hubs
from feeds.websub.models import HubSubscription
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
ELSEWHERE = "https://elsewhere.example/{}"


def ask_for_pictures(url: str) -> None:
    if not ImageAddress.objects.exists():
        for each in (url, f"{url}?2"):
            ImageAddress.objects.create(key=key_of(each), url=each, host="127.0.0.1", is_wanted=True)
    with Client(settings.FETCH_POLICY) as client:
        for claim in archive.claim_due(timezone.now()):
            archive.fetch_claim(client, claim, pause=0)


def ask_for_older_documents(url: str) -> None:
    if not Backfill.objects.exists():
        for number in range(2):
            feed = make_feed(url=ELSEWHERE.format(number), next_check_at=timezone.now() + timedelta(days=1))
            Backfill.objects.create(feed=feed, next_url=url, host="127.0.0.1")
    with Client(settings.FETCH_POLICY) as client:
        for claim in progress.claim_due(timezone.now()):
            older_documents.run(client, claim, pause=0, seconds=10)


def ask_hubs(url: str) -> None:
    if not HubSubscription.objects.exists():
        for number in range(2):
            feed = make_feed(url=ELSEWHERE.format(number), next_check_at=timezone.now() + timedelta(days=1))
            HubSubscription.objects.create(feed=feed, hub_url=url, host="127.0.0.1", topic_url=feed.url)
    with Client(settings.FETCH_POLICY) as client:
        hubs.ask_due(client, timezone.now())


@pytest.mark.parametrize("ask", [ask_for_pictures, ask_for_older_documents, ask_hubs])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_is_obeyed_by_who_meets_it_and_by_polls(
    publisher: Publisher, ask: Callable[[str], None], status: int, settings
) -> None:
    settings.NEWSREADER_URL = "https://reader.example"
    url = publisher.serve("/a", status=status)
    feed = make_feed(url=publisher.url("/feed"), next_check_at=timezone.now())
    ask(url)
    ask(url)
    assert len(publisher.requests) == 1
    host = Host.objects.get(name="127.0.0.1")
    assert host.gap_seconds == (60 if status == 429 else 0)
    assert host.free_at > timezone.now() + hosts.FIRST_PAUSE - timedelta(minutes=1)
    assert polling.claim_due(timezone.now()) == []
    Host.objects.update(free_at=timezone.now())
    ask(url)
    ask(url)
    assert len(publisher.requests) == 2
    assert Host.objects.get().free_at > timezone.now()
    feed.refresh_from_db()
    assert (feed.failures, feed.lease) == (0, None)


@pytest.mark.parametrize("ask", [ask_for_pictures, ask_for_older_documents, ask_hubs])
def test_a_pace_that_a_poll_has_learned_is_obeyed_by_others(
    publisher: Publisher, ask: Callable[[str], None], settings
) -> None:
    settings.NEWSREADER_URL = "https://reader.example"
    now = timezone.now()
    Host.objects.create(name="127.0.0.1", gap_seconds=300, free_at=now, refused_at=now)
    ask(publisher.serve("/a", "no"))
    assert len(publisher.requests) == 1
    ask(publisher.url("/a"))
    assert len(publisher.requests) == 1
    assert Host.objects.get().free_at > now + timedelta(minutes=4)
