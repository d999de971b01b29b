"""The recipe of a feed from a page: where its items are, and what is what in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

MAX_LENGTH = 1000  # characters of one part of a recipe


class Kind(StrEnum):
    """The language in which a recipe names things."""

    CSS = "css"  # selectors, of a web page
    XPATH = "xpath"  # XPath 1.0, of a web page
    XML = "xml"  # XPath 1.0, of an XML document
    JSON = "json"  # paths as "data.items", "links[0].href"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`items` names the items of the whole document, `feed_title` its name; the others are looked for inside an item.

    Where `title`, `link` and `date` are empty, the item's first heading, its first link and its first <time> are meant.
    `date_format` is PHP's (DateTime::createFromFormat), for dates that can't be read otherwise. `json_at` is an XPath
    expression for the element of a web page that holds the JSON document.
    """

    kind: Kind
    items: str
    title: str = ""
    link: str = ""
    date: str = ""
    content: str = ""
    author: str = ""
    picture: str = ""
    tags: str = ""
    guid: str = ""
    feed_title: str = ""
    date_format: str = ""
    json_at: str = ""


NAMES = tuple(field.name for field in fields(Recipe) if field.name != "kind")


def kept(recipe: Recipe) -> dict[str, str]:
    """The recipe as a column keeps it."""
    return {name: str(value) for name, value in asdict(recipe).items() if value}


def recipe_of(values: Mapping[str, object] | None) -> Recipe | None:
    """The recipe that a column, or a form, holds; None for what is none."""
    if not values or values.get("kind") not in set(Kind) or not values.get("items"):
        return None
    parts = {name: value.strip() for name in NAMES if isinstance(value := values.get(name), str)}
    if any(len(part) > MAX_LENGTH for part in parts.values()):
        return None
    return Recipe(kind=Kind(str(values["kind"])), **parts)
