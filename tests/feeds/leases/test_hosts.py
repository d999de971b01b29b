"""A host that refuses whatever is asked of it is left alone by all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from articles.images import archive, icons
from articles.images.models import ImageAddress, key_of
from articles.ingest import older_documents
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.http import Client
from feeds.leases import hosts
from feeds.models import Feed, Host
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


def look_for_icons(url: str) -> None:
    if not Feed.objects.filter(site_url__startswith=url).exists():
        now = timezone.now()
        for number in range(3):
            times = {"last_success_at": now, "next_check_at": now + timedelta(days=1)}
            make_feed(url=ELSEWHERE.format(number), site_url=f"{url}?{number}", **times)
    icons.find_icons(pause=0)


@pytest.mark.parametrize("ask", [ask_for_pictures, ask_for_older_documents, ask_hubs, look_for_icons])
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
    ImageAddress.objects.filter(failures__gt=0).update(retry_at=timezone.now())
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


def test_a_pause_is_not_cut_short_by_a_later_refusal_nor_does_it_concern_feeds_that_stand_still() -> None:
    now = timezone.now()
    paused = make_feed(url="https://one.example/feed", state=Feed.State.PAUSED, next_check_at=now)
    for seconds, retry_after in ((0, 1800), (1, None)):
        refusal = hosts.Refusal(status=503, retry_after=retry_after)
        hosts.refused("one.example", refusal, now + timedelta(seconds=seconds))
    host = Host.objects.get()
    assert (host.free_at, host.refused_at) == (now + timedelta(minutes=30), now + timedelta(seconds=1))
    paused.refresh_from_db()
    assert paused.next_check_at == now


def test_hosts_that_are_not_named_are_not_looked_up() -> None:
    for name in ("one.example", "two.example"):
        Host.objects.create(name=name, free_at=timezone.now(), refused_at=timezone.now())
    assert set(hosts.wishes(["one.example", "three.example"])) == {"one.example"}
    assert len(hosts.wishes()) == 2


@pytest.mark.parametrize(("refused", "free", "is_forgotten"), [(31, 1, True), (29, 1, False), (31, -1, False)])
def test_hosts_are_forgotten_a_month_after_the_last_refusal_unless_they_still_want_to_be_left_alone(
    refused: int, free: int, is_forgotten: bool
) -> None:
    now, day = timezone.now(), timedelta(days=1)
    Host.objects.create(name="one.example", refused_at=now - refused * day, free_at=now - free * day)
    assert hosts.forget(now) == is_forgotten


def test_what_was_due_first_comes_first_when_the_pause_is_over() -> None:
    now = timezone.now()
    second, first = (make_feed(url=f"https://one.example/{n}", next_check_at=now - timedelta(n)) for n in range(2))
    hosts.refused("one.example", hosts.Refusal(status=503), now)
    moments = [Feed.objects.get(pk=feed.pk).next_check_at for feed in (first, second)]
    assert moments == [now + hosts.FIRST_PAUSE, now + hosts.FIRST_PAUSE + hosts.SPREAD]


@pytest.mark.parametrize(("own", "others", "is_alone"), [(1, 0, False), (-1, 1, True)])
def test_an_address_is_limited_alone_where_others_have_been_served_since_it_failed(
    own: int, others: int, is_alone: bool
) -> None:
    now, second = timezone.now(), timedelta(seconds=1)
    feed = make_feed(url="https://one.example/feed", last_success_at=now + own * second)
    make_feed(url="https://one.example/other", last_success_at=now + others * second)
    hosts.refused("one.example", hosts.Refusal(status=429, failed_at=now), now, feed=feed)
    assert Host.objects.exists() is not is_alone


def test_a_host_fits_its_column_however_long_it_is() -> None:
    feed = make_feed(url=f"https://{'a' * 300}.example/")
    assert feed.host == "a" * 255


def test_a_host_that_refuses_puts_off_no_feed_of_another() -> None:
    now = timezone.now()
    ours, theirs = (
        make_feed(url=f"https://{name}.example/", host=f"{name}.example", next_check_at=now) for name in "ab"
    )
    hosts.refused("a.example", hosts.Refusal(status=429), now)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert ours.next_check_at > now
    assert theirs.next_check_at == now


def test_a_turn_of_one_host_takes_none_of_another() -> None:
    now, gap = timezone.now(), timedelta(minutes=5)
    for name in "ab":
        Host.objects.create(name=name, free_at=now, gap_seconds=300, refused_at=now)
    assert hosts.take_turn(hosts.Wish("a", now, gap), now)
    assert not hosts.take_turn(hosts.Wish("a", now, gap), now)
    assert hosts.take_turn(hosts.Wish("b", now, gap), now)
