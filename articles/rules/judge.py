"""The hits of rules among some articles: by the conditions of searches, held against their texts.

What an article's own words rule out is asked no further (`at_work`). What is left is asked by its feed and its date,
and only what is still left by what its reader did: each is read once, however many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.lists.pages import Reader
from articles.lists.selection import Selection
from articles.models import Article
from articles.rules.models import Rule
from articles.search.hit_page import Search, searched
from articles.search.index import media_of_articles
from articles.search.query import syntax
from articles.search.query.matching import Condition, HasMedia, OfReader, Text, matcher, matches
from articles.search.query.sieve import is_of_words, loosened, of_words
from articles.search.query.tree import And, leaves
from articles.search.reader_leaves import facts
from articles.search.resolve import Names, is_open, now_meant, resolve, resolve_later
from articles.search.texts import COLUMNS, text_of
from feeds.models import Category, Feed
from feeds.statements import Given, Statement
from feeds.subscriptions.own import zone_of
from feeds.subscriptions.visibility import keeping_sight

Test = Callable[[Text], bool]
Made = tuple[Condition, Test]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that is read once and asked of every article that comes in. `condition`: what it stands for, with names
    and dates left open; `of_words`: what it asks of an article's own words; `by_words`, `by_feed`, `is_hit`: the tests
    of that, of what its feed and its date tell too, and of all. `left_open`, `of_reader`: the leaves that are names or
    dates, or ask what a reader did. `lasting`: where nothing was left open, what it stands for."""

    tree: syntax.Node | None
    asks_kept: bool
    condition: Condition
    of_words: Condition
    by_words: Test
    by_feed: Test
    is_hit: Test
    left_open: frozenset[OfReader]
    of_reader: frozenset[OfReader]
    asks_media: bool
    lasting: Made | None

    def made(self, now: datetime, names: Names) -> Made:
        """The condition by the names that feeds and categories have, and what tells whether a text fulfils it."""
        return self.lasting or _made(self.tree, now, names)


@lru_cache(maxsize=4096)
def query_of(text: str) -> Query:
    """A query, as it is read and made into tests."""
    tree = syntax.parse(text).tree
    condition = resolve_later(tree)
    words, test = of_words(condition), matcher(condition)
    asked = [leaf for leaf, _ in leaves(condition)]
    of_reader = frozenset(leaf for leaf in asked if isinstance(leaf, OfReader))
    left_open = frozenset(filter(is_open, of_reader))
    return Query(
        tree=tree,
        asks_kept=syntax.asks_kept(tree),
        condition=condition,
        of_words=words,
        by_words=matcher(words),
        by_feed=matcher(loosened(condition, lambda leaf: is_open(leaf) or is_of_words(leaf))),
        is_hit=test,
        left_open=left_open,
        of_reader=of_reader - left_open,
        asks_media=any(isinstance(leaf, HasMedia) for leaf in asked),
        lasting=None if left_open else (condition, test),
    )


def _made(tree: syntax.Node | None, now: datetime, names: Names) -> Made:
    condition = resolve(tree, now=now, names=names)
    return condition, matcher(condition)


def selection_of(rule: Rule) -> Selection:
    """The search that the rule is."""
    return Selection(feed=rule.feed, category=rule.category, query=rule.text)


def eyes_of(owner: User | None) -> Reader:
    """The reader that a rule searches as; for a rule of the site nobody, who sees what the site shares."""
    return owner or AnonymousUser()


def now_of(owner: User | None) -> datetime:
    """This moment, in the time zone in which the days of the owner's rules begin."""
    return timezone.localtime(timezone=zone_of(owner) if owner else timezone.get_default_timezone())


# --- what comes in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A rule as its row has it: whose it is, and its search."""

    pk: int
    owner_id: int | None
    feed_id: int | None
    category_id: int | None
    query: Query


# The number changes with each change of the rules that are on: triggers see to it (migration 0049).
_ARRIVED = Statement(
    lambda: Article.objects.filter(pk__in=[Given("articles")]).values_list(
        *COLUMNS, RawSQL("SELECT mark FROM articles_rulesmark", (), BigIntegerField())
    )
)


class Arrivals:
    """Articles that came in, as rules are held against them. Each text, and its files, are read once for all. `mark`:
    of the rules, as they were then; None without any article."""

    def __init__(self, article_ids: Iterable[int]) -> None:
        rows = _ARRIVED.rows(articles=list(article_ids))
        self.mark: int | None = rows[0][-1] if rows else None
        self.texts = {row[0]: text_of(row[:-1]) for row in rows}
        self._with_media: set[int] = set()

    def load_media(self, article_ids: Iterable[int]) -> None:
        """Have the texts of these articles say which files they have."""
        if unknown := [pk for pk in article_ids if pk not in self._with_media]:
            found = media_of_articles(unknown)
            for pk in unknown:
                self.texts[pk] = replace(self.texts[pk], media=found.get(pk, frozenset()))
            self._with_media.update(unknown)


