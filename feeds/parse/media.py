"""An entry's pictures, sounds and films in Media RSS (https://www.rssboard.org/media-rss), and the element that names
its picture as RSS has it for a channel, as trees. Pure.

Feedparser is not asked: it forgets which description, title and thumbnail belong to which file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from feeds.parse.entry_source import SEPARATOR

MAX_ATTRIBUTES = 50
MAX_CHILDREN = 100
MAX_VALUE = 8_000  # characters of an attribute
MAX_TEXT = 200_000


@dataclass(slots=True)
class Element:
    """An element: its local name and attributes, all in lower case, its text and what is inside of it."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, attribute: str) -> str:
        """The attribute's value; empty where there is none."""
        return self.attributes.get(attribute, "")

    def named(self, name: str) -> list[Element]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def all(self, name: str) -> Iterator[Element]:
        """The elements of that name anywhere inside, and this one."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            if element.name == name:
                yield element
            waiting.extend(reversed(element.children))


class MediaEvents:
    """Hears expat's events inside one element, and builds `element` of those of its namespace."""

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self._namespace = _namespace(name)
        self.element = _element(name, attributes)
        self._open: list[Element | None] = [self.element]  # None: what is of another namespace, or too much

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        parent = self._open[-1]
        is_heard = _namespace(name) == self._namespace and parent is not None and len(parent.children) < MAX_CHILDREN
        child = _element(name, attributes) if is_heard else None
        if parent and child:
            parent.children.append(child)
        self._open.append(child)

    def end(self) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        element = next((each for each in reversed(self._open) if each), None)
        if element and len(element.text) < MAX_TEXT:
            element.text += text[:MAX_TEXT]


def _namespace(name: str) -> str:
    return name.split(SEPARATOR)[0] if SEPARATOR in name else ""


def _element(name: str, attributes: Mapping[str, str]) -> Element:
    kept = {key.lower(): value for key, value in list(attributes.items())[:MAX_ATTRIBUTES] if len(value) <= MAX_VALUE}
    return Element(name.split(SEPARATOR)[1].lower() if SEPARATOR in name else name.lower(), kept)
