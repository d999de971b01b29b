"""Trees of and, or and not say the same in every form that they are brought into."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from articles.search.query.tree import (
    EVERYTHING,
    NOTHING,
    And,
    Not,
    Or,
    Tree,
    affirmed,
    every,
    holds,
    leaves,
    negated,
    plain,
    required,
    some,
)
from tests.articles.search.fuzz import FUZZ


@dataclass(frozen=True)
class Letter(Tree["Letter"]):
    name: str


A, B, C = Letter("a"), Letter("b"), Letter("c")
TREES = st.recursive(
    st.sampled_from([A, B, C]),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)
TRUTHS = st.frozensets(st.sampled_from("abc"))


def is_true(tree: Tree[Letter], letters: frozenset[str]) -> bool:
    return holds(tree, lambda letter: letter.name in letters)


def negations(tree: Tree[Letter]) -> list[Tree[Letter]]:
    match tree:
        case Not(part):
            return [part, *negations(part)]
        case And(parts) | Or(parts):
            return [found for part in parts for found in negations(part)]
    return []


@FUZZ
@given(TREES, TRUTHS)
def test_a_plain_tree_says_the_same_and_negates_leaves_alone(tree: Tree[Letter], letters: frozenset[str]) -> None:
    assert is_true(plain(tree), letters) == is_true(tree, letters)
    assert all(isinstance(part, Letter) for part in negations(plain(tree)))
    assert sorted(leaf.name for leaf in affirmed(plain(tree))) == sorted(leaf.name for leaf in affirmed(tree))


@FUZZ
@given(st.lists(TREES, max_size=3), TRUTHS)
def test_trees_are_put_together(trees: list[Tree[Letter]], letters: frozenset[str]) -> None:
    truths = [is_true(tree, letters) for tree in trees]
    assert is_true(every(trees), letters) == all(truths)
    assert is_true(some(trees), letters) == any(truths)
    assert [is_true(negated(tree), letters) for tree in trees] == [not truth for truth in truths]
    assert all(is_true(part, letters) for part in required(every(trees))) == all(truths)


def test_everything_and_nothing_show() -> None:
    assert every([A, NOTHING]) == NOTHING
    assert every([A, EVERYTHING]) == A
    assert some([A, EVERYTHING]) == EVERYTHING
    assert some([A, NOTHING, A]) == A
    assert negated(EVERYTHING) == NOTHING
    assert negated(NOTHING) == EVERYTHING
    assert every([And((A, B)), A, C]) == And((A, B, C))


def test_leaves_stand_in_order_with_what_they_are_worth() -> None:
    tree = And((A, Not(Or((B, Not(C))))))
    assert leaves(tree) == [(A, True), (B, False), (C, True)]
