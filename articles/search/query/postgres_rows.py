"""The lexemes of an article as a row of Postgres holds them: in less space than a tsvector, which the index makes of
them (the function articles_search_vector, in articles/migrations/0008), and looked through quickly all the same. Pure.

A row holds a line of words between blanks, a line of runs, and a line of the title's runs; then blanks, so that TOAST
compresses it and moves it out: rows of a few bytes keep the many that are counted and sorted close together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from articles.search.analyze.document import PREFIX, Lexemes
from articles.search.analyze.lexemes import is_run, run_lexemes
from articles.search.query.tree import evaluate

if TYPE_CHECKING:
    from articles.search.query.plan import Expression, Lexeme

# Postgres takes a tsvector of 1 MB; what a page of hostile text holds beyond that is not indexed.
MOST_LEXEME_BYTES = 900_000
# TOAST_TUPLE_THRESHOLD, and a little more: https://www.postgresql.org/docs/current/storage-toast.html
TOASTED = 2100
# The lines of a row as columns.
COLUMNS = tuple(
    rf"split_part(lexemes, E'\n', {number}) AS {name}" for number, name in enumerate(("words", "runs", "title_runs"), 1)
)


def packed(lexemes: Lexemes) -> str:
    """The lexemes as a row holds them."""
    text = _lines(lexemes)
    n_bytes = len(text.encode())
    if n_bytes * 3 > MOST_LEXEME_BYTES:  # the lexemes of a run have three times its bytes
        text = _lines(_that_fit(lexemes))
        n_bytes = len(text.encode())
    return text + " " * (TOASTED - n_bytes)


def _lines(lexemes: Lexemes) -> str:
    words, runs, title_runs = (" ".join(sorted(pieces)) for pieces in (lexemes.words, lexemes.runs, lexemes.title_runs))
    return f" {words} \n{runs}\n{title_runs}"


def _that_fit(lexemes: Lexemes) -> Lexemes:
    room = _Room(MOST_LEXEME_BYTES)
    # First those with a prefix: without what says its language the article would be found by no stem.
    ordered = sorted(lexemes.words, key=lambda word: (":" not in word, word))
    words = frozenset(word for word in ordered if room.takes({word}))
    titles = frozenset(
        run for run in sorted(lexemes.title_runs) if room.takes({f"t:{one}" for one in run_lexemes([run])})
    )
    return Lexemes(words, frozenset(run for run in sorted(lexemes.runs) if room.takes(run_lexemes([run]))), titles)


class _Room:
    """So many bytes; a lexeme takes four more than it has, once."""

    def __init__(self, n_bytes: int) -> None:
        self.left = n_bytes
        self.taken: set[str] = set()

    def takes(self, lexemes: set[str]) -> bool:
        """True where these have still had room. When some have not, nothing has any more."""
        new = lexemes - self.taken
        self.left -= sum(len(lexeme.encode()) + 4 for lexeme in new)
        if self.left >= 0:
            self.taken |= new
        return self.left >= 0


# --- looking through rows ---------------------------------------------------------------------------------------


_Sql = tuple[str, list[str]]


def condition(expression: Expression) -> _Sql:
    """The expression as a condition on COLUMNS, and its parameters."""
    return evaluate(expression, _holds, every=_joined(" AND ", "true"), some=_joined(" OR ", "false"), no=_lacks)


def _holds(lexeme: Lexeme) -> _Sql:
    column, wanted = _where(lexeme.text)
    return f"strpos({column}, %s) > 0", [wanted]


def _lacks(part: _Sql) -> _Sql:
    inner, wanted_there = part
    return f"NOT ({inner})", wanted_there


def _where(lexeme: str) -> tuple[str, str]:
    """The column in which the lexeme is looked for, and what stands there."""
    if is_run(lexeme):
        return "runs", lexeme
    prefix = PREFIX["title"]
    if lexeme.startswith(prefix) and is_run(lexeme[len(prefix) :]):
        return "title_runs", lexeme[len(prefix) :]
    return "words", f" {lexeme} "


def _joined(operator: str, nothing: str) -> Callable[[Iterable[_Sql]], _Sql]:
    def joined(parts: Iterable[_Sql]) -> _Sql:
        conditions = list(parts)
        return (
            operator.join(f"({inner})" for inner, _ in conditions) or nothing,
            [wanted for _, some in conditions for wanted in some],
        )

    return joined
