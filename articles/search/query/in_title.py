"""A condition with its words looked for in the title."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from articles.search.query.matching import Condition, Contains, Property
from articles.search.query.tree import And, Not, Or, evaluate


def in_title(condition: Condition) -> Condition | None:
    """The condition with its words looked for in the title; None where it asks for none that may stand there."""
    return evaluate(condition, _leaf_in_title, every=_all_in_title, some=_some_in_title, no=_not_in_title)[1]


# A condition, and the same in the title, if it may be there.
_Titled = tuple[Condition, Condition | None]


def _leaf_in_title(wanted: Property) -> _Titled:
    return wanted, replace(wanted, field="title") if isinstance(wanted, Contains) and not wanted.field else None


def _not_in_title(part: _Titled) -> _Titled:
    return Not(part[0]), None


def _all_in_title(parts: Iterable[_Titled]) -> _Titled:
    pairs = list(parts)
    in_title = And(tuple(titled or part for part, titled in pairs))
    return And(tuple(part for part, _ in pairs)), in_title if any(titled for _, titled in pairs) else None


def _some_in_title(parts: Iterable[_Titled]) -> _Titled:
    pairs = list(parts)
    in_title = tuple(titled for _, titled in pairs if titled)
    return Or(tuple(part for part, _ in pairs)), Or(in_title) if in_title else None
