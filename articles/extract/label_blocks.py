"""Blocks that their words give away: lists below "Related", what readers wrote below "Comments", calls at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile

from lxml.html import HtmlElement

from articles.extract.labels import (
    LONGEST,
    LONGEST_OF_COMMENTS,
    LONGEST_REPLY,
    begins_as_label,
    is_button_label,
    is_call,
    is_comments_label,
    is_dateline,
    is_related_label,
    is_reply_label,
)
from articles.extract.measure import HEADINGS, PHRASING, Measure, Measures, measured
from articles.extract.page import is_inside, is_part, line

_LABELS = frozenset({*HEADINGS, "p", "div", "li", "dt", "dd", "section", "header", "span", "strong", "b", "a"})
_WHOLE = ("figure", "table", "blockquote", "pre")
_FEWEST_REPLIED, _MOST_LEVELS = 3, 6
_PROSE_BEFORE = 300  # characters of a text that others answer
_COMMENTS_AFTER = 0.3  # of the prose: what calls itself comments earlier is a heading of the article
_LONGEST_CALL = 600
_ARROWS = frozenset("►▶➤➡→»>☞👉")  # before lines at the end that lead elsewhere
_LEAST_LINK = 25  # characters of a link that is a headline
_MUCH_TEXT = 600  # characters of an article in which lines of links alone are other articles


def remove_comments(root: HtmlElement) -> None:
    """Take out of a page the parts that begin with a label of readers' comments, where text stands before them: there
    may be more of it than of the article."""
    measures = measured(root.iter())
    seen = 0
    for element in list(root.iter()):
        measure = measures[element]
        if element.tag not in PHRASING:
            seen += measure.own_prose
        if (
            seen
            and element.tag in _LABELS
            and 0 < measure.size <= LONGEST_OF_COMMENTS
            and is_comments_label(line(element))
        ):
            block = _around(element, root, lambda around: around.tag not in ("body", "main", "article"))
            if block is not element and is_part(block, root):
                block.drop_tree()
    _remove_answered(root, measures)


def _remove_answered(root: HtmlElement, measures: Measures) -> None:
    """Take out of a page what can be replied to, three times or more, below a text that can't."""
    for around, items in _replied(root, measures).items():
        if len(items) >= _FEWEST_REPLIED and is_part(around, root) and _has_prose_before(items[0], root, measures):
            for item in items:
                item.drop_tree()


def _replied(root: HtmlElement, measures: Measures) -> dict[HtmlElement, list[HtmlElement]]:
    """The items that can be replied to, by what they are in."""
    lists: dict[HtmlElement, list[HtmlElement]] = {}
    for element in root.iter("a", "span", "div"):
        if 0 < measures[element].size <= LONGEST_REPLY and is_reply_label(line(element)):
            item = _repeated(element, measures)
            if item is not None and item not in lists.setdefault(item.getparent(), []):
                lists[item.getparent()].append(item)
    return lists


def _repeated(element: HtmlElement, measures: Measures) -> HtmlElement | None:
    """The item around what can be replied to: the first with text that has others of its kind beside it."""
    for around in islice(element.iterancestors(), _MOST_LEVELS):
        if measures[around].size > 2 * LONGEST_REPLY and around.getparent() is not None:
            alike = around.getparent().findall(around.tag)
            if sum(each.get("class") == around.get("class") for each in alike) >= _FEWEST_REPLIED:
                return around
    return None


def _has_prose_before(item: HtmlElement, root: HtmlElement, measures: Measures) -> bool:
    seen = 0
    for element in takewhile(lambda each: each is not item, root.iter()):
        if element.tag not in PHRASING:
            seen += measures[element].own_prose
    return seen >= _PROSE_BEFORE


def remove_label_blocks(root: HtmlElement) -> None:
    """Take out of an article what labels and calls show to be none of it."""
    measures = measured(root.iter())
    seen = 0
    for element in list(root.iter()):
        if element is root or not is_part(element, root):
            continue
        measure = measures[element]
        if element.tag not in PHRASING:
            seen += measure.own_prose
        if element.tag in _LABELS and 0 < measure.size <= 2 * LONGEST and not is_inside(element, *_WHOLE):
            _remove_labelled(element, root, measures, is_late=seen > _COMMENTS_AFTER * measures[root].prose)
    _remove_lines(root)


def _remove_labelled(label: HtmlElement, root: HtmlElement, measures: Measures, *, is_late: bool) -> None:
    """Take away a label, and what it announces."""
    text = line(label)
    if is_button_label(text):
        if not measures[label].images:
            label.drop_tree()
    elif is_comments_label(text):
        if is_late:
            block = _around(label, root, lambda around: measures[around].prose <= 0.5 * measures[root].prose)
            for element in (block, *block.itersiblings()):
                element.drop_tree()
    elif is_related_label(text) and not _is_chapter(label, text):
        _remove_related(label, root, measures)


