"""From what somebody typed to conditions, and from these to what an index is asked and a text is held against. Pure."""

from articles.search.query.syntax import parse

__all__ = ["parse"]
