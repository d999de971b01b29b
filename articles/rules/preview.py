"""A rule tried before it is kept: the hits among the newest articles, and in the whole archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from articles.lists.article_keys import all_keys
from articles.lists.pages import Reader, load, scope_of
from articles.lists.scope import Span
from articles.lists.selection import Selection
from articles.models import Article
from articles.search.find import Search, SearchTimeout, total_of
from articles.search.hit_page import Among, newest_hits

NEWEST = 1_000  # articles that the rule is tried on
SHOWN = 10
PATIENCE = 1.5  # seconds of looking through the candidates of each of the two searches
MOST = 0.9  # of what came: a rule that hits so much is asked about
FEWEST = 10  # articles; of fewer, nothing can be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The hits among the newest `tried` articles that the reader follows, some of them as lists have them, and the hits
    in the whole archive. A number that is not exact is a lower bound; None: the database gave up."""

    hits: int
    hits_are_all: bool
    tried: int
    total: int | None
    total_is_exact: bool
    articles: list[Article]

    @property
    def is_nearly_all(self) -> bool:
        """True where the rule would hit nearly all that comes in."""
        return self.tried >= FEWEST and self.hits >= MOST * self.tried


def preview(reader: Reader, selection: Selection, now: datetime) -> Preview:
    """The hits that a rule for `selection` would have had."""
    search = Search(selection=selection, reader=reader, now=now, patience=PATIENCE, is_each=True)
    scope = scope_of(Selection(), reader, quiet=True, with_doubles=True)
    keys = all_keys(scope, Span(key=None, newer=False, limit=NEWEST))
    among = Among(frozenset(pk for _, pk in keys), min((moment for moment, _ in keys), default=None))
    try:
        found, are_all = newest_hits(search, NEWEST, among=among)
        total, is_exact = total_of(search)
    except SearchTimeout:
        return Preview(hits=0, hits_are_all=False, tried=len(keys), total=None, total_is_exact=False, articles=[])
    return Preview(
        hits=len(found),
        hits_are_all=are_all,
        tried=len(keys),
        total=max(total, len(found)),
        total_is_exact=is_exact,
        articles=load([hit.article_id for hit in found[:SHOWN]], reader),
    )
