"""HTML from outside to HTML that is safe to store and good to read. Pure; done once, before storing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# Raise it when clean() gives better output: `manage.py resanitize` then knows what to do again.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What an aggregator adds to its articles; see articles.models.BoilerplateRule for what `match` means."""

    match: Literal["starts", "contains", "selector"]
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
    raise NotImplementedError
