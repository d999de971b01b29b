"""Short forms of a text: its first words, and a summary for a list row."""

from __future__ import annotations

SUMMARY_LENGTH = 300


def first_words(text: str, length: int = 80) -> str:
    """The start of `text`, cut between words where the script has spaces, with an ellipsis where it was cut."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    head = text[:length]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,;:，、；：") + "…"


def summary_of(text: str, limit: int = SUMMARY_LENGTH) -> str:
    """The first words of an article's text, for a list row: at most `limit` characters and an ellipsis."""
    return first_words(text[: 4 * limit], limit)
