"""A web page as a tree of a bounded size, without what nobody sees."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import HtmlElement

MAX_LENGTH = 4_000_000  # characters of a page; the rest is not looked at
MAX_ELEMENTS = 40_000
MAX_DEPTH = 256  # open elements; what lies deeper goes

# What a browser never shows as text, or only a script fills.
UNSEEN = (
    "script", "style", "template", "link", "meta", "title", "head", "object", "embed", "applet", "canvas", "svg",
    "button", "input", "select", "textarea", "option", "dialog", "noscript",
)  # fmt: skip
IN_HEAD = ("base", "basefont", "link", "meta", "noframes", "noscript", "script", "style", "template", "title")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def read(source: str) -> HtmlElement | None:
    """The tree of a page; None where there is no element in it."""
    text = _CONTROLS.sub("", _cut(source[:MAX_LENGTH]))
    if not text.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    _open_body(root)
    _bound(root)
    return root


def written(element: HtmlElement) -> str:
    """The HTML of an element."""
    return str(html.tostring(element, encoding="unicode", with_tail=False))


def line(element: HtmlElement) -> str:
    """The text inside an element, on one line."""
    return " ".join(str(element.text_content()).split())


def is_inside(element: HtmlElement, *tags: str) -> bool:
    """True where an element stands in one of these."""
    return any(around.tag in tags for around in element.iterancestors())


def is_part(element: HtmlElement, root: HtmlElement) -> bool:
    """True where an element still stands in the tree of `root`, and is not `root` itself."""
    return any(around is root for around in element.iterancestors())


def remove_unseen(root: HtmlElement) -> None:
    """Take out of a page what a browser never shows as text."""
    for element in list(root.iter(*UNSEEN)):
        if element.getparent() is not None:
            element.drop_tree()


def _cut(source: str) -> str:
    """`source` up to where it has more tags than MAX_ELEMENTS can have: to read them and drop them takes seconds."""
    if source.count("<") <= 2 * MAX_ELEMENTS:
        return source
    place = 0
    for _ in range(2 * MAX_ELEMENTS):
        place = source.find("<", place + 1)
    return source[:place]


def _open_body(root: HtmlElement) -> None:
    """Move into the body, from the first of it on, what can't stand in a head: a page may leave the tags of its body
    out (HTML, 13.2.6.4.4), and the parser begins a body at older elements only."""
    head = root.find("head")
    first = None if head is None else next((each for each in head if each.tag not in IN_HEAD), None)
    if first is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for place, each in enumerate([first, *first.itersiblings()]):
        body.insert(place, each)


def _bound(root: HtmlElement) -> None:
    """Take away the elements beyond the first MAX_ELEMENTS, and what is nested too deep."""
    depths = {root: 0}
    surplus = []
    for number, element in enumerate(root.iter()):
        parent = element.getparent()
        if parent not in depths:  # of the root, or of what goes with its parent
            continue
        if number >= MAX_ELEMENTS or depths[parent] >= MAX_DEPTH:
            surplus.append(element)
        else:
            depths[element] = depths[parent] + 1
    for element in surplus:
        element.drop_tree()
