"""Suggestions of what may have been meant: titles while a query is typed, another query where one finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from time import monotonic

from articles.lists.article_keys import all_keys, one_walk
from articles.lists.pages import Reader, Selection, Show, scope_of
from articles.lists.scope import Scope, Span
from articles.models import Article
from articles.search.analyze.fold import fold
from articles.search.analyze.lexemes import segments
from articles.search.backend import SearchTimeout
from articles.search.find import Search, found_ids
from articles.search.query.syntax import Node, Words, parse, to_text, words_of
from articles.search.query.tree import And, required

# Titles are looked through no further back than this; they are a few bytes each and need no index.
NEWEST = 2000
SHORTEST = 2
# Seconds that looking for another query may take.
PATIENCE = 0.5
SIMILAR = 0.7


def suggestions(prefix: str, reader: Reader, *, limit: int = 8, selection: Selection | None = None) -> list[str]:
    """Titles among the newest that hold what is being typed, of feeds that `reader` follows, whether starred or not:
    those first that begin with it."""
    wanted = " ".join(fold(prefix).split())
    if len(wanted) < SHORTEST and wanted.isascii():
        return []
    begins: list[str] = []
    holds: list[str] = []
    feeds = scope_of(replace(selection or Selection(), show=Show.ALL), reader, quiet=True, with_doubles=True)
    for title in dict.fromkeys(_titles(feeds)):
        place = fold(title).find(wanted) if wanted else -1
        if place >= 0:
            (holds if place else begins).append(title)
    return [*begins, *holds][:limit]


def _titles(scope: Scope) -> list[str]:
    articles = one_walk(scope)
    if articles is None:
        keys = all_keys(scope, Span(key=None, newer=False, limit=NEWEST))
        articles = Article.objects.filter(pk__in=[pk for _, pk in keys])
    titles = articles.exclude(title="").order_by("-published_at", "-id").values_list("title", flat=True)
    return list(titles[:NEWEST])


def did_you_mean(search: Search) -> str:
    """A query near to one that found nothing, which does find something; "" where there is none."""
    deadline = monotonic() + PATIENCE
    for text in _nearby(parse(search.text).tree, search.reader):
        try:
            if found_ids(replace(search.narrowed(query=text), patience=max(deadline - monotonic(), 0)), size=1):
                return text
        except SearchTimeout:
            return ""
        if monotonic() > deadline:
            return ""
    return ""


def _nearby(tree: Node | None, reader: Reader) -> Iterator[str]:
    """With a misspelt word put right, a phrase taken apart, and one term less: the likeliest first."""
    parts = required(tree) if tree else ()
    words = [(number, part) for number, part in enumerate(parts) if isinstance(part, Words)]
    known = _words_of_titles(reader) if words else []
    for number, part in words:
        for text in _respelt(part.text, known):
            yield _joined([*parts[:number], replace(part, text=text), *parts[number + 1 :]])
    for number, part in words:
        if len(pieces := _pieces(part.text)) > 1:
            yield _joined([*parts[:number], *(replace(part, text=text) for text in pieces), *parts[number + 1 :]])
    yield from _shorter(parts)


def _shorter(parts: Sequence[Node]) -> Iterator[str]:
    """With one term less, the last first."""
    for number in reversed(range(len(parts))):
        rest = [*parts[:number], *parts[number + 1 :]]
        if any(map(words_of, rest)):
            yield _joined(rest)


def _respelt(text: str, known: list[str]) -> list[str]:
    words = fold(text).split()
    if len(words) != 1 or len(words[0]) < 4:
        return []
    return [word for word in get_close_matches(words[0], known, n=3, cutoff=SIMILAR) if word != words[0]]


def _everything(reader: Reader) -> Scope:
    return scope_of(Selection(), reader, quiet=True, with_doubles=True)


def _words_of_titles(reader: Reader) -> list[str]:
    return sorted({word for title in _titles(_everything(reader)) for word in _words_of(title)})


@lru_cache(maxsize=2 * NEWEST)
def _words_of(title: str) -> tuple[str, ...]:
    """The words that may be meant. The next query that finds nothing is held against the same titles."""
    return tuple(part.text for part in segments(title) if len(part.text) > 2 and part.text.isalnum())


def _pieces(text: str) -> list[str]:
    """A phrase's words, and a run's halves: 大学图书馆 may stand apart."""
    parts = [part.text for part in segments(text)]
    if len(parts) == 1 and segments(text)[0].is_run and len(parts[0]) > 3:
        middle = len(parts[0]) // 2
        return [parts[0][:middle], parts[0][middle:]]
    return parts


def _joined(parts: list[Node]) -> str:
    return to_text(And(tuple(parts)) if len(parts) > 1 else parts[0])
