"""What the index is asked: a condition as an expression of lexemes, a span of time, and whether its answer is final.

Pure. The expression never misses a hit; where it may give too many, `exact` is False and every hit is rechecked
(articles.search.query.matching).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from articles.search.analyze.document import PREFIX, feed_lexeme, stems_lexeme
from articles.search.analyze.lexemes import LONGEST_WORD, Segment, grams, phrase_lexemes, word_lexeme
from articles.search.query.matching import (  # fmt: skip
    Condition,
    Contains,
    Every,
    HasMedia,
    InFeeds,
    InLanguage,
    Neither,
    Published,
    Some,
    atoms,
    is_language,
)

# Next page than that are no lexemes but a condition on the rows, if they have a good part of all articles.
MOST_FEED_LEXEMES = 20
GOOD_PART = 0.05
# Of a phrase of many words, or in many languages, so many lexemes of neighbours are asked for.
MOST_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Lexeme:
    text: str


@dataclass(frozen=True, slots=True)
class NoneOf:
    part: Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    """With no parts: everything."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """With no parts: nothing."""

    parts: tuple[Expression, ...] = ()


Expression = Lexeme | NoneOf | AllOf | AnyOf
EVERYTHING = AllOf()
NOTHING = AnyOf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the index finds, and `recheck`: what of the condition it can't be sure of. `feed_ids` where they are too
    many for lexemes; `article_ids` where only few articles come into question; None: all."""

    expression: Expression = EVERYTHING
    start: datetime | None = None
    end: datetime | None = None
    feed_ids: frozenset[int] | None = None
    article_ids: frozenset[int] | None = None
    recheck: Every = field(default_factory=Every)

    @property
    def exact(self) -> bool:
        """True where whatever the index finds is a hit."""
        return not self.recheck.parts


def plan(condition: Condition, languages: Iterable[str], *, neighbours: bool = False) -> Plan:
    """How the index finds what may fulfil `condition`; `languages` are those whose stems the index holds, `neighbours`
    says that it holds the lexemes of neighbours of every article."""
    stems = tuple(sorted({*languages})) or ("",)
    start: datetime | None = None
    end: datetime | None = None
    feed_ids: frozenset[int] | None = None
    asked: list[Expression] = []
    unsure: list[Condition] = []
    condition = plainly(condition)
    for part in condition.parts if isinstance(condition, Every) else (condition,):
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
    return Plan(expression=all_of(asked), start=start, end=end, feed_ids=feed_ids, recheck=Every(tuple(unsure)))


def plainly(condition: Condition) -> Condition:
    """The same condition with negations at single terms only, and no Every inside an Every."""
    match condition:
        case Every(parts):
            flat: list[Condition] = []
            for part in map(plainly, parts):
                flat += part.parts if isinstance(part, Every) else (part,)
            return flat[0] if len(flat) == 1 else Every(tuple(flat))
        case Some(parts):
            return Some(tuple(map(plainly, parts)))
        case Neither(Neither(part)):
            return plainly(part)
        case Neither(Every(parts)):
            return plainly(Some(tuple(Neither(part) for part in parts)))
        case Neither(Some(parts)):
            return plainly(Every(tuple(Neither(part) for part in parts)))
        case _:
            return condition


def expression(condition: Condition, stems: tuple[str, ...], *, neighbours: bool = False) -> tuple[Expression, bool]:
    """The lexemes that a hit must hold, and whether holding them is enough."""
    match condition:
        case Contains(words, name):
            asked, exact = _contains(atoms(words), name, stems if name in {"", "title"} else ("",))
            return (
                asked if exact or name or not neighbours else all_of((asked, _in_a_row(atoms(words), stems)))
            ), exact
        case InFeeds(ids):
            return any_of(Lexeme(feed_lexeme(feed_id)) for feed_id in sorted(ids)), True
        case InLanguage(tag):
            return any_of(Lexeme(f"l:{tag}") for tag in [tag] if is_language(tag)), True
        case HasMedia(kind):
            return Lexeme(f"h:{kind}"), True
        case Published():
            return EVERYTHING, False
        case Neither(part):
            asked, exact = expression(part, stems)
            return (_negated(asked), True) if exact else (EVERYTHING, False)
        case Every(parts):
            pairs = [expression(part, stems, neighbours=neighbours) for part in parts]
            return all_of(asked for asked, _ in pairs), all(exact for _, exact in pairs)
        case Some(parts):
            pairs = [expression(part, stems, neighbours=neighbours) for part in parts]
            return any_of(asked for asked, _ in pairs), all(exact for _, exact in pairs)


def _contains(parts: tuple[Segment, ...], name: str, stems: tuple[str, ...]) -> tuple[Expression, bool]:
    asked = all_of(_run(part, PREFIX[name]) if part.is_run else _word(part, PREFIX[name], stems) for part in parts)
    if len(parts) != 1:
        return asked, not parts
    return asked, len(parts[0].text) <= 2 if parts[0].is_run else len(parts[0].text) < LONGEST_WORD


def _run(part: Segment, prefix: str) -> Expression:
    return all_of(Lexeme(prefix + gram) for gram in grams(part.text))


def _word(part: Segment, prefix: str, stems: tuple[str, ...]) -> Expression:
    """The word's lexeme. Where languages stem it differently, each lexeme counts in articles of those languages only:
    so a word, too, is found exactly."""
    languages: dict[str, list[str]] = {}
    for language in stems:
        languages.setdefault(word_lexeme(part.text, language), []).append(language)
    if len(languages) == 1:
        return Lexeme(prefix + next(iter(languages)))
    return any_of(
        all_of((Lexeme(prefix + lexeme), any_of(Lexeme(stems_lexeme(language)) for language in spoken)))
        for lexeme, spoken in languages.items()
    )


def _in_a_row(parts: tuple[Segment, ...], stems: tuple[str, ...]) -> Expression:
    """The lexemes of the phrase's neighbours, beginning at any place, as each of the languages has them."""
    rows = dict.fromkeys(tuple(row) for language in stems for row in phrase_lexemes(parts, language))
    enough = MOST_NEIGHBOURS // len(rows)
    return any_of(all_of(map(Lexeme, row[:enough])) for row in rows)


def all_of(parts: Iterable[Expression]) -> Expression:
    """Every part; flattened, so that everything and nothing show."""
    flat: dict[Expression, None] = {}
    for part in parts:
        if part == NOTHING:
            return NOTHING
        flat.update(dict.fromkeys(part.parts if isinstance(part, AllOf) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else AllOf(tuple(flat))


def any_of(parts: Iterable[Expression]) -> Expression:
    flat: dict[Expression, None] = {}
    for part in parts:
        if part == EVERYTHING:
            return EVERYTHING
        flat.update(dict.fromkeys(part.parts if isinstance(part, AnyOf) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else AnyOf(tuple(flat))


def _negated(part: Expression) -> Expression:
    if part == EVERYTHING:
        return NOTHING
    return EVERYTHING if part == NOTHING else NoneOf(part)
