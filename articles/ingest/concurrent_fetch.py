"""Many publishers are asked at once, so that a slow one holds nobody up; what they answer comes one by one.

Threads only wait: for the network, and for the processes that parse and sanitize (feeds.sandbox). Whoever iterates
stores meanwhile, so that one thread alone asks the database and more than one core has something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from time import sleep
from typing import NamedTuple, NoReturn

from django.utils import timezone

from articles.ingest.pipeline import Prepared, ask, prepared
from feeds.http import Client, FetchPolicy
from feeds.leases.hosts import REFUSALS
from feeds.models import Feed

THREADS = 8


class Manner(NamedTuple):
    """The way to ask publishers: `pause` seconds between two requests to one host, told the number of `subscribers`."""

    pause: float = 0.0
    subscribers: int = 0


class Asked(NamedTuple):
    """An answer; `outcome` returns it, or raises what went wrong. None where the feed was not asked and is to be put
    back: its host has refused another request, or the lease is nearly over. `is_cleaned`: nothing is left to do but to
    store it."""

    feed: Feed
    started_at: datetime
    outcome: Callable[[], Prepared] | None
    status: int | None = None
    is_cleaned: bool = False


def ask_all(
    policy: FetchPolicy, hosts: Iterable[list[Feed]], manner: Manner, *, threads: int = THREADS
) -> Iterator[Asked]:
    """The answers for all feeds as they come. Each list of `hosts` is what one host has, and is asked for one after the
    other. `hosts` is iterated here as threads become free, so that it may claim feeds late."""
    pool = _Pool(policy, manner, threads)
    left = iter(hosts)
    running = started = cleaning = 0
    try:
        while True:
            while running < threads and (feeds := next(left, None)) is not None:
                pool.waiting.put(feeds)
                running += 1
                if running > started:
                    started += 1
                    Thread(target=pool.work, name=f"asks {started}", daemon=True).start()
            if not running and not cleaning:
                return
            answer = pool.answers.get()
            if answer is None:
                running -= 1
                continue
            cleaning -= answer.is_cleaned
            if ready := answer if answer.is_cleaned else pool.begun(answer):
                pool.room.release()
                yield ready
            else:
                cleaning += 1
    finally:
        pool.stop(started)


def ask_in_turn(
    client: Client, feeds: Iterable[Feed], manner: Manner, *, wait: Callable[[float], object] = sleep
) -> Iterator[Asked]:
    """The answers for the feeds of one host, one after the other; after one that it refuses, nothing more is asked."""
    slowest = timedelta(seconds=client.policy.total_timeout)
    is_first, is_over = True, False
    for feed in feeds:
        if manner.pause and not is_first and not is_over:  # to wait for no time would still give up the processor
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
        self.unclean: SimpleQueue[tuple[Asked, Prepared] | None] = SimpleQueue()
        self.has_cleaner = False

    def begun(self, asked: Asked) -> Asked | None:
        """An answer that can be stored; None where it has entries to be sanitized, after which it is among the answers
        once more. One thread has that done, as to store them takes longer. Asks the database."""
        if asked.outcome is None:
            return asked
        try:
            made = asked.outcome()
        except Exception as error:  # noqa: BLE001 - raised again where it is recorded
            return asked._replace(outcome=_raising(error))
        if made.last is None:
            return asked._replace(outcome=lambda: made)
        if not self.has_cleaner:
            Thread(target=self._clean, name="asks for clean entries", daemon=True).start()
            self.has_cleaner = True
        self.unclean.put((asked, made))
        return None

    def _clean(self) -> None:
        while (work := self.unclean.get()) and not self.over.is_set():
            self.answers.put(_cleaned(*work))

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
        self.unclean.put(None)


def _asked(client: Client, feed: Feed, subscribers: int) -> Asked:
    started_at = timezone.now()
    try:
        read = ask(client, feed, subscribers=subscribers)
    except Exception as error:  # noqa: BLE001 - raised again where it is recorded
        return Asked(feed, started_at, _raising(error))
    return Asked(feed, started_at, lambda: prepared(feed, read), read.outcome.status)


def _cleaned(asked: Asked, made: Prepared) -> Asked:
    assert made.last is not None
    try:
        last = made.last()
    except Exception as error:  # noqa: BLE001 - raised again where it is recorded
        return asked._replace(outcome=_raising(error), is_cleaned=True)
    return asked._replace(outcome=lambda: made._replace(last=lambda: last), is_cleaned=True)


def _raising(error: Exception) -> Callable[[], NoReturn]:
    def outcome() -> NoReturn:
        raise error

    return outcome
