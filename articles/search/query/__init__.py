"""From what somebody typed to conditions, and from these to what an index is asked and a text is held against. Pure.

What reads queries is loaded with its name: who stores an article needs a tree of lexemes at most.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from articles.search.query.syntax import parse

__all__ = ["parse"]


def __getattr__(name: str) -> Any:  # PEP 562
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from articles.search.query import syntax

    return getattr(syntax, name)
