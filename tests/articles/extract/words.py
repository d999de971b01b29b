"""The share of a text that was found, and of what was found besides."""

from __future__ import annotations

import re
from collections import Counter

from lxml import html

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\\w+")


def text_of(markup: str) -> str:
    """The text of a fragment; blocks do not run into each other."""
    if not markup:
        return ""
    tree = html.fromstring(markup)
    for element in tree.iter():
        element.tail = " " + (element.tail or "")
    return "".join(str(piece) for piece in tree.itertext())


def likeness(found: str, wanted: str) -> float:
    """The harmonic mean of precision and recall of words; a wide character is a word."""
    mine, theirs = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(wanted.lower()))
    both = (mine & theirs).total()
    return 2 * both / (mine.total() + theirs.total()) if both else 0.0
