"""The text that a page's JSON-LD gives for its article, held against what was found."""

from __future__ import annotations

from html import escape

from lxml import html
from lxml.html import HtmlElement

from articles.extract.measure import PHRASING, Measures, measured
from articles.extract.page import line

_LEAST = 400  # characters of a text that is more than a summary
_MOST_TEXT = 300_000
_BLOCK = 25  # characters of a block that is looked for
_FOUND, _ENOUGH = 0.6, 0.9


def is_missing(article: HtmlElement | None, text: str) -> bool:
    """True where most of the article's `text` is not in what was found."""
    wanted = _plain(text)
    if not _LEAST <= len(wanted) <= _MOST_TEXT:
        return False
    return article is None or _common(article, measured(article.iter()), wanted)[article] < _FOUND * len(wanted)


def holder(root: HtmlElement, text: str) -> HtmlElement | None:
    """The smallest element of a page that has nearly all of `text` that the page shows; None where it shows little."""
    wanted, measures = _plain(text), measured(root.iter())
    common = _common(root, measures, wanted)
    if common[root] < _FOUND * len(wanted):
        return None
    element = root
    while (inner := max(element, key=lambda each: common.get(each, 0), default=None)) is not None:
        if common.get(inner, 0) < _ENOUGH * common[root]:
            break
        element = inner
    return element


def as_paragraphs(text: str) -> HtmlElement:
    """A `div` with `text`, a paragraph for each of its lines."""
    lines = [" ".join(each.split()) for each in text.splitlines()]
    article: HtmlElement = html.fragment_fromstring(
        "".join(f"<p>{escape(each, quote=False)}</p>" for each in lines if each), create_parent="div"
    )
    return article


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _common(root: HtmlElement, measures: Measures, wanted: str) -> dict[HtmlElement, int]:
    """The number of characters of the wanted text that stand in each element, by its blocks."""
    common = dict.fromkeys(measures, 0)
    for element in reversed(list(root.iter())):
        measure = measures[element]
        if element.tag not in PHRASING and measure.own >= _BLOCK and measure.own >= 0.5 * measure.size:
            block = _plain(line(element))
            if block in wanted:
                common[element] = len(block)
        if element is not root and (parent := element.getparent()) in common:
            common[parent] = max(common[parent], 0) + common[element]
    return common
