"""The data that a page gives of itself in JSON-LD (schema.org), and in the meta elements of OpenGraph and others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from feeds.parse.text import TAG, unescaped

_MAX_SCRIPTS, _MAX_SCRIPT, _MAX_THINGS, _MAX_DEPTH = 20, 2_000_000, 2000, 20
_ARTICLE = re.compile(
    r"(?:https?://schema\.org/)?(?:\w{0,40}Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report)"
)
_WRAPPERS = ("<!--", "//<![CDATA[", "<![CDATA[")

Thing = Mapping[str, Any]


def things(root: HtmlElement) -> list[Thing]:
    """The objects of a page's JSON-LD, also those inside others, in their order."""
    found: list[Thing] = []
    scripts = (each for each in root.iter("script") if "ld+json" in (each.get("type") or "").lower())
    for _, script in zip(range(_MAX_SCRIPTS), scripts, strict=False):
        found += _inside(_read(script.text or ""), _MAX_DEPTH)
    return found[:_MAX_THINGS]


def article_thing(found: list[Thing]) -> Thing:
    """The object that is the article; an empty one where none is."""
    articles = [thing for thing in found if any(_ARTICLE.fullmatch(kind) for kind in texts(thing.get("@type")))]
    return next((thing for thing in articles if thing.get("articleBody")), articles[0] if articles else {})


def article_body(thing: Thing) -> str:
    """The text of an article as its page's JSON-LD has it, without tags; mostly empty."""
    body = thing.get("articleBody")
    return unescaped(TAG.sub(" ", body)) if isinstance(body, str) else ""


def texts(value: object) -> list[str]:
    """The strings of a value that is one, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values[:50] if isinstance(each, str)]


def meta(root: HtmlElement) -> dict[str, str]:
    """The contents of a page's meta elements, by their lower-case names; the first of each."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _read(script: str) -> object:
    if len(script) > _MAX_SCRIPT:
        return None
    for wrapper in _WRAPPERS:
        script = script.lstrip().removeprefix(wrapper)
    try:
        value: object
        value, _end = json.JSONDecoder(strict=False).raw_decode(script.lstrip())
    except (ValueError, RecursionError):
        return None
    return value


def _inside(value: object, depth: int) -> Iterator[Thing]:
    if depth and isinstance(value, list):
        for each in value[:_MAX_THINGS]:
            yield from _inside(each, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        for each in value.values():
            if isinstance(each, (dict, list)):
                yield from _inside(each, depth - 1)
