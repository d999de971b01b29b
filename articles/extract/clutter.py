"""The elements inside an article that are no part of it: forms, share buttons, lists of links, texts shown twice."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from articles.extract.measure import HEADINGS, PHRASING, PROSE, Measure, Measures, measured
from articles.extract.names import is_about_author, is_clearly_beside, is_share, is_shown_twice, weight
from articles.extract.page import is_inside, is_part, line

_AWAY = ("footer", "aside", "form", "fieldset", "nav", "h1")
_CONDITIONAL = ("table", "ul", "ol", "dl", "div", "section", "header")
_MUCH = 0.25  # of the article's prose: what holds so much stays, whatever it is called
_LONGEST_BUTTONS, _LONGEST_BOX = 500, 1000  # characters
_HOST = re.compile(r"(?:https?:)?//(?:www\.)?([^/?#\s]{1,255})", re.I)
_LONGEST_CHOICE = 12  # characters of what can be chosen from a menu, on the average
_SIGN_UP = re.compile(
    r"sign[ -]?up|subscrib|newsletter|in your inbox|your e-?mail|abonnier|s'abonner|inscri|suscr[ií]b|iscriviti|подпис"
    r"|订阅|訂閱|電子報|电子报|登録|メルマガ|メールマガジン|구독|뉴스레터",
    re.I,
)
_PLAYERS = re.compile(
    r"//(?:[\w-]{1,40}\.)?(?:dailymotion\.com|youtube\.com|youtube-nocookie\.com|youtu\.be|vimeo\.com|v\.qq\.com|bilibili\.com"
    r"|youku\.com|archive\.org|wikimedia\.org|twitch\.tv|spotify\.com|soundcloud\.com|nicovideo\.jp|naver\.com|kakao\.com)/",
    re.I,
)


def remove_clutter(root: HtmlElement) -> None:
    """Take out of an article what is none of it, as far as its form shows."""
    _remove_frames(root)
    _remove_away(root)
    measures = measured(root.iter())
    for element in list(root.iter()):
        if element is not root and is_part(element, root) and _is_box(element, measures, measures[root]):
            element.drop_tree()
    _remove_repeats(root, measures)
    for heading in list(root.iter(*HEADINGS)):
        if weight(heading) < 0:
            heading.drop_tree()
    _remove_conditionally(root)


def _remove_frames(root: HtmlElement) -> None:
    """Take away all but players."""
    for frame in list(root.iter("iframe")):
        if not is_player(frame):
            frame.drop_tree()


def is_player(frame: HtmlElement) -> bool:
    """True for a frame that plays a sound or film."""
    return bool(_PLAYERS.search((frame.get("src") or frame.get("data-src") or "")[:500]))


def _remove_away(root: HtmlElement) -> None:
    """Take away what no article has inside; of what is around a whole page, as some servers make it, the tags alone."""
    measures = measured(root.iter())
    for form in list(root.iter("form")):
        if is_part(form, root) and (box := _sign_up(form, root, measures)) is not None:
            box.drop_tree()
    for element in list(root.iter(*_AWAY)):
        if element is root or not is_part(element, root):
            continue
        if measures[element].prose > 0.5 * measures[root].prose:
            element.drop_tag()
        else:
            element.drop_tree()


def _sign_up(form: HtmlElement, root: HtmlElement, measures: Measures) -> HtmlElement | None:
    """The box in which a form asks to sign up for something, with what it says of that; None where it is alone."""
    box = None
    for around in form.iterancestors():
        measure = measures.get(around)
        if around is root or measure is None or measure.size > _LONGEST_BUTTONS:
            break
        if measure.prose > _MUCH * measures[root].prose:
            break
        box = around
    return box if box is not None and _SIGN_UP.search(line(box)[: 2 * _LONGEST_BUTTONS]) else None


def _is_box(element: HtmlElement, measures: Measures, whole: Measure) -> bool:
    """True for buttons to share, for who the author is, and for links that lie over a word."""
    measure = measures[element]
    if is_share(element) and measure.size < _LONGEST_BUTTONS:
        return True
    if is_about_author(element) and measure.size < _LONGEST_BOX and measure.prose < _MUCH * whole.prose:
        return True
    is_overlay = element.tag == "span" and measure.size > 150 and measure.link_density > 0.9
    return is_overlay and len(element.findall(".//a")) > 2


def _remove_repeats(root: HtmlElement, measures: Measures) -> None:
    """Take away captions and openings that say once more what was just said, or the beginning of it."""
    seen: dict[str, int] = {}
    for element in list(root.iter()):
        measure = measures[element]
        if element.tag in PHRASING or measure.own < PROSE or measure.blocks:
            continue
        text = line(element)
        start = text[:PROSE]
        if len(text) >= 1.1 * seen.get(start, 0):
            seen[start] = len(text)
        elif _may_repeat(element) and is_part(element, root):
            element.drop_tree()


def _may_repeat(element: HtmlElement) -> bool:
    near = (element, *islice(element.iterancestors(), 3))
    return not is_inside(element, "table", "pre") and any(
        each.tag == "figcaption" or is_shown_twice(each) for each in near
    )


def _remove_conditionally(root: HtmlElement) -> None:
    measures = measured(root.iter())
    whole = measures[root].prose
    outside = _outside(root, measures)
    for element in reversed(list(root.iter(*_CONDITIONAL))):
        if element is root or not (
            _is_clutter(element, measures[element], whole)
            or (element in outside and _is_link_list(element, measures[element]))
        ):
            continue
        for around in element.iterancestors():
            if around in measures:
                measures[around].subtract(measures[element])
        element.drop_tree()


def _outside(root: HtmlElement, measures: Measures) -> set[HtmlElement]:
    """The lists before the first paragraph of running text, and after the last."""
    ordered = list(root.iter())
    prose = [
        place for place, element in enumerate(ordered) if element.tag not in PHRASING and measures[element].own_prose
    ]
    if not prose:
        return set()
    return {each for each in (*ordered[: prose[0]], *ordered[prose[-1] + 1 :]) if each.tag in ("ul", "ol")}


def _is_link_list(element: HtmlElement, measure: Measure) -> bool:
    """True for a list of headlines that lead elsewhere on the site; references go to many others."""
    if measure.items < 4 or measure.link_density < 0.95 or measure.images >= measure.items:
        return False
    hosts = {
        found[1].lower() for link in element.iter("a") if (found := _HOST.match((link.get("href") or "").strip()[:300]))
    }
    return 2 * len(hosts) < measure.items


def _is_clutter(element: HtmlElement, measure: Measure, whole: int) -> bool:
    if measure.prose > _MUCH * whole and not is_clearly_beside(element):
        return False
    if is_inside(element, "code", "pre", "figure", "table") or (element.tag == "table" and is_data(element)):
        return False
    points = weight(element)
    if points < 0:
        return not any(map(is_data, element.iter("table")))
    return measure.commas < 10 and (_is_empty(measure) or _is_links(element, measure, points))


def _is_empty(measure: Measure) -> bool:
    return not (measure.size or measure.images or measure.embeds)


def _is_links(element: HtmlElement, measure: Measure, points: int) -> bool:
    """True for what consists of links, but for lists of pictures and what was said elsewhere."""
    is_list = element.tag in ("ul", "ol") or measure.listed > 0.9 * measure.size
    if is_list and 0 < measure.images >= measure.items:
        return False
    if _is_menu(measure) if is_list else _is_many_or_hardly_any(measure):
        return True
    if next(element.iter("blockquote"), None) is not None:
        return False
    return measure.link_density > 0.5 if points >= 25 else not is_list and measure.link_density > 0.2


def _is_menu(measure: Measure) -> bool:
    """True for a list to choose from."""
    return measure.link_density >= 0.95 and measure.items >= 5 and measure.size < _LONGEST_CHOICE * measure.items


def _is_many_or_hardly_any(measure: Measure) -> bool:
    """True for very many items, and for a word or two with a link that are no heading."""
    if measure.items - 100 > measure.paragraphs:
        return True
    is_short = measure.size < 25 and not measure.images
    return is_short and measure.link_density > 0 and measure.headed < 0.9 * measure.size


def is_data(table: HtmlElement) -> bool:
    """True for a table of data, not of layout: it says so, or has the size of one."""
    if table.get("role") == "presentation" or table.get("datatable") == "0":
        return False
    if table.get("summary") or next(table.iter("caption", "th", "col", "colgroup", "tfoot", "thead"), None) is not None:
        return True
    if table.find(".//table") is not None:
        return False
    rows = list(table.iter("tr"))
    columns = max(map(len, rows), default=0)
    return len(rows) > 1 < columns and (len(rows) >= 10 or columns > 4 or len(rows) * columns > 10)
