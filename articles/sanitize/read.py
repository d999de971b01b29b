"""A publisher's HTML to a small tree of ours. What is active never enters the tree."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from articles.sanitize.vocabulary import BLOCKS, INLINE, KINDS, VOID

if TYPE_CHECKING:
    from lxml.etree import HTMLParser

MAX_LENGTH = 2_000_000  # characters of HTML
MAX_ELEMENTS = 50_000  # beyond, elements are unwrapped and their text stays
MAX_DEPTH = 60  # the same; the steps after this one recurse
MAX_OPEN = 512  # open elements; libxml2 looks through all of them for each end tag that fits none
_CHUNK = 32_768

# Characters that neither HTML nor Postgres takes. Line ends become \n, form feeds spaces.
_BYTES = bytes.maketrans(b"\x0b\x0c\r", b"  \n")
_CONTROL_BYTES = bytes({*range(9), *range(14, 32), 127})
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Node:
    """An element. `spans` says that an inline element has blocks inside, which structure.py turns inside out."""

    __slots__ = ("attrs", "children", "spans", "tag")

    def __init__(self, tag: str, attrs: Mapping[str, str], children: list[str | Node] | None = None) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[str | Node] = [] if children is None else children
        self.spans = False


class Source:
    """The tree, the address that `<base>` gives, and the ids inside it that its own links point to."""

    __slots__ = ("base", "root", "targets")

    def __init__(self, root: Node, base: str, targets: set[str]) -> None:
        self.root = root
        self.base = base
        self.targets = targets


def read(html: str) -> Source:
    """The tree of `html`. Time is linear in its length, whatever it holds."""
    data = _encoded(_capped(html))
    return _built(data) or _built(_flattened(data)) or Source(Node("div", {}), "", set())


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
    """What is left to read where hundreds of elements are open at once: paragraphs, lines and pictures."""
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

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        parent = self.open[-1]
        kind = KINDS.get(tag)
        # A formula is shown by its alternative text; without one by its letters, which say little but are not lost.
        if parent is None or kind == "" or (tag == "math" and attrs.get("alttext")):
            self.open.append(self._dropped(tag, attrs, parent))
        elif kind is None or self.room <= 0 or len(self.open) > MAX_DEPTH:
            if kind in BLOCKS:
                parent.children.append(Node("br", {}))
            self.open.append(parent)
        else:
            self.room -= 1
            node = Node(kind, self._noted(kind, tag, attrs) if attrs or kind != tag else attrs)
            parent.children.append(node)
            if parent.tag in INLINE and kind in BLOCKS:
                self._mark_spanning()
            # libxml2 takes HTML 5's void elements for containers.
            self.open.append(parent if kind in VOID else node)

    def _noted(self, kind: str, tag: str, attrs: Mapping[str, str]) -> Mapping[str, str]:
        if self.has_references:
            attrs = {name: _CONTROLS.sub("", value) for name, value in attrs.items()}
        if kind == "a":
            if "#" in (href := attrs.get("href", "")):
                self.targets.add(unquote(href.partition("#")[2]))
            if "name" in attrs:
                self.ids.add(attrs["name"])
        if "id" in attrs:
            self.ids.add(attrs["id"])
        # What the publisher called it, for those who must know.
        return attrs if kind == tag else {**attrs, "": tag}

    def _mark_spanning(self) -> None:
        for node in reversed(self.open):  # before the block itself is open
            if node is None or node.tag not in INLINE or node.spans:
                return
            node.spans = True

    def _dropped(self, tag: str, attrs: Mapping[str, str], parent: Node | None) -> Node | None:
        if tag == "base" and not self.base:
            self.base = attrs.get("href", "")
        elif tag == "object" and parent is not None and attrs.get("data"):
            # Old players: media.py makes a link of one it knows and drops the others.
            parent.children.append(Node("embed", {"src": attrs["data"]}))
        elif tag == "math" and parent is not None and attrs.get("alttext"):
            parent.children.append(Node("code", {}, [_CONTROLS.sub("", attrs["alttext"])]))
        return None

    def end(self, tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()

    def data(self, text: str) -> None:
        if self.has_references:
            text = _CONTROLS.sub("", text)
        if (parent := self.open[-1]) is not None:
            parent.children.append(text)

    def close(self) -> Source:
        source = Source(self.root, self.base, self.targets & self.ids)
        self.begin(has_references=False)  # keeps no article in memory
        return source


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
