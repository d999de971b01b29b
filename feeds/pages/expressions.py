"""CSS selectors and XPath expressions from people. XPath 1.0 and nothing beyond: lxml would add regular expressions of
Python, which can take for ever."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

MAX_LENGTH = 1000  # characters of one
HEADING = "descendant-or-self::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"
_PATHS = ("/", "./", "(", "'", '"', "id(", "concat(", "string(", "substring", "normalize-space(", "translate(")


class NotASelector(ValueError):
    """This is neither a CSS selector nor an XPath expression. `str()` is what was given."""


def css(selector: str, *, inside: bool = False) -> etree.XPath:
    """The expression of a CSS selector; with `inside` of what stands in an element. Raises NotASelector."""
    return xpath(as_xpath(selector, inside=inside))


def as_xpath(selector: str, *, inside: bool = False) -> str:
    """A CSS selector as XPath. Raises NotASelector."""
    if len(selector) > MAX_LENGTH:
        raise NotASelector(selector)
    try:
        return HTMLTranslator().css_to_xpath(selector, "descendant::" if inside else "descendant-or-self::")
    except (SelectorError, ValueError, RecursionError) as error:
        raise NotASelector(selector) from error


def xpath(expression: str, namespaces: Mapping[str, str] | None = None) -> etree.XPath:
    """An XPath 1.0 expression as it can be asked. Raises NotASelector."""
    try:
        return etree.XPath(expression, namespaces=dict(namespaces or {}), regexp=False, smart_strings=False)
    except (etree.XPathError, ValueError, TypeError) as error:
        raise NotASelector(expression) from error


def found(expression: etree.XPath | None, element: etree._Element) -> list[object]:
    """The nodes or texts that an expression finds; none where it means nothing there, or names a function that there is
    not."""
    if expression is None:
        return []
    try:
        value: object = expression(element)
    except etree.XPathError:
        return []
    return list(value) if isinstance(value, list) else [value]


@lru_cache(maxsize=256)
def of_either(selector: str) -> etree.XPath | None:
    """The expression of what is a CSS selector or XPath; None for what is neither."""
    if not selector or len(selector) > MAX_LENGTH:
        return None
    try:
        return xpath(selector) if is_xpath(selector) else css(selector)
    except NotASelector:
        return None


def is_xpath(selector: str) -> bool:
    """True for what begins as a path, or as a call of one of XPath's functions."""
    return selector.startswith(_PATHS)
