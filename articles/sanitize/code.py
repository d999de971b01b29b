"""Code whose lines have numbers: the code alone, as the numbers are no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from articles.sanitize.read import Node, text_in, walk

_NUMBERS = re.compile(
    r"(?:^|\s|-)(?:lnt?|line-?no(?:s|div)?|line-?num(?:ber)?s?|gutter(?:-line)?|gl|(?:blob|crayon)-nums?|hljs-ln-n(?:umbers)?)"
    r"(?:\s|$)",
    re.I,
)
_CODE = re.compile(r"(?:^|[\s-])code(?:$|[\s-])", re.I)


def is_line_number(node: Node) -> bool:
    """True of an element inside of code that holds no more than the numbers of its lines."""
    return bool(_NUMBERS.search(node.attrs.get("class", ""))) and not text_in(node).strip(" \n\t\xa00123456789")


def code_in(table: Node, *, in_pre: bool = False) -> Node | None:
    """The code that `table` holds beside the numbers of its lines, as `pre`; None for any other table. `in_pre`: the
    table stands inside of code, where numbers are nothing else."""
    lines: list[str | Node] = []
    rows = list(_rows(table))
    for row in rows:
        cells = [each for each in row.children if isinstance(each, Node)]
        if len(cells) < 2 or not (in_pre or _is_code(cells[-1])):
            return None
        if not all(_is_gutter(cell, len(rows), in_pre=in_pre) for cell in cells[:-1]):
            return None
        lines.append(Node("div", {}, cells[-1].children))
    return Node("pre", {}, lines) if lines else None


def _rows(table: Node) -> Iterator[Node]:
    for part in table.children:
        if isinstance(part, Node):
            yield from [part] if part.tag == "tr" else _rows(part) if part.tag in {"thead", "tbody"} else ()


def _is_code(cell: Node) -> bool:
    return bool(_CODE.search(cell.attrs.get("class", ""))) or any(inside.tag == "pre" for inside in walk(cell))


def _is_gutter(cell: Node, rows: int, *, in_pre: bool) -> bool:
    """True of a cell with numbers; where nothing calls them that, with those of all lines, one after the other."""
    words = text_in(cell).split()
    if not all(word.isdecimal() and word.isascii() and len(word) < 7 for word in words):
        return False
    if in_pre or any(_NUMBERS.search(inside.attrs.get("class", "")) for inside in walk(cell)):
        return True
    numbers = list(map(int, words))
    return rows == 1 and bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
