"""The hits of a page: candidates from the index, rechecked, and the cursors to the pages beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any

from django.contrib.auth.models import User

from articles.lists.cursors import BadCursor
from articles.lists.pages import Reader, fold_in, scope_of
from articles.lists.scope import Scope
from articles.lists.selection import Order, Selection, Show
from articles.search.analyze.lexemes import version
from articles.search.backend import Hit, is_of_arrival
from articles.search.databases import backend
from articles.search.query import snippets, syntax
from articles.search.query.in_title import in_title
from articles.search.query.matching import Condition, OfReader, Property, Text, atoms, matches
from articles.search.query.plan import Plan, plan
from articles.search.query.rank import score
from articles.search.query.syntax import Note, Problem, Words
from articles.search.query.tree import And, leaves
from articles.search.reader_leaves import Choice, Oldest, asks_reader_alone, choose, for_nobody
from articles.search.resolve import Names, resolve
from articles.search.texts import facts_of, loaded_texts, texts_of
from articles.stories.rows import Fold

# A page is filled up for so many seconds; what is left waits behind "older".
PATIENCE = 0.3
LARGEST_BATCH = 500
# By relevance: how many of the newest hits, and of the newest with the words in the title, are weighed.
WEIGHED = 120
WEIGHED_TITLES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The articles that are asked for, and the reader who asks. `now` carries the reader's time zone. After `patience`
    seconds of looking through candidates a page ends where it is. With `is_each` the doubles of hits are hits, too."""

    selection: Selection
    reader: Reader
    now: datetime
    patience: float = field(default_factory=lambda: PATIENCE)
    is_each: bool = False

    @property
    def text(self) -> str:
        return self.selection.query

    @property
    def order(self) -> Order:
        return self.selection.order

    @property
    def is_personal(self) -> bool:
        return self.selection.is_personal

    def narrowed(self, **fields: Any) -> Search:
        """The same with other fields of its selection."""
        return replace(self, selection=replace(self.selection, **fields))


