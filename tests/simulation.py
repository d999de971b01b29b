"""Days of polling in seconds: the real schedule, claims and polls, with a clock that jumps and publishers that are
functions. Workers are threads of which one runs at a time, so a run is the same each time."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, pairwise
from threading import Event, Thread

import pytest
from django.db import connections
from django.utils import timezone

from articles.ingest import pipeline
from feeds.http import Client, FetchPolicy, HttpError, HttpResponse, Problem
from feeds.leases.queues import Claim
from feeds.models import Feed, Host, Outage
from feeds.polls import polling
from feeds.polls.times import schedule

START = datetime(2026, 5, 4, tzinfo=UTC)  # a Monday
TICK = timedelta(seconds=30)


@dataclass(frozen=True)
class Asked:
    """A request as it came, and when."""

    at: datetime
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What a publisher answers. `seconds`: how long that takes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.2


Answering = Callable[[Asked], Reply | Exception]


class _Clock:
    """The time, in which workers sleep. `now` is the time of the one that runs."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.sleeping: list[tuple[datetime, int, Event]] = []
        self._numbers = count()
        self._is_quiet = Event()

    def sleep(self, seconds: float) -> None:
        woken = Event()
        heappush(self.sleeping, (self.now + timedelta(seconds=seconds), next(self._numbers), woken))
        self._is_quiet.set()
        woken.wait()

    def run(self, start: Callable[[], object]) -> None:
        """Let one worker run until it sleeps or ends."""
        self._is_quiet.clear()
        start()
        self._is_quiet.wait()

    def wake_next(self) -> None:
        self.now, _, woken = heappop(self.sleeping)
        self.run(woken.set)

    def worker_ends(self) -> None:
        self._is_quiet.set()


class ScriptedClient(Client):
    """Asks functions instead of the network."""

    def __init__(self, policy: FetchPolicy, clock: _Clock, answering: Answering, asked: list[Asked]) -> None:
        super().__init__(policy)
        self._clock, self._answering, self._asked = clock, answering, asked

    def get(self, url: str, headers: dict[str, str] | None = None) -> HttpResponse:
        asked = Asked(self._clock.now, url, {"User-Agent": self.policy.user_agent, **(headers or {})})
        self._asked.append(asked)
        reply = self._answering(asked)
        if isinstance(reply, Exception):
            raise reply
        self._clock.sleep(min(reply.seconds, self.policy.total_timeout))
        if reply.seconds >= self.policy.total_timeout:
            raise HttpError(Problem.TIMEOUT, "it didn't answer in time")
        lower = {name.lower(): value for name, value in reply.headers.items()}
        return HttpResponse(
            status=reply.status,
            url=url,
            permanent_url=url,
            headers=lower,
            body=reply.body,
            received_bytes=len(reply.body),
        )


class Simulation:
    """Ticks and workers, as beat and Celery run them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answering: Answering, *, workers: int = 1) -> None:
        self.clock = _Clock(START)
        self.asked: list[Asked] = []
        self.errors: list[BaseException] = []
        self._client = ScriptedClient(
            FetchPolicy(user_agent="Newsreader/test (+https://n.example)"), self.clock, answering, self.asked
        )
        self._free = workers
        self._waiting: deque[Claim] = deque()
        self._connection = connections["default"]
        self._next_tick = START
        monkeypatch.setattr(timezone, "now", lambda: self.clock.now)
        monkeypatch.setattr(schedule, "_random", random.Random(1))

    def run(self, until: datetime) -> None:
        """Go on until that time. Work that is under way then is finished at the next call."""
        self._connection.inc_thread_sharing()
        try:
            while self._step(until):
                if self.errors:
                    raise self.errors[0]
        finally:
            self._connection.dec_thread_sharing()
        self.clock.now = until

    def _step(self, until: datetime) -> bool:
        """What happens next; False where that is not before `until`."""
        asleep = self.clock.sleeping[0][0] if self.clock.sleeping else None
        if not (asleep or self._waiting):
            self._skip_idle_ticks()
        if min(asleep or until, self._next_tick) >= until:
            return False
        if asleep and asleep <= self._next_tick:
            self.clock.wake_next()
        else:
            self._tick()
        while self._waiting and self._free:
            self._free -= 1
            # A daemon: one that sleeps when the simulation ends would keep the process of the tests from ending.
            self.clock.run(Thread(target=self._work, args=(self._waiting.popleft(),), daemon=True).start)
        return True

    def _tick(self) -> None:
        self.clock.now = self._next_tick
        self._waiting.extend(polling.claim_due(self.clock.now))
        self._next_tick += TICK

    def _skip_idle_ticks(self) -> None:
        """Nothing happens before a feed is due and its host is free, but where a success has just ended an outage."""
        since = self._next_tick - TICK
        if Outage.objects.exists() and Feed.objects.filter(last_success_at__gte=since).exists():
            return
        free_at = dict(Host.objects.values_list("name", "free_at"))
        rows = Feed.objects.filter(state=Feed.State.ACTIVE).values_list("next_check_at", "host")
        due = min((max(at, free_at.get(host, at)) for at, host in rows), default=self._next_tick)
        self._next_tick += TICK * max(-((self._next_tick - due) // TICK), 0)

    def _work(self, claim: Claim) -> None:
        connections["default"] = self._connection
        try:
            pipeline.refresh_claim(self._client, claim, pause=0)
        except BaseException as error:  # noqa: BLE001 - raised where the simulation runs
            self.errors.append(error)
        finally:
            self._free += 1
            self.clock.worker_ends()


def longest_gap(moments: list[datetime], start: datetime, end: datetime) -> timedelta:
    """The longest time without one of `moments`, from the start on."""
    whole = [start, *moments, end]
    return max(later - earlier for earlier, later in pairwise(whole))
