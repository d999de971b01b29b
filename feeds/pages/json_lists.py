"""The lists of a JSON document that look like articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from feeds.pages.recipe import Kind, Recipe

MAX_DEPTH = 6
MAX_LISTS = 200
LOOKED_AT = 20  # items of a list
# What programs call the parts of an article, the usual names first.
NAMES = {
    "title": ("title", "headline", "name", "subject", "heading"),
    "link": ("url", "link", "href", "permalink", "web_url", "html_url", "canonical_url", "uri"),
    "date": (
        "date", "published_at", "publishedat", "date_published", "pubdate", "published", "publish_time", "created_at",
        "createdat", "created", "timestamp", "time", "updated_at",
    ),
    "content": (
        "content_html", "content", "body", "html", "text", "summary", "description", "excerpt", "abstract", "intro",
    ),
    "author": ("author", "author_name", "byline", "creator", "user"),
    "picture": ("image", "image_url", "thumbnail", "cover", "picture", "img", "pic"),
    "guid": ("id", "guid", "uuid", "_id"),
}  # fmt: skip
INSIDE = ("name", "url", "href", "html", "rendered", "text", "src")  # of what is an object itself


def recipes(document: object) -> list[Recipe]:
    """A recipe for each list whose objects have a title or a link, the one that says most first."""
    found = [
        (_score(recipe, len(items)), recipe) for path, items in _lists(document) if (recipe := _recipe(path, items))
    ]
    return [recipe for _, recipe in sorted(found, key=lambda pair: -pair[0])]


def _lists(document: object) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for path, value in islice(_values(document), MAX_LISTS):
        if isinstance(value, list) and (objects := [each for each in value if isinstance(each, dict)]):
            yield path or ".", objects


def _values(document: object) -> Iterator[tuple[str, object]]:
    """The document and what is in its objects, with the paths, the outermost first."""
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    while waiting:
        path, value, depth = waiting.pop(0)
        yield path, value
        if isinstance(value, dict) and depth < MAX_DEPTH:
            waiting += [
                (f"{path}.{name}".lstrip("."), inner, depth + 1) for name, inner in value.items() if _plain(name)
            ]


def _plain(name: str) -> bool:
    return not set(name) & set(".[]&\"'")


def _recipe(path: str, items: list[dict[str, object]]) -> Recipe | None:
    some = items[:LOOKED_AT]
    counts = Counter(name for each in some for name in each if _plain(name))
    usual = [name for name, count in counts.items() if 2 * count >= len(some)]
    parts = {part: _named(names, usual, some) for part, names in NAMES.items()}
    if not (parts["title"] or parts["link"]):
        return None
    return Recipe(kind=Kind.JSON, items=path, **parts)


def _named(names: tuple[str, ...], usual: list[str], some: list[dict[str, object]]) -> str:
    """The path of the first of these names that most items have, into an object where the value is one."""
    by_name = {name.lower(): name for name in usual}
    for name in names:
        if name in by_name and (path := _path_of(by_name[name], some)):
            return path
    return ""


def _path_of(name: str, some: list[dict[str, object]]) -> str:
    """The path of what these items have by this name; empty where that says nothing."""
    values = [each[name] for each in some if name in each]
    if isinstance(values[0], dict):
        inside = next((each for each in INSIDE if each in values[0]), "")
        return f"{name}.{inside}" if inside else ""
    return name if any(isinstance(value, str | int | float) and value for value in values) else ""


def _score(recipe: Recipe, count: int) -> int:
    said = [recipe.title, recipe.link, recipe.date, recipe.content]
    return min(count, 30) * (1 + sum(map(bool, said))) ** 2
