"""The values that go into the sanitizer and those that come out. Imports nothing of it, so that whoever has the work
done in another process does not load it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Match = Literal["starts", "contains", "selector"]


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A rule that finds what an aggregator adds to its articles; see articles.models.BoilerplateRule for what `match`
    means."""

    match: Match
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanContent:
    """`html` is safe, with absolute addresses of the publisher's own. `text` is what a reader sees of it: a line per
    block, without `alt` texts. `image_url` is the address of the first picture that is worth showing, or empty."""

    html: str
    text: str
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An article as the publisher sent it."""

    html: str
    base_url: str
    title: str
