"""The count of a piece of work is its own."""

from __future__ import annotations

import gc

from tests.effort import calls_of


class Ending:
    """Garbage that only a search for it finds, and that calls something then."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        len("")


def test_what_garbage_calls_is_not_counted() -> None:
    def work() -> list[list[object]]:
        return [[] for _ in range(1000)]

    thresholds, alone = gc.get_threshold(), calls_of(work)
    gc.collect()
    gc.set_threshold(700)
    try:
        for _ in range(100):
            Ending()
        assert calls_of(work) == alone
    finally:
        gc.set_threshold(*thresholds)
    assert gc.isenabled()
