"""Many publishers are asked at once, so that a slow one holds nobody up; what they answer comes one by one.

Threads only wait for the network. Whoever iterates parses and stores, so that one thread alone writes to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from threading import Semaphore, Thread

from django.utils import timezone

from articles.ingest import ask
from feeds.fetch import Outcome
from feeds.http import Client, FetchPolicy
from feeds.models import Feed

THREADS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer; `outcome` returns it, or raises what went wrong."""

    feed: Feed
    started_at: datetime
    outcome: Callable[[], Outcome]


def ask_all(policy: FetchPolicy, hosts: Iterable[list[Feed]], *, threads: int = THREADS) -> Iterator[Asked]:
    """The answers for all feeds as they come. Each list of `hosts` is what one host has, and is asked for one after the
    other. `hosts` is iterated here as threads become free, so that it may claim feeds late."""
    pool = _Pool(policy, threads)
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


class _Pool:
    """What the threads share."""

    def __init__(self, policy: FetchPolicy, threads: int) -> None:
        self.policy = policy
        self.waiting: SimpleQueue[list[Feed] | None] = SimpleQueue()
        self.answers: SimpleQueue[Asked | None] = SimpleQueue()  # None: all of a host are answered
        self.room = Semaphore(2 * threads)  # bodies that nobody has taken yet fill the memory
        self.is_over = False

    def work(self) -> None:
        with Client(self.policy) as client:
            while feeds := self.waiting.get():
                for feed in feeds:
                    self.room.acquire()
                    if self.is_over:
                        return
                    self.answers.put(_asked(client, feed))
                self.answers.put(None)

    def stop(self, threads: int) -> None:
        """Let the threads end, each when it has the answer it waits for."""
        self.is_over = True
        self.room.release(max(threads, 1))
        for _ in range(threads):
            self.waiting.put(None)


def _asked(client: Client, feed: Feed) -> Asked:
    started_at = timezone.now()
    try:
        outcome = ask(client, feed)
    except Exception as error:  # noqa: BLE001 - raised again where it is recorded
        return Asked(feed, started_at, _raising(error))
    return Asked(feed, started_at, lambda: outcome)


def _raising(error: Exception) -> Callable[[], Outcome]:
    def outcome() -> Outcome:
        raise error

    return outcome
