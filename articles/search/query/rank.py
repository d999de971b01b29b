"""The score of a hit: how well it answers a query. Pure: the text, the words, the age; no index and no statistics of
the archive.

A match in the title counts most, then how often the words stand in the text (with less and less gain), how early and
how close together; and of two that are alike the newer wins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from articles.search.analyze.fold import fold
from articles.search.query.matching import Contains, Text, atoms

TITLE = 6.0
WHOLE_TITLE = 2.0
FREQUENCY = 1.5
EARLY = 1.0
CLOSE = 2.0
FRESH = 2.0
FRESH_DAYS = 180
READ = 4000


def score(text: Text, words: Sequence[Contains], *, now: datetime) -> float:
    """The higher the better; only to be compared with scores of the same query at the same time."""
    if not words:
        return _freshness(text, now)
    title, body = text.folded("title"), fold(text.text[:READ])
    needles = [needle for asked in words if (needle := _needle(asked, text))]
    in_title = sum(needle in title for needle in needles)
    frequency = sum(math.log1p(body.count(needle)) for needle in needles)
    total = len(needles) or 1
    return (
        TITLE * in_title / total
        + WHOLE_TITLE * in_title / total * min(1.0, sum(map(len, needles)) / max(len(title), 1))
        + FREQUENCY * frequency / total
        + _placed(needles, body, total)
        + _freshness(text, now)
    )


def _placed(needles: Sequence[str], body: str, total: int) -> float:
    """The points for standing early in the text, and close to each other."""
    firsts = [place for needle in needles if (place := body.find(needle)) >= 0]
    early = EARLY * sum(1 / (1 + place / 200) for place in firsts) / total
    return early + (CLOSE / (1 + (max(firsts) - min(firsts)) / 40) if len(firsts) > 1 else 0)


def _needle(asked: Contains, text: Text) -> str:
    """A plain piece of folded text that stands wherever the words do, or nearly: enough for counting."""
    parts = atoms(asked.words)
    if not parts:
        return ""
    if len(parts) == 1 and not parts[0].is_run:
        word = parts[0].text
        return word[: max(3, len(word) - 2)] if len(word) > 4 else word
    return max((part.text for part in parts), key=len)


def _freshness(text: Text, now: datetime) -> float:
    if text.published_at is None:
        return 0.0
    days = max(0.0, (now - text.published_at).total_seconds() / 86400)
    return FRESH / (1 + days / FRESH_DAYS)