@dataclass(frozen=True, slots=True)
class Among:
    """Articles by their ids, the oldest of them published at `start`."""

    article_ids: frozenset[int]
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, understood: the condition, its plan, the notes on the query, and which hits are doubles of others; None
    where each is shown. `oldest`: as a choice has it."""

    condition: Condition
    plan: Plan
    notes: tuple[Note, ...]
    fold: Fold | None = None
    oldest: Oldest = lambda: None

    def bounded(self) -> Plan:
        """The plan that ends at the oldest article that may be a hit. The newest candidates mostly fill a page: only
        who has to look beyond them asks for it."""
        return replace(self.plan, start=max(filter(None, (self.plan.start, self.oldest())), default=None))


def understand(search: Search, also: tuple[Condition, ...] = (), among: Among | None = None) -> Asked:
    """The condition that is searched for, its plan, and the notes on the query; `also`: conditions beside it, `among`:
    articles outside which nothing is looked for."""
    parsed = syntax.parse(search.text)
    terms = [term for term, _ in leaves(parsed.tree)] if parsed.tree else []
    empty = [term.text for term in terms if isinstance(term, Words) and not atoms(term.text)]
    notes = (*parsed.notes, *(Note(Problem.PUNCTUATION, text) for text in empty))
    scope = searched(search, parsed.tree)
    condition = condition_of(search, parsed.tree, scope, Names(search.reader), also)
    if isinstance(search.reader, User):
        choice = choose(condition, scope, search.reader)
    else:
        choice = Choice(rest=And((for_nobody(condition),)))
    if among is not None:
        chosen = among.article_ids if choice.article_ids is None else among.article_ids & choice.article_ids
        choice = replace(choice, article_ids=chosen)
    plan = _narrowed(planned(choice.rest), choice, among)
    return Asked(choice.rest, plan, notes, _fold(search, parsed.tree), choice.oldest)


def _fold(search: Search, tree: syntax.Node | None) -> Fold | None:
    if search.is_each or syntax.asks_doubles(tree):
        return None
    return fold_in(search.selection, search.reader)


def searched(search: Search, tree: syntax.Node | None) -> Scope:
    """The feeds that are searched."""
    return scope_of(search.selection, search.reader, quiet=True, is_own=syntax.asks_kept(tree), with_doubles=True)


def condition_of(
    search: Search, tree: syntax.Node | None, scope: Scope, names: Names, also: tuple[Condition, ...] = ()
) -> Condition:
    """The condition that is true of the hits: of what lies in `scope`, `also`, what the selection asks, and `tree`."""
    return And((*_selected(search, scope, names), *also, resolve(tree, now=search.now, names=names)))


def planned(condition: Condition) -> Plan:
    """The plan by which the index at hand finds what may fulfil `condition`."""
    holding = backend().holds(version())
    return plan(condition, holding.languages, neighbours=holding.is_complete)


def _narrowed(found_by: Plan, choice: Choice, among: Among | None) -> Plan:
    return replace(
        found_by,
        article_ids=choice.article_ids,
        start=max(filter(None, (found_by.start, among.start if among else None)), default=None),
        end=min(filter(None, (found_by.end, choice.end)), default=None),
    )


def _selected(search: Search, scope: Scope, names: Names) -> list[Condition]:
    """The conditions that the selection asks, beside the query."""
    feeds: list[Condition] = [] if scope.is_all else [names.in_feeds(frozenset(scope.feed_ids()))]
    show = search.selection.show
    is_narrowed = isinstance(search.reader, User) and show is not Show.ALL
    return [*feeds, OfReader("is", show.value)] if is_narrowed else feeds


@dataclass(slots=True)
class _Walk:
    """Hits that stood the recheck, in the order walked, with what was read of them; `more` where the walk ended before
    the hits did; `place` how far it came."""

    hits: list[Hit] = field(default_factory=list)
    texts: dict[int, Text] = field(default_factory=dict)
    more: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """Ids in the order of the page, and what was read of these articles on the way. `is_all`: there are no other hits
    than these; `known` of them were found."""

    article_ids: list[int]
    texts: dict[int, Text]
    next_cursor: str
    previous_cursor: str
    known: int
    is_all: bool


def hit_page(search: Search, asked: Asked, cursor: str, size: int) -> HitPage:
    """The hits of a page. Raises BadCursor, SearchTimeout, articles.search.backend.BadPlace."""
    if search.order == Order.RELEVANCE:
        return _relevance_page(search, asked, cursor, size)
    return _date_page(search, asked, cursor, size)


def newest_hits(
    search: Search, wanted: int, *, also: tuple[Condition, ...] = (), among: Among | None = None
) -> tuple[list[Hit], bool]:
    """The newest hits, up to `wanted` and one more, or as many as are found in time, and whether they are all. Raises
    SearchTimeout."""
    walk = _walk(search, understand(search, also, among), "", wanted=wanted + 1)
    return walk.hits[: wanted + 1], len(walk.hits) <= wanted and not walk.more


# --- by date ----------------------------------------------------------------------------------------------------


def _date_page(search: Search, asked: Asked, cursor: str, size: int) -> HitPage:
    down, by_arrival = search.selection.is_oldest_first, search.selection.is_by_arrival
    newer, place = _beginning(search, cursor)
    walk = _walk(search, asked, place, newer=newer, by_arrival=by_arrival, wanted=size + 1)
    if newer != down and len(walk.hits) <= size and not walk.more:  # at the top: the first page, full
        newer, place = down, ""
        walk = _walk(search, asked, place, newer=newer, by_arrival=by_arrival, wanted=size + 1)
    hits = walk.hits[:size]
    beyond = len(walk.hits) > size or walk.more
    start, edge = _ends(walk, place, size)
    cursors = _backwards if newer != down else _onwards
    next_cursor, previous_cursor = cursors(start, edge, place=place, beyond=beyond, down=down)
    return HitPage(
        article_ids=[hit.article_id for hit in (hits if newer == down else hits[::-1])],
        texts=walk.texts,
        next_cursor=next_cursor,
        previous_cursor=previous_cursor,
        known=len(walk.hits),
        is_all=not place and not beyond,
    )


def _beginning(search: Search, cursor: str) -> tuple[bool, str]:
    """True where the page leads to newer hits, and the place that it begins at; empty: the top. So it is, as in lists,
    where the order was changed since the cursor was made."""
    if cursor:
        newer, place = _read(cursor)
        if is_of_arrival(place) == search.selection.is_by_arrival:
            return newer, place
    return search.selection.is_oldest_first, ""


def _ends(walk: _Walk, place: str, size: int) -> tuple[str, str]:
    """The places of the first hit of the page and of the last. Where the walk gave up before the page was full, the
    next page goes on from where it did."""
    hits = walk.hits[:size]
    start = hits[0].place if hits else place
    if walk.more and len(walk.hits) <= size:
        return start, walk.place
    return start, hits[-1].place if hits else place


def _onwards(start: str, edge: str, *, place: str, beyond: bool, down: bool) -> tuple[str, str]:
    """The cursors of the next page and of the one before, of a walk down the page."""
    following = f"{_letter(newer=down)}{edge}" if beyond else ""
    return following, f"{_letter(newer=not down)}{start}" if place else ""


def _backwards(start: str, edge: str, *, place: str, beyond: bool, down: bool) -> tuple[str, str]:
    """The same of a walk up, from below."""
    before = f"{_letter(newer=not down)}{edge}" if place and beyond else ""
    return f"{_letter(newer=down)}{start}", before


def _letter(*, newer: bool) -> str:
    """The letter that a cursor to newer hits begins with, or to older ones."""
    return "n" if newer else "o"


def _read(cursor: str) -> tuple[bool, str]:
    """True where a cursor leads to newer hits, and the place it starts from."""
    if cursor[0] not in "on" or len(cursor) < 2:
        raise BadCursor(cursor)
    return cursor[0] == _letter(newer=True), cursor[1:]


def _walk(
    search: Search, asked: Asked, place: str, *, newer: bool = False, by_arrival: bool = False, wanted: int
) -> _Walk:
    """The next `wanted` hits beyond `place`, by publication or by arrival."""
    walk = _Walk(place=place)
    limit, started = wanted if asked.plan.exact else wanted + wanted // 4, monotonic()
    is_beyond = newer and not place  # what is newest
    while len(walk.hits) < wanted:
        plan = asked.bounded() if is_beyond else asked.plan
        candidates = backend().hits(plan, place=walk.place, newer=newer, by_arrival=by_arrival, limit=limit)
        standing = _standing(search, asked, candidates, walk)
        walk.hits += standing if asked.fold is None else _rows(search, asked, asked.fold, standing)
        if len(candidates) < limit:
            return walk
        walk.place = candidates[-1].place
        if monotonic() - started > search.patience:
            break
        limit, is_beyond = min(limit * 2, LARGEST_BATCH), True
    walk.more = True
    return walk


def _standing(search: Search, asked: Asked, candidates: Sequence[Hit], walk: _Walk) -> list[Hit]:
    """Those candidates that stand a recheck against their own text and the reader's state."""
    if asked.plan.exact:
        return list(candidates)
    ids = {hit.article_id for hit in candidates}
    of_reader, of_text = _apart(asked.plan.recheck)
    if of_reader.parts:
        ids = _fulfilling(of_reader, ids, search.reader)
    if of_text.parts:
        texts = loaded_texts(ids, of_text, search.reader)
        walk.texts |= {id_: text for id_, text in texts.items() if matches(of_text, text)}
        ids &= walk.texts.keys()
    return [hit for hit in candidates if hit.article_id in ids]


