"""Recipes as FreshRSS keeps them in OPML: types of outlines, and attributes of its own namespace.

https://freshrss.github.io/FreshRSS/en/developers/OPML.html
"""

from __future__ import annotations

from collections.abc import Mapping

from feeds.pages import expressions
from feeds.pages.recipe import Kind, Recipe, recipe_of

SPACE = "{https://freshrss.org/opml}"
KINDS = {
    "html+xpath": Kind.XPATH,
    "xml+xpath": Kind.XML,
    "json+dotnotation": Kind.JSON,
    "html+xpath+json+dotnotation": Kind.JSON,
}
TYPES = {Kind.CSS: "HTML+XPath", Kind.XPATH: "HTML+XPath", Kind.XML: "XML+XPath", Kind.JSON: "JSON+DotNotation"}
PARTS = {
    "items": "Item", "title": "ItemTitle", "link": "ItemUri", "date": "ItemTimestamp", "content": "ItemContent",
    "author": "ItemAuthor", "picture": "ItemThumbnail", "tags": "ItemCategories", "guid": "ItemUid",
    "feed_title": "FeedTitle", "date_format": "ItemTimeFormat",
}  # fmt: skip
TO_JSON = f"{SPACE}xPathToJson"
# What stands for the element of a selector where FreshRSS wants what it says.
SAYS = {"link": "/descendant-or-self::*/@href", "picture": "/descendant-or-self::*/@src"}
_HEADING = expressions.HEADING
_IN_HEADING = f"({_HEADING}/descendant::a | {_HEADING}/ancestor::a)"
_LINK = "descendant-or-self::a[normalize-space()]"
# What is meant where a recipe names nothing: the heading and its link, else the first link.
DEFAULTS = {
    "title": f"concat({_HEADING}, substring({_LINK}, 1, 1000 * not({_HEADING})))",
    "link": f"concat({_IN_HEADING}/@href, substring(descendant-or-self::a/@href, 1, 2000 * not({_IN_HEADING})))",
    "date": "descendant-or-self::time/@datetime",
}


def recipe_in(attributes: Mapping[str, str]) -> Recipe | None:
    """The recipe in an outline's attributes; None where there is none that can be used."""
    kind = KINDS.get(attributes.get("type", "").lower())
    if kind is None:
        return None
    values = {part: attributes.get(name, "") for part, name in _names(kind).items()}
    return recipe_of({"kind": kind, **values, "json_at": attributes.get(TO_JSON, "")})


def without_recipe(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes that are no part of a recipe."""
    names = {"type", TO_JSON, *_names(Kind.XPATH).values(), *_names(Kind.JSON).values()}
    return {name: value for name, value in attributes.items() if name not in names}


def attributes_of(recipe: Recipe) -> dict[str, str]:
    """The type and the attributes of an outline with that recipe; CSS selectors as XPath."""
    values = {part: getattr(recipe, part) for part in PARTS}
    if recipe.kind is Kind.CSS:
        values |= _by_xpath(recipe)
    names = _names(recipe.kind)
    written = {names[part]: value for part, value in values.items() if value}
    if recipe.json_at:
        return {"type": "HTML+XPath+JSON+DotNotation", TO_JSON: recipe.json_at, **written}
    return {"type": TYPES[recipe.kind], **written}


def _names(kind: Kind) -> dict[str, str]:
    prefix = "json" if kind is Kind.JSON else "xPath"
    return {part: f"{SPACE}{prefix}{name}" for part, name in PARTS.items()}


def _by_xpath(recipe: Recipe) -> dict[str, str]:
    """The parts of a recipe of selectors as XPath; one that is no selector stays as it is."""
    selectors = {part: getattr(recipe, part) for part in PARTS if part != "date_format"}
    return DEFAULTS | {part: _as_xpath(part, selector) for part, selector in selectors.items() if selector}


def _as_xpath(part: str, selector: str) -> str:
    if selector == ".":
        return selector
    try:
        path = expressions.as_xpath(selector, inside=part != "items")
    except expressions.NotASelector:
        return selector
    return f"({path}){SAYS[part]}" if part in SAYS else path
