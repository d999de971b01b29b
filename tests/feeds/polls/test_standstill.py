"""Feeds that stand still, and how they begin again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.models import Feed
from feeds.polls import standstill
from tests.factories import make_feed

pytestmark = pytest.mark.django_db


def of_each_state(**columns: object) -> list[Feed]:
    return [make_feed(state=state, **columns) for state in (Feed.State.ACTIVE, Feed.State.PAUSED, Feed.State.GONE)]


def states() -> list[str]:
    return list(Feed.objects.order_by("pk").values_list("state", flat=True))


def test_those_that_were_paused_already_are_not_counted():
    of_each_state()
    assert standstill.pause(Feed.objects.all()) == 2
    assert states() == [Feed.State.PAUSED] * 3


def test_what_begins_again_has_none_of_its_failures_and_is_due():
    later = timezone.now() + timedelta(days=9)
    failed = {"failures": 3, "last_error": "x", "refused_hash": "y", "refused_at": later, "next_check_at": later}
    of_each_state(**failed)
    assert standstill.resume(Feed.objects.all()) == 2
    assert states() == [Feed.State.ACTIVE] * 3
    active, *resumed = Feed.objects.order_by("pk").values(*failed)
    assert active == failed
    for feed in resumed:
        assert feed.pop("next_check_at") <= timezone.now()
        assert feed == {"failures": 0, "last_error": "", "refused_hash": "", "refused_at": None}
