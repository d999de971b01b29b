"""Signs that a feed gives only a part of its articles, and the test whether a page's text may stand in its place."""

from __future__ import annotations

import re
from enum import Enum

from articles.folding.story import grams_of, letters_of, size_of
from articles.search.analyze.fold import fold

# Characters, a wide one for two:
LITTLE = 400  # an entry that is hardly an article
SUMMARY = 800  # what somebody may have written about an article instead of taking it from there
ARTICLE = 600  # a page's text that is one
_HELD = 0.6  # of the feed's 5-grams: what a page's text has of it
_TIMES = 3  # as long as a summary
_NAMED = 0.5  # of the title's letters in runs of four, or two where they are wide
_END = 80  # characters at the end of a text that are looked at
_OPEN = re.compile(r"(?:…|\.{3}|\[…\]|\[\.{3}\]|\(…\)|⋯)[\s»)\]]{0,5}$")
_MORE = re.compile(
    r"(?:(?:continue|keep) reading|read (?:more|on|the (?:full|rest|whole))|(?:full|whole) (?:article"
    r"|story)|more ?[»>→]"
    r"|weiterlesen|lire la suite|leer más|seguir leyendo|leia mais|continua a leggere|lees verder"
    r"|читать (?:далее|полностью)"
    r"|(?:阅读|閱讀|查看|繼續|继续)(?:全文|更多|阅读|閱讀|原文)|(?:点击|點擊)(?:阅读|閱讀|查看)|詳全文"
    r"|全文(?:阅读|閱讀)"
    r"|続きを読む|全文を読む|続きはこちら|더 ?보기|더 ?읽기|전문 ?보기|기사 ?전문)",
    re.I,
)


class Sign(Enum):
    """A sign that an entry is only a part of its article."""

    OPEN = "open"  # it ends in the middle
    MORE = "more"  # it says that there is more
    LITTLE = "little"  # it is short, which may be all that there is


def sign_of_part(text: str) -> Sign | None:
    """The sign that an entry with the visible `text` is only a part; None where there is none."""
    end = text.rstrip()[-_END:]
    if _MORE.search(end):
        return Sign.MORE
    if _OPEN.search(end):
        return Sign.OPEN
    return Sign.LITTLE if size_of(letters_of(fold(text[: 4 * LITTLE]))) < LITTLE else None


def is_fuller(title: str, of_feed: str, of_page: str) -> bool:
    """True where a page's visible text may stand in the place of the feed's: it is longer and has that in it, or the
    feed has a summary only and the page an article that its title fits. So no teaser takes the place of a full text."""
    held, given = letters_of(fold(of_page)), letters_of(fold(of_feed))
    size, least = size_of(held), size_of(given)
    if size <= least:
        return False
    grams = grams_of(given)
    if grams and len(grams & grams_of(held)) >= _HELD * len(grams):
        return True
    return least <= SUMMARY and size >= max(ARTICLE, _TIMES * least) and _fits(letters_of(fold(title)), held)


def _fits(title: str, text: str) -> bool:
    """True where the words of a title are those of a text; also where there is no title."""
    runs = grams_of(title, 4 if title.isascii() else 2)
    return sum(run in text for run in runs) >= _NAMED * len(runs)
