"""The turn to make a page: one at a time in each process.

Python runs one thread at a time, and gives another its turn at each query: pages that are made at once take each up to
twice the processor time, and all come late. So whoever makes a page has a turn, for as long as most pages take. Who
needs longer (an archive that is written, a publisher that is asked) loses it to the next, and goes on beside them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponseBase

SECONDS = 0.1


class Turn:
    """Taken by one thread at a time, and by the next that has waited for it `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._holder: object = None

    @property
    def is_taken(self) -> bool:
        return self._holder is not None

    @contextmanager
    def taken(self) -> Iterator[None]:
        me = object()
        with self._changed:
            self._changed.wait_for(lambda: self._holder is None, self._seconds)
            self._holder = me
        try:
            yield
        finally:
            with self._changed:
                if self._holder is me:
                    self._holder = None
                    self._changed.notify()


class PageTurnMiddleware:
    """Stands behind what answers with files and pictures, which wait for disks and publishers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self.turn = Turn(SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with self.turn.taken():
            return self._get_response(request)
