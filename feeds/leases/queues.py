"""Rows that are due, and who works on them. The database is the queue.

A row is claimed by a lease: a token and a time. Whoever holds the token may store what came of the work; when the time
is over the row is due again, so a killed worker or a lost message loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from feeds.leases import hosts, waits
from feeds.leases.models import Leased
from feeds.leases.visits import Visits

Row = TypeVar("Row", bound=Leased)

HOST = "host"  # the column of every queue
FREE: dict[str, Any] = {"lease": None, "leased_until": None}
LOOKED_AT = 1000  # due rows from which a claim chooses, the longest due first


class LeaseLost(Exception):
    """Somebody else has claimed the row meanwhile, or it was taken from all: what was found must not be stored."""


class Claim(NamedTuple):
    """Rows that one worker works on one after the other. All of one host are in one claim."""

    token: UUID
    keys: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Generic[Row]):
    """One kind of work. `rows`: what is worked on at all. `due_at`: the column that says when, at most `longest_wait`
    ahead. `asked_at`: the column of the last time, if there is one; what has yet to happen was noted by a clock that
    was ahead, and makes the row due. `lease`: longer than a claim takes, or than one row where the lease is renewed."""

    model: type[Row]
    rows: Callable[[], QuerySet[Row]]
    due_at: str
    longest_wait: timedelta
    lease: timedelta
    asked_at: str = ""

    def is_free(self, now: datetime) -> Q:
        """The condition that nobody holds the lease."""
        return waits.free(self.lease, now)

    def is_held(self, now: datetime) -> Q:
        """The condition that somebody does."""
        return waits.held(self.lease, now)

    def is_time(self, now: datetime) -> Q:
        """The condition that the wait is over."""
        is_over = waits.passed(self.due_at, self.longest_wait, now)
        return is_over | waits.ahead(self.asked_at, now) if self.asked_at else is_over

    def due(self, now: datetime) -> QuerySet[Row]:
        """Rows whose time has come and that nobody works on."""
        return self.rows().filter(self.is_free(now), self.is_time(now))

    def turns(
        self, rows: QuerySet[Row], now: datetime, *, busy: QuerySet[Row], per_host: int, limit: int
    ) -> list[list[Any]]:
        """The keys of `rows`, of one host each, the longest due first, `limit` in all: `per_host` of a host, of one
        with a pace of its own a single one, and none of a host that is to be left alone or has rows among the `busy`
        ones."""
        resting, paced = hosts.resting_and_paced(now)
        ordered = rows.exclude(host__in=resting).order_by(self.due_at).values_list("pk", "host")
        looked_at = list(ordered.exclude(host__in=paced)[:LOOKED_AT])
        if paced:  # however many they have, there is room for the others
            looked_at += ordered.filter(host__in=paced)[:LOOKED_AT]
        taken = set(busy.order_by().values_list("host", flat=True).distinct())
        of_hosts: dict[str, list[Any]] = {}
        for pk, host in looked_at:
            keys = of_hosts.setdefault(host, [])
            if host not in taken and len(keys) < (1 if host in paced else per_host) and limit > 0:
                keys.append(pk)
                limit -= 1
        return [keys for keys in of_hosts.values() if keys]

    def lease_rows(self, rows: QuerySet[Row], now: datetime, *fields: str) -> tuple[UUID, list[tuple[Any, ...]]]:
        """A new lease of those of `rows` that are free, and their keys, each with its `fields`. Two callers never get
        the same row. Two statements."""
        token = uuid4()
        with transaction.atomic():
            free = rows.filter(self.is_free(now)).select_for_update(skip_locked=True, of=_of())
            mine = list(free.values_list("pk", *fields))
            self._all.filter(pk__in=[row[0] for row in mine]).update(lease=token, leased_until=now + self.lease)
        return token, mine

    def claims(self, batches: Iterable[Sequence[Any]], now: datetime) -> list[Claim]:
        """A claim for each batch of keys, without those that are not due any more."""
        wanted = list(batches)
        if not wanted:
            return []
        token, rows = self.lease_rows(self.due(now).filter(pk__in=[key for batch in wanted for key in batch]), now)
        mine = {pk for (pk,) in rows}
        left = (tuple(key for key in batch if key in mine) for batch in wanted)
        return [Claim(token, keys) for keys in left if keys]

    def claim_one(self, row_key: Any, now: datetime, condition: Q | None = None, **columns: Any) -> UUID | None:
        """The lease of one row that fulfils a `condition` on its own columns, due or not; None where somebody else has
        it. One statement, which sets other `columns`, too."""
        token = uuid4()
        free = self._all.filter(condition or Q(), self.is_free(now), pk=row_key)
        return token if free.update(lease=token, leased_until=now + self.lease, **columns) else None

    def of_claim(self, claim: Claim) -> QuerySet[Row]:
        """The rows of a claim that still belong to it."""
        return self._all.filter(pk__in=claim.keys, lease=claim.token)

    def in_turn(self, claim: Claim, visits: Visits, *, slow: float = float("inf")) -> Generator[Row, None, None]:
        """The rows of a claim one after the other, the longest due first, each when its host may be asked, and with a
        lease as long as at first. Of a host whose row took longer than `slow` seconds the rest is left to another
        claim: what other work there is comes first. What is left of the claim at the end is put back."""
        try:
            rows = list(self.of_claim(claim).order_by(self.due_at))
            visits.look_up(getattr(row, HOST) for row in rows)
            for row in rows:
                if visits.may_ask(host := getattr(row, HOST)) and self.renew(claim):
                    began = monotonic()
                    yield row
                    if monotonic() - began > slow:
                        visits.refused(host)
        finally:
            self.release(claim)

    def renew(self, claim: Claim) -> int:
        """Make the lease of a claim as long as at first. Returns of how many rows; 0 where it is lost."""
        return self.of_claim(claim).update(leased_until=timezone.now() + self.lease)

    def release(self, claim: Claim) -> None:
        """End the lease of a claim: what was not done is due when it was."""
        self.of_claim(claim).update(**FREE)

    def put_back(self, rows: Iterable[Row]) -> None:
        """End the leases of rows that were not worked on: they are due when they were."""
        for token, keys in groupby(sorted((row.lease, row.pk) for row in rows if row.lease), key=itemgetter(0)):
            self._all.filter(pk__in=[pk for _, pk in keys], lease=token).update(**FREE)

    def release_all(self) -> int:
        """End all leases, as is right where nobody can hold any. Returns how many."""
        return self._all.exclude(lease=None).update(**FREE)

    def hold(self, row: Row) -> None:
        """Keep the lease of `row` from being taken until the transaction ends, inside which this is called. Raises
        LeaseLost."""
        mine = self._all.filter(pk=row.pk, lease=row.lease)
        if row.lease is None or not mine.select_for_update(no_key=True).values_list("pk", flat=True):
            raise LeaseLost(str(row))

    def store(self, row: Row, **columns: Any) -> None:
        """Write what came of the work on `row`. Raises LeaseLost."""
        if row.lease is None or not self._all.filter(pk=row.pk, lease=row.lease).update(**columns):
            raise LeaseLost(str(row))

    @property
    def _all(self) -> QuerySet[Row]:
        return self.model._default_manager.all()


def _of() -> tuple[str, ...]:
    """Lock the row, not what it is joined to; SQLite, with one writer at a time, knows no such thing."""
    return ("self",) if connection.features.has_select_for_update_of else ()
