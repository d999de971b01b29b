"""Recipes that a page's own repetitions suggest: items are elements of one kind, each with a link of its own."""

from __future__ import annotations

from feeds.pages.recipe import Recipe
from feeds.parse import NotAFeed, charset

MOST = 3  # recipes


def propose(body: bytes, *, url: str, content_type: str = "") -> list[Recipe]:
    """Recipes for the document in `body`, the likeliest first; none where nothing repeats in it. Never raises."""
    text = charset.decode(body, content_type).lstrip("\ufeff").lstrip()
    if text[:1] in {"{", "["}:
        from feeds.pages import json_lists
        from feeds.parse import jsonfeed

        try:
            return json_lists.recipes(jsonfeed.load(text))[:MOST]
        except NotAFeed:
            return []
    from feeds.pages import repetitions

    return repetitions.recipes(text, url)[:MOST]
