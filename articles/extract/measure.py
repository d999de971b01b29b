"""The amounts of what is inside each element of a tree: text, links, commas, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

# A Han character, a kana or a syllable of hangul says about as much as two letters.
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_COMMAS = re.compile("[,\u060c\ufe50\ufe10\uff0c\u3001\u3002]")
PHRASING = frozenset({
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "picture", "q", "rb", "rp", "rt",
    "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "video",
    "wbr",
})  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PROSE = 80  # characters of a block that is a paragraph of running text
_SUMS = (
    "size", "linked", "prose", "commas", "paragraphs", "images", "items", "embeds", "headed", "listed",
)  # fmt: skip


class Measure:
    """Sums over an element and everything inside it. `size`: visible characters, a wide one for two; `linked`: those
    in links; `prose`: those of paragraphs; `headed` and `listed`: those in headings and lists. `own…`: of what stands
    in no block further inside; `blocks` are those blocks."""

    __slots__ = (*_SUMS, "blocks", "breaks", "own", "own_commas", "own_linked")

    def __init__(self) -> None:
        self.size = self.linked = self.prose = self.commas = self.headed = self.listed = 0
        self.paragraphs = self.images = self.items = self.embeds = 0
        self.own = self.own_linked = self.own_commas = self.breaks = self.blocks = 0

    @property
    def link_density(self) -> float:
        """The share of the text that is in links."""
        return self.linked / self.size if self.size else 0.0

    @property
    def own_prose(self) -> int:
        """The characters of this block itself where it is a paragraph of running text."""
        return self.own if self.own >= PROSE and self.own_linked <= 0.3 * self.own else 0

    def subtract(self, other: Measure) -> None:
        """Take away what was inside and is no longer."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) - getattr(other, name))


Measures = dict[HtmlElement, Measure]


def size_of(text: str) -> int:
    """The visible characters of a text, a wide one for two."""
    text = " ".join(text.split())
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def measured(elements: Iterable[HtmlElement]) -> Measures:
    """The measures of `elements`, which stand in the document's order, each with all that is inside it."""
    ordered = list(elements)
    measures = {element: Measure() for element in ordered}
    for element in reversed(ordered):
        measure = measures[element]
        _add_text(measure, element.text)
        _count(measure, element)
        parent = element.getparent()
        if parent is not None and (above := measures.get(parent)) is not None:
            _pass_on(element.tag, measure, above)
            _add_text(above, element.tail)
    return measures


def _add_text(measure: Measure, text: str | None) -> None:
    if not text or text.isspace():
        return
    size, commas = size_of(text), len(_COMMAS.findall(text))
    measure.size += size
    measure.own += size
    measure.commas += commas
    measure.own_commas += commas


_COUNTED = {
    "p": "paragraphs", "img": "images", "li": "items", "br": "breaks", "iframe": "embeds", "video": "embeds",
    "audio": "embeds",
}  # fmt: skip


def _count(measure: Measure, element: HtmlElement) -> None:
    tag = element.tag
    if tag in _COUNTED:
        setattr(measure, _COUNTED[tag], getattr(measure, _COUNTED[tag]) + 1)
    elif tag == "a":
        # A link to a place in the page itself leads away from nothing.
        share = 0.3 if (element.get("href") or "").startswith("#") else 1
        measure.linked, measure.own_linked = int(share * measure.size), int(share * measure.own)
    elif tag in HEADINGS:
        measure.headed = measure.size
    elif tag in ("ul", "ol"):
        measure.listed = measure.size
    if tag not in PHRASING:
        measure.prose += measure.own_prose


def _pass_on(tag: str, measure: Measure, above: Measure) -> None:
    above.size += measure.size
    above.linked += measure.linked
    above.prose += measure.prose
    above.commas += measure.commas
    above.paragraphs += measure.paragraphs
    above.images += measure.images
    above.items += measure.items
    above.embeds += measure.embeds
    above.headed += measure.headed
    above.listed += measure.listed
    if tag not in PHRASING:
        above.blocks += 1
        return
    above.own += measure.own
    above.own_linked += measure.own_linked
    above.own_commas += measure.own_commas
    above.breaks += measure.breaks
    above.blocks += measure.blocks
