"""RSS-in-JSON (http://scripting.com/stories/2012/09/10/rssInJson.html), as the XML that it stands for. Pure."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAX_DEPTH = 6
NAME = re.compile(r"[A-Za-z_][\w.-]{0,50}(?::[A-Za-z_][\w.-]{0,50})?", re.ASCII)


def as_xml(raw: object) -> str:
    """The document as RSS 2.0; empty where it is none. Prefixes are left undeclared, as `xml_repair` knows them."""
    rss = raw.get("rss") if isinstance(raw, dict) else None
    if not isinstance(rss, dict) or not isinstance(rss.get("channel"), dict):
        return ""
    parts: list[str] = []
    _element("rss", rss, parts, 0)
    return "".join(parts)


def _element(name: str, value: Any, parts: list[str], depth: int) -> None:
    """An object is an element: its "#value" the text, other plain values attributes or, outside of what has a "#value",
    elements; a list is one element each."""
    if not NAME.fullmatch(name) or depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            _element(name, each, parts, depth)
    elif isinstance(value, dict):
        attributes = _attributes(value, depth)
        parts.append(f"<{name}{''.join(f' {key}={quoteattr(_text(each))}' for key, each in attributes.items())}>")
        parts.append(escape(_text(value.get("#value", ""))))
        for key in filter(lambda key: key not in attributes and key != "#value", value):
            _element(key, value[key], parts, depth + 1)
        parts.append(f"</{name}>")
    elif isinstance(value, str | int | float):
        parts.append(f"<{name}>{escape(_text(value))}</{name}>")


def _attributes(value: dict[str, Any], depth: int) -> dict[str, str | int | float]:
    """The plain values of an element that has no elements for them."""
    if "#value" not in value and (depth < 2 or {"title", "link", "description"} & value.keys()):
        return {}
    plain = {key: each for key, each in value.items() if isinstance(each, str | int | float) and key != "#value"}
    return {key: each for key, each in plain.items() if NAME.fullmatch(key)}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""
