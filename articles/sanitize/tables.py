"""Tables made whole: rows in sections, cells in rows, spans within bounds. A table that only lays out a page goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from articles.sanitize.code import code_in
from articles.sanitize.figures import without_bare_paragraphs
from articles.sanitize.inline import as_blocks, has_content, trimmed
from articles.sanitize.read import Node, text_in, walk
from articles.sanitize.vocabulary import BLOCKS, MEDIA

if TYPE_CHECKING:
    from articles.sanitize.structure import Structure

_MAX_SPAN = 100
_PARTS = {"caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"}
_CELLS = {"td", "th"}


class TableRepair:
    """Makes tables for a Structure."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure

    def table(self, node: Node) -> list[Node]:
        """The table, after what stood in it outside of any cell, as browsers place that; where it only puts numbers
        beside lines of code, the code."""
        if code := code_in(node):
            return self.structure.flow([code])
        before: list[Node] = []
        caption: Node | None = None
        columns: list[Node] = []
        sections: list[Node] = []
        for part in self.structure.members(node.children, _PARTS):
            if part.tag == "caption":
                caption = caption or part
            elif part.tag in {"colgroup", "col"}:
                columns.append(part)
            elif part.tag in _PARTS:
                self._add_rows(part, sections, before)
            else:
                before += self.structure.flow([part])
        return [*before, *self._made(node, caption, columns, sections)]

    def _made(self, node: Node, caption: Node | None, columns: list[Node], sections: list[Node]) -> list[Node]:
        """The table; of one cell, what it and the caption hold; of a picture above words, a figure; of one column that
        holds more than words, what its cells hold."""
        sections = [section for section in sections if section.children]
        rows = [row for section in sections for row in _elements(section)]
        cells = [cell for row in rows for cell in _elements(row)]
        if len(cells) <= 1:
            said = self.structure.flow(caption.children) if caption else []
            self.structure.is_disordered |= bool(said)
            return said + (as_blocks(cells[0].children) if cells else [])
        if caption is None and len(rows) == len(cells) and all(cell.tag == "td" for cell in cells):
            if len(cells) == 2 and _is_picture(cells[0]) and _is_line(cells[1]):
                below = Node("figcaption", cells[1].attrs, cells[1].children)
                pictures = without_bare_paragraphs(cells[0].children)
                return [Node("figure", self.structure.kept(node), [*pictures, below])]
            if not all(map(_is_line, cells)):
                blocks = [block for cell in cells for block in self._opened(as_blocks(cell.children), cell.attrs)]
                return self._opened(blocks, self.structure.kept(node))
        inside = [*self._captions(caption), *filter(None, map(_columns, columns)), *_in_order(sections)]
        return [Node("table", self.structure.kept(node), list[str | Node](inside))]

    def _opened(self, blocks: list[Node], attrs: Mapping[str, str]) -> list[Node]:
        """The blocks of a cell or table that goes itself, with its language, direction and id."""
        own = {name: value for name, value in attrs.items() if name in {"lang", "dir", "id"}}
        return self.structure.with_language(blocks, own) if own else blocks

    def _captions(self, caption: Node | None) -> list[Node]:
        inside = trimmed(self.structure.phrase(caption.children)) if caption else []
        return [Node("caption", {}, inside)] if has_content(inside) else []

    def _add_rows(self, part: Node, sections: list[Node], before: list[Node]) -> None:
        if part.tag in {"thead", "tbody", "tfoot"}:
            sections.append(Node(part.tag, {}))
            for row in self.structure.members(part.children, {"tr"} | _CELLS):
                self._add_row(row, sections[-1], before)
            return
        if not sections or sections[-1].tag != "tbody":
            sections.append(Node("tbody", {}))
        self._add_row(part, sections[-1], before)

    def _add_row(self, row: Node, section: Node, before: list[Node]) -> None:
        cells = self._cells(row.children if row.tag == "tr" else [row], before)
        if cells:
            section.children.append(Node("tr", {}, list[str | Node](cells)))

    def _cells(self, children: Iterable[str | Node], before: list[Node]) -> list[Node]:
        cells = []
        for cell in self.structure.members(children, _CELLS):
            if cell.tag in _CELLS:
                attrs = self.structure.kept(cell) | _spans(cell)
                cells.append(Node(cell.tag, attrs, self.structure.bare(cell.children)))
            else:
                before += self.structure.flow([cell])
        return cells


def _is_line(cell: Node) -> bool:
    """True where it holds words, and no block or picture."""
    return not any(inside is not cell and (inside.tag in BLOCKS or inside.tag in MEDIA) for inside in walk(cell))


def _is_picture(cell: Node) -> bool:
    """True where it holds pictures alone."""
    return any(inside.tag == "img" for inside in walk(cell)) and not text_in(cell).strip()


def _in_order(sections: list[Node]) -> list[Node]:
    """A table has one head and one foot, and they enclose the bodies."""
    heads = [section for section in sections if section.tag == "thead"][:1]
    feet = [section for section in sections if section.tag == "tfoot"][:1]
    bodies = [section for section in sections if section not in heads and section not in feet]
    for body in bodies:
        body.tag = "tbody"
    return [*heads, *bodies, *feet]


def _elements(item: str | Node) -> list[Node]:
    return [] if isinstance(item, str) else [child for child in item.children if isinstance(child, Node)]


def _columns(node: Node) -> Node | None:
    inside = [Node("col", _number(each.attrs, "span")) for each in _elements(node) if each.tag == "col"]
    if node.tag == "col":
        inside = [Node("col", _number(node.attrs, "span"))]
    attrs = {} if inside else _number(node.attrs, "span")
    return Node("colgroup", attrs, list[str | Node](inside)) if inside or attrs else None


def _spans(cell: Node) -> dict[str, str]:
    kept = _number(cell.attrs, "colspan") | _number(cell.attrs, "rowspan")
    if cell.tag == "th":
        if (scope := cell.attrs.get("scope", "").lower()) in {"row", "col", "rowgroup", "colgroup"}:
            kept["scope"] = scope
        if abbr := cell.attrs.get("abbr", "").strip():
            kept["abbr"] = abbr[:200]
    return kept


def _number(attrs: Mapping[str, str], name: str) -> dict[str, str]:
    value = attrs.get(name, "").strip()
    if not (value.isascii() and value.isdecimal()) or len(value) > 6 or int(value) <= 1:
        return {}
    return {name: str(min(int(value), _MAX_SPAN))}
