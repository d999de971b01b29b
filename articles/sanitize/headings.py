"""One outline: the article's title is the page's h1, so its own headings begin at h2 and skip no level."""

from __future__ import annotations

import re
import unicodedata

from articles.sanitize.read import Node, text_in

_LOWEST = 6
_NOT_WORDS = re.compile(r"[\W_]+")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\s*$")
_BRACKETED = r"[\[【〔〖［（(「『《<＜][^\[\]【】〔〕〖〗［］（）()「」『』《》<>＜＞]{1,60}[\]】〕〗］）)」』》>＞]"
_BRACKETED_START = re.compile(rf"^\s*(?:{_BRACKETED}\s*)+")
_BRACKETED_END = re.compile(rf"{_BRACKETED}\s*$")
_MIN_CUT = 8  # characters of a title that was cut short


def repair_headings(headings: list[Node], title: str) -> None:
    """Renumber `headings`, which are in the document's order. The first goes where it repeats `title`."""
    if headings and repeats(text_in(headings[0]), title):
        headings[0].tag = ""
        headings[0].children = []
        headings = headings[1:]
    levels: list[int] = []  # of the headings that the current one stands under
    for heading in headings:
        level = int(heading.tag[1])
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
        heading.tag = f"h{min(len(levels) + 1, _LOWEST)}"


def repeats(heading: str, title: str) -> bool:
    """True where `heading` says what `title` says, spacing, punctuation and width aside; the title may be cut short,
    and may have something in brackets before or behind it: [World] Title."""
    said = _folded(heading)
    for wanted in {_folded(title), _folded(_BRACKETED_START.sub("", title)), _folded(_BRACKETED_END.sub("", title))}:
        if wanted and said == wanted:
            return True
        if _CUT_SHORT.search(title) and len(wanted) >= _MIN_CUT and said.startswith(wanted):
            return True
    return False


def _folded(text: str) -> str:
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())
