"""And, or and not over leaves of any kind, and the one way to go through them.

A query as it was typed, the condition that it stands for, and what an index is asked are such trees; they differ in
their leaves alone. Whatever is made of a tree is made by `evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast

Leaf = TypeVar("Leaf")
Result = TypeVar("Result")


class Tree(Generic[Leaf]):
    """And, Or, Not, or a leaf: every class of leaves is a Tree of what its leaves may be."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Not(Tree[Leaf]):
    part: Tree[Leaf]


@dataclass(frozen=True, slots=True)
class And(Tree[Leaf]):
    """All of `parts`; with none of them: everything."""

    parts: tuple[Tree[Leaf], ...] = ()


@dataclass(frozen=True, slots=True)
class Or(Tree[Leaf]):
    """At least one of `parts`; with none of them: nothing."""

    parts: tuple[Tree[Leaf], ...] = ()


EVERYTHING: And[Any] = And()
NOTHING: Or[Any] = Or()


def evaluate(
    tree: Tree[Leaf],
    leaf: Callable[[Leaf], Result],
    *,
    every: Callable[[Iterator[Result]], Result],
    some: Callable[[Iterator[Result]], Result],
    no: Callable[[Result], Result],
) -> Result:
    """The values that `leaf` has for the leaves, put together. `every` and `some` get theirs as they ask for them:
    all() and any() look no further than they have to."""

    def value_of(part: Tree[Leaf]) -> Result:
        match part:
            case And(parts):
                return every(map(value_of, parts))
            case Or(parts):
                return some(map(value_of, parts))
            case Not(inner):
                return no(value_of(inner))
            case _:
                return leaf(cast(Leaf, part))

    return value_of(tree)


def holds(tree: Tree[Leaf], is_true: Callable[[Leaf], bool]) -> bool:
    """The tree's truth, of that of its leaves."""
    return evaluate(tree, is_true, every=all, some=any, no=lambda truth: not truth)


def leaves(tree: Tree[Leaf]) -> list[tuple[Leaf, bool]]:
    """Every leaf in order, and whether it is affirmed: an even number of times negated."""
    return evaluate(
        tree,
        lambda leaf: [(leaf, True)],
        every=_concatenated,
        some=_concatenated,
        no=lambda found: [(leaf, not is_affirmed) for leaf, is_affirmed in found],
    )


def affirmed(tree: Tree[Leaf]) -> list[Leaf]:
    """The leaves that make a match likelier, without those that rule it out."""
    return [leaf for leaf, is_affirmed in leaves(tree) if is_affirmed]


def required(tree: Tree[Leaf]) -> tuple[Tree[Leaf], ...]:
    """The parts that must all be true."""
    return tree.parts if isinstance(tree, And) else (tree,)


def joined(kind: type[And[Leaf]] | type[Or[Leaf]], parts: Iterable[Tree[Leaf]]) -> Tree[Leaf]:
    """The parts under one `kind`: one stands alone, one of the same kind is spread out, so that a tree has one form."""
    flat: list[Tree[Leaf]] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def every(parts: Iterable[Tree[Leaf]]) -> Tree[Leaf]:
    """All of the parts, each once; nothing where one of them is."""
    return _once(And, NOTHING, parts)


def some(parts: Iterable[Tree[Leaf]]) -> Tree[Leaf]:
    """At least one of the parts, each once; everything where one of them is."""
    return _once(Or, EVERYTHING, parts)


def _once(kind: type[And[Leaf]] | type[Or[Leaf]], decisive: Tree[Leaf], parts: Iterable[Tree[Leaf]]) -> Tree[Leaf]:
    once: dict[Tree[Leaf], None] = {}
    for part in parts:
        if part == decisive:
            return decisive
        once.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    return next(iter(once)) if len(once) == 1 else kind(tuple(once))


def negated(tree: Tree[Leaf]) -> Tree[Leaf]:
    if tree == EVERYTHING:
        return NOTHING
    return EVERYTHING if tree == NOTHING else Not(tree)


def plain(tree: Tree[Leaf]) -> Tree[Leaf]:
    """The same with negations at leaves only, and no And inside an And."""
    result, _opposite = evaluate(tree, _plain_leaf, every=_plain_and, some=_plain_or, no=_swapped)
    return result


# Both a tree and its opposite, so that a negation is the choice of the other one.
_Pair: TypeAlias = tuple[Tree[Leaf], Tree[Leaf]]


def _plain_leaf(leaf: Leaf) -> _Pair[Leaf]:
    part = cast(Tree[Leaf], leaf)
    return part, Not(part)


def _plain_and(pairs: Iterator[_Pair[Leaf]]) -> _Pair[Leaf]:
    parts = list(pairs)
    return joined(And, (part for part, _ in parts)), Or(tuple(opposite for _, opposite in parts))


def _plain_or(pairs: Iterator[_Pair[Leaf]]) -> _Pair[Leaf]:
    parts = list(pairs)
    return Or(tuple(part for part, _ in parts)), joined(And, (opposite for _, opposite in parts))


def _swapped(pair: _Pair[Leaf]) -> _Pair[Leaf]:
    part, opposite = pair
    return opposite, part


def _concatenated(lists: Iterator[list[Any]]) -> list[Any]:
    return [item for each in lists for item in each]
