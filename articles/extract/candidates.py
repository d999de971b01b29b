"""The elements of a page that hold its article: points for running text, handed to what stands around it. The idea is
that of arc90's Readability (2009), the numbers are mostly those of Mozilla's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from lxml.html import HtmlElement

from articles.extract.measure import HEADINGS, PHRASING, Measure, Measures
from articles.extract.names import weight
from articles.extract.page import line

_LEAST = 25  # characters of a block that counts
_PARAGRAPH = 300  # characters
_LEVELS = 5  # of elements around a block that have points for it
_BY_TAG = {
    **dict.fromkeys(("div", "article", "main"), 5),
    **dict.fromkeys(("pre", "td", "blockquote"), 3),
    **dict.fromkeys(("address", "ol", "ul", "dl", "dd", "dt", "li", "form", "aside"), -3),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "th", "header", "footer", "nav"), -5),
}
_BLOCKS = frozenset({"p", "pre", "td", "div", "section", "article", "main", "blockquote", "h2", "h3", "h4", "h5", "h6"})
_NO_BLOCKS = frozenset({"a", "html", "figcaption", "caption", "footer", "nav", "address", "aside", "th"})
_FEWEST_TEASERS = 3
_TOP = ("body", "html")
_MOST, _LITTLE = 0.6, 0.4
_ENDS = ".!?。！？”」』…"


def article_parts(measures: Measures, *, by_names: bool) -> list[HtmlElement]:
    """The elements that together are the article, in the document's order; none where nothing reads like one."""
    points = _points(measures, by_names)
    ordered = sorted(points, key=lambda element: -points[element])[:5]
    if not ordered:
        return []
    top = _widened(_common(ordered, points), points, measures)
    parts = _with_kin(top, _with_siblings(top, points, measures), measures)
    holder = _holder(measures)
    if holder is None or sum(measures[part].prose for part in parts) >= _LITTLE * measures[holder].prose:
        return parts
    return [holder]


def _holder(measures: Measures) -> HtmlElement | None:
    """The smallest element with most of the running text, however deep the layers are that its paragraphs stand in."""
    holder = next((element for element in measures if element.tag == "body"), None)
    if holder is None:
        return None
    least = _MOST * measures[holder].prose
    while (inner := max(holder, key=lambda each: measures[each].prose, default=None)) is not None:
        if measures[inner].prose < least:
            break
        holder = inner
    return holder


def _points(measures: Measures, by_names: bool) -> dict[HtmlElement, float]:
    points: dict[HtmlElement, float] = {}
    for element, measure in measures.items():
        if not _is_block(element, measure):
            continue
        for around, gained in _handed_up(element, measure):
            if around not in points:
                points[around] = _BY_TAG.get(around.tag, 0) + (weight(around) if by_names else 0)
            points[around] += gained
    return {element: gained * (1 - measures[element].link_density) for element, gained in points.items()}


def _is_block(element: HtmlElement, measure: Measure) -> bool:
    """True for a paragraph, and for any other element that has one's text itself: an item, an invented tag."""
    if element.tag in _BLOCKS:
        return measure.own >= _LEAST
    return measure.own_prose > 0 and element.tag not in PHRASING and element.tag not in _NO_BLOCKS