def _is_chapter(label: HtmlElement, text: str) -> bool:
    """True for the heading that encyclopaedias have above what else they say."""
    return label.tag in HEADINGS and text.lower().startswith("see also")


def _remove_related(label: HtmlElement, root: HtmlElement, measures: Measures) -> None:
    def is_links(around: HtmlElement) -> bool:
        return not measures[around].prose or measures[around].link_density >= 0.5

    block = _around(label, root, is_links)
    announced = list(_announced(block, measures))
    is_telling = measures[label].linked or label.tag in HEADINGS
    if block is label and not announced and (label.tag in PHRASING or not is_telling):
        return
    for element in (block, *announced):
        element.drop_tree()


def _around(label: HtmlElement, root: HtmlElement, fits: Callable[[HtmlElement], bool]) -> HtmlElement:
    """The largest element that begins with `label` and `fits`."""
    block = label
    while (around := block.getparent()) is not None and around is not root:
        if (around.text or "").strip() or _has_text_before(block) or not fits(around):
            break
        block = around
    return block


def _has_text_before(element: HtmlElement) -> bool:
    return any(
        str(each.text_content()).strip() or (each.tail or "").strip() for each in element.itersiblings(preceding=True)
    )


def _announced(block: HtmlElement, measures: Measures) -> Iterator[HtmlElement]:
    """The links that follow."""
    for element in block.itersiblings():
        if measures[element].size and measures[element].link_density < 0.6:
            return
        yield element


# --- lines ------------------------------------------------------------------------------------------------------------


def _remove_lines(root: HtmlElement, attempts: int = 2) -> None:
    """Take away the calls at the end, and lines that only lead elsewhere; once more where that leaves others alone."""
    measures = measured(root.iter())
    lines = [each for each in root.iter() if _is_line(each, root, measures)]
    surplus = [
        *_opening(lines, measures),
        *_inline_datelines(root, measures),
        *_leading_away(lines, measures, has_much=measures[root].size > _MUCH_TEXT),
    ]
    for element in surplus:
        element.drop_tree()
    if surplus and attempts > 1:
        _remove_lines(root, attempts - 1)


def _leading_away(lines: Sequence[HtmlElement], measures: Measures, *, has_much: bool) -> Iterator[HtmlElement]:
    is_end = True
    for element in reversed(lines):
        measure, text = measures[element], line(element)
        is_end = is_end and (measure.size < 80 or measure.link_density >= 0.5 or is_call(text))
        if is_inside(element, *_WHOLE):
            continue
        if _leads_away(text, measure, is_end) or (has_much and _is_headline(element, text, measures)):
            yield element


def _opening(lines: Sequence[HtmlElement], measures: Measures) -> Iterator[HtmlElement]:
    """The lines before the text that say when it is from."""
    for element in takewhile(lambda each: not measures[each].own_prose, lines):
        if is_dateline(line(element)) and not is_inside(element, *_WHOLE):
            yield element


def _inline_datelines(root: HtmlElement, measures: Measures) -> Iterator[HtmlElement]:
    """The dates that stand before the text and in no block of their own."""
    for element in takewhile(lambda each: each.tag in PHRASING or not measures[each].own_prose, root.iter()):
        parent = element.getparent()
        is_alone = element.tag in PHRASING and parent is not None and parent.tag not in PHRASING
        if is_alone and measures[parent].blocks and not (element.tail or "").strip() and is_dateline(line(element)):
            yield element


def _is_line(element: HtmlElement, root: HtmlElement, measures: Measures) -> bool:
    measure = measures[element]
    if element is root or element.tag in PHRASING or not measure.own:
        return False
    return not measure.blocks or measure.own >= 0.5 * measure.size


def _leads_away(text: str, measure: Measure, is_end: bool) -> bool:
    if is_call(text):
        return measure.size < _LONGEST_CALL if is_end else measure.link_density > 0.9 and measure.size < 200
    if measure.link_density <= 0.5:
        return False
    return begins_as_label(text) or (is_end and text[:1] in _ARROWS)


def _is_headline(element: HtmlElement, text: str, measures: Measures) -> bool:
    """True for a paragraph that is one link, in capitals or with others of its kind beside it."""
    if not _is_link_alone(element, text, measures):
        return False
    letters = [letter for letter in text if letter.isalpha()]
    if sum(map(str.isupper, letters)) > 0.6 * len(letters):
        return True
    beside = (element.getnext(), element.getprevious())
    return any(each is not None and _is_link_alone(each, line(each), measures) for each in beside)


def _is_link_alone(element: HtmlElement, text: str, measures: Measures) -> bool:
    measure = measures.get(element)
    if measure is None or element.tag != "p" or measure.images or measure.size < _LEAST_LINK:
        return False
    is_address = text.startswith(("http", "www.")) or "@" in text
    return measure.link_density >= 0.95 and not is_address and (text.count(" ") > 2 or not text.isascii())
