"""The test whether articles are one: the same text, or so near that an editor would call it one. Pure, without a model.

story.py takes from an article what it is compared by, verdict.py judges two of them, signature.py gives the keys under
which an index finds those that may be alike.
"""

from __future__ import annotations

from articles.folding.signature import VERSION, band_keys, text_key, title_key
from articles.folding.story import Story, story
from articles.folding.verdict import Verdict, judge

__all__ = ["VERSION", "Story", "Verdict", "band_keys", "is_same", "judge", "story", "text_key", "title_key"]


def is_same(title_a: str, text_a: str, title_b: str, text_b: str) -> bool:
    """True where two articles are one, whatever the order. `text_…`: what a reader sees of it."""
    return judge(story(title_a, text_a), story(title_b, text_b)) is Verdict.SAME
