"""The test whether articles are one: the same text, or so near that an editor would call it one. Pure, without a model.

story.py takes from an article what it is compared by, verdict.py judges two of them, signature.py gives the keys under
which an index finds those that may be alike. telling.py adds the page and the time, groups.py makes groups of pairs.
articles.stories keeps what comes of it.
"""

from __future__ import annotations

from articles.folding.signature import VERSION, band_keys, text_key, title_key
from articles.folding.story import MAX_LETTERS, Story, story
from articles.folding.telling import Keys, Telling, compare, keys_of, may_be_alike, telling
from articles.folding.verdict import Verdict, judge

__all__ = [
    "MAX_LETTERS", "VERSION", "Keys", "Story", "Telling", "Verdict",
    "band_keys", "compare", "is_same", "judge", "keys_of", "may_be_alike", "story", "telling",
    "text_key", "title_key",
]  # fmt: skip


def is_same(title_a: str, text_a: str, title_b: str, text_b: str) -> bool:
    """True where two articles are one, whatever the order. `text_…`: what a reader sees of it."""
    return judge(story(title_a, text_a), story(title_b, text_b)) is Verdict.SAME
