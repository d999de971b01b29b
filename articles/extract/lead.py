"""The picture or film that leads an article: it stands before the text, and often in no element with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from lxml.html import HtmlElement

from articles.extract.clutter import is_player
from articles.extract.measure import HEADINGS, Measures
from articles.extract.names import is_share, is_unlikely
from articles.extract.page import line

_TOP = ("body", "html")
_LEVELS, _BESIDE = 5, 6  # elements around the text, and before each of these, that are looked at
_MOST_PICTURES = 3  # more are teasers of other articles
_LONGEST_CAPTION = 400  # characters
_LEAST_SIDE = 150  # pixels
_NO_LEAD = re.compile(
    r"logo|avatar|author|byline|profile|icon|promo|advert|sponsor|thumb-?nav|(?:^|[\s_-])ads?(?:$|[\s_-])", re.I
)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.I)


def lead_of(first: HtmlElement, measures: Measures) -> list[HtmlElement]:
    """The pictures and films before `first`, the article's first part, as far back as its title, in their order.
    Without a title only what stands right before it."""
    found: list[HtmlElement] = []
    beside: list[HtmlElement] = []
    around: HtmlElement | None = first
    for level in range(_LEVELS):
        if around is None or around.tag in _TOP:
            break
        for element in islice(around.itersiblings(preceding=True), _BESIDE):
            if _is_other_text(element, measures):
                return beside
            found[:0] = _media(element, measures)
            if _has_title(element):
                return found
        if level == 0:
            beside = list(found)
        around = around.getparent()
    return beside


def with_media(parts: Sequence[HtmlElement], measures: Measures) -> list[HtmlElement]:
    """The article's `parts`, in their order, and between them the pictures and films that stand there on the page."""
    last = parts[-1]
    if len(parts) < 2 or any(each.getparent() is not last.getparent() for each in parts):
        return list(parts)
    found: list[HtmlElement] = []
    for element in chain([parts[0]], parts[0].itersiblings()):
        found += [element] if element in parts else _media(element, measures)
        if element is last:
            break
    return found


def _is_other_text(element: HtmlElement, measures: Measures) -> bool:
    """True for running text that is more than a standfirst, and for lists."""
    measure = measures.get(element)
    return measure is None or measure.prose > _LONGEST_CAPTION or measure.items > 3


def _has_title(element: HtmlElement) -> bool:
    return any(line(each) for each in element.iter("h1")) or element.tag in HEADINGS[:2]


def _media(element: HtmlElement, measures: Measures) -> list[HtmlElement]:
    """The figures, else pictures and players, in an element that is called nothing else."""
    if is_unlikely(element) or is_share(element) or measures[element].size > 2 * _LONGEST_CAPTION:
        return []
    pictures = [each for each in element.iter("img") if _is_large(each, element)]
    players = [each for each in element.iter("iframe") if is_player(each)]
    films = list(element.iter("video"))
    if not 0 < len(pictures) + len(players) + len(films) <= _MOST_PICTURES:
        return []
    return list(dict.fromkeys(_whole(each, element, measures) for each in chain(players, films, pictures)))


def _is_large(picture: HtmlElement, root: HtmlElement) -> bool:
    if not picture.get("src") and not picture.get("srcset"):
        return False
    if any(_side(picture.get(name)) < _LEAST_SIDE for name in ("width", "height") if picture.get(name)):
        return False
    if any(_is_of_no_lead(around) for around in _up(picture, root)):
        return False
    return not _NO_LEAD.search((picture.get("src") or "")[:500].rpartition("/")[2])


def _is_of_no_lead(element: HtmlElement) -> bool:
    """True where what is in an element is for something else: by its name, or as a link to anything but a picture."""
    if _NO_LEAD.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:500]):
        return True
    return element.tag == "a" and not _PICTURE_FILE.search((element.get("href") or "")[:2000])


def _whole(medium: HtmlElement, root: HtmlElement, measures: Measures) -> HtmlElement:
    """The figure around a picture, with its caption."""
    for around in _up(medium, root):
        if around.tag == "figure" and measures[around].size <= _LONGEST_CAPTION:
            return around
    return medium


def _up(element: HtmlElement, root: HtmlElement) -> Iterator[HtmlElement]:
    """`element` and what is around it, up to `root`."""
    current: HtmlElement | None = element
    while current is not None:
        yield current
        current = None if current is root else current.getparent()


def _side(value: str | None) -> int:
    digits = re.match(r"\s*(\d{1,5})", value or "")
    return int(digits[1]) if digits and "%" not in (value or "") else _LEAST_SIDE
