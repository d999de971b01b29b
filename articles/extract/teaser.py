"""Signs that a feed gives only a part of its articles."""

from __future__ import annotations

import re
from enum import Enum

from articles.folding.story import letters_of, size_of
from articles.search.analyze.fold import fold

# Characters, a wide one for two:
LITTLE = 400  # an entry that is hardly an article
_END = 80  # characters at the end of a text that are looked at
_REST = 25  # letters that may follow on what says that there is more
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


def without_call(text: str, title: str) -> str:
    """An entry's `text` up to where it says that there is more of it; what follows is at most its title."""
    place = max(0, len(text.rstrip()) - _END - len(title))
    for found in _MORE.finditer(text, place):
        rest = letters_of(fold(text[found.end() :]))
        if len(rest) <= _REST or rest in letters_of(fold(title)):
            return text[: found.start()]
    return text
