"""The parts of a page beside its article: what is hidden, menus, bylines."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from articles.extract.measure import Measures, measured
from articles.extract.names import is_byline, is_clearly_beside, is_unlikely
from articles.extract.page import is_inside

_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)
_MOST = 0.4  # of a page's prose: what holds so much is the article, whatever it is called
_ALL = 0.85  # and what is hidden and holds so much, a script shows
_KEPT = frozenset({"html", "body", "article", "main", "a"})
_LONGEST_BYLINE = 100


def remove_beside(root: HtmlElement, *, by_names: bool) -> int:
    """The characters of running text that a page had before what is hidden, bylines and, `by_names`, the parts that are
    not called an article's were taken out of it here."""
    measures = measured(root.iter())
    whole = measures[root].prose
    for element in list(root.iter()):
        if element.tag in ("html", "body") or element.getparent() is None:
            continue
        prose = measures[element].prose
        if (
            (prose <= _ALL * whole and _is_hidden(element))
            or (by_names and _is_beside(element, holds_most=prose > _MOST * whole))
            or _is_byline(element, measures)
        ):
            element.drop_tree()
    return whole


def _is_hidden(element: HtmlElement) -> bool:
    if _HIDDEN.search((element.get("style") or "")[:500]) or element.get("hidden") is not None:
        return True
    # Beside a formula that is read aloud stands its picture, which is not.
    return bool(element.get("aria-hidden") == "true" and element.tag != "img")


def _is_beside(element: HtmlElement, *, holds_most: bool) -> bool:
    if element.tag in _KEPT or not is_unlikely(element) or is_inside(element, "table", "code"):
        return False
    if holds_most and not is_clearly_beside(element):
        return False
    return next(element.iter("blockquote"), None) is None  # what was said elsewhere


def _is_byline(element: HtmlElement, measures: Measures) -> bool:
    return 0 < measures[element].size < _LONGEST_BYLINE and is_byline(element)
