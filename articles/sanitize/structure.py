"""A publisher's tree to one that is good to read: paragraphs instead of divisions, lists and tables that are whole,
no empty wrappers. Every element of the result is made here or in media.py; no attribute passes unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from articles.sanitize.code import code_in
from articles.sanitize.figures import FigureRepair
from articles.sanitize.inline import Phrases, has_content, is_blank, trimmed
from articles.sanitize.objects import ObjectRepair, holds_media
from articles.sanitize.read import Node, Source, text_in, walk
from articles.sanitize.tables import TableRepair
from articles.sanitize.vocabulary import BLOCKS, HEADINGS, MEDIA
from feeds.parse.embeds import NAMING

Items = list[str | Node]
_SPOILER = re.compile(r"(?:^|\s)(?:su-|bbCodeBlock--)?spoiler(?:\s|$)")
_SPOILER_NAME = re.compile(r"spoiler[_-]{1,2}(?:title|head|name)\b")
_CLONES = 2000  # of inline elements that were around blocks: bounds the output


class Flow:
    """Blocks in the making. `run` is the inline content since the last block; of captions, figures may have several."""

    __slots__ = ("caption_tag", "captions", "loose_list", "out", "run")

    def __init__(self, caption_tag: str = "") -> None:
        self.out: list[Node] = []
        self.run: Items = []
        self.loose_list: Node | None = None
        self.caption_tag = caption_tag
        # Those found so far, and how many blocks stand before each.
        self.captions: list[tuple[int, Node]] = []

    def add(self, node: Node) -> None:
        self.out.append(node)
        self.loose_list = None


class Structure(Phrases):
    """One pass over one document. `headings` are those of the result, in order, with their publisher's levels."""

    def __init__(self, base: str, source: Source, page_url: str) -> None:
        super().__init__(base, source, page_url)
        self.headings: list[Node] = []
        self.is_disordered = False  # these headings: something was put elsewhere
        self.clones = _CLONES
        self.tables = TableRepair(self)
        self.figures = FigureRepair(self)
        self.objects = ObjectRepair(self)

    def document(self, source: Source) -> Node:
        blocks = self.flow(source.root.children)
        while blocks and blocks[-1].tag == "hr":
            blocks.pop()
        start = next((i for i, block in enumerate(blocks) if block.tag != "hr"), 0)
        root = Node("", {}, list[str | Node](blocks[start:]))
        if self.is_disordered:
            found = {id(heading) for heading in self.headings}
            self.headings = [node for node in walk(root) if id(node) in found]
        return root

    # --- flow content -------------------------------------------------------------------------------------------

    def flow(self, children: Iterable[str | Node]) -> list[Node]:
        """`children` as blocks; loose text in paragraphs."""
        flow = Flow()
        self._pour(children, flow, {})
        self._end_run(flow, {})
        return flow.out

    def bare(self, children: Iterable[str | Node]) -> Items:
        """The same for a list item or a cell: text alone needs no paragraph."""
        blocks = self.flow(children)
        if blocks and blocks[0].tag == "p" and not blocks[0].attrs and all(b.tag in {"ul", "ol"} for b in blocks[1:]):
            return [*blocks[0].children, *blocks[1:]]  # an item and the list below it
        return list(blocks)

    def _pour(self, children: Iterable[str | Node], flow: Flow, attrs: Mapping[str, str]) -> None:
        for child in children:
            if isinstance(child, str):
                flow.run.append(child)
            elif child.spans:
                self._pour(self._turned_inside_out(child), flow, attrs)
            elif child.tag not in BLOCKS:
                flow.run.append(child)
            elif child.tag in {"p", "div"}:
                if flow.run:
                    self._end_run(flow, attrs)
                self._pour_division(child, flow, attrs)
            else:
                self._end_run(flow, attrs)
                self._block(child, flow)

    def _pour_division(self, node: Node, flow: Flow, attrs: Mapping[str, str]) -> None:
        name = node.attrs.get("class", "")
        if node.attrs.get("") == "noscript":
            self._fallback(node, flow)
            return
        if "wp-caption" in name:
            node.tag = _tag_of_wp_caption(name)
            self._block(node, flow)
            return
        if _is_spoiler(node):
            self._end_run(flow, attrs)
            flow.out.extend(self._covered(node))
            return
        own = self.kept(node) if node.attrs else {}
        if node.tag == "p":
            attrs = {"class": "embed", **own} if name == "embed" and _is_card(node) else own
        elif own and node.tag == "div":
            flow.out.extend(self.with_language(self.flow(node.children), own))
            return
        self._pour(node.children, flow, attrs)
        self._end_run(flow, attrs)
        if not NAMING.isdisjoint(node.attrs):
            self._add_named(node, flow)

    def _add_named(self, node: Node, flow: Flow) -> None:
        for card in self.objects.named(node):
            flow.add(card)

    def with_language(self, blocks: list[Node], own: Mapping[str, str]) -> list[Node]:
        """`blocks` inside a division that only says their language, direction or id; on the block where it is one."""
        if not blocks:
            return []
        if len(blocks) == 1 and own.keys().isdisjoint(blocks[0].attrs):
            blocks[0].attrs = {**blocks[0].attrs, **own}
            return blocks
        return [Node("div", own, list[str | Node](blocks))]

    def _fallback(self, node: Node, flow: Flow) -> None:
        """Add to `flow` what a page shows without scripts, but only the blocks with media: the rest asks to turn
        scripts on."""
        self.in_fallback = True
        blocks = self.flow(node.children)
        self.in_fallback = False
        flow.out.extend(block for block in blocks if holds_media(block))

    def _end_run(self, flow: Flow, attrs: Mapping[str, str]) -> None:
        run = flow.run
        if not run:
            return
        flow.run = []
        if len(run) > 1 or not isinstance(run[0], str):
            for part in self.paragraphs(run):
                flow.add(Node("p", attrs, part))
        elif not is_blank(run[0]):
            flow.add(Node("p", attrs, [self.spaced(run[0]).strip()]))

    # --- blocks -------------------------------------------------------------------------------------------------

    def _block(self, node: Node, flow: Flow) -> None:
        tag = node.tag
        if tag == "li":
            self._loose_item(node, flow)
        elif tag == flow.caption_tag and (tag == "figcaption" or not flow.captions):
            flow.captions.append((len(flow.out), node))
        elif method := _BLOCKS.get(tag):
            for made in method(self, node):
                flow.add(made)
        else:  # a row outside of a table, a caption without a figure
            self._pour(node.children, flow, {})
            self._end_run(flow, {})

    def _loose_item(self, node: Node, flow: Flow) -> None:
        if item := self._item(node):
            if flow.loose_list is None:
                made = Node("ul", {})
                flow.add(made)
                flow.loose_list = made
            flow.loose_list.children.append(item)

    def _heading(self, node: Node) -> list[Node]:
        content = trimmed([item for item in self.phrase(node.children) if not _is_permalink(item)])
        if not has_content(content):
            return []
        if not any(isinstance(item, str) or item.tag not in MEDIA for item in content if not is_blank(item)):
            return [Node("p", {}, content)]
        heading = Node(node.tag, self.kept(node), content)
        self.headings.append(heading)
        return [heading]

    def _rule(self, node: Node) -> list[Node]:
        return [Node("hr", {})]

    def _covered(self, node: Node) -> list[Node]:
        """Text that a site shows only to who asks for it, shown so here too, under the name that the site gives it."""
        named = next((each for each in walk(node) if _SPOILER_NAME.search(each.attrs.get("class", ""))), None)
        name = " ".join(text_in(named).split()) if named else ""
        if named and name:
            named.children = []
        blocks = self.flow(node.children)
        summary = Node("summary", {}, [name or "Spoiler"])
        return [Node("details", self.kept(node), [summary, *blocks])] if blocks else []

    def _quote(self, node: Node) -> list[Node]:
        if _is_spoiler(node):
            return self._covered(node)
        blocks = self.flow(node.children)
        made = [Node("blockquote", self.kept(node) | self.cited(node), list[str | Node](blocks))] if blocks else []
        return [*made, *self.objects.named(node)]

    def _aside(self, node: Node) -> list[Node]:
        blocks = self.flow(node.children)
        return [Node("aside", self.kept(node), list[str | Node](blocks))] if blocks else []

    def _pre(self, node: Node) -> list[Node]:
        table = next((inside for inside in walk(node) if inside.tag == "table"), None)
        code = code_in(table, in_pre=True) if table else None
        content = self.verbatim(code.children if code else node.children)
        return [Node("pre", self.kept(node), content)] if has_content(content) else []

    def _player(self, node: Node) -> list[Node]:
        return self.objects.player(node)

    def _frame(self, node: Node) -> list[Node]:
        return self.objects.frame(node)

    def _object(self, node: Node) -> list[Node]:
        return self.objects.object(node)

    def _figure(self, node: Node) -> list[Node]:
        return self.figures.figure(node)

    def captioned(self, node: Node, tag: str) -> Flow:
        """The content of `node` as blocks, with the captions among it, which are elements `tag`."""
        flow = Flow(tag)
        self._pour(node.children, flow, {})
        self._end_run(flow, {})
        return flow

    def _details(self, node: Node) -> list[Node]:
        flow = self.captioned(node, "summary")
        summary = trimmed(self.phrase(flow.captions[0][1].children)) if flow.captions else []
        if not has_content(summary):
            return flow.out
        attrs = self.kept(node) | ({"open": "open"} if "open" in node.attrs else {})
        return [Node("details", attrs, [Node("summary", {}, summary), *flow.out])]

    # --- lists --------------------------------------------------------------------------------------------------

    def _list(self, node: Node) -> list[Node]:
        items: list[Node] = []
        for member in self.members(node.children, {"li"}):
            item = self._item(member)
            if item and member.tag in {"ul", "ol"} and items:  # a list inside the list is part of the item before
                items[-1].children.extend(item.children)
            elif item:
                items.append(item)
        if not items:
            return []
        attrs = self.kept(node)
        if node.tag == "ol":
            attrs |= _numbering(node.attrs)
        return [Node(node.tag, attrs, list[str | Node](items))]

    def _item(self, node: Node) -> Node | None:
        content = self.bare(node.children if node.tag == "li" else [node])
        if not has_content(content):
            return None
        value = node.attrs.get("value", "") if node.tag == "li" else ""
        return Node("li", self.kept(node) | ({"value": value} if _is_number(value) else {}), content)

    def _terms(self, node: Node) -> list[Node]:
        content: Items = []
        for member in self.members(node.children, {"dt", "dd"}):
            if member.tag == "dt":
                inside = trimmed(self.phrase(member.children))
            else:
                inside = self.bare(member.children if member.tag == "dd" else [member])
            if has_content(inside):
                content.append(Node("dt" if member.tag == "dt" else "dd", self.kept(member), inside))
        return [Node("dl", self.kept(node), content)] if content else []

    def _table(self, node: Node) -> list[Node]:
        return self.tables.table(node)

    def members(self, children: Iterable[str | Node], wanted: set[str]) -> Iterator[Node]:
        """The elements of a list or table. Divisions around them are opened; what is none of `wanted` comes in one
        division per run."""
        stray: Items = []
        for child in self.turned(children):
            if isinstance(child, str) or child.tag not in wanted | {"div", "p", "ul", "ol", "form"}:
                stray.append(child)
                continue
            yield from _division(stray)
            stray = []
            if child.tag in {"div", "p"} and any(isinstance(c, Node) and c.tag in wanted for c in child.children):
                yield from self.members(child.children, wanted)
            else:
                yield child
        yield from _division(stray)

    # --- inline elements around blocks --------------------------------------------------------------------------

    def turned(self, children: Iterable[str | Node]) -> Iterator[str | Node]:
        """`children`, where an inline element around blocks has become one inside each of them."""
        for child in children:
            if isinstance(child, str) or not child.spans:
                yield child
            else:
                yield from self._turned_inside_out(child)

    def _turned_inside_out(self, wrapper: Node) -> Iterator[str | Node]:
        run: Items = []
        for child in self.turned(wrapper.children):
            if isinstance(child, str) or child.tag not in BLOCKS:
                run.append(child)
                continue
            yield from self._around(wrapper, run)
            run = []
            if child.children and child.tag not in {"audio", "video"}:
                child.children = list(self._around(wrapper, child.children))
            yield child
        yield from self._around(wrapper, run)

    def _around(self, wrapper: Node, children: Items) -> Items:
        if all(is_blank(item) for item in children) or self.clones <= 0:
            return children
        self.clones -= 1
        clone = Node(wrapper.tag, wrapper.attrs, children)
        clone.spans = any(isinstance(item, Node) and (item.spans or item.tag in BLOCKS) for item in children)
        return [clone]