def hits_among(likely: Mapping[Kept, Iterable[int]], owner: User | None, arrivals: Arrivals) -> dict[int, set[int]]:
    """The ids of those articles that each rule of the owner's hits, by the id of the rule, of those that it is `likely`
    to; a rule that hits none is left out. What one rule is about to do is no matter to another: they all see the
    reader's articles as they are."""
    reader, texts = keeping_sight(copy(eyes_of(owner))), arrivals.texts
    left = _those(likely, texts, lambda query: query.by_words)
    left = _within(left, reader, texts)
    opened = _opened(left, reader, owner, texts)
    left = _those(left, opened, lambda query: query.by_feed)
    arrivals.load_media({pk for rule, some in left.items() if rule.query.asks_media for pk in some})
    whole = _with_facts(left, opened, owner, texts)
    return {rule.pk: set(ids) for rule, ids in _those(left, whole, lambda query: query.is_hit).items()}


def _with_facts(
    likely: Mapping[Kept, Iterable[int]], opened: Mapping[int, Text], owner: User | None, texts: Mapping[int, Text]
) -> dict[int, Text]:
    """The articles that are `opened`, with what the rules ask about their reader, too."""
    ids = {pk for rule, some in likely.items() if rule.query.of_reader for pk in some}
    asked = And(tuple(frozenset[OfReader]().union(*(rule.query.of_reader for rule in likely))))
    known = facts(ids, asked, owner) if owner and ids else {}
    return {pk: replace(texts[pk], of_reader=opened[pk].of_reader | known.get(pk, frozenset())) for pk in opened}


def _those(
    likely: Mapping[Kept, Iterable[int]], texts: Mapping[int, Text], test_of: Callable[[Query], Test]
) -> dict[Kept, list[int]]:
    """The articles that each rule's test is true of; a rule whose test is true of none is left out."""
    tests = {rule: test_of(rule.query) for rule in likely}
    found = {rule: [pk for pk in ids if tests[rule](texts[pk])] for rule, ids in likely.items()}
    return {rule: ids for rule, ids in found.items() if ids}


def _opened(
    likely: Mapping[Kept, Iterable[int]], reader: Reader, owner: User | None, texts: Mapping[int, Text]
) -> dict[int, Text]:
    """The articles, with what is true of them of the names and dates that the rules ask for, as these are now."""
    left_open = frozenset[OfReader]().union(*(rule.query.left_open for rule in likely))
    ids = set[int]().union(*likely.values())
    now = now_of(owner) if any(leaf.field in _OF_DAYS for leaf in left_open) else timezone.localtime()
    names = Names(reader, frozenset(texts[pk].feed_id for pk in ids))
    meant = [(leaf, now_meant(leaf, now, names)) for leaf in left_open]
    return {
        pk: replace(texts[pk], of_reader=frozenset(leaf for leaf, asked in meant if matches(asked, texts[pk])))
        for pk in ids
    }


_OF_DAYS = {"after", "before", "date"}


def _within(likely: Mapping[Kept, Iterable[int]], reader: Reader, texts: Mapping[int, Text]) -> dict[Kept, list[int]]:
    """Those articles that are in the feeds which each rule's search goes through."""
    among = {texts[pk].feed_id for ids in likely.values() for pk in ids}
    scopes = _scopes(likely, reader, among)
    found = {
        rule: [pk for pk in ids if (inside := scopes[rule]) is None or texts[pk].feed_id in inside]
        for rule, ids in likely.items()
        if rule in scopes
    }
    return {rule: ids for rule, ids in found.items() if ids}


def _scopes(rules: Iterable[Kept], reader: Reader, among: Collection[int]) -> dict[Kept, set[int] | None]:
    """The feeds, of those that are asked about, which each rule's search goes through; None: all. Left out is a rule
    that is gone since they were read: with its feed, or to be without a category."""
    feeds: dict[int | None, Feed | None] = {
        None: None,
        **Feed.objects.in_bulk({rule.feed_id for rule in rules} - {None}),
    }
    categories: dict[int | None, Category | None] = {
        None: None,
        **Category.objects.in_bulk({rule.category_id for rule in rules} - {None}),
    }
    found, by_key = dict[Kept, set[int] | None](), dict[tuple[int | None, int | None, bool], set[int] | None]()
    for rule in rules:
        if rule.feed_id not in feeds or rule.category_id not in categories:
            continue
        key = (rule.feed_id, rule.category_id, rule.query.asks_kept)
        if key not in by_key:
            selection = Selection(feed=feeds[rule.feed_id], category=categories[rule.category_id])
            scope = searched(Search(selection=selection, reader=reader, now=now_of(None)), rule.query.tree)
            by_key[key] = None if scope.is_all else scope.feed_ids(among)
        found[rule] = by_key[key]
    return found
