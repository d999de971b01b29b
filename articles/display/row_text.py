"""The text of an article in a row of a list: its summary without its title, a snippet that comes to its match soon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from articles.search.query.snippets import Piece
from articles.text import first_words

MOST_BEFORE_MATCH = 24  # characters
SHOWN = 160  # characters of a summary: what a line of a wide screen holds, and two of a phone
SHOWN_WIDE = 90  # of those that take twice the room
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]")
_BETWEEN = re.compile(r"^[\s.,:;!?…，。：；！？、—–|-]+")
_GAP = re.compile(r"[\s，。！？；、]+")


@lru_cache(maxsize=2048)
def row_summary(title: str, text: str, *, lines: int = 1) -> str:
    """The summary, as much of it as a row has room for in so many lines of a wide screen, without the title where it
    begins with that; empty for an untitled article, whose row has its first words for a title. Kept for
    the rows of the last lists."""
    summary = _without_title(title, text)
    is_wide = not summary.isascii() and len(_WIDE.findall(summary, 0, SHOWN)) > SHOWN // 4
    return first_words(summary, lines * (SHOWN_WIDE if is_wide else SHOWN))


def _without_title(given: str, summary: str) -> str:
    title = given.strip().rstrip("… ")
    words = title.split()
    if not words:
        return ""
    if summary.lstrip()[:1].casefold() != title[:1].casefold():
        return summary
    if " ".join(words).casefold().startswith(" ".join(summary.rstrip("… ").split()).casefold()):
        return ""
    found = re.match(r"\s+".join(map(re.escape, words)), summary.lstrip(), re.IGNORECASE)
    if not found:
        return summary
    rest = summary.lstrip()[found.end() :]
    is_whole = given.strip() != title or not (rest[:1].isalnum() and rest[:1].isascii())
    return _BETWEEN.sub("", rest, count=1) if is_whole else summary


def near_match(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """A snippet that comes to its first match soon, so that this is in view where only some lines are shown."""
    first = next((number for number, piece in enumerate(pieces) if piece.is_match), 0)
    before = "".join(piece.text for piece in pieces[:first])
    if len(before) <= MOST_BEFORE_MATCH:
        return pieces
    near = before[-MOST_BEFORE_MATCH:]
    gap = _GAP.search(near[: MOST_BEFORE_MATCH // 2])  # at a word's beginning, if one is near
    return [Piece("… " + near[gap.end() if gap else 0 :]), *pieces[first:]]