_BLOCKS = {
    **dict.fromkeys(HEADINGS, Structure._heading),
    "hr": Structure._rule,
    "blockquote": Structure._quote,
    "aside": Structure._aside,
    "pre": Structure._pre,
    "audio": Structure._player,
    "video": Structure._player,
    "iframe": Structure._frame,
    "embed": Structure._frame,
    "object": Structure._object,
    "figure": Structure._figure,
    "details": Structure._details,
    "ul": Structure._list,
    "ol": Structure._list,
    "dl": Structure._terms,
    "table": Structure._table,
}


def _division(content: Items) -> list[Node]:
    """One around `content`; none around blanks."""
    return [] if all(map(is_blank, content)) else [Node("div", {}, content)]


def _tag_of_wp_caption(name: str) -> str:
    return "figcaption" if "wp-caption-text" in name or "wp-caption-dd" in name else "figure"


def _is_card(node: Node) -> bool:
    """True where a paragraph is a link card, such as inline.py makes: one link and nothing else."""
    inside = [child for child in node.children if not is_blank(child)]
    return len(inside) == 1 and isinstance(inside[0], Node) and inside[0].tag == "a"


def _is_permalink(item: str | Node) -> bool:
    """True of a link to a place that shows a sign only, such as the "¶" behind a heading."""
    if isinstance(item, str) or item.tag != "a" or "#" not in item.attrs.get("href", ""):
        return False
    return not any(map(str.isalnum, text_in(item))) and all(inside.tag not in MEDIA for inside in walk(item))


def _is_spoiler(node: Node) -> bool:
    return "class" in node.attrs and bool(_SPOILER.search(node.attrs["class"]))


def _is_number(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and value.isascii() and len(value) <= 6


def _numbering(attrs: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    if _is_number(attrs.get("start", "")):
        kept["start"] = attrs["start"]
    if "reversed" in attrs:
        kept["reversed"] = "reversed"
    if attrs.get("type") in {"1", "a", "A", "i", "I"}:
        kept["type"] = attrs["type"]
    return kept
