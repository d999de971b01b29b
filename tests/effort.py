"""The effort of a piece of work, counted where time would depend on the machine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time
from types import FrameType
from typing import Any

from django.db import connection


def calls_of(work: Callable[[], object]) -> int:
    """The number of functions, of Python or of C, that `work` calls in this thread. None that the garbage of others
    calls at its end, which Python would look for in between."""
    calls = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    had_gc = gc.isenabled()
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        if had_gc:
            gc.enable()
    return calls


def steps_of_sqlite(work: Callable[[], object]) -> int:
    """The number of steps of its machine that SQLite takes for `work`."""
    steps = 0

    def note() -> None:
        nonlocal steps
        steps += 1

    connection.connection.set_progress_handler(note, 1)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


@dataclass(frozen=True, slots=True)
class Asked:
    """SQL as it was given to the database, with its parameters. `is_atomic`: inside a transaction."""

    sql: str
    params: Sequence[Any]
    is_atomic: bool


@contextmanager
def statements_asked() -> Iterator[list[Asked]]:
    """The statements of the work inside, in order. Those that Postgres has prepared can't be told from what Django keeps
    of queries."""
    asked: list[Asked] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        asked.append(Asked(sql, params or (), context["connection"].in_atomic_block))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails where the work takes longer than `seconds` of this process's time would be on an idle machine.

    How slow this one is at the moment is asked by the same small work before and after, so that only what grows out of
    proportion fails: what is meant are tests of input that could take minutes or for ever.
    """
    slowness = _slowness()
    started = process_time()
    yield
    spent = process_time() - started
    slowness = max(1.0, slowness, _slowness())
    assert spent < seconds * slowness, f"{spent:.1f} s of processor time on a machine {slowness:.1f} times as slow"


def _slowness() -> float:
    """The number of times as long as an idle machine of 2020 this one takes for small work, about 20 ms of it."""
    started = process_time()
    sum(len(str(number)) for number in range(150_000))
    return (process_time() - started) / 0.02
