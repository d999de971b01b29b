"""Figures: each picture with the caption that belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from articles.sanitize.inline import Items, as_blocks, has_content, language_of
from articles.sanitize.read import Node, walk
from articles.sanitize.vocabulary import MEDIA

if TYPE_CHECKING:
    from articles.sanitize.structure import Flow, Structure


class FigureRepair:
    """Makes figures for a Structure."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure

    def figure(self, node: Node) -> list[Node]:
        """The figure; where it has several captions, one for each."""
        if "kg-bookmark-card" in node.attrs.get("class", ""):  # Ghost's style sets the two names apart
            for each in walk(node):
                if each.attrs.get("class") == "kg-bookmark-publisher":
                    each.children.insert(0, " · ")
        flow = self.structure.captioned(node, "figcaption")
        self.structure.is_disordered |= len(flow.captions) > 1
        attrs = self.structure.kept(node)
        figures: list[Node] = []
        for blocks, captions in _divided(flow):
            content = without_bare_paragraphs(blocks)
            said = self._caption(captions)
            if content:
                figures.append(Node("figure", attrs, [*content, said] if said else content))
                attrs = language_of(attrs)
            elif said:
                figures += as_blocks(said.children)
        return figures

    def _caption(self, nodes: list[Node]) -> Node | None:
        """A caption of several, such as the one proper and a credit."""
        inside = [content for node in nodes if has_content(content := self.structure.bare(node.children))]
        if len(inside) > 1:
            return Node("figcaption", {}, [block for content in inside for block in as_blocks(content)])
        return Node("figcaption", self.structure.kept(nodes[0]), inside[0]) if inside else None


def _divided(flow: Flow) -> Iterator[tuple[list[Node], list[Node]]]:
    """The blocks of a figure with the captions below them; above them, where a caption comes first of several."""
    places = sorted({place for place, _ in flow.captions})
    if len(places) < 2:
        yield flow.out, [caption for _, caption in flow.captions]
        return
    ends = [*places[1:], len(flow.out)] if places[0] == 0 else places
    start = 0
    for place, end in zip(places, ends, strict=True):
        yield flow.out[start:end], [caption for at, caption in flow.captions if at == place]
        start = end
    if start < len(flow.out):
        yield flow.out[start:], []


def without_bare_paragraphs(blocks: Iterable[str | Node]) -> Items:
    """A picture in a figure needs no paragraph."""
    content: Items = []
    for block in blocks:
        if isinstance(block, Node) and block.tag == "p" and not block.attrs and not _has_text(block):
            content.extend(block.children)
        else:
            content.append(block)
    return content


def _has_text(node: Node) -> bool:
    return any(
        bool(child.strip()) if isinstance(child, str) else child.tag not in MEDIA and _has_text(child)
        for child in node.children
    )
