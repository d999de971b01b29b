"""Six queues, one lease: feeds (to be polled, or with deliveries to be read), older documents, pictures, whole texts,
hubs, mailboxes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Q
from django.utils import timezone

from articles.full_text import queue as full_text
from articles.full_text.models import FullText
from articles.images import archive, obtain
from articles.images.models import ImageAddress, key_of
from articles.notices import queue as notices
from articles.notices.models import Channel, Notice, UnsentNotice
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.leases.queues import Claim, LeaseLost, Queue
from feeds.leases.visits import Visits
from feeds.models import Host, Mailbox
from feeds.newsletters import mailboxes
from feeds.polls import polling
from feeds.websub import hubs
from feeds.websub.models import HubSubscription
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FAR = NOW + timedelta(days=400)
HOST = "one.example"


def feed_row(name: str, **columns: Any) -> Any:
    return make_feed(url=f"https://{HOST}/{name}", **{"next_check_at": NOW} | columns).pk


def older_row(name: str, **columns: Any) -> Any:
    feed = make_feed(url=f"https://{HOST}/{name}", next_check_at=FAR)
    Backfill.objects.create(feed=feed, next_url=feed.url, host=feed.host, **{"next_step_at": NOW} | columns)
    return feed.pk


def picture_row(name: str, **columns: Any) -> Any:
    url = f"https://{HOST}/{name}.png"
    row = ImageAddress(key=key_of(url), url=url, host=HOST, is_wanted=True, **{"retry_at": NOW} | columns)
    row.save()
    return row.pk


def full_text_row(name: str, **columns: Any) -> Any:
    article = make_article(make_feed(next_check_at=FAR), url=f"https://{HOST}/{name}")
    return FullText.objects.create(article=article, url=article.url, **{"fetch_at": NOW} | columns).pk


def hub_row(name: str, **columns: Any) -> Any:
    feed = make_feed(url=f"https://feeds.example/{name}", next_check_at=FAR)
    hub = {"hub_url": f"https://{HOST}/", "host": HOST, "topic_url": feed.url}
    return HubSubscription.objects.create(feed=feed, **hub, **{"next_request_at": NOW} | columns).pk


def mailbox_row(name: str, **columns: Any) -> Any:
    owner = make_reader(f"owner of {name}", staff=True)
    return Mailbox.objects.create(owner=owner, host=HOST, user_name=name, **{"read_at": NOW} | columns).pk


def channel_row(name: str, **columns: Any) -> Any:
    reader = make_reader(f"reader of {name}")
    known = {"site": "https://news.example", "language": "en", "zone": "UTC", "confirmed_at": NOW, "send_at": NOW}
    channel = Channel.objects.create(user=reader, kind="webhook", host=HOST, **known | columns)
    notice = Notice.objects.create(user=reader, article=make_article(make_feed(next_check_at=FAR)))
    UnsentNotice.objects.create(channel=channel, notice=notice)
    return channel.pk


KINDS = {
    "polls": (polling.QUEUE, polling.claim_due, feed_row),
    "history": (progress.QUEUE, progress.claim_due, older_row),
    "pictures": (obtain.QUEUE, archive.claim_due, picture_row),
    "whole texts": (full_text.QUEUE, full_text.claim_due, full_text_row),
    "hubs": (hubs.QUEUE, hubs.claim_due, hub_row),
    "notices": (notices.QUEUE, notices.claim_due, channel_row),
    "mailboxes": (mailboxes.QUEUE, mailboxes.claim_due, mailbox_row),
}
Kind = tuple[Queue[Any], Callable[..., list[Claim]], Callable[..., Any]]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Any:
    return KINDS[request.param]


def keys(claims: list[Claim]) -> list[Any]:
    return [key for claim in claims for key in claim.keys]


def test_a_row_is_claimed_once_and_again_when_the_lease_is_over(kind: Kind) -> None:
    queue, claim_due, make = kind
    key = make("a")
    assert keys(claim_due(NOW)) == [key]
    assert claim_due(NOW) == []
    assert keys(claim_due(NOW + queue.lease + timedelta(seconds=1))) == [key]


def test_what_somebody_works_on_is_neither_due_nor_leased_again(kind: Kind) -> None:
    queue, _, make = kind
    key = make("a")
    assert [pk for (pk,) in queue.lease_rows(queue.rows(), NOW)[1]] == [key]
    assert queue.lease_rows(queue.rows(), NOW)[1] == []
    assert not queue.due(NOW).exists()
    assert queue.claims([[key]], NOW) == []
    assert queue.claim_one(key, NOW) is None


def test_one_row_is_leased_due_or_not_where_it_is_as_it_has_to_be(kind: Kind) -> None:
    queue, _, make = kind
    key = make("a", **{queue.due_at: NOW + timedelta(minutes=1)})
    assert queue.claim_one(key, NOW, ~Q(pk=key)) is None
    assert queue.claim_one(key, NOW, Q(pk=key))


def test_while_one_row_of_a_host_is_worked_on_no_other_is_claimed(kind: Kind) -> None:
    queue, claim_due, make = kind
    first, _second = make("a"), make("b")
    assert queue.claim_one(first, NOW)
    assert claim_due(NOW) == []


def test_what_is_not_due_any_more_is_left_out_of_a_claim(kind: Kind) -> None:
    queue, _, make = kind
    later, now = make("a", **{queue.due_at: NOW + timedelta(minutes=1)}), make("b")
    assert keys(queue.claims([[later, now], [later]], NOW)) == [now]


def test_of_many_rows_those_that_have_waited_longest_come_first_and_no_more_than_wanted(kind: Kind) -> None:
    queue, claim_due, make = kind
    _third, first, second = (
        make(name, **{queue.due_at: NOW - timedelta(minutes=n)}) for name, n in (("a", 1), ("b", 3), ("c", 2))
    )
    none = queue.rows().none()
    assert queue.turns(queue.due(NOW), NOW, busy=none, per_host=9, limit=2) == [[first, second]]
    assert queue.turns(queue.due(NOW), NOW, busy=none, per_host=1, limit=2) == [[first]]
    assert keys(claim_due(NOW))[0] == first


def test_claims_of_one_turn_are_worked_on_each_for_itself(kind: Kind) -> None:
    queue, _, make = kind
    ids = [make(name, **{queue.due_at: NOW - timedelta(minutes=n)}) for name, n in (("a", 1), ("b", 3), ("c", 2))]
    one, other = queue.claims([ids[:2], ids[2:]], NOW)
    assert [row.pk for row in queue.in_turn(one, Visits(0))] == [ids[1], ids[0]]
    assert [row.pk for row in queue.of_claim(other)] == ids[2:]
    assert queue.release_all() == 1
    assert queue.due(NOW).count() == 3


def test_a_lease_that_is_renewed_is_as_long_as_at_first(kind: Kind) -> None:
    queue, claim_due, make = kind
    make("a")
    [claim] = claim_due(NOW)
    queue.of_claim(claim).update(leased_until=NOW)
    assert queue.renew(claim) == 1
    assert queue.of_claim(claim).get().leased_until >= NOW + queue.lease


def test_who_never_had_a_lease_stores_and_holds_nothing(kind: Kind) -> None:
    queue, claim_due, make = kind
    free, leased = make("a", **{queue.due_at: NOW + timedelta(minutes=1)}), make("b")
    claim_due(NOW)
    rows = [queue.model._default_manager.get(pk=key) for key in (free, leased)]
    with pytest.raises(LeaseLost):
        queue.hold(rows[0])
    with pytest.raises(LeaseLost):
        queue.store(rows[0], **{queue.due_at: NOW})
    queue.put_back(rows)
    assert queue.rows().filter(lease=None, leased_until=None).count() == 2


def test_who_lost_the_lease_stores_nothing_holds_nothing_and_ends_no_others(kind: Kind) -> None:
    queue, claim_due, make = kind
    make("a")
    [claim] = claim_due(NOW)
    [row] = queue.of_claim(claim)
    other = uuid4()
    queue.model._default_manager.update(lease=other)
    due_at = getattr(row, queue.due_at)
    with pytest.raises(LeaseLost):
        queue.store(row, **{queue.due_at: FAR})
    with pytest.raises(LeaseLost):
        queue.hold(row)
    assert not queue.renew(claim)
    queue.release(claim)
    queue.put_back([row])
    [found] = queue.model._default_manager.all()
    assert (found.lease, getattr(found, queue.due_at)) == (other, due_at)


@pytest.mark.parametrize("wrong", ["due", "lease", "both"])
def test_what_a_clock_that_was_ahead_has_stored_is_due(kind: Kind, wrong: str) -> None:
    queue, claim_due, make = kind
    columns = ({} if wrong == "lease" else {queue.due_at: FAR}) | ({} if wrong == "due" else {"leased_until": FAR})
    key = make("a", **columns)
    assert keys(claim_due(NOW)) == [key]


def test_what_is_put_back_is_due_as_it_was(kind: Kind) -> None:
    queue, claim_due, make = kind
    key = make("a", **{queue.due_at: NOW - timedelta(minutes=1)})
    [claim] = claim_due(NOW)
    queue.put_back(queue.of_claim(claim))
    assert keys(claim_due(NOW)) == [key]


def test_nothing_is_asked_of_a_host_that_is_to_be_left_alone(kind: Kind) -> None:
    _, claim_due, make = kind
    key = make("a")
    Host.objects.create(name=HOST, free_at=NOW + timedelta(minutes=10), refused_at=NOW)
    assert claim_due(NOW) == []
    assert keys(claim_due(NOW + timedelta(minutes=11))) == [key]


def test_of_a_host_with_a_pace_one_row_is_claimed(kind: Kind) -> None:
    _, claim_due, make = kind
    for name in "abc":
        make(name)
    Host.objects.create(name=HOST, gap_seconds=60, free_at=NOW, refused_at=NOW)
    assert len(keys(claim_due(NOW))) == 1


def test_what_is_left_when_the_work_ends_early_is_put_back(kind: Kind) -> None:
    queue, _, make = kind
    keys_of_rows = [make(name) for name in "abc"]
    [claim] = queue.claims([keys_of_rows], NOW)
    rows = queue.in_turn(claim, Visits(0))
    next(rows)
    rows.close()
    assert queue.due(NOW).count() == 3


def test_who_lost_the_lease_works_on_nothing_more(kind: Kind, django_assert_max_num_queries: Any) -> None:
    queue, _, make = kind
    [claim] = queue.claims([[make(name) for name in "abc"]], NOW)
    with django_assert_max_num_queries(7):  # rows, hosts, a renewal of each, another's claim, a release
        rows = queue.in_turn(claim, Visits(0))
        next(rows)
        queue.model._default_manager.update(lease=uuid4())
        assert list(rows) == []


def test_a_claim_of_many_takes_few_statements(kind: Kind, django_assert_max_num_queries: Any) -> None:
    _, claim_due, make = kind
    for number in range(10):
        make(str(number))
    with django_assert_max_num_queries(9):  # a savepoint among them
        assert claim_due(NOW)
