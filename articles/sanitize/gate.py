"""The last gate: every start tag that is stored has passed bleach's filter.

bleach reads HTML with html5lib, in pure Python, which is where nearly all of its time goes. The tree is ours already,
so its elements go to `BleachSanitizerFilter` one by one, as the tokens that bleach's own walker would make of them,
and what comes back is written as `BleachHTMLSerializer` writes it. docs/decisions/sanitizer.md says why that is as
safe as `bleach.clean`; tests/articles/sanitize/test_gate.py compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import escape

from articles.sanitize import formulas
from articles.sanitize.addresses import PLAIN
from articles.sanitize.inline import ID_PREFIX, LINK_SCHEMES
from articles.sanitize.read import Node
from articles.sanitize.vocabulary import ATTRIBUTES, FORMULA, TAGS, VOID

if TYPE_CHECKING:
    from bleach.sanitizer import BleachSanitizerFilter

_WITH_ADDRESSES = {"a", "img", "source", "track", "audio", "video", "blockquote", "q", "del", "ins", "math"}
_SOURCES = {"src", "poster", "cite"}
_BOOLEANS = {"controls", "default", "open", "reversed"}
_SRCSET = re.compile(r"https?://\S+(?: [0-9.]+[wx])?(?:, https?://\S+(?: [0-9.]+[wx])?)*", re.I)
_WEB = re.compile(r"https?://[^/?#]", re.I)


def is_allowed(tag: str, name: str, value: str) -> bool:
    """bleach's question: may this attribute stay? Sources are fetched, so they are held to more than links."""
    if name not in ATTRIBUTES.get(tag, ()):
        return tag in FORMULA and formulas.is_allowed(tag, name, value)
    if name in _SOURCES:
        return _WEB.match(value) is not None
    if name == "srcset":
        return _SRCSET.fullmatch(value) is not None
    if name == "id":
        return value.startswith(ID_PREFIX)
    if name == "class":
        return value == ("smiley" if tag == "img" else "embed")
    return True


def write(root: Node) -> str:
    """The HTML inside `root`."""
    out: list[str] = []
    _write(root, out)
    return "".join(out)


def _write(node: Node, out: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            out.append(escape(child))
            continue
        tag, attrs = child.tag, tuple(child.attrs.items()) if child.attrs else ()
        # Tags with addresses are rarely the same twice, and may be long.
        start = start_tag(tag, attrs) if tag in _WITH_ADDRESSES else _start_tag_again(tag, attrs)
        out.append(start)
        _write(child, out)
        if start and tag not in VOID:
            out.append(f"</{tag}>")


def start_tag(tag: str, attrs: tuple[tuple[str, str], ...]) -> str:
    """The start tag as bleach lets it through; "" where it doesn't."""
    token: dict[str, Any] = {
        "type": "EmptyTag" if tag in VOID else "StartTag",
        "name": tag,
        "namespace": None,
        # bleach leaves the entities of its input alone, so text must come to it as it stands in HTML.
        "data": {(None, name): value.replace("&", "&amp;") for name, value in attrs},
    }
    passed = cast("dict[str, Any] | None", _filter().sanitize_token(token))
    if not passed:
        return ""
    return f"<{tag}{''.join([_attribute(name, value) for (_, name), value in passed['data'].items()])}>"


_start_tag_again = lru_cache(maxsize=1024)(start_tag)


def _attribute(name: str, value: str) -> str:
    if name in _BOOLEANS:
        return f" {name}"
    return f' {name}="' + value.replace("<", "&lt;").replace('"', "&quot;") + '"'


@cache
def _filter() -> BleachSanitizerFilter:
    from bleach.sanitizer import BleachSanitizerFilter

    class Filter(BleachSanitizerFilter):
        def sanitize_uri_value(self, value: str, allowed_protocols: Container[str]) -> str | None:
            if PLAIN.fullmatch(value):  # its scheme is http or https, whatever else may be in it
                return value
            return super().sanitize_uri_value(value, allowed_protocols)

    return Filter(
        source=(),  # type: ignore[arg-type] # tokens come one by one
        allowed_tags=TAGS,
        attributes=is_allowed,
        allowed_protocols=LINK_SCHEMES,
        strip_disallowed_tags=True,
    )
