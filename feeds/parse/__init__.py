"""From the bytes of a feed document, RSS, Atom, RDF or JSON, to a ParsedFeed. Pure.

`parse` raises NotAFeed and nothing else.
"""

from feeds.parse.document import NotAFeed, ParsedEntry, ParsedFeed, parse

__all__ = ["NotAFeed", "ParsedEntry", "ParsedFeed", "parse"]
