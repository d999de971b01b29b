"""Items of a JSON document by paths: names with dots between them, numbers in brackets, as "data.items" and
"links[0].href"; `[*]` is each of a list, and `&` joins texts and paths: `"https://gazette.example/" & id`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from feeds.pages.items import MAX_ITEMS, Item
from feeds.pages.recipe import Recipe
from feeds.parse.text import html_of_fragment

STEP = re.compile(r"\[(?:(\d{1,6})|(\*)|\"([^\"]{1,200})\"|'([^']{1,200})')\]|\.?([^.\[\]&]{1,200})")
PART = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([^&]+))\s*(?:&|$)")
ROOT = frozenset({"", ".", "$"})
MAX_STEPS = 20


def items(document: object, recipe: Recipe) -> list[Item]:
    """The items that the recipe names, at most MAX_ITEMS."""
    found: list[object] = []
    for value in values(document, recipe.items):
        found += value if isinstance(value, list) else [value]
    return [_item(each, recipe) for each in found[:MAX_ITEMS]]


def _item(raw: object, recipe: Recipe) -> Item:
    return Item(
        title=text(raw, recipe.title),
        link=text(raw, recipe.link),
        dates=(text(raw, recipe.date),),
        content_html=html_of_fragment(text(raw, recipe.content)),
        author=text(raw, recipe.author),
        picture=text(raw, recipe.picture),
        tags=tuple(_texts(raw, recipe.tags)),
        guid=text(raw, recipe.guid),
    )


def text(document: object, path: str) -> str:
    """The values at a path of the document; empty where there are none."""
    parts = [_of_part(document, part) for part in PART.finditer(path)] if "&" in path else None
    if parts is not None:
        return "".join(parts) if all(parts) else ""
    return next(_texts(document, path), "")


def _of_part(document: object, part: re.Match[str]) -> str:
    said = part[1] if part[1] is not None else part[2]
    return said if said is not None else next(_texts(document, part[3]), "")


def _texts(document: object, path: str) -> Iterator[str]:
    if not path.strip():
        return
    for value in values(document, path):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield each
            elif isinstance(each, int | float) and not isinstance(each, bool):
                yield str(each)


def values(document: object, path: str) -> list[object]:
    """All values at a path."""
    path = path.strip()
    if path in ROOT:
        return [document]
    here = [document]
    for step in steps(path.removeprefix("$")):
        here = [value for each in here for value in _next(each, step)]
    return here


def steps(path: str) -> Sequence[str | int | None]:
    """The names and numbers of a path; None for each of a list."""
    found: list[str | int | None] = []
    for number, star, double, single, name in STEP.findall(path)[:MAX_STEPS]:
        found.append(None if star else int(number) if number else double or single or name.strip())
    return found


def _next(value: object, step: str | int | None) -> list[object]:
    if step is None:
        return value if isinstance(value, list) else []
    if isinstance(step, int):
        return [value[step]] if isinstance(value, list) and step < len(value) else []
    return [value[step]] if isinstance(value, dict) and step in value else []
