"""The removal, by an operator's rules, of what an aggregator adds to every article. No rule can empty an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from articles.sanitize.read import Node, text_in, walk
from articles.sanitize.values import Boilerplate
from articles.sanitize.vocabulary import BLOCKS, HEADINGS, MEDIA

# A rule takes out blocks up to this long, or up to this share of the article's text, whichever is more.
_MAX_CHARACTERS = 300
_MAX_SHARE = 0.3
_LEAVES = HEADINGS | {"hr", "figure", "pre"} | MEDIA | {"iframe", "embed"}


def remove_boilerplate(root: Node, rules: Sequence[Boilerplate]) -> None:
    """Take out of `root`, a tree as read, the smallest blocks that the rules find."""
    text = ""
    for rule in rules:
        if not (value := rule.value.strip()):
            continue
        if rule.match == "selector":
            _remove_elements(root, value)
            continue
        text = text or _squeezed(text_in(root))
        if _squeezed(value) in text:
            _remove_blocks(root, _squeezed(value), at_start=rule.match == "starts")
            text = ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


# --- by text ----------------------------------------------------------------------------------------------------


def _remove_blocks(root: Node, value: str, *, at_start: bool) -> None:
    limit = _limit(root)
    for container in [node for node in walk(root) if node.tag in BLOCKS]:
        for start, end in reversed(list(_runs(container.children))):
            run = container.children[start:end]
            text = _squeezed(text_in(Node("div", {}, run)))
            found = text.startswith(value) if at_start else value in text
            if found and len(text) <= limit and _leaves_something(root, run):
                del container.children[start:end]


def _runs(children: Sequence[str | Node]) -> Iterator[tuple[int, int]]:
    """The start and the end of each run of inline content between blocks: a run is one block to a reader. A line break
    ends none, so that a footer of several lines is taken out whole, but a run begins anew after an empty line."""
    start = breaks = 0
    for index, child in enumerate(children):
        if isinstance(child, str):
            breaks = breaks if not child.strip() else 0
            continue
        if child.tag in BLOCKS or child.spans:
            if index > start:
                yield start, index
            start, breaks = index + 1, 0
        elif child.tag == "br":
            breaks += 1
            if breaks == 2:
                yield start, index
                start = index + 1
        else:
            breaks = 0
    if len(children) > start:
        yield start, len(children)


# --- by selector ------------------------------------------------------------------------------------------------


def _remove_elements(root: Node, value: str) -> None:
    selectors = list(filter(None, map(_compiled, value.split(","))))
    if not _has_any(root, [tests for (_, tests), *_ in selectors]):  # as nearly all articles
        return
    limit = _limit(root)
    pending: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while pending:
        parent, above = pending.pop()
        path = (*above, parent)
        for child in [child for child in parent.children if isinstance(child, Node)]:
            is_found = any(_matches(selector, child, path) for selector in selectors)
            if is_found and _is_spare(child, root, limit):
                parent.children.remove(child)
            else:
                pending.append((child, path))


def _has_any(root: Node, wanted: Sequence[Sequence[Test]]) -> bool:
    """True where an element passes all tests of one of `wanted`, wherever it stands."""
    return any(tests[-1](node) and _passes(node, tests) for node in walk(root) for tests in wanted)


def _is_spare(node: Node, root: Node, limit: int) -> bool:
    return len(_squeezed(text_in(node))) <= limit and _leaves_something(root, [node])


Test = Callable[[Node], bool]
_COMPOUND = re.compile(
    r"""(?P<tag>[a-z][\w-]*|\*)|\#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"""
    r"""|\[\s*+(?P<name>[\w:-]++)\s*+(?:(?P<op>[~|^$*]?=)\s*+(?P<quote>["']?+)(?P<value>[^"'\]]*+)(?P=quote)\s*+)?\]""",
    re.I,
)


def is_selector(value: str) -> bool:
    """True where all of `value` is a CSS selector that rules can use: tag, #id, .class, [attribute=value] with its
    variants, descendants, children (>), and lists of them."""
    return all(_compiled(part) is not None for part in value.split(","))


@lru_cache(maxsize=256)
def _compiled(selector: str) -> list[tuple[bool, list[Test]]] | None:
    """From right to left: whether the element must be the very parent of the one before, and what it must be."""
    steps: list[tuple[bool, list[Test]]] = []
    is_parent = False
    # A bracket without its partner reaches to the end, and is no step that can be used.
    for step in reversed(re.findall(r">|(?:\[[^\]]*+\]?|[^\s>\[])++", selector)):
        if step == ">":
            if is_parent or not steps:
                return None
            is_parent = True
            continue
        tests = _tests(step)
        if not tests:
            return None
        steps.append((is_parent, tests))
        is_parent = False
    return None if is_parent else steps or None


def _tests(compound: str) -> list[Test]:
    tests: list[Test] = []
    position = 0
    while position < len(compound):
        found = _COMPOUND.match(compound, position)
        if found is None or (found["tag"] and position):
            return []
        tests.append(_test(found))
        position = found.end()
    return tests


def _test(found: re.Match[str]) -> Test:
    if tag := found["tag"]:
        name_of_tag = tag.lower()
        return lambda node: name_of_tag in ("*", node.tag, node.attrs.get(""))
    if id_wanted := found["id"]:
        return lambda node: node.attrs.get("id") == id_wanted
    if class_wanted := found["class"]:
        return lambda node: "class" in node.attrs and class_wanted in node.attrs["class"].split()
    name, operator, wanted = found["name"].lower(), found["op"], found["value"] or ""
    compare = _OPERATORS[operator or ""]
    return lambda node: name in node.attrs and compare(node.attrs[name], wanted)


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "": lambda value, wanted: True,
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(wanted + "-"),
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
}


def _matches(steps: Sequence[tuple[bool, list[Test]]], node: Node, path: Sequence[Node]) -> bool:
    """True where the selector finds `node`, whose ancestors `path` has from the root on. Each step is tried once on
    each ancestor at most."""
    (_, tests), *rest = steps
    if not _passes(node, tests):
        return False
    places = [len(path)]  # where the step before may stand, the innermost last
    for is_parent, tests in rest:
        above = [place - 1 for place in places if place] if is_parent else range(places[-1])
        places = [place for place in above if _passes(path[place], tests)]
        if not places:
            return False
    return True


def _passes(node: Node, tests: Iterable[Test]) -> bool:
    return all(test(node) for test in tests)


# --- bounds -----------------------------------------------------------------------------------------------------


def _limit(root: Node) -> int:
    return max(_MAX_CHARACTERS, int(len(_squeezed(text_in(root))) * _MAX_SHARE))


def _leaves_something(root: Node, removed: Iterable[str | Node]) -> bool:
    """True where text, a picture or a player stays when `removed` goes."""
    gone = {id(item) for item in removed}
    pending: list[str | Node] = [root]
    while pending:
        item = pending.pop()
        if id(item) in gone:
            continue
        if isinstance(item, str):
            if item.strip():
                return True
        elif item.tag in _LEAVES - HEADINGS - {"hr", "figure", "pre"}:
            return True
        else:
            pending.extend(item.children)
    return False
