"""Locks that keep rows from others on Postgres, where many write at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from feeds.models import Feed
from feeds.polls.polling import QUEUE
from tests.factories import make_feed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
Result = TypeVar("Result")
NOW = timezone.now()


def elsewhere(work: Callable[[], Result]) -> Result:
    """The result of `work` for another process, which has no patience with locks."""

    def at_once() -> Result:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(at_once).result()


def test_while_the_holder_of_a_lease_stores_nobody_ends_it() -> None:
    QUEUE.lease_rows(Feed.objects.filter(pk=make_feed().pk), NOW)
    with transaction.atomic():
        QUEUE.hold(Feed.objects.get())
        with pytest.raises(OperationalError):
            elsewhere(QUEUE.release_all)
    assert elsewhere(QUEUE.release_all) == 1


def test_rows_that_another_is_leasing_are_passed_over() -> None:
    one, other = make_feed(), make_feed()
    with transaction.atomic():
        QUEUE.lease_rows(Feed.objects.filter(pk=one.pk), NOW)
        _token, rows = elsewhere(lambda: QUEUE.lease_rows(Feed.objects.all(), NOW))
    assert rows == [(other.pk,)]
