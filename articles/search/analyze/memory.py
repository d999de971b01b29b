"""Memory of the texts that came in last: several steps ask the same of one text, and feeds of one publisher have many
articles in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

# Letters of a text that is remembered: pieces of a hit would push whole texts out, and a book fill the memory.
LENGTHS = range(200, 20_001)

More = ParamSpec("More")
Result = TypeVar("Result")
OfText = Callable[Concatenate[str, More], Result]


def remembering(most: int) -> Callable[[OfText[More, Result]], OfText[More, Result]]:
    """A decorator for a pure function of a text: it remembers the results of so many. Its `remembered` is a function of
    `functools.lru_cache`."""

    def decorator(function: OfText[More, Result]) -> OfText[More, Result]:
        remembered = lru_cache(maxsize=most)(function)

        @wraps(function)
        def with_memory(text: str, /, *args: More.args, **kwargs: More.kwargs) -> Result:
            return (remembered if len(text) in LENGTHS else function)(text, *args, **kwargs)

        with_memory.remembered = remembered  # type: ignore[attr-defined]
        return with_memory

    return decorator
