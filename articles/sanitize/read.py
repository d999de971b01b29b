"""A publisher's HTML to a small tree of ours. What is active never enters the tree."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from articles.sanitize import styles
from articles.sanitize.frames import is_known_script
from articles.sanitize.line_ends import LineEnds
from articles.sanitize.mail_addresses import PROTECTION, VEILING
from articles.sanitize.vocabulary import BLOCKS, FORMULA_KINDS, KINDS, MEDIA, PHRASING, VOID

if TYPE_CHECKING:
    from lxml.etree import HTMLParser

MAX_LENGTH = 2_000_000  # characters of HTML
MAX_ELEMENTS = 50_000  # beyond, elements are unwrapped and their text stays
MAX_DEPTH = 60  # the same; the steps after this one recurse
MAX_OPEN = 512  # open elements; libxml2 looks through all of them for each end tag that fits none
_CHUNK = 32_768
_SEEN = frozenset(("style", "hidden", "aria-hidden"))
_DESCRIBING = frozenset(("data-attrs", "data-settings", "data-html")) | VEILING | {"data-numero"}  # see described.py

# Characters that neither HTML nor Postgres takes. Line ends become \n, form feeds spaces.
_BYTES = bytes.maketrans(b"\x0b\x0c\r", b"  \n")
_CONTROL_BYTES = bytes({*range(9), *range(14, 32), 127})
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Node:
    """An element. `spans` says that an inline element has blocks inside, which structure.py turns inside out."""

    __slots__ = ("attrs", "children", "spans", "tag")

    def __init__(self, tag: str, attrs: Mapping[str, str], children: list[str | Node] | None = None) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[str | Node] = [] if children is None else children
        self.spans = False


class Source:
    """The tree, the address that `<base>` gives, the ids inside it that its own links point to, what the pictures
    that have an address are called, what is not to be seen, or not to be heard (`aria-hidden`): parents and
    elements; the elements whose attributes say what a script would put into them; and what holds a `noscript`."""

    __slots__ = ("base", "described", "hidden", "pictured", "root", "scriptless", "silent", "targets")

    def __init__(self, root: Node, base: str = "", targets: Iterable[str] = ()) -> None:
        self.root = root
        self.base = base
        self.targets = set(targets)
        self.pictured: set[str] = set()
        self.hidden: list[tuple[Node, Node]] = []
        self.silent: list[tuple[Node, Node]] = []
        self.described: list[Node] = []
        self.scriptless: list[Node] = []


def read(html: str) -> Source:
    """The tree of `html`. Time is linear in its length, whatever it holds."""
    data = _encoded(_capped(html))
    return _built(data) or _built(_flattened(data)) or Source(Node("div", {}))


def _capped(html: str) -> str:
    if len(html) > MAX_LENGTH:
        html = html[:MAX_LENGTH]
        if html.rfind("<") > html.rfind(">"):  # inside a tag
            html = html[: html.rfind("<")]
    if "<![CDATA[" in html:
        html = html.replace("<![CDATA[", "").replace("]]>", "")
    return html


def _encoded(html: str) -> bytes:
    data = html.encode("utf-8", "ignore")  # without lone surrogates
    if b"\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    return data.translate(_BYTES, _CONTROL_BYTES)


def _flattened(data: bytes) -> bytes:
    """The text, paragraphs, lines and pictures that are left to read where hundreds of elements are open at once."""
    return re.sub(rb"<(?!/?(?:p|br|img|script|style)\b)/?[a-zA-Z][^<>]*>?", b" ", data)


def _built(data: bytes) -> Source | None:
    """The tree of `data`; None where too many elements are open at once."""
    from lxml.etree import LxmlError

    # Whatever interrupts it leaves a parser in the middle of something: only one that came to its end is used again.
    pair = _thread.__dict__.pop("pair", None) or _new_parser()
    builder, parser = pair
    builder.begin(has_references=b"&#" in data)
    try:
        # Inside a div libxml2 adds no paragraphs of its own.
        parser.feed(b"<html><body><div>")
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
            if len(builder.open) > MAX_OPEN:
                return None
        source = cast("Source", parser.close())
    except LxmlError:
        return None
    _thread.pair = pair
    return source


_thread = threading.local()  # keeps each thread's parser: to make one costs a tenth of reading an article


def _new_parser() -> tuple[_Builder, HTMLParser]:
    from lxml.etree import HTMLParser

    builder = _Builder()
    return builder, HTMLParser(target=cast(Any, builder), huge_tree=True, encoding="utf-8")


class _Builder:
    """lxml's target: makes Nodes of its events. The top of `open` is where content goes, None where it is dropped."""

    def __init__(self) -> None:
        self.begin(has_references=False)

    def begin(self, *, has_references: bool) -> None:
        self.root = Node("div", {})
        self.open: list[Node | None] = [self.root]
        self.has_references = has_references
        self.base = ""
        self.targets: set[str] = set()
        self.ids: set[str] = set()
        self.room = MAX_ELEMENTS
        self.hidden: list[tuple[Node, Node]] = []
        self.silent: list[tuple[Node, Node]] = []
        self.described: list[Node] = []
        self.scriptless: list[Node] = []
        self.pictured: set[str] = set()
        self.lines = LineEnds()
        self.kept = self.lines.kept

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        parent = self.open[-1]
        kind = KINDS.get(tag)
        if kind is None and ":" in tag:  # m:math, mml:math: whatever stands for MathML's namespace
            tag = tag.rpartition(":")[2]
            kind = FORMULA_KINDS.get(tag)
        elif kind is None and "href" in attrs:  # an element that a script makes a card of, as Halo's
            kind = "a"
        if parent is None or kind == "" or (parent.tag == "a" and _is_of_lightbox(attrs, parent)):
            self.open.append(self._dropped(tag, attrs, parent))
            return
        seen = self._seen(attrs) if attrs else None
        if seen:
            kind = seen.kind_of(kind)
        if kind is None or self.room <= 0 or len(self.open) > MAX_DEPTH:
            self.open.append(self._unwrapped(kind, parent))
            return
        self.open.append(self._element(kind, tag, attrs, parent, seen))

    def _seen(self, attrs: Mapping[str, str]) -> styles.Seen | None:
        may_say = not _SEEN.isdisjoint(attrs) or ("class" in attrs and styles.is_class_unseen(attrs["class"]))
        return styles.seen(attrs) if may_say else None

    def _unwrapped(self, kind: str | None, parent: Node) -> Node:
        """The node that what is inside of an element goes into which itself is left out."""
        if kind in BLOCKS:
            parent.children.append(Node("br", {}))
        return parent

    def _element(self, kind: str, tag: str, attrs: Mapping[str, str], parent: Node, seen: styles.Seen | None) -> Node:
        """The node that what is inside of an element goes into which is there."""
        self.room -= 1
        node = Node(kind, self._noted(kind, tag, attrs) if attrs or kind != tag else attrs)
        parent.children.append(node)
        if parent.tag in PHRASING and (kind in BLOCKS or kind in MEDIA):
            self._mark_spanning(is_block=kind in BLOCKS)
        is_code = kind == "pre" or (kind == "td" and "code" in attrs.get("class", ""))
        if seen or is_code:
            self._note_looks(seen, node, parent, is_code=is_code)
        if attrs and (not _DESCRIBING.isdisjoint(attrs) or (kind == "a" and PROTECTION in attrs.get("href", ""))):
            self.described.append(node)
        if tag == "noscript":
            self.scriptless.append(parent)
        # libxml2 takes HTML 5's void elements for containers.
        return parent if kind in VOID or tag == "embed" else node

    def _note_looks(self, seen: styles.Seen | None, node: Node, parent: Node, *, is_code: bool) -> None:
        if seen and seen.is_hidden:
            self.hidden.append((parent, node))
        if seen and seen.is_silent:
            self.silent.append((parent, node))
        if is_code or (seen and seen.keeps_lines):
            self.lines.keep(len(self.open), as_text=is_code)

    def _noted(self, kind: str, tag: str, attrs: Mapping[str, str]) -> Mapping[str, str]:
        if self.has_references:
            attrs = _without_controls(attrs)
        if kind == "a":
            if "#" in (href := attrs.get("href", "")):
                self.targets.add(unquote(href.partition("#")[2]))
            if "name" in attrs:
                self.ids.add(attrs["name"])
        elif kind == "img" and (alt := attrs.get("alt")) and attrs.get("src", "data:")[:5].lower() != "data:":
            self.pictured.add(" ".join(alt.split()))
        if "id" in attrs:
            self.ids.add(attrs["id"])
        # What the publisher called it, for those who must know.
        return attrs if kind == tag else {**attrs, "": tag}

    def _mark_spanning(self, *, is_block: bool) -> None:
        """A block stands in an inline element: that spans it. No formula holds one, or a picture: browsers end it."""
        for node in reversed(self.open):  # before the block itself is open
            if node is None or node.tag not in PHRASING:
                return
            if node.tag in FORMULA_KINDS:
                node.tag = "span"
            elif node.spans or not is_block:
                return
            node.spans = node.spans or is_block

    def _dropped(self, tag: str, attrs: Mapping[str, str], parent: Node | None) -> Node | None:
        """The node that what is inside of it goes into: None, but for a formula's source."""
        if tag == "base" and not self.base:
            self.base = attrs.get("href", "")
        if parent is None:
            return None
        match tag:
            case "script":
                return self._script(attrs, parent)
            case "annotation" if "tex" in attrs.get("encoding", "").lower():
                return self._added(Node(tag, {}), parent)
            case "param" if parent.tag == "object":
                self._added(Node(tag, attrs), parent)
            case "input" if attrs.get("type", "").lower() == "checkbox":
                self._checkbox(attrs, parent)
        return None

    def _added(self, node: Node, parent: Node) -> Node:
        self.room -= 1
        parent.children.append(node)
        return node

    def _script(self, attrs: Mapping[str, str], parent: Node) -> Node | None:
        """A formula's source, in the place of what MathJax made of it, unless that holds the formula as MathML."""
        kind = attrs.get("type", "").strip().lower()
        if not kind.startswith("math/") or self.room <= 0:
            if is_known_script(attrs):
                self._added(Node("embed", {"src": attrs["src"]}), parent)
            return None
        made = _taken_from_mathjax(parent)
        if made:
            parent.children.append(" ")
        formula = next((node for node in made if any(inside.tag == "math" for inside in walk(node))), None)
        if formula:
            parent.children.append(formula)
            return None
        return self._added(Node("math", {"type": kind}), parent)

    def _checkbox(self, attrs: Mapping[str, str], parent: Node) -> None:
        """Of a task, which says whether it is done; of a form it says nothing."""
        is_named = "id" in attrs or "name" in attrs
        if "disabled" in attrs or (not is_named and any(node and node.tag == "li" for node in self.open[-4:])):
            parent.children.append("\N{BALLOT BOX WITH CHECK} " if "checked" in attrs else "\N{BALLOT BOX} ")

    def end(self, tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()
            if self.kept:
                self.lines.close(len(self.open))

    def data(self, text: str) -> None:
        if self.has_references:
            text = CONTROLS.sub("", text)
        if (parent := self.open[-1]) is None:
            return
        lines, children = self.lines, parent.children
        if "\n" not in text and not self.kept and not lines.pending:
            lines.before = text
            children.append(text)
        elif self.kept or not text.isspace() or not _is_between_blocks(parent, children):
            lines.add(text, children)

    def close(self) -> Source:
        source = Source(self.root, self.base, self.targets & self.ids)
        source.hidden, source.silent, source.pictured = self.hidden, self.silent, self.pictured
        source.described, source.scriptless = self.described, self.scriptless
        self.begin(has_references=False)  # keeps no article in memory
        return source


def _is_of_lightbox(attrs: Mapping[str, str], link: Node) -> bool:
    """True of the name and size of a picture that Discourse lays over it, inside of its link, under a mouse."""
    return attrs.get("class") == "meta" and "lightbox" in link.attrs.get("class", "")


def _without_controls(attrs: Mapping[str, str]) -> dict[str, str]:
    return {name: CONTROLS.sub("", value) for name, value in attrs.items()}


def _taken_from_mathjax(parent: Node) -> list[Node]:
    """The last elements of `parent` that MathJax made of one formula, which are taken out of it: three at most."""
    made: list[Node] = []
    while parent.children and len(made) < 3:
        last = parent.children[-1]
        if last.strip() if isinstance(last, str) else not styles.is_made_by_mathjax(last.attrs):
            break
        if isinstance(last, Node):
            made.append(last)
        parent.children.pop()
    return made


def _is_between_blocks(parent: Node, children: list[str | Node]) -> bool:
    """True where a blank here is between blocks, or where one begins: nobody sees it."""
    if not children:
        return parent.tag in BLOCKS
    last = children[-1]
    return not isinstance(last, str) and last.tag in BLOCKS


def walk(node: Node) -> Iterator[Node]:
    """`node` and all elements inside it, in the document's order."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(child for child in reversed(node.children) if not isinstance(child, str))


def text_in(node: Node) -> str:
    """All text inside `node`, as it stands."""
    texts: list[str] = []
    pending: list[str | Node] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            texts.append(item)
        else:
            pending.extend(reversed(item.children))
    return "".join(texts)