def _fulfilling(of_reader: And[Property], ids: Collection[int], reader: Reader) -> set[int]:
    """Those of which it is true, of a condition that asks nothing of their texts."""
    known = facts_of(ids, of_reader, reader)
    return {pk for pk in ids if matches(of_reader, Text(title="", text="", of_reader=known[pk]))}


def row_count(search: Search, asked: Asked, most: int) -> tuple[int, bool]:
    """The number of hits that have a row, of a plan that the index alone answers, counted up to `most`; and True where
    those are all there are. Raises SearchTimeout."""
    if asked.fold is None:
        counted = backend().count(asked.plan, limit=most + 1)
        return min(counted, most), counted <= most
    walk = _walk(search, asked, "", wanted=most + 1)
    return min(len(walk.hits), most), len(walk.hits) <= most and not walk.more


def _rows(search: Search, asked: Asked, fold: Fold, hits: Sequence[Hit]) -> list[Hit]:
    """Those hits that have a row: not the doubles of an article that is a hit, too, on whichever page. What alone of
    its story answers the query is found."""
    earlier = fold.earlier(hit.article_id for hit in hits)
    if not earlier:
        return list(hits)
    found = {hit.article_id for hit in hits}
    beyond = frozenset[int]().union(*earlier.values()) - found
    if asked.plan.article_ids is not None:
        beyond &= asked.plan.article_ids
    if beyond:
        candidates = backend().hits(replace(asked.plan, article_ids=beyond), limit=len(beyond))
        found |= {hit.article_id for hit in _standing(search, asked, candidates, _Walk())}
    return [hit for hit in hits if not earlier.get(hit.article_id, frozenset()) & found]


