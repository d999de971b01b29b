"""The time that an article takes to read. Pure."""

from __future__ import annotations

import re

WORDS_A_MINUTE = 230  # of silent reading: Brysbaert 2019, 238 for non-fiction in English
SIGNS_A_MINUTE = 400  # of Chinese and Japanese
_TAG = re.compile(r"<[^<>]*+>")
_SIGN = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")


def reading_minutes(html: str) -> int:
    """The minutes that the text of sanitized HTML takes, rounded; 0 for what is read at a glance."""
    text = _TAG.sub(" ", html)
    text, signs = (text, 0) if text.isascii() else _SIGN.subn(" ", text)
    words = len(text.split())
    return round(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE)
