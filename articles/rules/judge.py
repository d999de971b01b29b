"""The hits of a reader's rules among some articles: by the conditions of searches, held against their texts.

What is read of the articles and of the reader's feeds is read once, however many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from articles.lists.pages import Reader
from articles.lists.selection import Selection
from articles.rules.models import Rule
from articles.search.hit_page import Search, searched
from articles.search.query import syntax
from articles.search.query.matching import Condition, HasMedia, Text, matcher
from articles.search.query.tree import And, leaves
from articles.search.reader_leaves import asks_of_reader, facts
from articles.search.resolve import Names, resolve
from articles.search.texts import loaded_texts
from feeds.subscriptions.own import zone_of

Made = tuple[Condition, Callable[[Text], bool]]


@dataclass(frozen=True, slots=True)
class Query:
    """A rule's query, which is read once and asked of every article that comes in. `lasting`: what it stands for,
    where that depends on no names and no time."""

    tree: syntax.Node | None
    asks_kept: bool
    asks_media: bool
    lasting: Made | None

    def made(self, now: datetime, names: Names) -> Made:
        """The condition by the names that feeds and categories have, and what tells whether a text fulfils it."""
        return self.lasting or _made(self.tree, now, names)


@lru_cache(maxsize=4096)
def query_of(text: str) -> Query:
    """A query, as it is read and made into a test."""
    tree = syntax.parse(text).tree
    terms = [] if tree is None else [term for term, _ in leaves(tree)]
    is_lasting = all(isinstance(term, syntax.Words) or term.field in _LASTING for term in terms)
    nobody = Names(AnonymousUser())  # whom nothing is asked of
    lasting = _made(tree, datetime.now(UTC), nobody) if is_lasting else None
    asks_media = any(isinstance(term, syntax.Filter) and term.field == "has" for term in terms)
    return Query(tree, syntax.asks_kept(tree), asks_media, lasting)


_LASTING = {"lang", "has", *syntax.READER_FIELDS}


def _made(tree: syntax.Node | None, now: datetime, names: Names) -> Made:
    condition = resolve(tree, now=now, names=names)
    return condition, matcher(condition)


def selection_of(rule: Rule) -> Selection:
    """The search that the rule is."""
    return Selection(feed=rule.feed, category=rule.category, query=rule.text)


def texts_of(article_ids: Collection[int], rules: Iterable[Rule]) -> dict[int, Text]:
    """The articles as these rules, of any reader, are held against them."""
    media = (_ANY_MEDIA,) if any(query_of(rule.text).asks_media for rule in rules) else ()
    return loaded_texts(article_ids, And(media), AnonymousUser())


_ANY_MEDIA = HasMedia("image")


def eyes_of(owner: User | None) -> Reader:
    """Who a rule searches as: its reader; for a rule of the site nobody, who sees what the site shares."""
    return owner or AnonymousUser()


def now_of(owner: User | None) -> datetime:
    """This moment, in the time zone in which the days of the owner's rules begin."""
    return timezone.localtime(timezone=zone_of(owner) if owner else timezone.get_default_timezone())


@dataclass(frozen=True, slots=True)
class Understood:
    """A rule's condition, what tells whether a text fulfils it, and the feeds in which its hits are; None: in any."""

    rule: Rule
    condition: Condition
    matches: Callable[[Text], bool]
    feed_ids: frozenset[int] | None

    def is_hit(self, text: Text) -> bool:
        return (self.feed_ids is None or text.feed_id in self.feed_ids) and self.matches(text)


def understood(rules: Sequence[Rule], reader: Reader, now: datetime) -> list[Understood]:
    """The rules of `reader`, by the names that feeds and categories have now. `now` carries the reader's time zone."""
    names, scopes = Names(reader), dict[tuple[int | None, int | None, bool], frozenset[int] | None]()
    found = []
    for rule in rules:
        query = query_of(rule.text)
        key = (rule.feed_id, rule.category_id, query.asks_kept)
        if key not in scopes:
            scope = searched(Search(selection=selection_of(rule), reader=reader, now=now), query.tree)
            scopes[key] = None if scope.is_all else frozenset(scope.feed_ids())
        condition, test = query.made(now, names)
        found.append(Understood(rule, condition, test, scopes[key]))
    return found


def hits_among(rules: Sequence[Understood], reader: Reader, texts: dict[int, Text]) -> dict[Rule, set[int]]:
    """The ids of those articles that each rule hits; a rule that hits none is left out. What one rule is about to do
    is no matter to another: they all see the reader's articles as they are."""
    asking = And(tuple(each.condition for each in rules))
    if isinstance(reader, User) and asks_of_reader(asking):
        known = facts(texts.keys(), asking, reader)
        # The same text with other facts: what was made of it for one reader serves the next.
        texts = {pk: replace(text, of_reader=known[pk]) for pk, text in texts.items()}
    found = {each.rule: {pk for pk, text in texts.items() if each.is_hit(text)} for each in rules}
    return {rule: ids for rule, ids in found.items() if ids}
