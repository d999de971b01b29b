"""Many publishers are asked at once, so that a slow one holds nobody up; what they answer comes one by one.

Threads only wait for the network. Whoever iterates parses and stores, so that one thread alone writes to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from time import sleep

from django.utils import timezone

from articles.ingest.pipeline import Read, ask
from feeds.http import Client, FetchPolicy
from feeds.leases.hosts import REFUSALS
from feeds.models import Feed

THREADS = 8


@dataclass(frozen=True, slots=True)
class Manner:
    """The way to ask publishers: `pause` seconds between two requests to one host, told the number of `subscribers`."""

    pause: float = 0.0
    subscribers: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer; `outcome` returns it, or raises what went wrong. None where the feed was not asked and is to be put
    back: its host has refused another request, or the lease is nearly over."""

    feed: Feed
    started_at: datetime
    outcome: Callable[[], Read] | None
    status: int | None = None


def ask_all(
    policy: FetchPolicy, hosts: Iterable[list[Feed]], manner: Manner, *, threads: int = THREADS
) -> Iterator[Asked]:
    """The answers for all feeds as they come. Each list of `hosts` is what one host has, and is asked for one after the
    other. `hosts` is iterated here as threads become free, so that it may claim feeds late."""
    pool = _Pool(policy, manner, threads)
    left = iter(hosts)
    running = started = 0
    try:
        while True:
            while running < threads and (feeds := next(left, None)) is not None:
                pool.waiting.put(feeds)
                running += 1
                if running > started:
                    started += 1
                    Thread(target=pool.work, name=f"asks {started}", daemon=True).start()
            if not running:
                return
            if answer := pool.answers.get():
                pool.room.release()
                yield answer
            else:
                running -= 1
    finally:
        pool.stop(started)


def ask_in_turn(
    client: Client, feeds: Iterable[Feed], manner: Manner, *, wait: Callable[[float], object] = sleep
) -> Iterator[Asked]:
    """The answers for the feeds of one host, one after the other; after one that it refuses, nothing more is asked."""
    slowest = timedelta(seconds=client.policy.total_timeout)
    is_first, is_over = True, False
    for feed in feeds:
        if not is_first and not is_over:
            wait(manner.pause)
        now = timezone.now()
        if is_over or feed.leased_until is None or now + slowest > feed.leased_until:
            yield Asked(feed, now, None)
            continue
        asked = _asked(client, feed, manner.subscribers)
        is_first, is_over = False, asked.status in REFUSALS
        yield asked


class _Pool:
    """The state that the threads share."""

    def __init__(self, policy: FetchPolicy, manner: Manner, threads: int) -> None:
        self.policy = policy
        self.manner = manner
        self.waiting: SimpleQueue[list[Feed] | None] = SimpleQueue()
        self.answers: SimpleQueue[Asked | None] = SimpleQueue()  # None: all of a host are answered
        self.room = Semaphore(2 * threads)  # bodies that nobody has taken yet fill the memory
        self.over = Event()

    def work(self) -> None:
        with Client(self.policy) as client:
            while feeds := self.waiting.get():
                answers = ask_in_turn(client, feeds, self.manner, wait=self.over.wait)
                while True:
                    self.room.acquire()
                    if self.over.is_set():
                        return
                    answer = next(answers, None)
                    self.answers.put(answer)
                    if answer is None:
                        self.room.release()
                        break

    def stop(self, threads: int) -> None:
        """Let the threads end, each when it has the answer it waits for."""
        self.over.set()
        self.room.release(max(threads, 1))
        for _ in range(threads):
            self.waiting.put(None)


def _asked(client: Client, feed: Feed, subscribers: int) -> Asked:
    started_at = timezone.now()
    try:
        read = ask(client, feed, subscribers=subscribers)
    except Exception as error:  # noqa: BLE001 - raised again where it is recorded
        return Asked(feed, started_at, _raising(error))
    return Asked(feed, started_at, lambda: read, read.outcome.status)


def _raising(error: Exception) -> Callable[[], Read]:
    def outcome() -> Read:
        raise error

    return outcome