def _apart(recheck: And[Property]) -> tuple[And[Property], And[Property]]:
    """The parts that are answered without the articles' texts, and those that are not."""
    of_reader = tuple(part for part in recheck.parts if asks_reader_alone(part))
    return And(of_reader), And(tuple(part for part in recheck.parts if part not in of_reader))


# --- by relevance -----------------------------------------------------------------------------------------------


def _relevance_page(search: Search, asked: Asked, cursor: str, size: int) -> HitPage:
    """Weighs the newest hits, and the newest that have the words in the title; beyond these there is no order that a
    reader would see."""
    start = _offset(cursor)
    # As many for every page: with others weighed, too, hits would change places between two pages.
    walk = _walk(search, asked, "", wanted=max(WEIGHED, size))
    titles = in_title(asked.condition)
    is_all = not walk.more
    if titles is not None and walk.more:
        found_by = replace(
            planned(titles), article_ids=asked.plan.article_ids, start=asked.plan.start, end=asked.plan.end
        )
        by_title = replace(asked, condition=titles, plan=found_by)
        of_titles = _walk(search, by_title, "", wanted=WEIGHED_TITLES)
        walk.hits = list({hit.article_id: hit for hit in [*walk.hits, *of_titles.hits]}.values())
        if asked.fold is not None:
            walk.hits = _rows(search, asked, asked.fold, walk.hits)
        walk.texts |= of_titles.texts
    texts = texts_of([hit.article_id for hit in walk.hits], walk.texts)
    words = snippets.asked_for(asked.condition)
    weights = {id_: score(text, words, now=search.now) for id_, text in texts.items()}
    ranked = sorted(weights, key=lambda article_id: (-weights[article_id], -article_id))
    return HitPage(
        article_ids=ranked[start : start + size],
        texts=texts,
        next_cursor=f"r{start + size}" if start + size < len(ranked) else "",
        previous_cursor=f"r{max(0, start - size)}" if start else "",
        known=len(ranked),
        is_all=is_all,
    )


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    digits = cursor[1:]
    if cursor[0] != "r" or not digits.isdecimal() or len(digits) > 9 or int(digits) > WEIGHED + WEIGHED_TITLES:
        raise BadCursor(cursor)
    return int(digits)
