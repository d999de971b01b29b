"""The text that a reader sees of an article."""

from __future__ import annotations

from articles.sanitize.formulas import formula_text
from articles.sanitize.read import Node
from articles.sanitize.vocabulary import BLOCKS

# The reading of a word goes, so that a search finds the word that it stands over: 漢字 and not 漢かん字じ.
_UNREAD = {"rt", "rp"}


def visible_text(root: Node) -> str:
    """The text of a repaired tree: a line per block and per `br`, with single spaces; captions, but no `alt`."""
    out: list[str] = []
    _collect(root, out)
    lines = [" ".join(line.split()) for line in "".join(out).split("\n")]
    return "\n".join([line for line in lines if line])


def _collect(node: Node, out: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            out.append(child)
        elif child.tag in BLOCKS:
            out.append("\n")
            _collect(child, out)
            out.append("\n")
        elif child.tag == "br":
            out.append("\n")
        elif child.tag == "math":
            out.append(formula_text(child))
        elif child.tag not in _UNREAD:
            _collect(child, out)
