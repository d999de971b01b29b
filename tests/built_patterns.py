"""Patterns that a function makes from its arguments, as it makes them: what a walk through its source can't tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from articles.display import frames as film_frames
from articles.display import language
from articles.sanitize import formulas, frames
from articles.search.analyze import fold, lexemes
from feeds.polls import failure_messages


def _analysis() -> Iterator[re.Pattern[str]]:
    for limit in (lexemes._ASCII, lexemes._COMMON, lexemes._FIRST_PLANE, lexemes._UNICODE):
        made = lexemes._patterns(limit)
        yield from (made.runs, made.pieces, made.segments, made.apostrophe)


def _letters() -> Iterator[re.Pattern[str]]:
    for limit in (lexemes._ASCII, lexemes._COMMON, lexemes._FIRST_PLANE, lexemes._UNICODE):
        yield re.compile(lexemes._patterns(limit)._any)


ANCHORED = frozenset({"feeds.polls.failure_messages._pattern", "articles.sanitize.formulas"})  # never searched for
MADE: dict[str, Callable[[], Iterator[re.Pattern[Any]]]] = {
    "feeds.parse.dates._named_date": lambda: iter([re.compile(r"(?<![\d:+-])12(?![\d:])")]),
    "feeds.polls.failure_messages._pattern": lambda: (
        pattern for _, pattern in failure_messages._patterns(failure_messages.FORMS)
    ),
    "articles.sanitize.formulas": lambda: (
        pattern for names in formulas._ATTRIBUTES.values() for pattern in names.values()
    ),
    "articles.display.row_text._without_title": lambda: iter([re.compile(r"\s+".join("aaaa"), re.I)]),
    "articles.display.language": lambda: (pattern for pattern, _ in language._SCRIPTS),
    "articles.display.frames": lambda: (pattern for pattern, _, _ in film_frames._PLAYERS),
    "articles.sanitize.frames.players": lambda: (pattern for pattern, _, _ in frames.players()),
    "articles.sanitize.proxies._in_parameter": lambda: iter([re.compile("(?:^|&)url=([^&]+)", re.I)]),
    "articles.search.analyze.lexemes._Patterns.runs": _analysis,
    "articles.search.analyze.lexemes._Patterns.pieces": _analysis,
    "articles.search.analyze.lexemes._Patterns.segments": _analysis,
    "articles.search.analyze.lexemes._Patterns.apostrophe": _analysis,
    "articles.search.analyze.lexemes._Patterns._other": _letters,
    "articles.search.analyze.fold._may_change": lambda: iter([fold._may_change()]),
}
