"""The threads that answer requests: as many as are needed at once, up to a limit, and few for long."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.future: Future[T] = Future()

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the result has it
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Threads:
    """Runs what it is given in at most `limit` threads, each of which ends after `idle_seconds` without work.

    The thread that was busy last is taken first, so that those that only many requests at once have needed end, and
    what they hold with them (a connection to SQLite has a cache of its own). concurrent.futures keeps them all.
    """

    def __init__(self, limit: int, idle_seconds: float) -> None:
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._waiting: deque[_Job[object]] = deque()
        self._idle: list[queue.SimpleQueue[_Job[object]]] = []
        self.count = 0

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """The result of `work`, which runs as soon as a thread is free."""
        job = _Job(work)
        with self._lock:
            if self._idle:
                self._idle.pop().put(job)  # type: ignore[arg-type]
            elif self.count < self._limit:
                self.count += 1
                threading.Thread(target=self._run, args=(job,), name="answering", daemon=True).start()
            else:
                self._waiting.append(job)  # type: ignore[arg-type]
        return job.future

    def _run(self, job: _Job[object]) -> None:
        own: queue.SimpleQueue[_Job[object]] = queue.SimpleQueue()
        while True:
            job.run()
            with self._lock:
                if self._waiting:
                    job = self._waiting.popleft()
                    continue
                self._idle.append(own)
            try:
                job = own.get(timeout=self._idle_seconds)
            except queue.Empty:
                with self._lock:
                    if own in self._idle:
                        self._idle.remove(own)
                        self.count -= 1
                        return
                job = own.get()  # it came between the two
