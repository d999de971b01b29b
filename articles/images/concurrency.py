"""Limits on the requests that wait. A request that waits holds a thread of the web server; newsreader.web has so many
more than its pages need. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from weakref import WeakValueDictionary

PICTURES = 60  # that are fetched or resized, or wait for it: ten browsers ask for so many
OF_A_HOST = 52  # of these: a publisher who never answers leaves room for others
AT_A_HOST = 10  # are fetched at the same time, as of feeds
FILMS = 8
SECONDS = 20.0  # that a picture waits for its turn


class Busy(Exception):
    """More at once than this process does."""


@contextmanager
def held(places: BoundedSemaphore, *, seconds: float = 0) -> Iterator[None]:
    """Raises Busy where none gets free in time."""
    if not places.acquire(timeout=seconds):
        raise Busy
    try:
        yield
    finally:
        places.release()


class Turns:
    """`at_once` places for each key, as long as anybody holds or waits for one."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._places = WeakValueDictionary[str, BoundedSemaphore]()
        self._lock = Lock()

    @contextmanager
    def of(self, key: str, *, seconds: float = 0) -> Iterator[None]:
        """Raises Busy where none gets free in time."""
        with self._lock:
            places = self._places.setdefault(key, BoundedSemaphore(self._at_once))
        with held(places, seconds=seconds):
            yield


pictures = BoundedSemaphore(PICTURES)
films = BoundedSemaphore(FILMS)
sizes = Turns(1)  # each is made once, however many ask
line = Turns(OF_A_HOST)
fetching = Turns(AT_A_HOST)
