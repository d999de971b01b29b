"""Sanitized HTML with other text in it: the walk over text nodes that knows the language which each is in. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Set

from articles.sanitize.vocabulary import VOID

CODE = frozenset({"code", "pre", "kbd", "samp", "var", "math", "audio", "video"})  # what is in them is in no language

# The gate of articles.sanitize wrote every tag: attribute values stand in double quotes, and text has no bare `<`.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*+)((?:[^<>"]++|"[^"]*+")*+)>')
_LANG = re.compile(r' lang="([^"]*)"')


def with_texts(html: str, change: Callable[[str], str], tag_of: Callable[[str], str], unchanged: Set[str]) -> str:
    """The HTML with each text node as `change` makes it from the node's source, but for all that is in elements called
    as in `unchanged` and for what is in a language for which `tag_of` gives "": elsewhere its answer takes the place
    of `lang`."""
    out: list[str] = []
    kept: list[bool] = [False]  # of the open elements: whether what is in them stays
    fixed: list[bool] = [False]  # whether it does in whatever language it is
    done = 0
    for tag in _TAG.finditer(html):
        text = html[done : tag.start()]
        out.append(text if kept[-1] or not text else change(text))
        done = tag.end()
        name, attributes = tag[2], tag[3]
        if tag[1]:
            if len(kept) > 1:
                kept.pop()
                fixed.pop()
            out.append(tag[0])
            continue
        language = found[1] if attributes and (found := _LANG.search(attributes)) else ""
        told = tag_of(language) if language and not fixed[-1] else ""
        out.append(tag[0].replace(f' lang="{language}"', f' lang="{told}"', 1) if told else tag[0])
        if name not in VOID:
            fixed.append(fixed[-1] or name in unchanged)
            kept.append(fixed[-1] or (not told if language else kept[-1]))
    rest = html[done:]
    out.append(rest if kept[-1] or not rest else change(rest))
    return "".join(out)
