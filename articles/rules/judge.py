"""Which of some articles a reader's rules hit: by the conditions that searches have, held against the articles' texts.

What is read of the articles and of the reader's feeds is read once, however many rules there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser, User

from articles.lists.article_keys import Scope
from articles.lists.selection import Selection
from articles.rules.models import Rule
from articles.search.hit_page import Search, condition_of, loaded_texts, searched
from articles.search.query import syntax
from articles.search.query.matching import Condition, HasMedia, Text, matches
from articles.search.query.tree import And
from articles.search.reader_leaves import asks_of_reader, facts
from articles.search.resolve import Names

_ANY_MEDIA = HasMedia("image")


@lru_cache(maxsize=4096)
def _tree(query: str) -> syntax.Node | None:
    """The tree of a rule's query, which is read once and asked of every article that comes in."""
    return syntax.parse(query).tree


def selection_of(rule: Rule) -> Selection:
    """What the rule searches."""
    return Selection(feed=rule.feed, category=rule.category, query=rule.text)


def texts_of(article_ids: Collection[int]) -> dict[int, Text]:
    """The articles as rules of any reader are held against them."""
    return loaded_texts(article_ids, And((_ANY_MEDIA,)), AnonymousUser())


@dataclass(frozen=True, slots=True)
class Understood:
    """A rule's condition, and the feeds in which its hits are; None: in any."""

    rule: Rule
    condition: Condition
    feed_ids: frozenset[int] | None

    def is_hit(self, text: Text) -> bool:
        return (self.feed_ids is None or text.feed_id in self.feed_ids) and matches(self.condition, text)


def understood(rules: Sequence[Rule], reader: User, now: datetime) -> list[Understood]:
    """The rules of `reader`, by the names that feeds and categories have now. `now` carries the reader's time zone."""
    names, scopes = Names(reader), dict[tuple[int | None, int | None, bool], frozenset[int] | None]()
    found = []
    for rule in rules:
        search = Search(selection=selection_of(rule), reader=reader, now=now)
        tree = _tree(rule.text)
        key = (rule.feed_id, rule.category_id, syntax.asks_kept(tree))
        if key not in scopes:
            scope = searched(search, tree)
            scopes[key] = None if scope.is_all else frozenset(scope.feed_ids())
        found.append(Understood(rule, condition_of(search, tree, Scope(), names), scopes[key]))
    return found


def hits_among(rules: Sequence[Understood], reader: User, texts: dict[int, Text]) -> dict[Rule, set[int]]:
    """The ids of those articles that each rule hits; a rule that hits none is left out. What one rule is about to do
    is no matter to another: they all see the reader's articles as they are."""
    asking = And(tuple(each.condition for each in rules))
    if asks_of_reader(asking):
        known = facts(texts.keys(), asking, reader)
        # The same text with other facts: what was made of it for one reader serves the next.
        texts = {pk: replace(text, of_reader=known[pk]) for pk, text in texts.items()}
    found = {each.rule: {pk for pk, text in texts.items() if each.is_hit(text)} for each in rules}
    return {rule: ids for rule, ids in found.items() if ids}
