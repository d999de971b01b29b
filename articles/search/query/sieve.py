"""Many conditions held against a text: those that it may fulfil are found by its words, and of the others nothing is
asked, however many there are. Pure.

A condition is loosened to what the text itself tells: whatever fulfils it fulfils that too. Of most loosened conditions
a text must have one of a few words, and under a piece of each, a stem or two characters, the condition is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import add

from articles.search.analyze.lexemes import word_form
from articles.search.query.matching import Condition, Contains, InLanguage, Property, Text, atoms
from articles.search.query.tree import EVERYTHING, Not, Tree, evaluate, every, some

_MOST_LANGUAGES = 8  # of whose stems the pieces are kept


class Sieve:
    """Conditions, known by their numbers, that are held against one text after the other."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        asked = [needed(of_words(condition)) for condition in conditions]
        self._always = [number for number, words in enumerate(asked) if words is None]
        of_text, of_names = list[tuple[int, Contains]](), list[tuple[int, Contains]]()
        for number, words in enumerate(asked):
            for each in words or ():
                (of_names if each.field in {"author", "url"} else of_text).append((number, each))
        self._of_names = _by_piece(of_names, "")  # names and addresses are not inflected
        self._of_text = lru_cache(maxsize=_MOST_LANGUAGES)(lambda stems: _by_piece(of_text, stems))

    def likely(self, text: Text) -> list[int]:
        """The numbers of all conditions that the text may fulfil, as its words have it; mostly few others."""
        found = set(self._always)
        wanted = self._of_text(text.stems("text"))
        for piece in wanted.keys() & (_pieces(text, "title") | _pieces(text, "text")) if wanted else ():
            found.update(wanted[piece])
        wanted = self._of_names
        for piece in wanted.keys() & (_pieces(text, "author") | _pieces(text, "url")) if wanted else ():
            found.update(wanted[piece])
        return sorted(found)


def _by_piece(asked: Sequence[tuple[int, Contains]], stems: str) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, words in asked:
        found.setdefault(_piece(words, stems), []).append(number)
    return found


def _piece(words: Contains, stems: str) -> str:
    """A piece that every text has in which the words stand: the form of the longest word, or the first two characters
    of a run, which may begin anywhere in a run of the text."""
    longest = max(atoms(words.words), key=lambda part: len(part.text))
    return longest.text[:2] if longest.is_run else word_form(longest.text, stems)


def _pieces(text: Text, name: str) -> set[str]:
    found, folded = set(text.canonical(name).split(" ")), text.folded(name)
    if not folded.isascii():  # where there may be runs
        found.update(folded)
        found.update(map(add, folded, folded[1:]))
    return found


def of_words(condition: Condition) -> Condition:
    """The condition loosened to what a text's own words and language tell."""
    return loosened(condition, is_of_words)


def is_of_words(leaf: Property) -> bool:
    """True of what the text's own words and language answer."""
    return isinstance(leaf, Contains | InLanguage)


def loosened(condition: Condition, is_known: Callable[[Property], bool]) -> Condition:
    """The condition that is left of known leaves alone: true wherever `condition` is, whatever the others are."""

    def pair_of(leaf: Property) -> _Pair:
        return (leaf, Not(leaf)) if is_known(leaf) else (EVERYTHING, EVERYTHING)

    loose, _of_opposite = evaluate(condition, pair_of, every=_loose_and, some=_loose_or, no=_swapped)
    return loose


# A condition loosened, and its opposite loosened: a negation is the choice of the other one.
_Pair = tuple[Condition, Condition]


def _swapped(pair: _Pair) -> _Pair:
    loose, of_opposite = pair
    return of_opposite, loose


def _loose_and(pairs: Iterator[_Pair]) -> _Pair:
    parts = list(pairs)
    return every(part for part, _ in parts), some(opposite for _, opposite in parts)


def _loose_or(pairs: Iterator[_Pair]) -> _Pair:
    parts = list(pairs)
    return some(part for part, _ in parts), every(opposite for _, opposite in parts)


def needed(condition: Tree[Property]) -> frozenset[Contains] | None:
    """Words of which every text that fulfils the condition has some; None where it may have none of any."""
    return evaluate(condition, _needed_of_leaf, every=_rarest, some=_together, no=lambda _words: None)


_Needed = frozenset[Contains] | None


def _needed_of_leaf(leaf: Property) -> _Needed:
    return frozenset({leaf}) if isinstance(leaf, Contains) and atoms(leaf.words) else None


def _rarest(parts: Iterator[_Needed]) -> _Needed:
    """The fewest words, of which the shortest is the longest."""
    return min(
        (words for words in parts if words is not None),
        key=lambda words: (len(words), -min((len(each.words) for each in words), default=0)),
        default=None,
    )


def _together(parts: Iterator[_Needed]) -> _Needed:
    found = list(parts)
    return frozenset().union(*(words for words in found if words is not None)) if None not in found else None