def _handed_up(element: HtmlElement, measure: Measure) -> list[tuple[HtmlElement, float]]:
    """The elements around a block of text, each with the points that it gains by it."""
    paragraphs = max(1, measure.breaks // 2, measure.own // _PARAGRAPH)  # in one element, as `pre` has them
    gained = paragraphs + measure.own_commas + min(measure.own / 100, 3 * paragraphs)
    # Text that stands between blocks or line breaks makes its element the one around it.
    is_around = element.tag not in ("p", "pre", "td") and (measure.blocks > 0 or measure.breaks > 1)
    chain = ([element] if is_around else []) + list(takewhile(lambda each: each.tag != "html", element.iterancestors()))
    return [(around, gained / max(1, 2 if level == 1 else 3 * level)) for level, around in enumerate(chain[:_LEVELS])]


def _common(ordered: Sequence[HtmlElement], points: dict[HtmlElement, float]) -> HtmlElement:
    """The element around the first of `ordered` and three more that have nearly as many points; else the first."""
    top = ordered[0]
    rivals = [set(one.iterancestors()) for one in ordered[1:] if points[one] >= 0.75 * points[top]]
    if len(rivals) >= 3:
        for around in top.iterancestors():
            if around.tag in _TOP:
                break
            if sum(around in rival for rival in rivals) >= 3:
                return around
    return top


def _widened(top: HtmlElement, points: dict[HtmlElement, float], measures: Measures) -> HtmlElement:
    """The element around `top` where that has still more points, or nothing besides; else `top`."""
    last = points.get(top, 0.0)
    least = last / 3
    for around in takewhile(lambda each: each.tag not in _TOP, top.iterancestors()):
        if around not in points:
            continue
        if points[around] < least:
            break
        if points[around] > last and measures[around].prose >= 1.1 * measures[top].prose:
            top = around
            break
        last = points[around]
    while (around := top.getparent()) is not None and around.tag not in _TOP and len(around) == 1:
        top = around
    return top


def _with_siblings(top: HtmlElement, points: dict[HtmlElement, float], measures: Measures) -> list[HtmlElement]:
    """`top` and the elements beside it that are parts of the same article."""
    parent = top.getparent()
    if parent is None or top.tag in _TOP:
        return [top]
    return [each for each in parent if each is top or _belongs(each, top, points, measures)]


def _belongs(sibling: HtmlElement, top: HtmlElement, points: dict[HtmlElement, float], measures: Measures) -> bool:
    own, measure = points.get(top, 0.0), measures[sibling]
    if _has_title(sibling) and _has_title(top):
        return False  # another article
    if _are_teasers(sibling):
        return False
    bonus = 0.2 * own if top.get("class") and sibling.get("class") == top.get("class") else 0
    if sibling in points and points[sibling] + bonus >= max(10, 0.2 * own):
        return True
    return sibling.tag == "p" and _is_prose(sibling, measure)


def _is_prose(paragraph: HtmlElement, measure: Measure) -> bool:
    if not measure.size:
        return False
    if measure.size > 80:
        return measure.link_density < 0.25
    return not measure.link_density and str(paragraph.text_content()).strip()[-1:] in _ENDS


def _has_title(element: HtmlElement) -> bool:
    return element.tag == "h1" or next(element.iter("h1"), None) is not None


def _are_teasers(element: HtmlElement) -> bool:
    """True for what has three headings or more, each of which is a link to somewhere else."""
    headings = list(element.iter(*HEADINGS))
    return len(headings) >= _FEWEST_TEASERS and sum(map(_is_linked, headings)) >= 0.8 * len(headings)


def _is_linked(heading: HtmlElement) -> bool:
    link = heading.find(".//a[@href]")
    if link is None:
        link = next(heading.iterancestors("a"), None)
    if link is None or (link.get("href") or "").startswith("#"):
        return False
    return len(line(link)) >= 0.9 * len(line(heading)) > 0


# --- an article in several pieces -------------------------------------------------------------------------------------


def _with_kin(top: HtmlElement, parts: list[HtmlElement], measures: Measures) -> list[HtmlElement]:
    """The element around `parts` where it holds a fifth more paragraphs like theirs: the article goes on further off;
    else `parts`."""
    kinds = _kinds(parts, measures)
    have = sum(kinds.values())
    for around in takewhile(lambda each: each.tag not in _TOP, top.iterancestors()):
        measure = measures[around]
        if measure.prose < 1.2 * have or measure.link_density >= 0.2:
            continue
        if sum(measures[article].prose > 300 for article in around.iter("article")) > 1:
            break  # other articles
        like = sum(size for kind, size in _kinds([around], measures).items() if kind in kinds)
        if like >= 1.2 * have:
            have, parts = like, [around]
    return parts


def _kinds(parts: Sequence[HtmlElement], measures: Measures) -> dict[tuple[str | None, ...], int]:
    """The characters of running text by the tags and classes of their blocks and of what is around those."""
    found: dict[tuple[str | None, ...], int] = {}
    for part in parts:
        for element in part.iter():
            parent = element.getparent()
            if parent is not None and element.tag not in PHRASING and (size := measures[element].own_prose):
                kind = (element.tag, element.get("class"), parent.tag, parent.get("class"))
                found[kind] = found.get(kind, 0) + size
    return found
