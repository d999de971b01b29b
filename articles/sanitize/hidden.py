"""The parts that a page holds and doesn't show: preheaders of letters, twins of formulas and of pictures. No such rule
empties an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from articles.sanitize.read import Node, Source
from articles.sanitize.vocabulary import BLOCKS, MEDIA

# All hidden elements together may have so many characters, or this share of the text: more of it is an article that
# waits for a script.
_MAX_CHARACTERS = 300
_MAX_SHARE = 0.3
# Pages hide these until a script shows them.
_SHOWN_LATER = MEDIA | {"iframe", "embed", "object", "table", "math"}
_REVEALED = re.compile(
    r"spoiler|toggle|accordion|collaps|expand|tab-?(?:pane|content|panel)|read-?more|transcript", re.I
)

_FACT = re.compile(r"(?:^|\s)field--name-(?:title|uid|created)(?:\s|$)")


def remove_hidden(source: Source) -> None:
    """Take out of the tree what only repeats a formula for the eye, and what is hidden from everyone."""
    if source.silent:
        _remove(source.silent, _twins(source.silent))
    gone = {id(node) for _, node in source.hidden if _is_never_shown(node, source)}
    if gone and _is_little(source.root, gone):
        _remove(source.hidden, gone)


def remove_facts(root: Node) -> None:
    """Take out of the start of an entry the title, author and date that Drupal puts there, which it has already."""
    while len(inside := [child for child in root.children if not isinstance(child, str) or child.strip()]) == 1:
        if isinstance(only := inside[0], str) or only.tag != "div":
            return
        root = only
    facts = {id(child) for child in inside if not isinstance(child, str) and _FACT.search(child.attrs.get("class", ""))}
    if len(facts) < len(inside):
        root.children = [child for child in root.children if id(child) not in facts]


def remove_twins_of_lazy(parents: Iterable[Node], is_lazy: Callable[[Mapping[str, str]], bool]) -> None:
    """Take out of `parents` each `noscript` with one picture that stands beside one which a script would load: they are
    one, though the addresses may be those of two sizes. `is_lazy`: of a picture's attributes."""
    for parent in {id(parent): parent for parent in parents}.values():
        parts = [child for child in parent.children if not isinstance(child, str) or not child.isspace()]
        lazy = [not isinstance(part, str) and part.tag == "img" and is_lazy(part.attrs) for part in parts]
        beside = zip(parts, [False, *lazy], [*lazy[1:], False], strict=False)
        gone = {id(part) for part, before, after in beside if (before or after) and _is_scriptless_picture(part)}
        parent.children = [child for child in parent.children if isinstance(child, str) or id(child) not in gone]


def _is_scriptless_picture(part: str | Node) -> bool:
    if isinstance(part, str) or part.attrs.get("") != "noscript":
        return False
    return sum(inside.tag == "img" for inside in _elements(part)) == 1


def _is_little(root: Node, gone: Container[int]) -> bool:
    """True where an article stays without those that go."""
    whole, left = _length(root, ()), _length(root, gone)
    is_something = left or any(inside.tag in _SHOWN_LATER for inside in _elements(root))
    return bool(is_something) and whole - left <= max(_MAX_CHARACTERS, whole * _MAX_SHARE)


def _is_never_shown(node: Node, source: Source) -> bool:
    if node.attrs.get("id") in source.targets:
        return False
    if _REVEALED.search(node.attrs.get("class", "") + " " + node.attrs.get("id", "")):
        return False
    return not any(map(_is_shown_later, _elements(node)))


def _is_shown_later(node: Node) -> bool:
    is_pixel = node.tag == "img" and {node.attrs.get("width"), node.attrs.get("height")} & {"0", "1"}
    return node.tag in _SHOWN_LATER and not is_pixel


def _twins(silent: list[tuple[Node, Node]]) -> set[int]:
    """Those beside a formula, in an inline element that holds nothing else."""
    by_parent: dict[int, tuple[Node, set[int]]] = {}
    for parent, node in silent:
        if parent.tag not in BLOCKS:
            by_parent.setdefault(id(parent), (parent, set()))[1].add(id(node))
    gone: set[int] = set()
    for parent, nodes in by_parent.values():
        others = _elements(parent, nodes)
        if any(other.tag == "math" for other in others) and not _length(parent, nodes, into_formulas=False):
            gone |= nodes
    return gone


def _remove(found: list[tuple[Node, Node]], gone: Container[int]) -> None:
    for parent in {id(parent): parent for parent, node in found if id(node) in gone}.values():
        parent.children = [child for child in parent.children if isinstance(child, str) or id(child) not in gone]


def _elements(node: Node, without: Container[int] = (), *, into_formulas: bool = True) -> Iterator[Node]:
    """`node` and all elements inside it, but those in `without`."""
    pending = [node]
    while pending:
        node = pending.pop()
        if node.tag == "math" and not into_formulas:
            continue
        yield node
        pending.extend(child for child in node.children if not isinstance(child, str) and id(child) not in without)


def _length(node: Node, without: Container[int], *, into_formulas: bool = True) -> int:
    """The number of characters in `node`, but for blanks."""
    return sum(
        len("".join(child.split()))
        for inside in _elements(node, without, into_formulas=into_formulas)
        for child in inside.children
        if isinstance(child, str)
    )
