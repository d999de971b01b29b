"""From the bytes of a feed document, RSS, Atom, RDF or JSON, to a ParsedFeed. Pure.

`parse` raises NotAFeed and nothing else. What reads documents is loaded with the first name that is asked for: a poll
that finds nothing new needs a rule or two of this room, and would spend a thirtieth of its start on the rest.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feeds.parse.document import NotAFeed, ParsedEntry, ParsedFeed, parse

__all__ = ["NotAFeed", "ParsedEntry", "ParsedFeed", "parse"]


def __getattr__(name: str) -> Any:  # PEP 562
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from feeds.parse import document

    return getattr(document, name)
