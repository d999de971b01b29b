"""Who may ask a host, and who has to wait."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import pytest
from django.utils import timezone

from feeds.leases.visits import Visits
from feeds.models import Host

pytestmark = pytest.mark.django_db
HOST = "one.example"


def test_one_worker_has_the_turn_of_a_host_with_a_pace():
    now = timezone.now()
    Host.objects.create(name=HOST, gap_seconds=60, free_at=now, refused_at=now)
    first, second = Visits(0, [HOST]), Visits(0, [HOST])
    assert first.may_ask(HOST)
    assert not first.may_ask(HOST)
    assert not second.may_ask(HOST)
    assert Host.objects.get().free_at >= now + timedelta(seconds=60)
    Host.objects.update(free_at=now)
    assert not first.may_ask(HOST)


def test_a_host_that_rests_is_not_asked_whether_it_was_named_before_or_not():
    now = timezone.now()
    Host.objects.create(name=HOST, free_at=now + timedelta(minutes=5), refused_at=now)
    assert not Visits(0, [HOST]).may_ask(HOST)
    assert not Visits(0).may_ask(HOST)
    assert Visits(0).may_ask("other.example")


def test_a_host_that_refuses_is_asked_no_more():
    visits = Visits(0)
    assert visits.may_ask(HOST)
    visits.refused(HOST)
    assert not visits.may_ask(HOST)


def test_a_pause_that_a_clock_ahead_has_noted_is_over():
    now = timezone.now()
    Host.objects.create(name=HOST, gap_seconds=60, free_at=now + timedelta(days=400), refused_at=now)
    assert Visits(0, [HOST]).may_ask(HOST)
    assert Host.objects.get().free_at < now + timedelta(hours=1)


def test_what_is_known_of_many_hosts_is_looked_up_at_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        visits = Visits(0, [f"{number}.example" for number in range(20)])
        assert all(visits.may_ask(f"{number}.example") for number in range(20))


def test_between_two_requests_to_one_host_there_is_a_pause():
    visits = Visits(0.2)
    started = monotonic()
    assert visits.may_ask(HOST)
    assert visits.may_ask("other.example")
    for number in (1, 2):
        assert visits.may_ask(HOST)
        assert monotonic() - started >= 0.2 * number
