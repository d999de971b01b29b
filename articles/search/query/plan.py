"""The question to the index: a condition as an expression of lexemes, a span of time, and whether its answer is final.

Pure. The expression never misses a hit; where it may give too many, `exact` is False and every hit is rechecked
(articles.search.query.matching).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from articles.search.analyze.document import PREFIX, feed_lexeme, stems_lexeme
from articles.search.analyze.language_tags import is_language
from articles.search.analyze.lexemes import LONGEST_WORD, Segment, grams, phrase_lexemes, word_lexeme
from articles.search.query.matching import (
    Condition,
    Contains,
    HasMedia,
    InFeeds,
    InLanguage,
    OfReader,
    Property,
    Published,
    atoms,
)
from articles.search.query.tree import EVERYTHING, And, Tree, evaluate, every, negated, plain, required, some

# Next page than that are no lexemes but a condition on the rows, if they have a good part of all articles.
MOST_FEED_LEXEMES = 20
GOOD_PART = 0.05
# Of a phrase of many words, or in many languages, so many lexemes of neighbours are asked for.
MOST_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Lexeme(Tree["Lexeme"]):
    text: str


Expression: TypeAlias = Tree[Lexeme]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The question to the index, and `recheck`: the part of the condition that the index can't be sure of. `feed_ids`
    where they are too many for lexemes; `article_ids` where only few articles come into question; None: all."""

    expression: Expression = EVERYTHING
    start: datetime | None = None
    end: datetime | None = None
    feed_ids: frozenset[int] | None = None
    article_ids: frozenset[int] | None = None
    recheck: And[Property] = EVERYTHING

    @property
    def exact(self) -> bool:
        """True where whatever the index finds is a hit."""
        return not self.recheck.parts


def plan(condition: Condition, languages: Iterable[str], *, neighbours: bool = False) -> Plan:
    """The plan by which the index finds what may fulfil `condition`; `languages` are those whose stems the index holds,
    `neighbours` says that it holds the lexemes of neighbours of every article."""
    stems = tuple(sorted({*languages})) or ("",)
    start: datetime | None = None
    end: datetime | None = None
    feed_ids: frozenset[int] | None = None
    asked: list[Expression] = []
    unsure: list[Condition] = []
    for part in required(plain(condition)):
        match part:
            case Published(since, until):
                start = max(filter(None, (start, since)), default=None)
                end = min(filter(None, (end, until)), default=None)
            case InFeeds(ids, share) if len(ids) > MOST_FEED_LEXEMES and share > GOOD_PART:
                feed_ids = ids if feed_ids is None else feed_ids & ids
            case _:
                of_part, exact = expression(part, stems, neighbours=neighbours)
                asked.append(of_part)
                unsure += () if exact else (part,)
    return Plan(expression=every(asked), start=start, end=end, feed_ids=feed_ids, recheck=And(tuple(unsure)))


_Found = tuple[Expression, bool]


def expression(condition: Condition, stems: tuple[str, ...], *, neighbours: bool = False) -> _Found:
    """The lexemes that a hit must hold, and whether holding them is enough."""

    def both(join: Callable[[Iterable[Expression]], Expression]) -> Callable[[Iterator[_Found]], _Found]:
        def joined(parts: Iterator[_Found]) -> _Found:
            pairs = list(parts)
            return join(asked for asked, _ in pairs), all(exact for _, exact in pairs)

        return joined

    def no(part: _Found) -> _Found:
        asked, exact = part
        return (negated(asked), True) if exact else (EVERYTHING, False)

    def lexemes(wanted: Property) -> _Found:
        return _lexemes(wanted, stems, neighbours=neighbours)

    return evaluate(condition, lexemes, every=both(every), some=both(some), no=no)


def _lexemes(wanted: Property, stems: tuple[str, ...], *, neighbours: bool) -> _Found:
    match wanted:
        case Contains(words, name):
            return _words(atoms(words), name, stems, neighbours=neighbours)
        case InFeeds(ids):
            return some(Lexeme(feed_lexeme(feed_id)) for feed_id in sorted(ids)), True
        case InLanguage(tag):
            return (Lexeme(f"l:{tag}") if is_language(tag) else some(())), True
        case HasMedia(kind):
            return Lexeme(f"h:{kind}"), True
        case Published() | OfReader():
            return EVERYTHING, False


def _words(parts: tuple[Segment, ...], name: str, stems: tuple[str, ...], *, neighbours: bool) -> _Found:
    asked, exact = _contains(parts, name, stems if name in {"", "title"} else ("",))
    if neighbours and not exact and not name:
        asked = every((asked, _in_a_row(parts, stems)))
    return asked, exact


def _contains(parts: tuple[Segment, ...], name: str, stems: tuple[str, ...]) -> tuple[Expression, bool]:
    asked = every(_run(part, PREFIX[name]) if part.is_run else _word(part, PREFIX[name], stems) for part in parts)
    if len(parts) != 1:
        return asked, not parts
    return asked, len(parts[0].text) <= 2 if parts[0].is_run else len(parts[0].text) < LONGEST_WORD


def _run(part: Segment, prefix: str) -> Expression:
    return every(Lexeme(prefix + gram) for gram in grams(part.text))


def _word(part: Segment, prefix: str, stems: tuple[str, ...]) -> Expression:
    """The word's lexeme. Where languages stem it differently, each lexeme counts in articles of those languages only:
    so a word, too, is found exactly."""
    languages: dict[str, list[str]] = {}
    for language in stems:
        languages.setdefault(word_lexeme(part.text, language), []).append(language)
    if len(languages) == 1:
        return Lexeme(prefix + next(iter(languages)))
    return some(
        every((Lexeme(prefix + lexeme), some(Lexeme(stems_lexeme(language)) for language in spoken)))
        for lexeme, spoken in languages.items()
    )


def _in_a_row(parts: tuple[Segment, ...], stems: tuple[str, ...]) -> Expression:
    """The lexemes of the phrase's neighbours, beginning at any place, as each of the languages has them."""
    rows = dict.fromkeys(tuple(row) for language in stems for row in phrase_lexemes(parts, language))
    enough = MOST_NEIGHBOURS // len(rows)
    return some(every(map(Lexeme, row[:enough])) for row in rows)
